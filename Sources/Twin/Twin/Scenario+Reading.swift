import RobotModel
public import StructuredText

extension Scenario {
    /// Reads a scenario from a YAML file (`twin.yaml` beside a site's building).
    ///
    /// Throws `FileProblems` with every mistake, each with its line and column.
    public static func read(path: String) throws(FileProblems) -> Scenario {
        try YAMLReader.read(path: path) { Scenario($0) }
    }

    /// Reads a scenario from YAML text; `file` is the name that errors show.
    public static func read(text: String, file: String = "twin.yaml") throws(FileProblems) -> Scenario {
        try YAMLReader.read(file: file, text: text) { Scenario($0) }
    }

    private init(_ root: Field) {
        self.init()
        root.required("version").int(in: 1...1)
        if let field = root.optional("seed") { seed = UInt64(field.int(in: 0...Int.max)) }
        if let robot = root.optional("robot") {
            let pose = robot.required("pose").doubles(count: 3, unit: "metres and degrees")
            start = RobotStart(
                level: LevelID(robot.required("level").string()),
                pose: Pose2D(x: pose[0], y: pose[1], yaw: pose[2] * .pi / 180))
        }
        if let field = root.optional("state_of_charge") { stateOfCharge = field.double(in: 0...1) }
        if let field = root.optional("slip") { slip = field.double(in: 0...5) }
        if let field = root.optional("laser") { laser = LaserNoise(field) }
        if let field = root.optional("facilities") { facilities = FacilityTimings(field) }
        furniture = root.optional("furniture")?.list { Furniture($0) } ?? []
        vehicle = root.optional("vehicle").map { Vehicle($0) }
        people = root.optional("people")?.list().compactMap { PersonSetup($0) } ?? []
    }
}

extension LaserNoise {
    init(_ field: Field) {
        self.init()
        if let value = field.optional("deviation") { deviation = value.double(in: 0...0.5, unit: "metres") }
        if let value = field.optional("relative_deviation") { relativeDeviation = value.double(in: 0...0.2) }
        if let value = field.optional("drop_out") { dropOut = value.double(in: 0...1) }
        if let value = field.optional("glass_return") { glassReturn = value.double(in: 0...1) }
        if let value = field.optional("minimum") { minimum = value.double(in: 0...1, unit: "metres") }
        if let value = field.optional("maximum") { maximum = value.double(in: 1...100, unit: "metres") }
    }
}

extension FacilityTimings {
    init(_ field: Field) {
        self.init()
        let seconds = 0.1...120.0
        if let value = field.optional("door_time") { doorTime = value.double(in: seconds, unit: "seconds") }
        if let value = field.optional("door_hold") { doorHold = value.double(in: seconds, unit: "seconds") }
        if let value = field.optional("lift_speed") { liftSpeed = value.double(in: 0.1...10, unit: "m/s") }
        if let value = field.optional("lift_door_time") { liftDoorTime = value.double(in: seconds, unit: "seconds") }
        if let value = field.optional("lift_dwell") { liftDwell = value.double(in: seconds, unit: "seconds") }
        for (name, floor) in field.optional("lift_floors")?.entries() ?? [] {
            liftFloors[LiftID(name)] = floor.int(in: -99...999)
        }
        automaticDoors = Set(field.optional("automatic_doors")?.list { DoorID($0.string()) } ?? [])
        if let stop = field.optional("intermediate_stop") {
            intermediateStop = IntermediateStop(
                lift: LiftID(stop.required("lift").string()), floor: stop.required("floor").int(in: -99...999),
                seconds: stop.optional("seconds")?.double(in: seconds, unit: "seconds") ?? 4)
        }
    }
}

extension Furniture {
    init(_ field: Field) {
        let pose = field.required("pose").doubles(count: 3, unit: "metres and degrees")
        let level = LevelID(field.required("level").string())
        let place = Pose2D(x: pose[0], y: pose[1], yaw: pose[2] * .pi / 180)
        if let radius = field.optional("radius") {
            self.init(level: level, pose: place, shape: .round(radius: radius.double(in: 0.02...5, unit: "metres")))
        } else {
            let size = field.required("size").doubles(count: 2, in: 0.02...20, unit: "metres")
            self.init(level: level, pose: place, shape: .box(length: size[0], width: size[1]))
        }
    }
}

extension Vehicle {
    init(_ field: Field) {
        self.init(place: PlaceID(field.required("place").string()))
        if let value = field.optional("distance") { distance = value.double(in: 0.3...5, unit: "metres") }
        if let value = field.optional("displacement") { displacement = value.double(in: 0...0.5, unit: "metres") }
        if let value = field.optional("turn") { turn = value.double(in: 0...45, unit: "degrees") * .pi / 180 }
        if let field = field.optional("shift") {
            let values = field.doubles(count: 3, unit: "metres and degrees")
            shift = Pose2D(x: values[0], y: values[1], yaw: values[2] * .pi / 180)
        }
        if let value = field.optional("length") { length = value.double(in: 0.2...20, unit: "metres") }
        if let value = field.optional("width") { width = value.double(in: 0.2...5, unit: "metres") }
        let box = field.required("box")
        boxNumber = box.required("number").int(in: 1...0xFFFF)
        order = box.required("order").int(in: 0...0xFFFF)
        code = UInt32(box.required("code").int(in: 0...0xFFFF_FFFF))
        if let value = box.optional("has_meal") { hasMeal = value.bool() }
    }
}

extension PersonSetup {
    init?(_ field: Field) {
        switch field.required("who").choice(of: ["recipient", "walker", "doorway"]) {
        case "walker": self = .walker(WalkerSetup(field))
        case "doorway":
            self = .doorway(
                DoorwaySetup(
                    door: DoorID(field.required("door").string()),
                    seconds: field.required("seconds").double(in: 0.1...3600, unit: "seconds"),
                    trigger: Trigger(field)))
        default: self = .recipient(RecipientSetup(field))
        }
    }
}

extension RecipientSetup {
    init(_ field: Field) {
        let pin = field.required("pin")
        self.init(
            level: LevelID(field.required("level").string()), position: Point2D(field.required("at")),
            pin: pin.string())
        if !self.pin.allSatisfy({ "0123456789".contains($0) }) {
            pin.reject("a PIN has digits only", expected: "digits in quotes", hint: "pin: \"4711\"")
        }
        let seconds = 0.0...600.0
        if let value = field.optional("wrong_first") { wrongFirst = value.int(in: 0...20) }
        if let value = field.optional("attempts") { attempts = value.int(in: 1...100) }
        if let value = field.optional("shuts_over") { shutsOver = value.int(in: 0...20) }
        if let value = field.optional("no_show") { noShow = value.bool() }
        if let value = field.optional("reaction") { reaction = value.double(in: seconds, unit: "seconds") }
        if let value = field.optional("key_interval") { keyInterval = value.double(in: 0.05...10, unit: "seconds") }
        if let value = field.optional("take_delay") { takeDelay = value.double(in: seconds, unit: "seconds") }
        if let value = field.optional("shut_delay") { shutDelay = value.double(in: seconds, unit: "seconds") }
    }
}

extension WalkerSetup {
    init(_ field: Field) {
        let way = field.required("path")
        let path = way.list { Point2D($0) }
        if path.count < 2 { way.reject("the path has \(path.count) points", expected: "two points or more") }
        self.init(
            level: LevelID(field.required("level").string()), path: path,
            speed: field.optional("speed")?.double(in: 0.1...3, unit: "m/s") ?? 1.1, trigger: Trigger(field))
    }
}

extension Trigger {
    /// The keys `after` (seconds) or `when_robot_within` (metres) of a person.
    init(_ field: Field) {
        if let seconds = field.optional("after") {
            self = .time(seconds.double(in: 0...86_400, unit: "seconds"))
        } else {
            self = .robotWithin(field.required("when_robot_within").double(in: 0.1...100, unit: "metres"))
        }
    }
}

extension Point2D {
    init(_ field: Field) {
        let point = field.doubles(count: 2, unit: "metres")
        self.init(point[0], point[1])
    }
}

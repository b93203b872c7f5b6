import RobotModel
public import StructuredText

extension Board {
    /// Reads a board file; a relative `site` starts in the file's own folder.
    ///
    /// Throws `FileProblems` with everything that is wrong, each with line, column, what was expected and a hint.
    public static func read(path: String) throws(FileProblems) -> Board {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return try YAMLReader.read(path: path) { board(from: $0, folder: folder) }
    }

    /// Reads a board from text. `file` is the name that errors show; a relative `site` starts in `folder`, which is
    /// empty or ends with a slash.
    public static func read(file: String, text: String, folder: String = "") throws(FileProblems) -> Board {
        try YAMLReader.read(file: file, text: text) { board(from: $0, folder: folder) }
    }

    private static func board(from root: Field, folder: String) -> Board {
        root.required("version").int(in: 1...1)
        let control = ControlSettings(root.required("control"))
        // A tick rate that is wrong is no measure for the devices' rates.
        let tickRate = root.optional("control")?.optional("tick_rate")?.isSound == false ? Int.max : control.tickRate
        let site = root.required("site").string()
        let robot = root.required("robot").string()
        let joints = JointSlot(root.required("joints"), tickRate: tickRate)
        let board = Board(
            name: robot,
            sitePath: site.hasPrefix("/") ? site : folder + site,
            home: PlaceID(root.required("home").string()),
            control: control,
            base: BaseGeometry(root.required("base")),
            lidars: lidars(root.required("lidars"), folder: folder),
            wheels: WheelSlot(root.required("wheels"), tickRate: tickRate),
            wheelEncoders: root.optional("wheel_encoders").map { WheelEncoderSlot($0) },
            joints: joints,
            jointEncoders: root.optional("joint_encoders").map {
                JointEncoderSlot($0, joints: joints.arm.joints, tickRate: tickRate)
            },
            compartment: CompartmentGeometry(root.required("compartment")),
            facilities: root.optional("facilities").map { FacilitySlot($0) },
            buildingBroker: root.optional("building_broker").map {
                BuildingBrokerSlot($0, robot: robot, folder: folder)
            },
            boxRadio: BoxRadioSlot(root.required("box_radio")),
            keypad: KeypadSlot(port: PortSettings(root.required("keypad").required("port"))),
            gpio: GPIOSlot.all(root.required("gpio")),
            battery: BatterySettings(root.required("battery")),
            inertial: root.optional("inertial").map { InertialSlot($0) },
            console: ConsoleSlot(root.required("console")),
            reflow: ReflowSettings(root.required("reflow")),
            missions: MissionSettings(directory: root.required("missions").required("directory").string()),
            log: LogSettings(level: root.optional("log")?.optional("level")?.choice() ?? .info),
            // Of the parts that can be re-read while the robot runs, each key.
            contents: root.contentHashes(splitting: ["console", "log"]),
            locations: locations(root))
        rejectSharedPorts(root)
        rejectWiredTwice(root)
        return board
    }

    /// The LiDARs in the order of the file.
    private static func lidars(_ field: Field, folder: String) -> [LidarSlot] {
        let entries = field.entries()
        if entries.isEmpty {
            // An empty slot keeps the rest of the file readable, so that every problem is found at once.
            field.reject("lidars has no LiDAR", expected: "one or more by name, the one that localises first")
            return [LidarSlot(field.required("lidar"), slot: "lidar", folder: folder)]
        }
        return entries.map { LidarSlot($0.value, slot: SlotID($0.key), folder: folder) }
    }

    /// Where the names stand that are looked up in the site, and the hash that only the console can judge.
    private static func locations(_ root: Field) -> [String: SourceLocation] {
        var fields = [root.required("site"), root.required("home"), root.required("console").required("unlock_hash")]
        for wiring in [root.optional("facilities"), root.optional("building_broker")].compactMap(\.self) {
            let lifts = wiring.optional("lifts")?.entries().map(\.value) ?? []
            fields += (wiring.optional("doors")?.entries().map(\.value) ?? []) + lifts
            for lift in lifts { fields += lift.optional("floors")?.entries().map(\.value) ?? [] }
        }
        return Dictionary(
            fields.map { ($0.path, $0.keyLocation ?? $0.location) }, uniquingKeysWith: { first, _ in first })
    }

    /// A door or lift has one controller, so it is wired at one place.
    private static func rejectWiredTwice(_ root: Field) {
        guard let box = root.optional("facilities"), let broker = root.optional("building_broker") else { return }
        for kind in ["doors", "lifts"] {
            let wired = Set(box.optional(kind)?.entries().map(\.key) ?? [])
            for (name, field) in broker.optional(kind)?.entries() ?? [] where wired.contains(name) {
                field.reject(
                    "\(field.path) stands in facilities too", expected: "one wiring for a door or lift",
                    hint: "take it out where its controller is not")
            }
        }
    }

    /// Two devices on one port steal each other's bytes.
    private static func rejectSharedPorts(_ root: Field) {
        var owners: [String: String] = [:]
        let names = ["wheels", "joints", "joint_encoders", "inertial", "facilities", "box_radio", "keypad", "console"]
        let others =
            names.map { ($0, root.optional($0)) } + [("battery", root.optional("battery")?.optional("monitor"))]
        let lidars = root.optional("lidars")?.entries().map { ($0.key, $0.value as Field?) } ?? []
        for (slot, field) in lidars + others {
            guard let path = field?.optional("port")?.optional("path"), let name = path.text else { continue }
            if let owner = owners[name] {
                path.reject(
                    "\(slot) and \(owner) share the port \(name)", expected: "a port for each device",
                    hint: "look at /dev/serial/by-id for the other adapter's name")
            }
            if owners[name] == nil { owners[name] = slot }
        }
    }
}

extension PortSettings {
    /// `{ path, baud, parity: none, stop_bits: 1 }`; a path that is reached over IP has no rate.
    init(_ field: Field) {
        let path = field.required("path")
        let rates = 300...4_500_000
        let baudRate =
            switch path.text {
            case let text? where text.hasPrefix("udp:"): 1
            // A connection is paced as a slow network is, where somebody paces it.
            case let text? where text.hasPrefix("tcp:"):
                field.optional("baud")?.int(in: rates, unit: "bits per second") ?? 10_000_000
            default: field.required("baud").int(in: rates, unit: "bits per second")
            }
        self.init(
            path: path.string(), baudRate: baudRate,
            parity: field.optional("parity")?.choice() ?? .none,
            stopBits: field.optional("stop_bits")?.int(in: 1...2) ?? 1)
    }
}

extension PortSettings.Parity: CaseIterable {
    public static var allCases: [PortSettings.Parity] { [.none, .even, .odd] }
}

extension ControlSettings {
    /// `{ tick_rate: 1000, priority: 80, cpu: any, tasks: { record: { every: 10, deadline_us: 50 } }, hardware_watchdog: none }`
    init(_ field: Field) {
        let tickRate = field.optional("tick_rate")?.int(in: 50...4000, unit: "ticks a second") ?? 1000
        self.init(
            tickRate: tickRate,
            // 99 is the kernel's own migration threads'.
            priority: field.optional("priority")?.int(in: 1...98) ?? 80,
            cpu: field.optional("cpu")?.int(in: 0...1023),
            tasks: ControlTaskSettings.all(field.optional("tasks"), tickRate: tickRate),
            hardwareWatchdog: field.optional("hardware_watchdog").map(HardwareWatchdogSettings.init))
    }
}

extension HardwareWatchdogSettings {
    /// `{ device: /dev/watchdog, timeout_s: 10 }`
    init(_ field: Field) {
        self.init(
            device: field.required("device").string(),
            // A daemon that crashed has to be back before: below 5 s the board would reset for a mere restart.
            timeout: .seconds(field.optional("timeout_s")?.int(in: 5...120, unit: "seconds") ?? 10))
    }
}

extension BaseGeometry {
    init(_ field: Field) {
        self.init(
            wheelRadius: field.required("wheel_radius").double(in: 0.01...1, unit: "metres"),
            wheelSeparation: field.required("wheel_separation").double(in: 0.05...3, unit: "metres"),
            length: field.required("length").double(in: 0.1...3, unit: "metres"),
            width: field.required("width").double(in: 0.1...3, unit: "metres"),
            maxSpeed: field.required("max_speed").double(in: 0.05...5, unit: "m/s"),
            maxAcceleration: field.required("max_acceleration").double(in: 0.05...10, unit: "m/s²"),
            maxDeceleration: field.required("max_deceleration").double(in: 0.05...20, unit: "m/s²"),
            maxTurnRate: field.required("max_turn_rate").double(in: 0.05...10, unit: "rad/s"),
            maxTurnAcceleration: field.required("max_turn_acceleration").double(in: 0.05...50, unit: "rad/s²"))
    }
}

extension CompartmentGeometry {
    init(_ field: Field) {
        self.init(
            center: Vector3(field.required("center")),
            length: field.required("length").double(in: 0.01...3, unit: "metres"),
            width: field.required("width").double(in: 0.01...3, unit: "metres"),
            depth: field.required("depth").double(in: 0.01...3, unit: "metres"),
            lidEdge: Vector3(field.required("lid_edge")))
    }
}

extension Vector3 {
    /// `[x, y, z]` in metres.
    init(_ field: Field) {
        let values = field.doubles(count: 3, in: -10...10, unit: "metres")
        self.init(values[0], values[1], values[2])
    }
}

extension Pose2D {
    /// `{ x, y, yaw }` in metres and radians.
    init(_ field: Field) {
        self.init(
            x: field.required("x").double(in: -10...10, unit: "metres"),
            y: field.required("y").double(in: -10...10, unit: "metres"),
            yaw: field.required("yaw").double(in: -7...7, unit: "radians"))
    }
}

extension Pose3D {
    /// `{ xyz: [x, y, z], rpy: [0, 0, 0] }` in metres and radians, as in URDF.
    init(_ field: Field) {
        let angles = field.optional("rpy")?.doubles(count: 3, in: -7...7, unit: "radians") ?? [0, 0, 0]
        self.init(origin: Vector3(field.required("xyz")), roll: angles[0], pitch: angles[1], yaw: angles[2])
    }
}

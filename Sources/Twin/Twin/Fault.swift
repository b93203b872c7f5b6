public import RobotModel

/// Something that goes wrong on purpose, as bytes, line levels or things in the way; never as a value handed over.
public enum Fault: Hashable, Sendable {
    /// A serial line misbehaves; `slots` has their names.
    case line(SlotID, LineTrouble)
    /// A servo reports a hardware alert (overload) and lets go.
    case servoAlert(id: Int)
    case emergencyStop
    /// The bumper's switch closes.
    case bumper
    /// The GPIO chip goes away.
    case gpioUnplugged
    case doorStuck(DoorID)
    /// The door shuts although a session holds it open; only somebody between its posts stops it.
    case doorClosesEarly(DoorID)
    /// A person stands between the posts.
    case personInDoorway(DoorID)
    /// The door's controller says that it is offline; the door stays as it is.
    case doorOffline(DoorID)
    /// Somebody else's session takes the place of ours.
    case doorStolen(DoorID)
    /// A controller behind the broker says nothing.
    case doorSilent(DoorID)
    /// The car never comes.
    case liftStuck(LiftID)
    /// The car goes to another floor than it is sent to.
    case liftWrongLevel(LiftID)
    case liftFire(LiftID)
    case liftOffline(LiftID)
    /// The car goes on to the next floor, opens and stays; its controller reports an emergency.
    case liftEmergency(LiftID)
    /// The car's door shuts although a session holds it; only somebody in the doorway stops it.
    case liftClosesEarly(LiftID)
    /// The car, once it stands open where it was called to, goes off to another floor first.
    case liftLeaves(LiftID)
    /// Somebody else's session takes the place of ours.
    case liftStolen(LiftID)
    /// A controller behind the broker says nothing.
    case liftSilent(LiftID)
    /// The lift's power is gone: the car stands where it is, and its controller has forgotten everything.
    case liftPowerLoss(LiftID)
    /// The building's side of the broker is gone.
    case brokerUnplugged
    case mealMissing
    /// The box refuses its own code.
    case boxRefusesCode
    /// The box's latch stays as it is: it neither lets the flap go nor catches it.
    case boxLatchStuck
    /// The box's flap springs ajar and swings no further, whoever pulls at it.
    case boxFlapStuck
    /// No meal stays between the fingers.
    case mealSlips
    /// The lid of the robot's compartment stays as it is, shut or open.
    case lidStuck
    /// The lid's latch does not hold: the lid springs open.
    case lidUnlatched
    /// The battery is nearly empty; clearing the fault does not fill it.
    case batteryLow
    /// A wheel drive reports over-current on its left channel.
    case wheelFault
    /// Somebody picks the robot up and puts it down elsewhere; the wheels do not turn meanwhile. Clearing the fault does
    /// not carry it back.
    case carried(to: LevelID, Pose2D)
}

/// How a serial line misbehaves.
public enum LineTrouble: String, Hashable, Sendable, CaseIterable {
    /// The device says nothing.
    case silent
    /// Wrong bytes among the right ones.
    case garbage
    /// Frames end too early.
    case truncated
    /// The port is gone.
    case unplugged
}

/// A fault with its time.
public struct ScheduledFault: Hashable, Sendable {
    public var fault: Fault
    /// After the twin's start.
    public var start: Duration
    /// How long it lasts; nil for ever.
    public var duration: Duration?

    public init(_ fault: Fault, start: Duration = .zero, duration: Duration? = nil) {
        self.fault = fault
        self.start = start
        self.duration = duration
    }

    /// The forms of a specification, one a line, for a usage text.
    public static let forms = """
        <slot>:silent | garbage | truncated | unplugged
            slot: lidar wheels joints facilities box_radio keypad console
        servo.<id>:alert      estop:press      bumper:hit      gpio:unplugged      wheels:fault      battery:low
        door.<name>:stuck | closes-early | person | offline | session-stolen | silent (behind a broker)
        lift.<name>:never-comes | wrong-level | closes-early | leaves | fire | emergency | offline | session-stolen |
            power-loss | silent (behind a broker)
        broker:unplugged (the building's side of it)
        box:meal-missing | refuses-code | latch-stuck | flap-stuck
        meal:slips     lid:stuck | unlatched
        robot.<level>,<x>,<y>,<degrees>:carried
        each with @<start seconds>[+<duration seconds>], for example lidar:silent@30+5
        """

    /// Reads a specification such as `lidar:silent@30+5`: what, from when, and for how long, in seconds.
    public init(parsing text: String) throws(RobotError) {
        func refused(_ what: String) -> RobotError {
            RobotError(
                .invalidFile, "fault '\(text)': \(what)", expected: "<target>:<trouble>[@<start>[+<duration>]]",
                hint: "one of:\n\(Self.forms)")
        }
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let words = parts[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2 else { throw refused("no trouble is named") }
        var start = Duration.zero
        var duration: Duration?
        if parts.count == 2 {
            let times = parts[1].split(separator: "+", omittingEmptySubsequences: false)
            guard times.count <= 2, let first = Double(times[0]), first >= 0, first.isFinite else {
                throw refused("'\(parts[1])' is no time")
            }
            start = .seconds(first)
            if times.count == 2 {
                guard let second = Double(times[1]), second > 0, second.isFinite else {
                    throw refused("'\(times[1])' is no duration")
                }
                duration = .seconds(second)
            }
        }
        guard let fault = Fault(target: words[0], trouble: words[1]) else {
            throw refused("'\(words[0])' knows no '\(words[1])'")
        }
        self.init(fault, start: start, duration: duration)
    }
}

extension Fault {
    /// Slots that have a serial line.
    public static let slots: [SlotID] = [
        "lidar", "wheels", "joints", "facilities", "box_radio", "keypad", "console",
    ]

    /// A fault by the words of a specification; nil when there is none of that name.
    init?(target: String, trouble: String) {
        let parts = target.split(separator: ".", maxSplits: 1).map(String.init)
        guard let kind = parts.first else { return nil }
        let name = parts.count == 2 ? parts[1] : nil
        switch (kind, name, trouble) {
        case ("servo", let id?, "alert"):
            guard let id = Int(id) else { return nil }
            self = .servoAlert(id: id)
        case ("estop", nil, "press"): self = .emergencyStop
        case ("bumper", nil, "hit"): self = .bumper
        case ("gpio", nil, "unplugged"): self = .gpioUnplugged
        case ("wheels", nil, "fault"): self = .wheelFault
        case ("battery", nil, "low"): self = .batteryLow
        case ("door", let name?, "stuck"): self = .doorStuck(DoorID(name))
        case ("door", let name?, "closes-early"): self = .doorClosesEarly(DoorID(name))
        case ("door", let name?, "person"): self = .personInDoorway(DoorID(name))
        case ("door", let name?, "offline"): self = .doorOffline(DoorID(name))
        case ("door", let name?, "session-stolen"): self = .doorStolen(DoorID(name))
        case ("door", let name?, "silent"): self = .doorSilent(DoorID(name))
        case ("lift", let name?, "emergency"): self = .liftEmergency(LiftID(name))
        case ("lift", let name?, "closes-early"): self = .liftClosesEarly(LiftID(name))
        case ("lift", let name?, "leaves"): self = .liftLeaves(LiftID(name))
        case ("lift", let name?, "session-stolen"): self = .liftStolen(LiftID(name))
        case ("lift", let name?, "silent"): self = .liftSilent(LiftID(name))
        case ("lift", let name?, "power-loss"): self = .liftPowerLoss(LiftID(name))
        case ("broker", nil, "unplugged"): self = .brokerUnplugged
        case ("lift", let name?, "never-comes"): self = .liftStuck(LiftID(name))
        case ("lift", let name?, "wrong-level"): self = .liftWrongLevel(LiftID(name))
        case ("lift", let name?, "fire"): self = .liftFire(LiftID(name))
        case ("lift", let name?, "offline"): self = .liftOffline(LiftID(name))
        case ("box", nil, "meal-missing"): self = .mealMissing
        case ("box", nil, "refuses-code"): self = .boxRefusesCode
        case ("robot", let name?, "carried"):
            let words = name.split(separator: ",", omittingEmptySubsequences: false)
            let numbers = words.dropFirst().compactMap { Double($0) }
            guard words.count == 4, numbers.count == 3, numbers.allSatisfy(\.isFinite) else { return nil }
            let yaw = normalizedAngle(numbers[2] * .pi / 180)
            self = .carried(to: LevelID(String(words[0])), Pose2D(x: numbers[0], y: numbers[1], yaw: yaw))
        case ("box", nil, "latch-stuck"): self = .boxLatchStuck
        case ("box", nil, "flap-stuck"): self = .boxFlapStuck
        case ("meal", nil, "slips"): self = .mealSlips
        case ("lid", nil, "stuck"): self = .lidStuck
        case ("lid", nil, "unlatched"): self = .lidUnlatched
        case (let slot, nil, let trouble):
            guard let trouble = LineTrouble(rawValue: trouble), Fault.slots.contains(SlotID(slot)) else { return nil }
            self = .line(SlotID(slot), trouble)
        default: return nil
        }
    }
}

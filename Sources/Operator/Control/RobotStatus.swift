public import RobotModel

/// Everything the daemon tells about itself at one moment: what the console, the CLI and the demo show.
public struct RobotStatus: Sendable, Codable {
    public var robot: String
    public var version: String
    /// Seconds since the daemon started.
    public var uptime: Double
    /// The machine's monotonic clock at the moment of the pose, seconds.
    public var clock: Double
    public var mission: MissionSection?
    /// What the robot does, with a mission or without one, in words.
    public var doing: String
    /// Nothing is under way: no mission, no way home.
    public var isIdle: Bool
    /// The robot stands where it lives.
    public var isHome: Bool
    /// Missions that wait, in the order in which they will be done.
    public var queue: [QueuedMission]
    public var place: PlaceSection
    public var tick: TickSection
    public var safety: SafetySection
    public var devices: [DeviceSection]
    public var doors: [DoorSection]
    public var lifts: [LiftSection]
    /// What doors and lifts have taken so far.
    public var times: [FacilityTimeSection]
    public var joints: [JointSection]
    public var wheels: WheelSection
    public var gpio: GPIOSection
    public var battery: BatterySection
    /// Nil where no inertial unit has spoken.
    public var inertial: InertialSection?
    public var reflow: ReflowSection
    /// The last announcements, newest last.
    public var announcements: [Announcement]

    public init(robot: String, version: String) {
        self.robot = robot
        self.version = version
        uptime = 0
        clock = 0
        doing = "idle"
        isIdle = true
        isHome = false
        queue = []
        place = PlaceSection()
        tick = TickSection()
        safety = SafetySection()
        devices = []
        doors = []
        lifts = []
        times = []
        joints = []
        wheels = WheelSection()
        gpio = GPIOSection()
        battery = BatterySection()
        reflow = ReflowSection()
        announcements = []
    }
}

/// The mission under way.
public struct MissionSection: Sendable, Codable {
    public var id: String
    /// "accepted", "running", "paused", "returning", "completed", "failed", "cancelled".
    public var state: String
    /// What the robot is doing, in words.
    public var step: String
    /// Seconds until the hand-over, as estimated now.
    public var eta: Double?
    /// Seconds from now to the promised time; negative when late.
    public var promised: Double?
    /// 0 (whenever) ... 9 (first).
    public var priority: Int?
    /// Where the meal goes.
    public var place: String
    public init(
        id: String, state: String, step: String, eta: Double? = nil, promised: Double? = nil, priority: Int? = nil,
        place: String = ""
    ) {
        self.id = id
        self.state = state
        self.step = step
        self.eta = eta
        self.promised = promised
        self.priority = priority
        self.place = place
    }
}

/// A mission that waits for its turn.
public struct QueuedMission: Sendable, Codable {
    public var id: String
    public var priority: Int
    public var place: String
    /// Seconds from now to the promised time; negative when late.
    public var promised: Double?
    public init(id: String, priority: Int, place: String, promised: Double? = nil) {
        self.id = id
        self.priority = priority
        self.place = place
        self.promised = promised
    }
}

/// Where the robot is and how it moves.
public struct PlaceSection: Sendable, Codable {
    public var level = ""
    /// The nearest named place.
    public var near = ""
    /// Metres and radians in the map frame.
    public var pose = Pose2D()
    public var localization = "unknown"
    /// Share of usable beams that fit the map, 0...1.
    public var quality = 0.0
    /// m/s and rad/s.
    public var twist = Twist2D()
    /// Metres driven since the start.
    public var distance = 0.0
    /// Metres to the nearest thing the LiDAR sees outside the hull.
    public var clearance = 0.0
    /// Why the pose is not known, and what to do; nil while it is.
    public var trouble: RobotError?
    /// The named places of the building, and its levels.
    public var places: [String] = []
    public var levels: [String] = []
    /// The way under way, as far as it lies on this level: corner points in the map frame, metres.
    public var route: [Point2D] = []
    public init() {}
}

/// How the tick is doing. Times in microseconds.
public struct TickSection: Sendable, Codable {
    public var rate = 0
    public var ticks = 0
    /// Ticks whose deadline was missed.
    public var missed = 0
    /// What the last late tick is put down to: a task, the messages to the loop, or the wake-up.
    public var culprit = ""
    public var wakeP50 = 0.0
    public var wakeP99 = 0.0
    public var wakeMax = 0.0
    public var workP50 = 0.0
    public var workP99 = 0.0
    public var workMax = 0.0
    /// Every task of the tick, in its order; then what delays a tick before its first task.
    public var tasks: [TaskSection] = []
    /// From an encoder's bytes to the set-point that was computed from them.
    public var chains: [ChainSection] = []
    /// What of real time could not be had, and why.
    public var notices: [String] = []
    public init() {}
}

/// One task of the tick. Times in microseconds.
public struct TaskSection: Sendable, Codable {
    public var name: String
    /// What it works for: "device lidar", "kernel supervisor".
    public var owner: String
    /// It runs in every so manyth tick; 0 for what is no task of the table (messages, wake-up).
    public var every: Int
    /// What one run may take.
    public var deadline: Double
    public var runs: Int
    /// What half, 99 of 100 and 999 of 1000 runs did not exceed (to 3 %), and the longest.
    public var p50: Double
    public var p99: Double
    public var p999: Double
    public var max: Double
    /// Runs that took longer than the deadline.
    public var overruns: Int
    /// Late ticks put down to it.
    public var late: Int
    public init(
        name: String, owner: String, every: Int, deadline: Double, runs: Int = 0, p50: Double = 0, p99: Double = 0,
        p999: Double = 0, max: Double = 0, overruns: Int = 0, late: Int = 0
    ) {
        self.name = name
        self.owner = owner
        self.every = every
        self.deadline = deadline
        self.runs = runs
        self.p50 = p50
        self.p99 = p99
        self.p999 = p999
        self.max = max
        self.overruns = overruns
        self.late = late
    }
}

/// How long it takes from the arrival of a device's bytes to the first set-point that was computed from them being handed
/// to the port. Microseconds.
public struct ChainSection: Sendable, Codable {
    /// The device's slot.
    public var name: String
    /// Values that have gone all the way.
    public var count: Int
    public var p50: Double
    public var p99: Double
    public var max: Double
    public init(name: String, count: Int, p50: Double, p99: Double, max: Double) {
        self.name = name
        self.count = count
        self.p50 = p50
        self.p99 = p99
        self.max = max
    }
}

/// The safety supervisor.
public struct SafetySection: Sendable, Codable {
    public var action = "none"
    public var causes: [String] = []
    /// Causes that wait for a person's `clear`.
    public var latched: [String] = []
    public init() {}
}

/// One device.
public struct DeviceSection: Sendable, Codable {
    public var slot: String
    public var phase: String
    public var identity: String
    public var port: String
    public var frames: Int
    public var bytesIn: Int
    public var bytesOut: Int
    public var checksumErrors: Int
    public var resyncs: Int
    public var timeouts: Int
    public var reconnects: Int
    /// Seconds since the last good sample; nil when nothing has been heard yet.
    public var age: Double?
    /// What is wrong and what to do.
    public var fault: RobotError?
    public init(
        slot: String, phase: String, identity: String, port: String, frames: Int, bytesIn: Int, bytesOut: Int,
        checksumErrors: Int, resyncs: Int, timeouts: Int, reconnects: Int, age: Double?, fault: RobotError?
    ) {
        self.slot = slot
        self.phase = phase
        self.identity = identity
        self.port = port
        self.frames = frames
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.checksumErrors = checksumErrors
        self.resyncs = resyncs
        self.timeouts = timeouts
        self.reconnects = reconnects
        self.age = age
        self.fault = fault
    }
}

extension DeviceSection {
    /// Whether the device is at the robot's service.
    public var isInService: Bool { phase == "running" }

    /// The phase in words; one that is in service and has not been heard yet (the keypad before the first key, the box's
    /// radio out of range) only listens.
    public var condition: String { isInService && age == nil ? "listening" : phase }
}

/// One door.
public struct DoorSection: Sendable, Codable {
    public var id: String
    public var mode: String
    public var session: String
    public init(id: String, mode: String, session: String) {
        self.id = id
        self.mode = mode
        self.session = session
    }
}

/// One lift.
public struct LiftSection: Sendable, Codable {
    public var id: String
    public var level: String
    public var destination: String
    public var door: String
    public var motion: String
    public var mode: String
    public var session: String
    public init(
        id: String, level: String, destination: String, door: String, motion: String, mode: String, session: String
    ) {
        self.id = id
        self.level = level
        self.destination = destination
        self.door = door
        self.motion = motion
        self.mode = mode
        self.session = session
    }
}

/// One joint: radians (metres for the gripper), rad/s, ampere.
public struct JointSection: Sendable, Codable {
    public var name: String
    public var position: Double
    public var velocity: Double
    public var current: Double
    public var torque: Bool
    public var alert: Bool
    public init(name: String, position: Double, velocity: Double, current: Double, torque: Bool, alert: Bool) {
        self.name = name
        self.position = position
        self.velocity = velocity
        self.current = current
        self.torque = torque
        self.alert = alert
    }
}

/// The wheels: rad and rad/s.
public struct WheelSection: Sendable, Codable {
    public var enabled = false
    public var leftPosition = 0.0
    public var rightPosition = 0.0
    public var leftVelocity = 0.0
    public var rightVelocity = 0.0
    public var leftFault = 0
    public var rightFault = 0
    public init() {}
}

/// The switches and the lock.
public struct GPIOSection: Sendable, Codable {
    public var emergencyStop = false
    public var bumper = false
    public var lidOpen = false
    public var loaded = false
    public var unlocked = false
    public init() {}
}

/// Recording and streaming.
public struct ReflowSection: Sendable, Codable {
    /// Bytes written to segments since the start.
    public var recordedBytes = 0
    /// Bytes that the station has acknowledged as durable.
    public var acknowledgedBytes = 0
    public var messages = 0
    /// Records dropped, by cause.
    public var dropped: [String: Int] = [:]
    public var segmentsWaiting = 0
    /// "connected", "waiting for the station: …".
    public var uplink = ""
    public init() {}
}

/// Something the robot said.
public struct Announcement: Sendable, Codable {
    /// Seconds since the daemon started.
    public var time: Double
    public var text: String
    public var urgency: Urgency
    /// What a person can do about it.
    public var hint: String?
    public init(time: Double, text: String, urgency: Urgency = .notice, hint: String? = nil) {
        self.time = time
        self.text = text
        self.urgency = urgency
        self.hint = hint
    }
}

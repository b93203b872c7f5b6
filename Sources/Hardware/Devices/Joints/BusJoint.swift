import RobotModel

/// A joint of the arm as it hangs on a servo bus: servo angle = sign × joint angle + offset.
public struct BusJoint: Hashable, Sendable {
    public var name: String
    /// The servo's id on the bus.
    public var id: UInt8
    /// +1 or -1.
    public var sign: Double
    /// Radians.
    public var offset: Double

    public init(name: String, id: UInt8, sign: Double = 1, offset: Double = 0) {
        self.name = name
        self.id = id
        self.sign = sign
        self.offset = offset
    }
}

/// A parallel gripper on a servo bus: opening = closedWidth + widthPerRadian × servo angle.
public struct BusGripper: Hashable, Sendable {
    public var id: UInt8
    /// Metres at 0 rad.
    public var closedWidth: Double
    /// Metres a radian; not 0.
    public var widthPerRadian: Double

    public init(id: UInt8, closedWidth: Double, widthPerRadian: Double) {
        self.id = id
        self.closedWidth = closedWidth
        self.widthPerRadian = widthPerRadian
    }
}

/// How a servo counts its angle.
struct ServoScale: Sendable {
    let radiansPerTick: Double
    /// The position register at 0 rad.
    let centerTick: Int32
}

/// What a driver knows of one servo of its bus.
struct ServoState: Sendable {
    let id: UInt8
    let name: String
    /// value = (angle - offset) × scale + base; metres for the gripper.
    let scale: Double
    private let base: Double
    private let offset: Double
    private let count: ServoScale

    /// What the servo lets its goal be, ticks.
    var limits: ClosedRange<Int32>
    /// As last seen in the servo.
    var torque = false
    var alert = false
    /// Which alert it is, has been read since it came.
    var isAlertRead = false
    /// What the alert is, in words.
    var alertNames: [String] = []
    /// As last read.
    var ticks: Int32?
    /// rad/s and ampere of the servo.
    var velocity = 0.0
    var current = 0.0
    /// Where the goal stands now, in ticks; nil until torque has been on.
    var goal: Double?
    /// It stands where it cannot be held: it kept another goal than it was given, or its limits leave none.
    var refusesGoal = false
    /// When it last answered in a cycle.
    var answeredAt = Instant.zero

    init(_ joint: BusJoint, count: ServoScale, limits: ClosedRange<Int32>) {
        id = joint.id
        name = joint.name
        scale = joint.sign
        base = 0
        offset = joint.offset
        self.count = count
        self.limits = limits
    }

    init(_ gripper: BusGripper, count: ServoScale, limits: ClosedRange<Int32>) {
        id = gripper.id
        name = "gripper"
        scale = gripper.widthPerRadian
        base = gripper.closedWidth
        offset = 0
        self.count = count
        self.limits = limits
    }

    /// "elbow_pitch (servo 3)".
    var title: String { "\(name) (servo \(id))" }

    /// The joint's value at a position register's value.
    func value(ticks: Int32) -> Double {
        ((Double(ticks) - Double(count.centerTick)) * count.radiansPerTick - offset) * scale + base
    }

    /// The position register's value for a joint's value, inside the servo's limits; nil for what is no number.
    func ticks(value: Double) -> Double? {
        let angle = (value - base) / scale + offset
        let ticks = angle / count.radiansPerTick + Double(count.centerTick)
        return ticks.isFinite ? min(Double(limits.upperBound), max(Double(limits.lowerBound), ticks)) : nil
    }
}

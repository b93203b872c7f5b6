/// One number for each joint of the robot, stored inline so that the tick can pass it around without allocating.
///
/// The order is the board file's: the arm from its base outwards, joints that are only held, then the gripper.
@frozen
public struct JointVector: Sendable, BitwiseCopyable, Equatable {
    /// The most joints a board can have.
    public static var capacity: Int { 16 }

    /// How many joints are in use.
    public var count: Int
    @usableFromInline var storage: InlineArray<16, Double>

    /// `count` joints, all at `value`.
    @inlinable public init(count: Int, repeating value: Double = 0) {
        precondition(count >= 0 && count <= 16, "a board has at most 16 joints")
        self.count = count
        storage = InlineArray(repeating: value)
    }

    /// The values of an array, at most 16 of them.
    public init(_ values: [Double]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { storage[index] = value }
    }

    @inlinable public subscript(index: Int) -> Double {
        get {
            precondition(index >= 0 && index < count)
            return storage[index]
        }
        set {
            precondition(index >= 0 && index < count)
            storage[index] = newValue
        }
    }

    /// The values as an array; allocates, so never in a tick.
    public var array: [Double] { (0..<count).map { storage[$0] } }

    @inlinable public static func == (a: JointVector, b: JointVector) -> Bool {
        guard a.count == b.count else { return false }
        var index = 0
        while index < a.count {
            if a.storage[index] != b.storage[index] { return false }
            index += 1
        }
        return true
    }
}

/// What the joints' bus measured in one cycle.
@frozen
public struct JointState: Sendable, BitwiseCopyable {
    /// Positions in radians (metres of opening for the gripper).
    public var position: JointVector
    /// Velocities in rad/s (m/s for the gripper).
    public var velocity: JointVector
    /// Motor currents in ampere, signed.
    public var current: JointVector
    /// Joints (bit i = joint i) that answered in this cycle.
    public var answered: UInt16
    /// Joints whose servo reports a hardware alert.
    public var alerts: UInt16
    /// Joints whose servo holds torque.
    public var torqueOn: UInt16

    @inlinable public init(count: Int) {
        position = JointVector(count: count)
        velocity = JointVector(count: count)
        current = JointVector(count: count)
        answered = 0
        alerts = 0
        torqueOn = 0
    }
}

/// What the joints' bus is asked to do next.
@frozen
public struct JointSetpoint: Sendable, BitwiseCopyable, Equatable {
    /// Goal positions in radians (metres of opening for the gripper).
    public var position: JointVector
    /// Whether the servos shall hold torque. False lets the arm go limp.
    public var torque: Bool

    @inlinable public init(position: JointVector, torque: Bool) {
        self.position = position
        self.torque = torque
    }
}

/// What the wheel drive measured.
@frozen
public struct WheelState: Sendable, BitwiseCopyable, Equatable {
    /// Travelled angle of each wheel since power-up, radians, forward positive.
    public var leftPosition: Double
    public var rightPosition: Double
    /// Speeds in rad/s, forward positive.
    public var leftVelocity: Double
    public var rightVelocity: Double
    /// The drive's fault words; 0 when healthy.
    public var leftFault: UInt16
    public var rightFault: UInt16
    /// Whether the drive is enabled and follows set-points.
    public var enabled: Bool

    @inlinable public init() {
        leftPosition = 0
        rightPosition = 0
        leftVelocity = 0
        rightVelocity = 0
        leftFault = 0
        rightFault = 0
        enabled = false
    }
}

/// What the wheel drive is asked to do next.
@frozen
public struct WheelSetpoint: Sendable, BitwiseCopyable, Equatable {
    /// Wheel speeds in rad/s, forward positive.
    public var left: Double
    public var right: Double
    /// Whether the motors shall be powered. False is the drive's own emergency stop.
    public var enabled: Bool

    @inlinable public init(left: Double = 0, right: Double = 0, enabled: Bool = false) {
        self.left = left
        self.right = right
        self.enabled = enabled
    }
}

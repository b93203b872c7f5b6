public import RobotModel

/// What the tick hands to the recorder: plain memory, pushed into a ring without allocating.
@frozen
public struct TickRecord: Sendable, BitwiseCopyable {
    public var time: Instant
    public var joints: Stamped<JointState>
    public var wheels: Stamped<WheelState>
    public var wheelSetpoint: WheelSetpoint
    public var jointSetpoint: JointSetpoint
    public var safety: SafetyState

    public init(
        time: Instant, joints: Stamped<JointState>, wheels: Stamped<WheelState>, wheelSetpoint: WheelSetpoint,
        jointSetpoint: JointSetpoint, safety: SafetyState
    ) {
        self.time = time
        self.joints = joints
        self.wheels = wheels
        self.wheelSetpoint = wheelSetpoint
        self.jointSetpoint = jointSetpoint
        self.safety = safety
    }

    /// The messages that this makes; layouts as `Topic.layout` says.
    var records: [Record] {
        [
            Record(.joints, at: joints.time, payload: jointPayload),
            Record(.wheels, at: wheels.time, payload: wheelPayload),
            Record(.setpoints, at: time, payload: setpointPayload),
        ]
    }

    private var jointPayload: [UInt8] {
        var payload = Payload()
        let state = joints.value
        payload.put(UInt16(state.position.count))
        payload.put(state.position)
        payload.put(state.velocity)
        payload.put(state.current)
        payload.put(state.answered)
        payload.put(state.alerts)
        payload.put(state.torqueOn)
        return payload.bytes
    }

    private var wheelPayload: [UInt8] {
        var payload = Payload()
        let state = wheels.value
        payload.put(state.leftPosition)
        payload.put(state.rightPosition)
        payload.put(Float(state.leftVelocity))
        payload.put(Float(state.rightVelocity))
        payload.put(state.leftFault)
        payload.put(state.rightFault)
        payload.put(UInt8(state.enabled ? 1 : 0))
        return payload.bytes
    }

    private var setpointPayload: [UInt8] {
        var payload = Payload()
        payload.put(Float(wheelSetpoint.left))
        payload.put(Float(wheelSetpoint.right))
        payload.put(UInt8(wheelSetpoint.enabled ? 1 : 0))
        payload.put(UInt8(jointSetpoint.torque ? 1 : 0))
        payload.put(safety.action.rawValue)
        payload.put(safety.causes.rawValue)
        payload.put(UInt16(jointSetpoint.position.count))
        payload.put(jointSetpoint.position)
        return payload.bytes
    }
}

extension Record {
    /// A scan as `Topic.scan`'s layout says.
    public init(_ scan: LaserScan) {
        var payload = Payload()
        payload.put(scan.start.nanoseconds)
        payload.put(scan.end.nanoseconds)
        for pose in [scan.startOdometry, scan.endOdometry] {
            payload.put(pose.x)
            payload.put(pose.y)
            payload.put(pose.yaw)
        }
        payload.put(UInt16(scan.count))
        for index in 0..<scan.count { payload.put(UInt16(clamping: Int(scan.ranges[index] * 1000))) }
        for index in 0..<scan.count { payload.bytes.append(scan.intensities[index]) }
        self.init(.scan, at: scan.end, payload: payload.bytes)
    }
}

/// Little-endian bytes of a message.
struct Payload {
    var bytes: [UInt8] = []

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    mutating func put(_ value: Float) { put(value.bitPattern) }
    mutating func put(_ value: Double) { put(value.bitPattern) }
    mutating func put(_ joints: JointVector) {
        for index in 0..<joints.count { put(Float(joints[index])) }
    }
}

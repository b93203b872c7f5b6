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
    /// Nil where nothing new was measured.
    public var inertial: Stamped<InertialState>?

    public init(
        time: Instant, joints: Stamped<JointState>, wheels: Stamped<WheelState>, wheelSetpoint: WheelSetpoint,
        jointSetpoint: JointSetpoint, safety: SafetyState,
        inertial: Stamped<InertialState>? = nil
    ) {
        self.time = time
        self.joints = joints
        self.wheels = wheels
        self.wheelSetpoint = wheelSetpoint
        self.jointSetpoint = jointSetpoint
        self.safety = safety
        self.inertial = inertial
    }

    /// The messages that this makes; layouts as `Topic.layout` says.
    var records: [Record] {
        var records = [
            Record(.joints, at: joints.time, payload: jointPayload),
            Record(.wheels, at: wheels.time, payload: wheelPayload),
            Record(.setpoints, at: time, payload: setpointPayload),
        ]
        if let inertial { records.append(Record(.inertial, at: inertial.time, payload: Self.payload(inertial.value))) }
        return records
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

    private static func payload(_ state: InertialState) -> [UInt8] {
        var payload = Payload()
        for vector in [state.acceleration, state.angularVelocity] {
            for component in [vector.x, vector.y, vector.z] { payload.put(Float(component)) }
        }
        payload.put(Float(state.pressure))
        payload.put(Float(state.temperature))
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

import Realtime
import RobotModel

/// What the drivers of servo buses have in common: from measured ticks to joint states, and from set-points to goals. A
/// value that knows no bytes.
///
/// The rules, whatever the bus:
/// - Torque goes on only while a fresh set-point asks for it, and only after the goal has been set to where the servo was
///   measured to stand in this very cycle, and read back.
/// - A goal moves towards its set-point by at most `maximumSpeed`, only in cycles in which its servo answered, and stays near
///   the servo. So no joint ever jumps: not when a far set-point comes, not when a servo is armed again or was held fast,
///   and not after the bus was lost while a controller went on counting (ros-controls/ros2_control #674).
/// - A servo found with torque on keeps its goal as far as that lies within `sag` of where it stands: what a load pulls
///   down is not let down further, and what was on its way when contact was lost does not go on by itself.
/// - Set-points older than 200 ms, or from before the port was opened, are not followed: the last goal is held.
struct JointCycle: Sendable {
    /// Set-points older than this are not followed.
    private static let setpointAge: Duration = .milliseconds(200)
    /// A servo that has not answered for this long is looked for anew.
    static let silenceLimit: Duration = .milliseconds(300)
    /// Radians between goal and position of a servo that holds a load: the error of a servo's own control. Also the most
    /// by which a joint may stand outside its servo's limits and still be armed.
    private static let sag = 0.05
    /// How far a servo may be behind its goal at full speed; one that is held fast does not spring back farther.
    private static let lag: Duration = .milliseconds(100)

    var servos: [ServoState]
    /// Set-points from before this moment are not followed.
    var openedAt = Instant.zero
    private let scale: ServoScale
    private let period: Duration
    /// Servo rad/s.
    private let maximumSpeed: Double
    private let states: LatestValue<Stamped<JointState>>
    private let setpoints: LatestValue<Stamped<JointSetpoint>>
    private var lastGoals: Instant?

    init(
        joints: [BusJoint], gripper: BusGripper?, scale: ServoScale, limits: ClosedRange<Int32>, rate: Int,
        maximumSpeed: Double, states: LatestValue<Stamped<JointState>>, setpoints: LatestValue<Stamped<JointSetpoint>>
    ) {
        servos = joints.map { ServoState($0, count: scale, limits: limits) }
        if let gripper { servos.append(ServoState(gripper, count: scale, limits: limits)) }
        precondition(!servos.isEmpty && servos.count <= JointVector.capacity, "a bus has 1 to 16 servos")
        self.scale = scale
        period = .nanoseconds(1_000_000_000 / Int64(max(rate, 1)))
        self.maximumSpeed = maximumSpeed
        self.states = states
        self.setpoints = setpoints
    }

    // MARK: What the bus tells

    /// Nothing is known of the servos any more.
    mutating func forget() {
        lastGoals = nil
        for index in servos.indices {
            servos[index].ticks = nil
            servos[index].goal = nil
            servos[index].torque = false
            servos[index].refusesGoal = false
        }
    }

    /// A servo was found as it stands: with torque on it goes on holding near where it is. Gives the goal that has to be
    /// written, if the servo's own one is too far away.
    mutating func takeOver(_ index: Int, goal: Int32, at ticks: Int32) -> Int32? {
        servos[index].ticks = ticks
        let slack = Int32(Self.sag / scale.radiansPerTick)
        // A register may hold anything: no sum of it may overflow.
        let near = Int(ticks) - Int(slack)...Int(ticks) + Int(slack)
        let kept = Int32(clamping: min(near.upperBound, max(near.lowerBound, Int(goal))))
        servos[index].goal = Double(kept)
        return kept == goal ? nil : kept
    }

    mutating func measured(_ index: Int, ticks: Int32, velocity: Double, current: Double, at now: Instant) {
        servos[index].ticks = ticks
        servos[index].velocity = velocity
        servos[index].current = current
        servos[index].answeredAt = now
    }

    /// The servo's torque was read. One that somebody else has switched on is held where it stands.
    mutating func torqueSeen(_ index: Int, on: Bool) {
        servos[index].torque = on
        if !on {
            servos[index].goal = nil
        } else if servos[index].goal == nil {
            _ = holdHere(index)
        }
    }

    /// The servo stopped by itself: from here on it is held where it stands. Gives the goal to be written, if it holds.
    mutating func holdHere(_ index: Int) -> Int32? {
        guard servos[index].torque, let ticks = servos[index].ticks else { return nil }
        let limits = servos[index].limits
        let here = min(limits.upperBound, max(limits.lowerBound, ticks))
        servos[index].goal = Double(here)
        return here
    }

    /// Publishes what is known, once every joint's position is; says whether it did.
    func publish(acquired: Instant, at now: Instant) -> Bool {
        guard servos.allSatisfy({ $0.ticks != nil }) else { return false }
        var state = JointState(count: servos.count)
        for (index, servo) in servos.enumerated() {
            state.position[index] = servo.value(ticks: servo.ticks ?? scale.centerTick)
            state.velocity[index] = servo.velocity * servo.scale
            state.current[index] = servo.current * (servo.scale < 0 ? -1 : 1)
            if servo.answeredAt == now { state.answered |= 1 << UInt16(index) }
            if servo.alert { state.alerts |= 1 << UInt16(index) }
            if servo.torque { state.torqueOn |= 1 << UInt16(index) }
        }
        guard state.answered != 0 else { return false }
        states.store(Stamped(state, at: acquired))
        return true
    }

    /// How the joints stand; the worst first.
    enum Verdict: Sendable {
        case lost(ServoState, silence: Duration)
        case alert(ServoState)
        case silent(ServoState, silence: Duration)
        case refusesGoal(ServoState)
        case well
        /// Not everything has been read yet.
        case open
    }

    func verdict(at now: Instant) -> Verdict {
        if let servo = servos.first(where: { now - $0.answeredAt >= Self.silenceLimit }) {
            return .lost(servo, silence: now - servo.answeredAt)
        }
        if let servo = servos.first(where: { $0.alert && $0.isAlertRead }) { return .alert(servo) }
        if let servo = servos.first(where: { now - $0.answeredAt > .milliseconds(100) }) {
            return .silent(servo, silence: now - servo.answeredAt)
        }
        if let servo = servos.first(where: \.refusesGoal) { return .refusesGoal(servo) }
        return servos.allSatisfy { $0.ticks != nil && !$0.alert } ? .well : .open
    }

    // MARK: What the set-points want

    /// What the bus has to be told in this cycle, in this order.
    struct Orders: Sendable {
        /// The arm goes limp.
        var release = false
        /// Goals of servos that hold.
        var goals: [(id: UInt8, value: Int32)] = []
        /// Servos to be armed: their goals are where they stand; they are written, read back, and then torque goes on.
        var arming: [Int] = []
    }

    mutating func orders(at now: Instant) -> Orders {
        let setpoint = setpoints.load()
        var orders = Orders()
        let isFresh =
            setpoint.time > openedAt && now - setpoint.time <= Self.setpointAge
            && setpoint.value.position.count == servos.count
        if isFresh, !setpoint.value.torque {
            orders.release = release()
            return orders
        }
        if isFresh { follow(setpoint.value, at: now) }
        lastGoals = now
        orders.goals = servos.compactMap { servo in
            guard servo.torque, !servo.alert, let goal = servo.goal else { return nil }
            return (servo.id, Int32(goal.rounded()))
        }
        if isFresh { orders.arming = arm(at: now) }
        return orders
    }

    private mutating func release() -> Bool {
        guard servos.contains(where: \.torque) else { return false }
        for index in servos.indices {
            servos[index].torque = false
            servos[index].goal = nil
        }
        lastGoals = nil
        return true
    }

    /// Moves each goal towards its set-point, no faster than `maximumSpeed` and not far from where the servo is.
    private mutating func follow(_ setpoint: JointSetpoint, at now: Instant) {
        // A late cycle is made up for; a gap is not.
        let elapsed = lastGoals.map { (now - $0).inSeconds } ?? period.inSeconds
        let time = elapsed <= 2 * period.inSeconds ? elapsed : period.inSeconds
        let step = maximumSpeed * time / scale.radiansPerTick
        let lead = (Self.sag + maximumSpeed * Self.lag.inSeconds) / scale.radiansPerTick
        for index in servos.indices {
            // A servo that does not answer may not hear either: its goal must not run away from it.
            guard servos[index].torque, servos[index].answeredAt == now, let goal = servos[index].goal,
                let ticks = servos[index].ticks, let wanted = servos[index].ticks(value: setpoint.position[index])
            else { continue }
            let next = goal + min(step, max(-step, wanted - goal))
            servos[index].goal = min(Double(ticks) + lead, max(Double(ticks) - lead, next))
        }
    }

    private mutating func arm(at now: Instant) -> [Int] {
        var arming: [Int] = []
        let slack = Int32(Self.sag / scale.radiansPerTick)
        for index in servos.indices {
            let servo = servos[index]
            guard !servo.torque, !servo.alert, servo.answeredAt == now, let ticks = servo.ticks else { continue }
            let here = min(servo.limits.upperBound, max(servo.limits.lowerBound, ticks))
            // Held at its limit it would jump there.
            servos[index].refusesGoal = abs(Int(here) - Int(ticks)) > Int(slack)
            if servos[index].refusesGoal { continue }
            servos[index].goal = Double(here)
            arming.append(index)
        }
        return arming
    }

    /// What a servo to be armed has for a goal, read back; nil when it did not say. Says whether torque may go on.
    mutating func goalReadBack(_ index: Int, _ goal: Int32?) -> Bool {
        if let goal, let wanted = servos[index].goal, goal == Int32(wanted) {
            servos[index].refusesGoal = false
            return true
        }
        servos[index].goal = nil
        if goal != nil { servos[index].refusesGoal = true }
        return false
    }
}

public import RobotModel

/// Watches the arm while it follows a trajectory: arrived, touched something, or not following.
///
/// A kernel of the tick: never allocates. Only `status` makes words of it, for the deliberation.
public struct ArmMonitor: Sendable, BitwiseCopyable {
    /// How the motion goes.
    public enum Verdict: Sendable, BitwiseCopyable, Equatable {
        case idle
        case moving
        case reached
        /// This joint's current shows that the arm touches something.
        case contact(joint: Int)
        /// This joint does not follow its set-point.
        case notFollowing(joint: Int)
        /// This joint has not answered, or its servo reports an alert.
        case lost(joint: Int)
    }

    /// Current in ampere above which a joint feels contact.
    public let contactCurrents: JointVector
    /// Greatest difference of set-point and position in radians, and for how many seconds it may be exceeded.
    public var followingError = 0.15
    public var followingTime = 0.25
    /// Seconds that a current has to be high: longer than the bus' noise, shorter than a finger bends.
    public var contactTime = 0.06
    /// Radians within which a joint counts as arrived.
    public var arrivalError = 0.03

    public private(set) var verdict = Verdict.idle

    private var trajectory: ArmTrajectory
    private var started = Instant.zero
    private var untilContact = false
    private var last = Instant.zero
    private var pressedFor = InlineArray<16, Double>(repeating: 0)
    private var awayFor = InlineArray<16, Double>(repeating: 0)
    private var lostFor = InlineArray<16, Double>(repeating: 0)

    /// - Parameter contactCurrents: Ampere, one for each joint of the arm.
    public init(contactCurrents: JointVector) {
        self.contactCurrents = contactCurrents
        trajectory = ArmTrajectory(holding: JointVector(count: contactCurrents.count))
    }

    /// Starts watching a motion that starts now.
    @_noAllocation @_noLocks
    public mutating func start(_ trajectory: ArmTrajectory, untilContact: Bool, at now: Instant) {
        self.trajectory = trajectory
        self.untilContact = untilContact
        started = now
        last = now
        verdict = .moving
        pressedFor = InlineArray(repeating: 0)
        awayFor = InlineArray(repeating: 0)
        lostFor = InlineArray(repeating: 0)
    }

    /// Stops watching.
    @_noAllocation @_noLocks
    public mutating func stop() { verdict = .idle }

    /// One look at the joints.
    ///
    /// Contact ends a motion only when it was asked for (`untilContact`) or when the joint also lags by half of the
    /// allowed following error: then the arm pushes against something that it should not.
    @_noAllocation @_noLocks
    public mutating func step(_ state: JointState, at now: Instant) -> Verdict {
        guard verdict == .moving else { return verdict }
        let dt = max(now.seconds(since: last), 0)
        last = now
        let time = now.seconds(since: started)
        let wanted = trajectory.sampleInPlace(at: time)
        let acceleration = trajectory.accelerationInPlace(at: time)
        var arrived = time >= trajectory.duration
        for joint in 0..<min(trajectory.jointCount, state.position.count) {
            let bit = UInt16(1) << UInt16(joint)
            lostFor[joint] = state.answered & bit == 0 || state.alerts & bit != 0 ? lostFor[joint] + dt : 0
            if lostFor[joint] > followingTime {
                verdict = .lost(joint: joint)
                return verdict
            }
            let error = abs(wanted[joint] - state.position[joint])
            awayFor[joint] = error > followingError ? awayFor[joint] + dt : 0
            if awayFor[joint] > followingTime {
                verdict = .notFollowing(joint: joint)
                return verdict
            }
            // A joint that speeds up or slows down needs current for that alone.
            let pressed =
                joint < contactCurrents.count && abs(state.current[joint]) > contactCurrents[joint]
                && abs(acceleration[joint]) < 1
            pressedFor[joint] = pressed ? pressedFor[joint] + dt : 0
            if pressedFor[joint] >= contactTime && (untilContact || error > followingError / 2) {
                verdict = .contact(joint: joint)
                return verdict
            }
            if error > arrivalError || abs(state.velocity[joint]) > 0.05 { arrived = false }
        }
        if arrived {
            verdict = .reached
        } else if time > trajectory.duration + 2 {
            // It neither follows badly enough nor arrives.
            verdict = .notFollowing(joint: farthest(state, wanted))
        }
        return verdict
    }

    @_noAllocation @_noLocks
    private func farthest(_ state: JointState, _ wanted: JointVector) -> Int {
        var worst = 0
        var error = 0.0
        for joint in 0..<min(trajectory.jointCount, state.position.count)
        where abs(wanted[joint] - state.position[joint]) > error {
            error = abs(wanted[joint] - state.position[joint])
            worst = joint
        }
        return worst
    }

    /// The verdict in words, for the deliberation.
    ///
    /// - Parameter names: The joints' names, for the reason of a failure.
    public func status(names: [String]) -> ArmStatus {
        func name(_ joint: Int) -> String { joint < names.count ? names[joint] : "joint \(joint + 1)" }
        switch verdict {
        case .idle: return .idle
        case .moving: return .moving
        case .reached: return .reached
        case .contact(let joint):
            return untilContact
                ? .contact : .failed("\(name(joint)) pushes against something; clear the arm's way")
        case .notFollowing(let joint):
            return .failed("\(name(joint)) does not follow its set-point; is the arm blocked?")
        case .lost(let joint): return .failed("\(name(joint)) does not answer or reports an alert")
        }
    }
}

import Motion
import RobotModel
import Testing

@Suite("Watching the arm and the gripper")
struct ArmMonitorTests {
    static let currents = JointVector([1.6, 2.4, 1.8, 1.2, 1.2, 1.2])

    static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9) + 5_000_000_000) }

    /// Runs a monitor over a motion that follows perfectly, changed by `change`.
    static func run(
        untilContact: Bool, seconds: Double = 8, change: (Double, inout JointState) -> Void
    ) throws -> (verdict: ArmMonitor.Verdict, time: Double, monitor: ArmMonitor) {
        let trajectory = try TestArm.planner().plan(.posture("ready"), from: TestArm.joints("stowed"))
        var monitor = ArmMonitor(contactCurrents: currents)
        monitor.start(trajectory, untilContact: untilContact, at: at(0))
        var time = 0.0
        while time < seconds {
            time += 0.01
            var state = JointState(count: 6)
            state.position = trajectory.sample(at: time)
            state.velocity = trajectory.velocity(at: time)
            state.answered = 0b111111
            change(time, &state)
            let verdict = monitor.step(state, at: at(time))
            if verdict != .moving { return (verdict, time, monitor) }
        }
        return (monitor.verdict, time, monitor)
    }

    @Test("an arm that follows has reached its goal at the end")
    func reached() throws {
        let result = try Self.run(untilContact: false) { _, _ in }
        #expect(result.verdict == .reached)
        #expect(result.monitor.status(names: []) == .reached)
    }

    @Test("a current that stays high for 60 ms is contact, a shorter one is noise")
    func contact() throws {
        let trajectory = try TestArm.planner().plan(.posture("ready"), from: TestArm.joints("stowed"))
        // After the motion has ended nothing accelerates any more, before that the first half second is quiet too.
        let late = trajectory.duration + 0.1
        let touched = try Self.run(untilContact: true) { time, state in
            state.velocity[2] = 0.1  // it has not settled
            if time > late { state.current[2] = -1.9 }
        }
        #expect(touched.verdict == .contact(joint: 2))
        #expect(touched.time > late + 0.05 && touched.time < late + 0.09)
        #expect(touched.monitor.status(names: []) == .contact)
        let noise = try Self.run(untilContact: true) { time, state in
            state.velocity[2] = time < late + 0.5 ? 0.1 : 0
            if time > late && time < late + 0.045 { state.current[2] = 1.9 }
        }
        #expect(noise.verdict == .reached)
    }

    @Test("the current that a joint needs to speed up is not contact")
    func accelerating() throws {
        let result = try Self.run(untilContact: true) { time, state in
            if time < 0.1 { state.current[1] = 3 }
        }
        #expect(result.verdict == .reached)
    }

    @Test("a joint that stays behind is named")
    func following() throws {
        let stuck = TestArm.joints("stowed")[4]
        let result = try Self.run(untilContact: false) { _, state in state.position[4] = stuck }
        #expect(result.verdict == .notFollowing(joint: 4))
        guard case .failed(let why) = result.monitor.status(names: ["a", "b", "c", "d", "wrist_pitch", "f"]) else {
            Issue.record("\(result.verdict)")
            return
        }
        #expect(why.contains("wrist_pitch"))
    }

    @Test("a joint that does not answer is lost")
    func lost() throws {
        let result = try Self.run(untilContact: false) { time, state in
            if time > 0.2 { state.answered = 0b111110 }
        }
        #expect(result.verdict == .lost(joint: 0))
    }

    /// Fingers that follow a set-point, with something `thing` metres wide between them.
    struct Fingers {
        var width: Double
        var thing: Double
        var velocity = 0.0
        var current = 0.0
        mutating func follow(_ setpoint: Double, dt: Double) {
            let goal = max(setpoint, thing)
            let step = min(max(goal - width, -0.08 * dt), 0.08 * dt)
            width += step
            velocity = step / dt
            current = setpoint < thing - 0.002 && width <= thing + 1e-9 ? 0.6 : 0.05
        }
    }

    @Test("the gripper closes on a thing, holds it, and feels when it has gone")
    func grip() {
        var controller = GripperController(speed: 0.08, gripCurrent: 0.35, maxWidth: 0.09)
        var fingers = Fingers(width: 0.02, thing: 0)
        var state = GripperState()
        func run(_ seconds: Double) {
            for _ in 0..<Int(seconds * 100) {
                let result = controller.step(
                    width: fingers.width, velocity: fingers.velocity, current: fingers.current, dt: 0.01)
                state = result.state
                #expect(result.setpoint >= 0 && result.setpoint <= 0.09)
                fingers.follow(result.setpoint, dt: 0.01)
            }
        }
        controller.set(.open(width: 0.08))
        run(2)
        #expect(state.isSettled && !state.isHolding && abs(state.width - 0.08) < 0.002)
        fingers.thing = 0.05
        controller.set(.grip)
        run(2)
        #expect(state.isSettled && state.isHolding && abs(state.width - 0.05) < 0.002)
        run(5)
        #expect(state.isHolding)
        fingers.thing = 0
        run(2)
        #expect(!state.isHolding && state.isSettled && state.width < 0.003)
    }

    @Test("a gripper that closes on nothing holds nothing")
    func empty() {
        var controller = GripperController(speed: 0.08, gripCurrent: 0.35, maxWidth: 0.09)
        var fingers = Fingers(width: 0.08, thing: 0)
        controller.set(.grip)
        var state = GripperState()
        for _ in 0..<300 {
            let result = controller.step(
                width: fingers.width, velocity: fingers.velocity, current: fingers.width <= 0 ? 0.6 : 0.05, dt: 0.01)
            state = result.state
            fingers.follow(result.setpoint, dt: 0.01)
        }
        #expect(state.isSettled && !state.isHolding)
    }
}

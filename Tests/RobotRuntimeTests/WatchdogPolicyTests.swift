import RobotModel
import RobotRuntime
import Testing
import Twin

/// What a watchdog is fed for.
@Suite("The watchdog's policy")
struct WatchdogPolicyTests {
    private func look(
        _ seconds: Double, ticks: Int, judgements: Int? = nil, steps: Int? = nil, safety: SafetyState = SafetyState(),
        fault: String? = nil
    ) -> WatchdogPolicy.Look {
        WatchdogPolicy.Look(
            time: Instant(nanoseconds: Int64(seconds * 1e9)), ticks: ticks, judgements: judgements ?? ticks,
            innerFault: fault, safety: safety, steps: steps)
    }

    private func reason(_ verdict: WatchdogPolicy.Verdict) -> String? {
        if case .starve(let reason) = verdict { reason } else { nil }
    }

    @Test("feeds while tick and deliberation go on, and starves when either of them stands still")
    func stands() {
        var policy = WatchdogPolicy()
        #expect(policy.judge(look(0, ticks: 10, steps: 1)) == .feed)
        #expect(policy.judge(look(1, ticks: 1010, steps: 21)) == .feed)
        #expect(
            reason(policy.judge(look(2, ticks: 1010, steps: 41)))?.contains("the tick stands still at 1010") == true)
        #expect(reason(policy.judge(look(3, ticks: 2000, steps: 41)))?.contains("deliberation stands still") == true)
        #expect(policy.judge(look(4, ticks: 2000, steps: 41)) != .feed)
        #expect(policy.judge(look(5, ticks: 3001, steps: 42)) == .feed)
        // Whoever does not ask for the deliberation does not starve for it.
        #expect(policy.judge(look(6, ticks: 4001)) == .feed)
    }

    @Test("bears a counter that stands for a moment between two quick looks, and not for long")
    func patience() {
        var policy = WatchdogPolicy()
        for milliseconds in stride(from: 0, through: 250, by: 10) {
            #expect(policy.judge(look(Double(milliseconds) / 1000, ticks: 5, judgements: 5)) == .feed)
        }
        #expect(policy.judge(look(0.26, ticks: 5, judgements: 5)) != .feed)
        #expect(policy.judge(look(0.27, ticks: 6, judgements: 6)) == .feed)
        // A counter that falls back does not advance.
        #expect(policy.judge(look(0.6, ticks: 3, judgements: 6)) != .feed)
    }

    @Test("starves when the tick goes on without the supervisor's judgement, or the supervisor is at fault")
    func supervisor() {
        var policy = WatchdogPolicy()
        #expect(policy.judge(look(0, ticks: 0, judgements: 0)) == .feed)
        #expect(policy.judge(look(0.05, ticks: 50, judgements: 50)) == .feed)
        #expect(policy.judge(look(0.15, ticks: 150, judgements: 50)) == .feed)
        let blind = reason(policy.judge(look(0.16, ticks: 160, judgements: 50)))
        #expect(blind == "the supervisor has not judged for 110 ticks")
        #expect(policy.judge(look(0.2, ticks: 200, judgements: 51)) == .feed)
        let fault = reason(policy.judge(look(0.3, ticks: 300, judgements: 151, fault: "its clock ran backwards")))
        #expect(fault == "the supervisor is at fault: its clock ran backwards")
    }

    @Test("does not starve for what is wrong with the robot and not with the daemon: a restart would mend nothing")
    func safety() {
        var policy = WatchdogPolicy()
        let pressed = SafetyState(action: .torqueOff, causes: [.emergencyStop, .staleLidar, .staleWheels])
        #expect(policy.judge(look(1, ticks: 1, steps: 1, safety: pressed)) == .feed)
        let silent = SafetyState(action: .hold, causes: .silentDeliberation)
        #expect(reason(policy.judge(look(2, ticks: 2, steps: 2, safety: silent)))?.contains("supervisor") == true)
        // A restart of the board for a slow loop is too much: systemd restarts the daemon.
        #expect(policy.judge(look(3, ticks: 3, safety: silent)) == .feed)
    }

    @Test("sees the whole daemon hang with its slow loop, and come back with it")
    func hangs() async throws {
        let rig = try Rig()
        var policy = WatchdogPolicy()
        var steps = 0
        func look() -> WatchdogPolicy.Verdict {
            steps += 1
            return policy.judge(rig.robot.watchdogLook(steps: steps, at: rig.now))
        }
        await rig.run(2)
        #expect(look() == .feed)
        rig.robot.stallDeliberation(true)
        await rig.run(1)
        // Even a counter that went on would not hide it: the supervisor hears nothing.
        #expect(look() != .feed)
        rig.robot.stallDeliberation(false)
        await rig.run(1)
        #expect(look() == .feed)
        #expect(rig.robot.watchdogLook(at: rig.now).judgements == rig.robot.ticks)
    }
}

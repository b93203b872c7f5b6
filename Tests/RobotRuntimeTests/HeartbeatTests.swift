import RobotModel
import RobotRuntime
import Testing
import Twin

/// What systemd's watchdog is fed for.
@Suite("The heartbeat")
struct HeartbeatTests {
    private let calm = SafetyState()

    @Test("beats while tick and deliberation go on, and stops when either of them stands still")
    func stands() {
        var heart = Heartbeat()
        #expect(heart.look(ticks: 10, steps: 1, safety: calm) == nil)
        #expect(heart.look(ticks: 1010, steps: 21, safety: calm) == nil)
        #expect(heart.look(ticks: 1010, steps: 41, safety: calm)?.contains("the tick stands still at 1010") == true)
        #expect(heart.look(ticks: 2000, steps: 41, safety: calm)?.contains("the deliberation stands still") == true)
        #expect(heart.look(ticks: 2000, steps: 41, safety: calm) != nil)
        #expect(heart.look(ticks: 2001, steps: 42, safety: calm) == nil)
    }

    @Test("does not stop for what is wrong with the robot and not with the daemon: a restart would mend nothing")
    func safety() {
        var heart = Heartbeat()
        let pressed = SafetyState(action: .torqueOff, causes: [.emergencyStop, .staleLidar, .staleWheels])
        #expect(heart.look(ticks: 1, steps: 1, safety: pressed) == nil)
        let silent = SafetyState(action: .hold, causes: .silentDeliberation)
        #expect(heart.look(ticks: 2, steps: 2, safety: silent)?.contains("supervisor") == true)
    }

    @Test("of the whole daemon stops when its slow loop hangs, and comes back with it")
    func hangs() async throws {
        let rig = try Rig()
        var heart = Heartbeat()
        var steps = 0
        func look() async -> String? {
            let trouble = heart.look(ticks: rig.robot.ticks, steps: steps, safety: rig.robot.safety)
            steps += 1
            return trouble
        }
        await rig.run(2)
        #expect(await look() == nil)
        rig.robot.stallDeliberation(true)
        await rig.run(1)
        // Even a counter that went on would not hide it: the supervisor hears nothing.
        #expect(await look() != nil)
        rig.robot.stallDeliberation(false)
        await rig.run(1)
        #expect(await look() == nil)
    }
}

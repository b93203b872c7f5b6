import DeviceIO
import RobotModel
import RobotRuntime
import Testing

/// The board's own watchdog, in memory and on a hand-driven clock.
@Suite("The board's watchdog")
struct WatchdogKeeperTests {
    /// A daemon that ticks once a millisecond, and its keeper, which looks as often as it says.
    private struct Daemon {
        let board = MemoryWatchdog()
        var keeper: WatchdogKeeper
        var now = Instant.zero
        var ticks = 0
        var judgements = 0
        var ticksStand = false
        var supervisorStands = false
        var said: [RobotError] = []
        private var nextLook = Instant.zero

        init() { keeper = WatchdogKeeper(device: "/dev/watchdog", timeout: .seconds(10), arming: board) }

        mutating func run(seconds: Int) {
            for _ in 0..<seconds * 1000 {
                now += .milliseconds(1)
                if !ticksStand { ticks += 1 }
                if !ticksStand, !supervisorStands { judgements += 1 }
                board.advance(to: now)
                guard now >= nextLook else { continue }
                let look = WatchdogPolicy.Look(time: now, ticks: ticks, judgements: judgements)
                if let trouble = keeper.step(look) { said.append(trouble) }
                nextLook = now + keeper.interval
            }
        }
    }

    @Test("is armed, fed about once a second for as long as the tick goes on, and disarmed at an orderly end")
    func orderly() {
        var daemon = Daemon()
        daemon.run(seconds: 60)
        #expect(daemon.keeper.armedTimeout == .seconds(10))
        #expect((55...65).contains(daemon.board.feeds))
        #expect(daemon.keeper.disarm() == nil)
        #expect(!daemon.board.isArmed)
        daemon.board.advance(to: daemon.now + .seconds(100))
        #expect(!daemon.board.hasBitten)
        #expect(daemon.said.isEmpty)
        #expect(daemon.keeper.disarm() == nil)
    }

    @Test(
        "bites when the tick stands still, or goes on without the supervisor, and says why once",
        arguments: [true, false])
    func stall(ofTick: Bool) {
        var daemon = Daemon()
        daemon.run(seconds: 5)
        if ofTick { daemon.ticksStand = true } else { daemon.supervisorStands = true }
        let feeds = daemon.board.feeds
        daemon.run(seconds: 8)
        // The look right after the stall may still have seen a step.
        #expect(daemon.board.feeds <= feeds + 1)
        #expect(daemon.said.count == 1)
        let words = ofTick ? "the tick stands still" : "the supervisor has not judged"
        #expect(daemon.said.first?.what.contains(words) == true, "\(daemon.said)")
        #expect(daemon.said.first?.hint?.contains("10 s") == true)
        daemon.run(seconds: 5)
        #expect(daemon.board.hasBitten)
    }

    @Test("is fed again when a stall ends in time, and says the next one anew")
    func shortStall() {
        var daemon = Daemon()
        daemon.run(seconds: 3)
        for stall in 1...2 {
            daemon.ticksStand = true
            daemon.run(seconds: 5)
            daemon.ticksStand = false
            daemon.run(seconds: 5)
            #expect(daemon.said.count == stall)
        }
        #expect(!daemon.board.hasBitten)
    }

    @Test("stays armed when the daemon is gone without a farewell: the board resets itself")
    func crash() {
        var daemon = Daemon()
        daemon.run(seconds: 3)
        #expect(daemon.board.isArmed)
        daemon.board.advance(to: daemon.now + .seconds(11))
        #expect(daemon.board.hasBitten)
    }

    @Test(
        "that cannot be had is named once with what to do, the daemon runs on, and it is taken when it can be had",
        arguments: [
            (PortError.Code.noSuchDevice, "no such device", "control.hardware_watchdog"),
            (.busy, "another program feeds it", "RuntimeWatchdogSec="),
            (.noPermission, "no permission", "udev"), (.failed, "does not work", "wdctl"),
        ])
    func missing(code: PortError.Code, words: String, hint: String) {
        var daemon = Daemon()
        daemon.board.refuse(code)
        daemon.run(seconds: 45)
        #expect(daemon.said.count == 1)
        #expect(daemon.said.first?.what.contains(words) == true, "\(daemon.said)")
        #expect(daemon.said.first?.what.contains("/dev/watchdog") == true)
        #expect(daemon.said.first?.hint?.contains(hint) == true)
        #expect(daemon.keeper.armedTimeout == nil)
        daemon.board.refuse(nil)
        daemon.run(seconds: 15)
        #expect(daemon.board.isArmed && daemon.board.feeds > 0)
    }

    @Test("that takes no food any more is named, and neither let go of nor forgotten")
    func lost() {
        var daemon = Daemon()
        daemon.run(seconds: 3)
        daemon.board.setLost(true)
        daemon.run(seconds: 5)
        #expect(daemon.said.count == 1)
        daemon.board.setLost(false)
        let feeds = daemon.board.feeds
        daemon.run(seconds: 3)
        #expect(daemon.board.feeds > feeds)
        daemon.board.setLost(true)
        #expect(daemon.keeper.disarm()?.what.contains("/dev/watchdog") == true)
    }
}

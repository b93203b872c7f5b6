import Console
import Control
import RobotModel
import Testing

@Suite struct ConsoleSessionTests {
    @Test("a technician is greeted with the robot's name and version, and with a prompt")
    func greets() {
        let technician = Technician()
        #expect(technician.screen.text.contains("dory: Doorstep 0.1.0"))
        #expect(technician.screen.line == "dory>")
    }

    @Test("who plugs in late gets the banner with the first Return, and only with that")
    func greetsTheLate() {
        var technician = Technician()
        #expect(technician.order("").contains("Doorstep 0.1.0"))
        #expect(technician.order("") == "")
        technician.wait(.seconds(700))
        #expect(technician.order("").contains("Doorstep 0.1.0"))
    }

    @Test("every row ends with a return and a line feed")
    func endsRows() {
        var technician = Technician()
        technician.order("help")
        technician.order("status")
        for (index, byte) in technician.sent.enumerated() where byte == 0x0A {
            #expect(technician.sent[index - 1] == 0x0D)
        }
    }

    @Test("what is typed while the daemon is asked is carried out afterwards")
    func typesAhead() {
        var technician = Technician()
        technician.answer = { _ in nil }
        technician.type("status\rversion\r")
        #expect(!technician.screen.text.contains("dory: Doorstep 0.1.0\n"))
        technician.perform(technician.session.handle(.answered(2, .status(.sample)), at: technician.now))
        #expect(technician.screen.text.contains("dory 0.1.0, up"))
        #expect(technician.screen.text.contains("dory: Doorstep 0.1.0\ndory>"))
    }

    @Test("Ctrl-C does not wait for the daemon, and its late answer is not shown")
    func interruptsAQuestion() {
        var technician = Technician()
        technician.answer = { _ in nil }
        technician.type("status\r")
        technician.type("ahead\u{03}")
        #expect(technician.screen.line == "dory>")
        let shown = technician.screen.text
        technician.perform(technician.session.handle(.answered(2, .status(.sample)), at: technician.now))
        #expect(technician.screen.text == shown)
    }

    @Test("a daemon that does not answer is named, and the prompt comes back")
    func doesNotWaitForEver() {
        var technician = Technician()
        technician.answer = { _ in nil }
        technician.type("status\r")
        technician.wait(.seconds(8))
        #expect(technician.screen.text.contains("has not answered within 8 s"))
        #expect(technician.screen.line == "dory>")
    }

    @Test("`top` shows every task's times, the task that was late last, and the way from encoder to set-point")
    func topShowsTasks() throws {
        var technician = Technician()
        technician.order("top")
        let rows = technician.screen.rows.map { row in
            String(row).split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        let lidar = try #require(rows.first { $0.contains("D lidar <") })
        let words = lidar.split(separator: " ").map(String.init)
        #expect(words == ["D", "lidar", "<", "1", "754k", "3.2", "41.6", "77.0", "312", "200", "4", "3"])
        #expect(rows.contains { $0.contains("K record") && $0.contains("75400") })
        #expect(rows.contains { $0.contains("wake-up") && $0.hasSuffix(" 1") })
        #expect(rows.contains("wheels: from encoder to set-point p50 4.1 p99 8.3 max 20.5 ms"))
        #expect(!rows.contains { $0.hasPrefix("joints: from") }, "nothing has gone that way yet")
        #expect(technician.screen.rows.allSatisfy { $0.count <= 80 })
    }

    @Test("`top` is drawn in place, every second, until a key is pressed")
    func watches() {
        var technician = Technician()
        technician.order("top")
        #expect(!technician.screen.isCursorShown)
        #expect(technician.screen.text.contains("1000 Hz, 754000 ticks, 0 missed"))
        #expect(technician.asked.count == 1)
        let rows = technician.screen.rows.count
        technician.answer = { _ in
            var status = RobotStatus.sample
            status.tick.ticks = 755_000
            return .status(status)
        }
        let before = technician.sent.count
        technician.wait(.seconds(3))
        #expect(technician.asked.count == 4)
        #expect(technician.screen.text.contains("755000 ticks"))
        #expect(technician.screen.rows.count == rows)
        // Only what has changed is sent, and only once.
        #expect(technician.sent.count - before < 200)
        technician.type("q")
        #expect(technician.screen.isCursorShown)
        #expect(technician.screen.line == "dory>")
        technician.wait(.seconds(3))
        #expect(technician.asked.count == 4)
    }

    @Test("an arrow key ends a watch whole, and a lone Escape ends it, too")
    func endsWatchWithSequences() {
        var technician = Technician()
        technician.order("watch gpio")
        technician.type("\u{1B}")
        technician.type("[A")
        #expect(technician.screen.line == "dory>")
        technician.order("watch gpio")
        technician.type("\u{1B}")
        #expect(!technician.screen.isCursorShown)
        technician.wait(.milliseconds(200))
        #expect(technician.screen.isCursorShown)
        #expect(technician.screen.line == "dory>")
    }

    @Test("a watch over a daemon that falls silent asks again and can be left")
    func watchesASilentDaemon() {
        var technician = Technician()
        technician.order("top")
        technician.answer = { _ in nil }
        technician.wait(.seconds(20))
        #expect(technician.asked.count <= 5)
        technician.type("q")
        #expect(technician.screen.line == "dory>")
    }

    @Test("no bytes crash it, none unlock it, and it is back at its prompt afterwards")
    func survivesNoise() {
        var random = SeededRandom(seed: 11)
        for round in 0..<12 {
            var technician = Technician()
            if round % 3 == 0 { technician.answer = { _ in nil } }
            for _ in 0..<40 {
                let count = Int.random(in: 1...200, using: &random)
                // Half of the rounds with many Returns, so that noise is also carried out.
                technician.type(
                    (0..<count).map { _ in
                        let byte = UInt8.random(in: 0...255, using: &random)
                        return round % 2 == 0 && byte < 20 ? 0x0D : byte
                    })
                technician.wait(.milliseconds(300))
            }
            #expect(!technician.session.isUnlocked)
            technician.wait(.seconds(70))
            technician.type("\u{03}\u{03}")
            technician.wait(.seconds(1))
            technician.type("\u{03}")
            #expect(technician.screen.line == "dory>")
            #expect(technician.screen.strange.isEmpty)
        }
    }

    @Test("orders of every length come to an end")
    func survivesLongLines() {
        var technician = Technician()
        technician.type(String(repeating: "joint ", count: 20_000) + "\r")
        #expect(technician.screen.line == "dory>")
        technician.order("help")
        #expect(technician.screen.line == "dory>")
    }
}

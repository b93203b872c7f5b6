import Console
import Control
import RobotModel
import Testing

@Suite struct ConsoleUnlockTests {
    @Test("what moves something needs the code; with it, it is done and logged")
    func unlocks() {
        var technician = Technician()
        let refusal = technician.order("drive 0.5")
        #expect(refusal.contains("drive needs an unlocked console"))
        #expect(refusal.contains("`unlock`"))
        #expect(technician.asked.isEmpty)
        technician.unlock()
        #expect(technician.screen.line == "dory#")
        technician.order("drive 0.5")
        #expect(technician.asked == [.service(.drive(metres: 0.5))])
        #expect(technician.log == ["unlocked", "drive 0.5", "drive 0.5: done"])
    }

    @Test("of the code nothing is echoed, logged or remembered")
    func hidesTheCode() {
        var technician = Technician()
        technician.type("unlock\r")
        let before = technician.sent.count
        technician.type("13579\r")
        technician.type("unlock\r2468\r")
        // The arrow key brings back the order, not the code.
        technician.type("\u{1B}[A")
        #expect(technician.screen.line == "dory# unlock")
        let echoed = String(decoding: technician.sent[before...], as: UTF8.self)
        #expect(!echoed.contains("13579") && !echoed.contains("2468"))
        #expect(!technician.log.joined().contains("2468") && !technician.log.joined().contains("13579"))
    }

    @Test("a code behind `unlock` is not taken, and the line is not remembered")
    func refusesInlineCode() {
        var technician = Technician()
        #expect(technician.order("unlock 2468").contains("it asks for it"))
        #expect(!technician.session.isUnlocked)
        technician.type("\u{1B}[A")
        #expect(technician.screen.line == "dory>")
    }

    @Test("after three wrong codes none is taken for 30 s, not even the right one")
    func locksOut() {
        var technician = Technician()
        for left in [2, 1] {
            technician.type("unlock\r")
            technician.type("0000\r")
            #expect(technician.screen.text.contains("wrong code; \(left) \(left == 1 ? "try" : "tries") left"))
        }
        technician.type("unlock\r")
        technician.type("0000\r")
        #expect(technician.screen.text.contains("no other is taken for 30 s"))
        #expect(technician.log.count == 3)
        technician.wait(.seconds(29))
        #expect(technician.order("unlock").contains("no code is taken for another 1 s"))
        technician.wait(.seconds(1))
        technician.unlock()
        #expect(technician.session.isUnlocked)
    }

    @Test("the lock-out outlasts the line")
    func lockOutOutlastsTheLine() {
        var technician = Technician()
        for _ in 0..<3 { technician.type("unlock\r0000\r") }
        technician.perform(technician.session.handle(.disconnected, at: technician.now))
        technician.perform(technician.session.handle(.connected, at: technician.now))
        #expect(technician.order("unlock").contains("no code is taken"))
    }

    @Test("it locks by itself after ten minutes without a key, and not while somebody types")
    func expires() {
        var technician = Technician()
        technician.unlock()
        technician.wait(.seconds(599))
        technician.type("s")
        technician.wait(.seconds(599))
        #expect(technician.session.isUnlocked)
        technician.type("x")
        technician.wait(.seconds(600))
        #expect(!technician.session.isUnlocked)
        #expect(technician.screen.line == "dory>")
        #expect(technician.log.last?.contains("nobody typed for 10 min") == true)
    }

    @Test("a byte that comes after the ten minutes does not revive the unlock, however late they are noticed")
    func doesNotRevive() {
        var technician = Technician()
        technician.unlock()
        technician.now += .seconds(601)
        technician.order("drive 0.5")
        #expect(!technician.session.isUnlocked)
        #expect(!technician.asked.contains(.service(.drive(metres: 0.5))))
    }

    @Test("who pulls the cable locks the console")
    func locksOnDisconnect() {
        var technician = Technician()
        technician.unlock()
        technician.perform(technician.session.handle(.disconnected, at: technician.now))
        #expect(!technician.session.isUnlocked)
        technician.perform(technician.session.handle(.connected, at: technician.now))
        #expect(technician.screen.line == "dory>")
    }

    @Test("`lock` and Ctrl-D lock")
    func locks() {
        var technician = Technician()
        technician.unlock()
        technician.order("lock")
        #expect(technician.screen.line == "dory>")
        technician.unlock()
        technician.type("\u{04}")
        #expect(technician.screen.line == "dory>")
    }

    @Test("the prompt for the code ends with Ctrl-C, with nothing typed, and after a minute")
    func givesUp() {
        var technician = Technician()
        for way in ["12\u{03}", "\r"] {
            technician.type("unlock\r")
            technician.type(way)
            #expect(technician.screen.line == "dory>")
        }
        technician.type("unlock\r12")
        technician.wait(.seconds(60))
        #expect(technician.screen.line == "dory>")
        // What was half typed is gone: the code alone must not be carried out as an order.
        technician.type("\r")
        #expect(!technician.screen.text.contains("unknown command"))
    }

    @Test("a board file without a hash cannot be unlocked, and says what to do")
    func needsAHash() {
        #expect(UnlockHash(text: "REPLACED") == nil)
        #expect(UnlockHash(text: "") == nil)
        var technician = Technician(unlockHash: nil)
        #expect(technician.order("unlock").contains("doorstep console hash-code"))
        #expect(technician.screen.line == "dory>")
    }

    @Test("a hash does not show itself")
    func hidesTheHash() throws {
        let hash = try #require(UnlockHash(text: Technician.hash(of: "1")))
        #expect(!"\(hash)".contains("$"))
        var dumped = ""
        dump(hash, to: &dumped)
        #expect(!dumped.contains("$"))
    }

    @Test("another code in the board file locks an unlocked console, and is the one that is taken from then on")
    func takesAnotherCode() {
        var technician = Technician()
        technician.unlock()
        technician.perform(
            technician.session.handle(.unlockHash(UnlockHash(text: Technician.hash(of: "97531"))), at: technician.now))
        #expect(!technician.session.isUnlocked)
        #expect(technician.screen.line == "dory>")
        #expect(technician.screen.text.contains("locked: the unlock code is another one now"))
        #expect(technician.log.last == "the unlock code is another one now; locked")
        technician.unlock()
        #expect(!technician.session.isUnlocked)
        technician.type("unlock\r97531\r")
        #expect(technician.session.isUnlocked)
        // None at all: nobody gets in any more.
        technician.perform(technician.session.handle(.unlockHash(nil), at: technician.now))
        technician.type("unlock\r97531\r")
        #expect(!technician.session.isUnlocked)
    }
}

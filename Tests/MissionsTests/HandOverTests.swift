import Missions
import RobotModel
import Testing

@Suite("Handing over")
struct HandOverTests {
    private func handOver(_ access: HandOver.Access = .pin(Paper.hash), wait: Duration = .seconds(60)) -> HandOver {
        HandOver(
            mission: "m1", access: access, receiver: .recipient, wait: wait, box: BoxGeometry(), arm: Paper.arm,
            compartment: Paper.compartment)
    }

    private func loaded() -> PaperWorld {
        let world = PaperWorld()
        world.view.inputs = [.loaded]
        return world
    }

    /// Types a text, a key every 400 ms, from a moment on.
    private func typing(_ text: String, from start: Double = 2) -> (PaperWorld) -> Void {
        var keys = Array(text)
        var step = 0
        return { world in
            step += 1
            if Double(step) * 0.05 > start, step % 8 == 0, !keys.isEmpty { world.view.keys = [keys.removeFirst()] }
            if step % 20 == 0 { world.takeMeal() }
        }
    }

    @Test("the right PIN opens the compartment, and the recipient has the meal")
    func rightPIN() {
        let world = loaded()
        var skill = handOver()
        #expect(run(&skill, in: world, each: typing("4711#")) == .done)
        #expect(world.journal.contains(.custody("m1", .recipient)))
        let unlocked = world.log.firstIndex(of: .lockCompartment(false)) ?? 0
        #expect(world.log.firstIndex(of: .journal(.lock("m1", false))) ?? .max < unlocked)
        #expect(!world.view.inputs.contains(.lidOpen))
    }

    @Test("a wrong PIN opens nothing; '*' begins again")
    func wrongPIN() {
        let world = loaded()
        var skill = handOver()
        #expect(run(&skill, in: world, each: typing("1234#99*4711#")) == .done)
        #expect(world.count { if case .verifyPIN = $0 { true } else { false } } == 2)
        #expect(world.count { $0 == .lockCompartment(false) } == 1)
    }

    @Test("three wrong PINs lock the keypad for half a minute")
    func locksOut() {
        let world = loaded()
        var skill = handOver(wait: .seconds(300))
        let keys = typing("1111#2222#3333#4711#5555")
        run(&skill, in: world, seconds: 25, each: keys)
        #expect(world.said.contains { $0.contains("locked") })
        #expect(!world.log.contains(.lockCompartment(false)))
    }

    @Test("nine wrong PINs end the hand-over")
    func refuses() {
        let world = loaded()
        var skill = handOver(wait: .seconds(900))
        let keys = String(repeating: "1111#", count: 9)
        var rest = Array(keys)
        var step = 0
        let outcome = run(&skill, in: world) { world in
            step += 1
            if step % 8 == 0, !rest.isEmpty, world.log.last != nil, !isLocked(world) {
                world.view.keys = [rest.removeFirst()]
            }
        }
        #expect(outcome.isFailed)
        #expect(outcome.error?.code == .refused)
        #expect(!world.log.contains(.lockCompartment(false)))
    }

    /// Whether the keypad has been locked and nobody has been asked again since.
    private func isLocked(_ world: PaperWorld) -> Bool {
        world.said.last?.contains("locked") ?? false
    }

    @Test("digits never stand in words, journal or status")
    func keepsSecrets() {
        let world = loaded()
        var skill = handOver()
        run(&skill, in: world, each: typing("4711#"))
        let text = world.log.map { "\($0)" }.joined()
        #expect(!text.contains("4711"))
        #expect(world.log.contains { if case .verifyPIN = $0 { true } else { false } })
    }

    @Test(
        "who is typing when the wait ends is served; who only plays with the keys holds the robot up for half a minute")
    func typesAtTheEnd() {
        let world = loaded()
        var skill = handOver(wait: .seconds(10))
        #expect(run(&skill, in: world, each: typing("4711#", from: 9)) == .done)
        let other = loaded()
        var second = handOver(wait: .seconds(10))
        let start = other.view.now
        var step = 0
        let outcome = run(&second, in: other) { world in
            step += 1
            if step % 40 == 0 { world.view.keys = ["1"] }
        }
        #expect(outcome.error?.code == .noShow)
        #expect(other.view.now - start < .seconds(41))
    }

    @Test("nobody comes: the wait ends as a no-show, with reminders on the way")
    func noShow() {
        let world = loaded()
        var skill = handOver()
        let outcome = run(&skill, in: world)
        #expect(outcome.error?.code == .noShow)
        #expect(world.said.count >= 3)
        #expect(!world.log.contains(.lockCompartment(false)))
    }

    @Test("a lid that nobody shuts is shut by the arm")
    func shutsTheLid() {
        let world = loaded()
        world.recipientShuts = false
        var skill = handOver()
        #expect(run(&skill, in: world, each: typing("4711#")) == .done)
        #expect(world.said.contains { $0.contains("mind your hands") })
        #expect(!world.view.inputs.contains(.lidOpen))
    }

    @Test(
        "a lid that is shut over the meal is opened again for the PIN, and after three times the meal counts as refused"
    )
    func notTaken() {
        let world = loaded()
        var skill = handOver(wait: .seconds(600))
        var step = 0
        var keys: [Character] = []
        let outcome = run(&skill, in: world) { world in
            step += 1
            if step % 100 == 0 { keys = Array("4711#") }
            if step % 8 == 0, !keys.isEmpty { world.view.keys = [keys.removeFirst()] }
            if step % 61 == 0 { world.view.inputs.remove(.lidOpen) }
        }
        #expect(outcome.isFailed)
        #expect(world.view.inputs.contains(.loaded))
        #expect(!world.journal.contains(.custody("m1", .recipient)))
    }

    @Test("a sender proves itself with the box's code")
    func senderCode() {
        let world = loaded()
        var skill = handOver(.code(Secret(482_913)))
        #expect(run(&skill, in: world, each: typing("482913#")) == .done)
    }

    @Test("at the other place '#' is enough")
    func anyone() {
        let world = loaded()
        var skill = handOver(.anyone)
        #expect(run(&skill, in: world, each: typing("#")) == .done)
    }

    @Test("a compartment that does not open calls somebody")
    func staysShut() {
        let world = loaded()
        world.lidOpens = false
        var skill = handOver()
        #expect(run(&skill, in: world, each: typing("4711#")).isStuck)
    }
}

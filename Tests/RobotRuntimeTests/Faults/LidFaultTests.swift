import BoardFile
import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The lid of the compartment: left open, jammed, or open when it should not be. The robot never drives with it open.
@Suite("The lid", .serialized)
struct LidFaultTests {
    private func rig(_ change: (inout RecipientSetup) -> Void = { _ in }) throws -> Rig {
        try Rig(.beforeSuite301, carrying: Rig.mission(wait: 60)) { $0.people = [.recipient(.suite301(change))] }
    }

    private func completes(_ rig: Rig, within limit: Double, lid: LidGuard) async {
        let isOver = await rig.run(limit) { $0.outbox()?["state"] as? String == "completed" && $0.isDone }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(8))")
        #expect(rig.truth.meal == .delivered)
        #expect(rig.truth.contacts == 0)
        #expect(!lid.droveOpen)
        #expect(rig.twin.world.compartment.isLatched)
    }

    @Test("that is left open is asked for, then shut by the arm, and only then the robot goes home")
    func leftOpen() async throws {
        let rig = try rig { $0.shutDelay = 10_000 }
        let lid = LidGuard(rig)
        let isTaken = await rig.run(60) { $0.truth.meal == .delivered }
        #expect(isTaken, "\(rig.doing) \(rig.said)")
        let shuts = await rig.run(90) { $0.hasSaid("mind your hands: I shut the lid") }
        #expect(shuts, "\(rig.doing) \(rig.said)")
        #expect(rig.said.count { $0.contains("please shut the lid") } >= 2)
        await completes(rig, within: 120, lid: lid)
    }

    @Test("that jams open calls a person; the robot stands until the lid is shut and it is told to go on")
    func jamsOpen() async throws {
        let rig = try rig { $0.shutDelay = 10_000 }
        let lid = LidGuard(rig)
        let isTaken = await rig.run(60) { $0.truth.meal == .delivered }
        #expect(isTaken, "\(rig.doing) \(rig.said)")
        rig.twin.inject(.lidStuck)
        let place = rig.truth.pose.position
        let calls = await rig.run(200) { $0.hasSaid("I need help: nobody shuts my lid, and I cannot") }
        #expect(calls, "\(rig.doing) \(rig.said.suffix(6))")
        await rig.run(20)
        #expect(rig.truth.pose.position.distance(to: place) < 0.01)
        #expect((rig.outbox()?["hint"] as? String)?.contains("shut the lid and resume") ?? false)
        rig.twin.clear(.lidStuck)
        rig.twin.world.compartment.hand = 1
        await rig.run(3)
        rig.twin.world.compartment.hand = nil
        #expect(await rig.robot.answer(.resume).isDone)
        await completes(rig, within: 60, lid: lid)
        #expect(rig.outbox()?["custody"] as? String == "recipient")
    }

    @Test(
        "that does not open for the right PIN is tried three times, then a person is called, and the PIN opens it after"
    )
    func staysShut() async throws {
        let rig = try rig { $0.attempts = 100 }
        let lid = LidGuard(rig)
        rig.twin.inject(.lidStuck)
        let calls = await rig.run(90) { $0.hasSaid("I need help: my compartment does not open") }
        #expect(calls, "\(rig.doing) \(rig.said)")
        #expect(rig.said.count { $0.contains("my compartment does not open; trying again") } == 2)
        await rig.run(0.1)
        #expect(!rig.twin.world.compartment.isUnlocked)
        #expect((rig.outbox()?["hint"] as? String)?.contains("lock and switch") ?? false)
        rig.twin.clear(.lidStuck)
        await rig.run(3)
        #expect(rig.truth.lidOpening == 0, "the coil is off: nobody has typed a PIN")
        #expect(await rig.robot.answer(.resume).isDone)
        await completes(rig, within: 60, lid: lid)
    }

    @Test("that springs open on the way stops the robot, which asks for it to be shut, and goes on when it is")
    func springsOpen() async throws {
        let rig = try Rig(.corridor, carrying: Rig.mission()) { $0.people = [.recipient(.suite301())] }
        let drives = await rig.run(20) { $0.truth.twist.linear > 0.6 }
        #expect(drives, "\(rig.doing) \(rig.said)")
        let speed = rig.truth.twist.linear
        let before = rig.truth.distance
        rig.twin.inject(.lidUnlatched)
        let stands = await rig.run(2.5) { $0.isStanding }
        #expect(stands)
        #expect(rig.truth.distance - before < speed * speed / (2 * rig.board.base.maxDeceleration) + 0.3)
        rig.twin.clear(.lidUnlatched)
        await rig.run(25)
        #expect(rig.said.count { $0.contains("my lid is open; please shut it") } == 2)
        #expect(rig.isStanding && rig.truth.lidOpening == 1)
        let lid = LidGuard(rig)
        rig.twin.world.compartment.hand = 1
        await rig.run(3)
        rig.twin.world.compartment.hand = nil
        #expect(rig.hasSaid("my lid is shut; going on"))
        await completes(rig, within: 90, lid: lid)
    }

    @Test("that nobody shuts on the way calls a person after two minutes; paused and resumed the robot still stands")
    func staysOpen() async throws {
        let rig = try Rig(.corridor, carrying: Rig.mission())
        await rig.run(20) { $0.truth.twist.linear > 0.6 }
        rig.twin.inject(.lidUnlatched)
        await rig.run(5)
        let lid = LidGuard(rig)
        #expect(await rig.robot.answer(.pause).isDone)
        await rig.run(2)
        #expect(await rig.robot.answer(.resume).isDone)
        let calls = await rig.run(130) { $0.hasSaid("I need help: my lid stands open") }
        #expect(calls, "\(rig.doing) \(rig.said.suffix(6))")
        #expect((rig.outbox()?["hint"] as? String)?.contains("shut the lid") ?? false)
        // Resumed too early: it stands, and says why again.
        let before = rig.said.count
        #expect(await rig.robot.answer(.resume).isDone)
        await rig.run(5)
        #expect(rig.said[before...].contains { $0.contains("my lid is open; please shut it") })
        #expect(!lid.droveOpen)
    }

    // MARK: The meal is gone

    /// Runs until the robot has seen that the meal is gone, says so to everybody, and calls nothing delivered.
    private func losesMeal(_ rig: Rig) async throws {
        let isOver = await rig.run(10) { $0.outbox()?["state"] as? String == "failed" }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.hasSaid("the meal is not in my compartment any more"))
        #expect(rig.outbox()?["custody"] as? String == "unknown")
        #expect((rig.outbox()?["hint"] as? String)?.contains("ask the recipient") ?? false)
    }

    /// Runs until the robot stands at home; what has been said of the meal stays so.
    private func goesHome(_ rig: Rig, _ lid: LidGuard) async throws {
        let isHome = await rig.run(120) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(!lid.droveOpen)
        #expect(rig.truth.contacts == 0)
        #expect(!rig.said.contains { $0.contains("enjoy your meal") || $0.contains("please take your meal") })
        #expect(rig.outbox()?["state"] as? String == "failed")
        let custody = try rig.history().filter { $0.contains(" custody ") }
        #expect(custody.last?.hasSuffix("unknown") ?? false, "\(custody)")
        #expect(!custody.contains { $0.hasSuffix("recipient") })
    }

    @Test("that springs open on the way, and the meal is taken: the robot says so and goes home when the lid is shut")
    func takenOnTheWay() async throws {
        let rig = try Rig(.corridor, carrying: Rig.mission())
        let drives = await rig.run(20) { $0.truth.twist.linear > 0.6 }
        #expect(drives, "\(rig.doing) \(rig.said)")
        rig.twin.inject(.lidUnlatched)
        let stands = await rig.run(3) { $0.isStanding }
        #expect(stands)
        let lid = LidGuard(rig)
        rig.twin.clear(.lidUnlatched)
        rig.twin.world.meal = .missing
        try await losesMeal(rig)
        await rig.run(5)
        #expect(rig.truth.lidOpening == 1 && rig.isStanding)
        #expect(rig.said.last?.contains("my lid is open; please shut it") ?? false)
        rig.twin.world.compartment.hand = 1
        await rig.run(3)
        rig.twin.world.compartment.hand = nil
        try await goesHome(rig, lid)
    }

    @Test("that springs open while the robot waits at the door gives the meal to nobody in the robot's books")
    func takenAtTheDoor() async throws {
        let rig = try rig { $0.reaction = 10_000 }
        let lid = LidGuard(rig)
        let waits = await rig.run(60) { $0.doing.contains("waiting for the recipient") && $0.isStanding }
        #expect(waits, "\(rig.doing) \(rig.said)")
        await rig.run(2)
        rig.twin.inject(.lidUnlatched)
        await rig.run(1)
        rig.twin.clear(.lidUnlatched)
        #expect(rig.hasSaid("my lid is open; please shut it"))
        #expect(rig.truth.meal == .inCompartment)
        let isTaken = await rig.run(10) { $0.truth.meal == .delivered }
        #expect(isTaken, "\(rig.doing) \(rig.said.suffix(6))")
        try await losesMeal(rig)
        try await goesHome(rig, lid)
    }
}

/// Watches whether the robot ever drives with its lid open or not held by the latch.
final class LidGuard {
    private(set) var droveOpen = false

    @discardableResult
    init(_ rig: Rig) {
        rig.watch = { [self] rig in
            let world = rig.twin.world
            let moves = abs(world.twist.linear) > 0.005 || abs(world.twist.angular) > 0.01
            if moves, world.compartment.angle > 0 || !world.compartment.isLatched { droveOpen = true }
        }
    }
}

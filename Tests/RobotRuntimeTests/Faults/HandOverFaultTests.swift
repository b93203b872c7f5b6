import Control
import Foundation
import Missions
import RobotModel
import RobotRuntime
import Testing
import Twin

/// People who do not do what is expected of them when the meal comes. The robot has it on board, near its recipient.
@Suite("At the recipient's", .serialized)
struct HandOverFaultTests {
    /// The other place of the mission is suite 302, where a neighbour presses '#'.
    private func rig(
        wait: Int = 12, neighbour: Bool = true, _ change: (inout RecipientSetup) -> Void = { _ in }
    ) throws -> Rig {
        let text = Rig.mission(wait: wait, then: "leave_at, place: suite_302")
        return try Rig(.beforeSuite301, carrying: text) {
            $0.people = [.recipient(.suite301(change))] + (neighbour ? [.suite302] : [])
        }
    }

    /// The sender at the kerb, and the mission's recipient at the charger, who does not come.
    private func rigToSender(_ change: (inout RecipientSetup) -> Void = { _ in }) throws -> Rig {
        var sender = RecipientSetup(level: "L1", position: Point2D(2.7, -7.2), pin: "482913")
        change(&sender)
        return try Rig(
            Scene("L1", 9.0, -5.0, facing: 90, home: "kerb"), carrying: Rig.mission(to: "charger", wait: 10)
        ) { $0.people = [.recipient(sender)] }
    }

    private func ends(_ rig: Rig, _ state: String, within limit: Double, lid: LidGuard) async {
        let isOver = await rig.run(limit) { $0.outbox()?["state"] as? String == state && $0.isDone }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(8))")
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
        #expect(!lid.droveOpen)
        #expect(rig.twin.world.compartment.isLatched && !rig.twin.world.compartment.isUnlocked)
    }

    // MARK: The PIN

    @Test("wrong PINs open nothing; the right one does")
    func wrongTwice() async throws {
        let rig = try rig { $0.wrongFirst = 2 }
        let lid = LidGuard(rig)
        let isWarned = await rig.run(60) { $0.hasSaid("wrong PIN; 1 more try") }
        #expect(isWarned, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.meal == .inCompartment)
        await ends(rig, "completed", within: 60, lid: lid)
        #expect(rig.truth.meal == .delivered)
    }

    @Test("nine wrong PINs lock the keypad twice and send the robot off with the meal, to the other place of the file")
    func neverRight() async throws {
        let rig = try rig(wait: 60) {
            $0.wrongFirst = 100
            $0.attempts = 100
        }
        let lid = LidGuard(rig)
        let isLocked = await rig.run(60) { $0.hasSaid("wrong PIN; the keypad is locked for 30 seconds") }
        #expect(isLocked, "\(rig.doing) \(rig.said)")
        let isTold = await rig.run(20) { $0.hasSaid("the keypad is still locked for") }
        #expect(isTold, "\(rig.doing) \(rig.said)")
        let leaves = await rig.run(150) { $0.hasSaid("too many wrong PINs; I am leaving") }
        #expect(leaves, "\(rig.doing) \(rig.said.suffix(8))")
        #expect(rig.said.count { $0.contains("the keypad is locked") } == 2)
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.meal == .inCompartment)
        await rig.run(0.5)
        #expect(rig.outbox()?["state"] as? String == "returning")
        await ends(rig, "returned", within: 60, lid: lid)
        #expect((rig.outbox()?["error"] as? String)?.contains("9 wrong PINs") ?? false)
        #expect((rig.outbox()?["hint"] as? String)?.contains("has the right PIN") ?? false)
        #expect(rig.outbox()?["custody"] as? String == "reception")
    }

    @Test(
        "a sender who does not know the box's code does not get the meal back; it stays locked up, and that is reported"
    )
    func wrongSender() async throws {
        let rig = try rigToSender {
            $0.wrongFirst = 100
            $0.attempts = 100
        }
        let lid = LidGuard(rig)
        let leaves = await rig.run(250) { $0.hasSaid("too many wrong codes; I am leaving") }
        #expect(leaves, "\(rig.doing) \(rig.said.suffix(8))")
        await ends(rig, "failed", within: 30, lid: lid)
        #expect((rig.outbox()?["error"] as? String)?.contains("9 wrong codes") ?? false)
        #expect(rig.outbox()?["custody"] as? String == "robot")
        #expect(rig.truth.meal == .inCompartment)
        // Nothing else is fetched on top of it.
        _ = await rig.drop(mission: Rig.mission(id: "next"), as: "next.yaml")
        await rig.run(3)
        #expect(rig.outbox("next")?["state"] as? String == "queued")
        #expect(rig.doing.contains("my compartment is not empty"), "\(rig.doing)")
    }

    // MARK: Nobody, or late

    @Test("when nobody comes the meal waits its time, with reminders, and goes to the other place, where '#' is enough")
    func nobodyLeaveAt() async throws {
        let rig = try rig(wait: 45) { $0.noShow = true }
        let lid = LidGuard(rig)
        let isThere = await rig.run(30) { $0.hasSaid("please type your PIN") }
        #expect(isThere, "\(rig.doing) \(rig.said)")
        let arrival = rig.seconds
        let isLeaving = await rig.run(60) { $0.hasSaid("nobody took the meal") }
        #expect(isLeaving, "\(rig.doing) \(rig.said)")
        #expect(abs(rig.seconds - arrival - 45) < 1)
        #expect(rig.said.count { $0.contains("please type your PIN") } == 3)
        await rig.run(0.5)
        #expect(rig.outbox()?["state"] as? String == "returning")
        await ends(rig, "returned", within: 60, lid: lid)
        #expect(rig.truth.meal == .delivered)
        #expect(rig.outbox()?["custody"] as? String == "reception")
        #expect((rig.outbox()?["error"] as? String)?.contains("nobody took the meal") ?? false)
    }

    @Test("when nobody comes the meal goes back to the sender, who opens with the box's code")
    func nobodyReturn() async throws {
        let rig = try rigToSender()
        let lid = LidGuard(rig)
        let asks = await rig.run(100) { $0.hasSaid("please type the box's code") }
        #expect(asks, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.hasSaid("nobody took the meal"))
        #expect(rig.truth.pose.position.distance(to: Point2D(2.8, -6.0)) < 0.5)
        await ends(rig, "returned", within: 30, lid: lid)
        #expect(rig.truth.meal == .delivered)
        #expect(rig.outbox()?["custody"] as? String == "sender")
    }

    @Test("who comes late is served, even with the last key after the end of the wait", arguments: [18, 29])
    func late(_ reaction: Double) async throws {
        let rig = try rig(wait: 30) { $0.reaction = reaction }
        let lid = LidGuard(rig)
        await ends(rig, "completed", within: 90, lid: lid)
        #expect(rig.truth.meal == .delivered)
        #expect(!rig.hasSaid("nobody took the meal"))
    }

    // MARK: The meal stays

    @Test("a lid that is shut over the meal is seen and said, and the PIN opens it again")
    func shutOverTheMeal() async throws {
        let rig = try rig(wait: 60) { $0.shutsOver = 1 }
        let lid = LidGuard(rig)
        let isSaid = await rig.run(60) { $0.hasSaid("the meal is still in my compartment; please type the PIN") }
        #expect(isSaid, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.meal == .inCompartment && rig.truth.lidOpening == 0)
        #expect(rig.outbox()?["custody"] as? String == "robot")
        await ends(rig, "completed", within: 60, lid: lid)
        #expect(rig.truth.meal == .delivered)
    }

    @Test("a lid that is shut over the meal for the third time ends it: the meal goes to the other place")
    func shutOverTheMealAgain() async throws {
        let rig = try rig(wait: 60) { $0.shutsOver = 3 }
        let lid = LidGuard(rig)
        await ends(rig, "returned", within: 150, lid: lid)
        #expect(rig.said.count { $0.contains("the meal is still in my compartment") } == 2)
        #expect((rig.outbox()?["error"] as? String)?.contains("the meal was not taken") ?? false)
        #expect(rig.outbox()?["custody"] as? String == "reception")
    }

    @Test("a meal that stays in the open compartment is shut in by the arm and goes to the other place")
    func notTaken() async throws {
        let rig = try rig { $0.takeDelay = 10_000 }
        let lid = LidGuard(rig)
        let shuts = await rig.run(240) { $0.hasSaid("mind your hands: I shut the lid") }
        #expect(shuts, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.isStanding)
        #expect(rig.said.count { $0.contains("please take your meal and shut the lid") } >= 3)
        await ends(rig, "returned", within: 120, lid: lid)
        #expect(rig.hasSaid("the meal was not taken"))
        #expect(rig.outbox()?["custody"] as? String == "reception")
    }
}

extension Scene {
    /// In the corridor, three metres before suite 301; suite 302 is home.
    static let beforeSuite301 = Scene("L3", 8.0, -8.5, facing: 180, home: "suite_302")
}

extension RecipientSetup {
    /// At the door of suite 301.
    static func suite301(_ change: (inout RecipientSetup) -> Void = { _ in }) -> RecipientSetup {
        var setup = RecipientSetup(level: "L3", position: Point2D(6.0, -7.38), pin: "4711")
        change(&setup)
        return setup
    }
}

extension PersonSetup {
    /// Presses '#' at suite 302, whose place faces south.
    static let suite302 = PersonSetup.recipient(
        RecipientSetup(level: "L3", position: Point2D(9.2, -9.62), pin: ""))
}

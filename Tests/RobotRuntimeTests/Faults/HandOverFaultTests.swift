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
    /// In the corridor, three metres before suite 301; suite 302 is the other place of the mission, and home.
    private static let near = Scene("L3", 8.0, -8.5, facing: 180, home: "suite_302")
    private static let mission = Rig.mission(wait: 12, then: "leave_at, place: suite_302")

    private func recipient(_ change: (inout RecipientSetup) -> Void) -> PersonSetup {
        var setup = RecipientSetup(level: "L3", position: Point2D(6.0, -7.38), pin: "4711")
        change(&setup)
        return .recipient(setup)
    }

    /// Presses '#' at suite 302, whose place faces south.
    private var neighbour: PersonSetup {
        .recipient(RecipientSetup(level: "L3", position: Point2D(9.2, -9.62), pin: ""))
    }

    @Test("wrong PINs open nothing; the right one does")
    func wrongTwice() async throws {
        let rig = try Rig(Self.near, carrying: Self.mission) { $0.people = [recipient { $0.wrongFirst = 2 }] }
        let isWarned = await rig.run(60) { $0.hasSaid("wrong PIN; 1 more tries") }
        #expect(isWarned, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.meal == .inCompartment)
        let isDone = await rig.run(60) { $0.isDone }
        #expect(isDone, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.meal == .delivered)
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.outbox()?["state"] as? String == "completed")
    }

    @Test(
        "nine wrong PINs lock the keypad twice and send the robot off with the meal, to the other place of the file",
        .disabled("three strangers in a row do not type in time in this world yet; `HandOverTests` covers the rule"))
    func neverRight() async throws {
        let rig = try Rig(Self.near, carrying: Rig.mission(wait: 300, then: "leave_at, place: suite_302")) {
            // One after the other, each as long as the keypad is not locked.
            let strangers = [2.0, 50, 98].map { time in
                recipient {
                    $0.wrongFirst = 6
                    $0.reaction = time
                }
            }
            $0.people = strangers + [neighbour]
        }
        let isLocked = await rig.run(60) { $0.hasSaid("locked for 30 seconds") }
        #expect(isLocked, "\(rig.doing) \(rig.said)")
        let leaves = await rig.run(150) { $0.hasSaid("too many wrong PINs; I am leaving") }
        #expect(leaves, "\(rig.doing) \(rig.said.suffix(8))")
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.meal == .inCompartment)
        let isOver = await rig.run(60) { $0.outbox()?["state"] as? String == "returned" }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(6))")
        #expect((rig.outbox()?["error"] as? String)?.contains("9 wrong PINs") ?? false)
    }

    @Test("when nobody comes the meal goes to the other place of the file, where '#' is enough")
    func nobodyLeaveAt() async throws {
        let rig = try Rig(Self.near, carrying: Self.mission) {
            $0.people = [recipient { $0.noShow = true }, neighbour]
        }
        let isOver = await rig.run(90) { $0.outbox()?["state"] as? String == "returned" && $0.isDone }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.hasSaid("nobody took the meal"))
        #expect(rig.truth.meal == .delivered)
        #expect(rig.outbox()?["custody"] as? String == "reception")
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
    }

    @Test("when nobody comes the meal goes back to the sender, who opens with the box's code")
    func nobodyReturn() async throws {
        let text = Rig.mission(to: "charger", wait: 10)
        let rig = try Rig(Scene("L1", 9.0, -5.0, facing: 90, home: "kerb"), carrying: text) {
            $0.people = [.recipient(RecipientSetup(level: "L1", position: Point2D(2.7, -7.2), pin: "482913"))]
        }
        let isOver = await rig.run(120) { $0.outbox()?["state"] as? String == "returned" && $0.isDone }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.hasSaid("nobody took the meal"))
        #expect(rig.hasSaid("please type the box's code"))
        #expect(rig.truth.meal == .delivered)
        #expect(rig.truth.pose.position.distance(to: Point2D(2.8, -6.0)) < 0.5)
        #expect(rig.outbox()?["custody"] as? String == "sender")
    }

    @Test("a meal that stays in the open compartment is shut in by the arm and goes to the other place")
    func notTaken() async throws {
        let rig = try Rig(Self.near, carrying: Self.mission) {
            $0.people = [recipient { $0.takeDelay = 10_000 }, neighbour]
        }
        let shuts = await rig.run(240) { $0.hasSaid("mind your hands: I shut the lid") }
        #expect(shuts, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.isStanding)
        let isOver = await rig.run(120) { $0.outbox()?["state"] as? String == "returned" }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.hasSaid("the meal was not taken"))
        #expect(rig.outbox()?["custody"] as? String == "reception")
    }
}

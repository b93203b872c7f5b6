import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// What goes wrong with the meal at its box. Either the robot helps itself, or the mission fails with its reason and what
/// to do, the box latched and the robot's lid shut.
@Suite("At the box", .serialized)
struct CollectFaultTests {
    /// A robot on the way to the box with the sample mission.
    private func start(
        _ text: String? = nil, fault: Fault? = nil, adjust: (inout Scenario) -> Void = { _ in }
    ) async throws -> Rig {
        let rig = try Rig(.forecourt, adjust: adjust)
        if let fault { rig.twin.inject(fault) }
        await rig.run(5) { $0.status.place.localization == "tracking" }
        _ = await rig.drop(mission: try text ?? Rig.lunch())
        return rig
    }

    /// Runs until the robot does something that it says in these words.
    private func run(_ rig: Rig, until words: String) async {
        let isThere = await rig.run(120) { $0.doing.contains(words) }
        #expect(isThere, "\(rig.doing) \(rig.said.suffix(6))")
    }

    /// Runs until the mission has failed: where the robot stands then, and what it leaves behind.
    private func fails(_ rig: Rig, within limit: Double, _ words: String, hint: String) async {
        let isOver = await rig.run(limit) { $0.outbox()?["state"] as? String == "failed" && $0.status.isIdle }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.hasSaid(words), "\(rig.said.suffix(6))")
        #expect((rig.outbox()?["error"] as? String)?.contains(words) ?? false, "\(rig.outbox() ?? [:])")
        #expect((rig.outbox()?["hint"] as? String)?.contains(hint) ?? false, "\(rig.outbox() ?? [:])")
        #expect(
            rig.twin.world.boxPlant.latched && rig.truth.flapOpening == 0,
            "\(rig.truth.flapOpening) \(rig.said.suffix(4))")
        left(rig)
    }

    /// Robot and compartment as they have to be when it leaves: nothing touched, lid latched, coil off, room before the box.
    private func left(_ rig: Rig) {
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
        #expect(rig.twin.world.compartment.isLatched && !rig.twin.world.compartment.isUnlocked)
        let face = rig.truth.box ?? Pose2D()
        #expect(face.inverseTransform(rig.truth.pose.position).x > 0.75)
    }

    /// Runs until the robot carries the meal away.
    private func carriesOn(_ rig: Rig, within limit: Double) async {
        let goesOn = await rig.run(limit) { $0.doing.contains("to suite_301") }
        #expect(goesOn, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.truth.meal == .inCompartment)
        #expect(rig.outbox()?["state"] as? String == "running")
        #expect(rig.outbox()?["custody"] as? String == "robot")
        left(rig)
    }

    // MARK: The box

    @Test("a code that the box refuses is reported, and the robot leaves")
    func codeRefused() async throws {
        let rig = try await start(fault: .boxRefusesCode)
        await fails(rig, within: 90, "refuses the code", hint: "new code")
        #expect(rig.truth.meal == .inBox)
    }

    @Test("a box with another order, or another box, keeps its code to itself", arguments: [20418, nil])
    func wrongOrder(_ order: Int?) async throws {
        let rig = try await start(Rig.mission(order: order ?? 20417)) {
            if order == nil { $0.vehicle?.boxNumber = 8 }
        }
        var wasAsked = false
        rig.watch = { if $0.twin.world.boxPlant.access != .locked { wasAsked = true } }
        await fails(
            rig, within: 90, order == nil ? "found box 8" : "found order 20417",
            hint: "is the right vehicle at the kerb")
        #expect(!wasAsked)
        #expect(rig.truth.meal == .inBox)
    }

    @Test("a latch that does not let go is reported, and the code is taken back: nothing opens when the robot has left")
    func latchStuck() async throws {
        let rig = try await start(fault: .boxLatchStuck)
        await fails(rig, within: 90, "box 7 does not unlatch", hint: "latch")
        rig.twin.clear(.boxLatchStuck)
        await rig.run(3)
        #expect(rig.twin.world.boxPlant.latched && rig.truth.flapOpening == 0)
        #expect(rig.truth.meal == .inBox)
    }

    @Test("a flap that does not swing is tried three times, then reported, and everything is shut again")
    func flapStuck() async throws {
        let rig = try await start(fault: .boxFlapStuck)
        await fails(rig, within: 240, "the flap of box 7 does not open", hint: "holds the flap")
        #expect(rig.said.count { $0.contains("does not open; trying once more") } == 2)
        #expect(rig.truth.meal == .inBox)
    }

    @Test("a latch that does not catch is pressed three times, then left to people, and the meal goes its way")
    func latchDoesNotCatch() async throws {
        let rig = try await start()
        await run(rig, until: "reaching for the meal")
        rig.twin.inject(.boxLatchStuck)
        await carriesOn(rig, within: 240)
        #expect(rig.hasSaid("box 7 does not lock; please shut it by hand"))
        #expect(!rig.twin.world.boxPlant.latched)
    }

    @Test("a box that stands 12 cm and 8 degrees beside its place is found, and emptied all the same")
    func displaced() async throws {
        let rig = try await start {
            $0.vehicle?.displacement = 0
            $0.vehicle?.turn = 0
            $0.vehicle?.shift = Pose2D(x: 0.03, y: 0.12, yaw: 8 * .pi / 180)
        }
        await carriesOn(rig, within: 200)
        #expect(rig.twin.world.boxPlant.latched)
    }

    @Test("a box that stands half a metre beside its place is refused: nothing is unlocked, and the robot says so")
    func farDisplaced() async throws {
        let rig = try await start { $0.vehicle?.shift = Pose2D(x: 0, y: -0.5) }
        await fails(rig, within: 120, "box 7 is not where it is expected", hint: "is the vehicle there")
        #expect(rig.truth.meal == .inBox)
    }

    // MARK: The meal

    @Test("a meal that is not there is gripped for three times, then reported missing, and everything is shut again")
    func mealMissing() async throws {
        let rig = try await start(fault: .mealMissing)
        await fails(rig, within: 240, "box 7 has no meal that I can grip", hint: "look into the box")
        #expect(rig.said.count { $0.contains("gripping once more") } == 2)
        #expect(rig.truth.meal == .missing)
    }

    @Test("a meal that slips back into the box is gripped once more")
    func slipsInTheBox() async throws {
        let rig = try await start()
        await run(rig, until: "taking the meal out")
        rig.twin.inject(.mealSlips)
        await rig.run(0.1)
        rig.twin.clear(.mealSlips)
        #expect(rig.truth.meal == .inBox)
        await carriesOn(rig, within: 200)
        #expect(rig.hasSaid("the meal slipped out of the gripper; gripping once more"))
    }

    @Test("a meal that slips to the ground is looked for in the box, then reported, with where it may lie")
    func slipsToTheGround() async throws {
        let rig = try await start()
        await run(rig, until: "lowering the meal")
        rig.twin.inject(.mealSlips)
        await rig.run(0.1)
        #expect(rig.truth.meal == .onFloor)
        await fails(rig, within: 240, "no meal that I can grip", hint: "look on the ground")
    }

    // MARK: The robot

    @Test("a lid of its own that does not open ends it before the box is reached into; the coil is not left on")
    func lidStuck() async throws {
        let rig = try await start(fault: .lidStuck)
        await fails(rig, within: 120, "my compartment does not open", hint: "lock and switch")
        rig.twin.clear(.lidStuck)
        await rig.run(2)
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.meal == .inBox)
    }

    @Test(
        "a servo's alert with the meal in the gripper stops the arm where it is; a person clears it, and it goes on",
        arguments: [3, 7])
    func alertWithMeal(_ servo: Int) async throws {
        let rig = try await start()
        await run(rig, until: "lowering the meal")
        await rig.run(1)
        let watch = MotionWatch(rig)
        rig.twin.inject(.servoAlert(id: servo))
        await rig.run(3)
        #expect(watch.armStoodAfter < 0.3)
        #expect(rig.status.safety.action == "hold")
        #expect(rig.hasSaid("(servo \(servo)) reports overload"))
        #expect(rig.truth.meal == .inGripper)
        rig.twin.clear(.servoAlert(id: servo))
        await rig.run(2)
        #expect(watch.armStoodAfter < 0.3)
        let after = MotionWatch(rig)
        #expect(await rig.robot.answer(.clear).isDone)
        await carriesOn(rig, within: 120)
        #expect(after.greatestGoalStep <= Smooth.goalStep)
    }
}

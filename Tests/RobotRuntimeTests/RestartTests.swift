import BoardFile
import Control
import Foundation
import Missions
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The daemon is killed on the way through the third level, with the meal on board for suite 301.
@Suite("A restart", .serialized)
struct RestartTests {
    private func drive(to x: Double, _ watch: RestartWatch) async throws -> Rig {
        let rig = try Rig(.corridor, carrying: Rig.mission()) { $0.people = [Rig.recipient] }
        let isThere = await rig.run(30) { rig in
            watch.look(rig)
            return rig.truth.pose.x < x && rig.truth.twist.linear > 0.6
        }
        #expect(isThere, "\(rig.doing) \(rig.said)")
        return rig
    }

    @Test(
        "in the corridor: says where it was, looks before a wheel turns, goes on, and hands over once",
        arguments: [12.2, 10.4])
    func corridor(x: Double) async throws {
        let watch = RestartWatch()
        let rig = try await drive(to: x, watch)
        let said = rig.said.count
        try await rig.killAndRestart()
        #expect(rig.isStanding)
        let off = await rig.finishLooking()
        #expect(off < 0.10)
        let goesOn = await rig.run(5) { $0.said(after: said).contains { $0.contains("back after a restart") } }
        #expect(goesOn, "\(rig.doing) \(rig.said)")
        let back = rig.said(after: said).first { $0.contains("back after a restart") } ?? ""
        for word in ["on L3 near suite_30", "on the way to suite_301", "mission lunch", "driving"] {
            #expect(back.contains(word), "\(back)")
        }
        try await rig.finishDelivery(watch, 60)
        #expect(watch.openings == 1)
    }

    @Test(
        "after a power cut finds itself although the pose on the disk is old and the robot has rolled on",
        arguments: [12.2, 10.4])
    func oldPose(x: Double) async throws {
        let watch = RestartWatch()
        let rig = try await drive(to: x + 0.9, watch)
        let (pose, level) = (rig.status.place.pose, LevelID(rig.status.place.level))
        await rig.run(1) {
            watch.look($0)
            return false
        }
        let wall = WallTime(secondsSince1970: Rig.noon.secondsSince1970 + rig.seconds)
        try await rig.killAndRestart(after: 20) { rig in
            let journal = try Journal(path: rig.board.missions.directory + "/journal.sqlite")
            try journal.append(.pose(pose, level), at: wall)
        }
        #expect(rig.truth.pose.position.distance(to: pose.position) > 0.7)
        let off = await rig.finishLooking()
        #expect(off < 0.10)
        try await rig.finishDelivery(watch, 60)
    }

    @Test("a meal that was taken out meanwhile is missed, and nothing is handed over")
    func mealGone() async throws {
        let watch = RestartWatch()
        let rig = try await drive(to: 11, watch)
        try await rig.killAndRestart { $0.twin.world.meal = .onFloor }
        let isOver = await rig.run(60) { rig in
            watch.look(rig)
            return rig.outbox()?["state"] as? String == "failed"
        }
        #expect(isOver, "\(rig.doing) \(rig.said)")
        #expect(rig.hasSaid("the meal is not in my compartment any more"))
        #expect((rig.outbox()?["hint"] as? String)?.isEmpty == false)
        #expect(watch.states == ["running", "failed"])
        #expect(watch.openings == 0)
    }

    @Test("a robot that was carried off meanwhile finds itself before a wheel turns, and delivers from there")
    func carriedOff() async throws {
        let watch = RestartWatch()
        let rig = try await drive(to: 11, watch)
        try await rig.killAndRestart { $0.twin.world.carry(to: "L3", Pose2D(x: 6.6, y: -8.6, yaw: 1)) }
        let off = await rig.finishLooking(60)
        #expect(off < 0.10)
        try await rig.finishDelivery(watch, 60)
    }
}

/// The daemon is killed at the recipient's, with its lid open.
@Suite("A restart at the recipient's", .serialized)
struct RestartHandOverTests {
    private static let near = Scene("L3", 7.4, -8.5, facing: 180, home: "suite_301")

    private func open(_ change: (inout RecipientSetup) -> Void, _ watch: RestartWatch) async throws -> Rig {
        var setup = RecipientSetup(level: "L3", position: Point2D(6.0, -7.38), pin: "4711")
        change(&setup)
        let rig = try Rig(Self.near, carrying: Rig.mission()) { $0.people = [.recipient(setup)] }
        let isOpen = await rig.run(60) { rig in
            watch.look(rig)
            return rig.truth.lidOpening > 0.9
        }
        #expect(isOpen, "\(rig.doing) \(rig.said)")
        return rig
    }

    @Test("asks for the meal to be taken, without another PIN, and sees the lid shut")
    func stillInside() async throws {
        let watch = RestartWatch()
        let rig = try await open({ $0.takeDelay = 8 }, watch)
        #expect(rig.truth.meal == .inCompartment)
        let motion = MotionWatch(rig)
        let said = rig.said.count
        try await rig.killAndRestart()
        await rig.run(4) { $0.said.count > said && $0.doing.contains("hand-over") }
        #expect(rig.said(after: said).contains { $0.contains("please take your meal") }, "\(rig.said)")
        #expect(motion.rolled < 0.001)
        #expect(motion.greatestGoalStep < Smooth.goalStep)
        try await rig.finishDelivery(watch, 60)
        #expect(watch.openings == 1)
    }

    @Test("with the meal taken meanwhile writes down who has it, and only sees to the lid")
    func taken() async throws {
        let watch = RestartWatch()
        let rig = try await open({ $0.takeDelay = 3 }, watch)
        #expect(rig.truth.meal == .inCompartment)
        try await rig.killAndRestart(after: 15)
        #expect(rig.truth.meal == .delivered)
        try await rig.finishDelivery(watch, 60)
        #expect(watch.openings == 1)
    }
}

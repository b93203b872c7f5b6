import BoardFile
import Control
import Foundation
import Missions
import RobotModel
import RobotRuntime
import Testing
import Twin

/// What recipient and dispatch see of a delivery, over any number of the daemon's lives: seen twenty times a second.
final class RestartWatch: @unchecked Sendable {
    /// The states in the outbox, each when it changed.
    private(set) var states: [String] = []
    /// How often the robot's lid came open.
    private(set) var openings = 0
    /// The levels on which the robot was seen outside the car.
    private(set) var levels: Set<LevelID> = []
    private var isOpen = false

    func look(_ rig: Rig) {
        if let state = rig.outbox()?["state"] as? String, state != states.last { states.append(state) }
        if !isOpen, rig.truth.lidOpening > 0.5 {
            isOpen = true
            openings += 1
        }
        if rig.truth.lidOpening < 0.05 { isOpen = false }
        if !rig.isInCar { levels.insert(rig.truth.level) }
    }
}

extension Rig {
    /// Somebody at suite 301 who types the PIN of `Rig.mission` when the robot comes.
    static var recipient: PersonSetup {
        .recipient(RecipientSetup(level: "L3", position: Point2D(6.0, -7.38), pin: "4711"))
    }

    /// What the journal says happened, oldest first.
    func history() throws -> [String] {
        try Journal(path: board.missions.directory + "/journal.sqlite").history(limit: 10_000).map(\.text)
    }

    /// What has been said after the first `count` announcements.
    func said(after count: Int) -> [String] { Array(said.dropFirst(count)) }

    /// Runs after a restart until the robot knows where it is; the wheels must not have turned before that.
    ///
    /// - Returns: Metres that the pose is off then.
    func finishLooking(_ limit: Double = 10) async -> Double {
        let motion = MotionWatch(self)
        let knows = await run(limit) { $0.status.place.localization == "tracking" }
        #expect(knows, "\(status.place) \(said.suffix(4))")
        #expect(motion.rolled < 0.001, "\(motion.rolled) m before the pose was known")
        watch = nil
        return status.place.pose.position.distance(to: truth.pose.position)
    }

    /// Runs until the meal is handed over and the robot stands at home, and holds the delivery against what one
    /// delivery is: one meal, one opening, one hand-over, each state once.
    func finishDelivery(_ watch: RestartWatch, _ limit: Double) async throws {
        let isOver = await run(limit) { rig in
            watch.look(rig)
            return rig.outbox()?["state"] as? String == "completed" && rig.isDone
        }
        #expect(isOver, "\(doing) \(said.suffix(8))")
        #expect(truth.meal == .delivered)
        #expect(truth.lidOpening == 0)
        #expect(truth.contacts == 0, "\(truth.lastContact ?? "")")
        #expect(truth.level == "L3")
        #expect(watch.states == ["running", "completed"])
        #expect(said.count { $0.contains("enjoy your meal") } == 1, "\(said.suffix(8))")
        #expect(outbox()?["custody"] as? String == "recipient")
        let history = try history()
        #expect(history.count { $0.contains("custody recipient") } == 1)
        #expect(history.count { $0 == "lunch completed" } == 1)
    }
}

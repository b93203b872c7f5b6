import BoardFile
import BuildingMap
import Control
import Foundation
import MCAP
import Missions
import RobotModel
import RobotRuntime
import Twin

/// Where a short test begins: near what it is about, with a place near by as the robot's home.
struct Scene: Sendable {
    var level: LevelID
    var pose: Pose2D
    /// Where the robot wants to go when it has nothing else to do.
    var home: PlaceID

    init(_ level: LevelID, _ x: Double, _ y: Double, facing degrees: Double, home: PlaceID) {
        self.level = level
        pose = Pose2D(x: x, y: y, yaw: degrees * .pi / 180)
        self.home = home
    }

    /// In the lobby before the entrance, on the way out to the kerb.
    static let entrance = Scene("L1", 7.9, -6.0, facing: 180, home: "kerb")
    /// In the lift hall before the lobby's door, on the way to the charger.
    static let lobbyDoor = Scene("L1", 12.8, -8.5, facing: 180, home: "charger")
    /// In the lift hall, on the way up.
    static let lift = Scene("L1", 14.0, -8.3, facing: 90, home: "suite_302")
    /// In the corridor of the third level, on the way to the suites.
    static let corridor = Scene("L3", 13.6, -8.5, facing: 180, home: "suite_301")
    /// In the forecourt, on the way to the vehicle.
    static let forecourt = Scene("L1", 4.6, -6.0, facing: 180, home: "kerb")
}

extension Rig {
    /// A robot that finds itself in a scene, with nobody around but who `adjust` puts there.
    ///
    /// - Parameter carrying: A mission whose meal the robot has in its compartment, on the way to deliver it.
    convenience init(
        _ scene: Scene, carrying text: String? = nil, seed: UInt64 = 1, wallAtZero: WallTime = Rig.noon,
        adjust: (inout Scenario) -> Void = { _ in }, adjustBoard: (inout Board) -> Void = { _ in }
    ) throws {
        var entries: [JournalEntry] = [.pose(scene.pose, scene.level)]
        if let text {
            let mission = try MissionFile.read(file: "aboard.yaml", text: text).mission()
            entries += [
                .accepted(mission), .state(mission.id, .running, nil), .custody(mission.id, .robot),
                .progress(MissionProgress(mission: mission.id, leg: .toDeliver, skill: "travel", state: "planning")),
            ]
        }
        try self.init(
            seed: seed,
            adjust: { scenario in
                scenario.start = RobotStart(level: scene.level, pose: scene.pose)
                scenario.people = []
                adjust(&scenario)
            },
            adjustBoard: { board in
                board.home = scene.home
                adjustBoard(&board)
            }, journal: entries, wallAtZero: wallAtZero)
        if text != nil { twin.world.meal = .inCompartment }
    }

    /// A mission file.
    static func mission(
        id: String = "lunch", priority: Int = 5, from: String = "kerb", to: String = "suite_301", order: Int = 20417,
        code: String = "482913", pin: String = "4711", promised: String = "2026-11-21T12:30:00Z", wait: Int = 30,
        then: String = "return_to_sender"
    ) -> String {
        """
        version: 1
        id: \(id)
        priority: \(priority)
        collect: { place: \(from), box: 7, code: "\(code)", order: \(order) }
        deliver:
          place: \(to)
          pin: "\(pin)"
          promised: "\(promised)"
          no_show: { wait_s: \(wait), then: \(then) }

        """
    }

    /// The text of a file in the folder of this run.
    func file(_ name: String) -> String? { try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

    /// Every file in the folder of this run.
    var files: [String] {
        (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).map { "\(folder)/\($0)" }
            .filter { FileManager.default.contents(atPath: $0) != nil }
    }

    /// Whether the wheels really stand.
    var isStanding: Bool { abs(truth.twist.linear) < 0.005 && abs(truth.twist.angular) < 0.01 }

    /// Whether the robot has nothing to do and is at home, and what it asked of doors and lifts has been given back.
    var isDone: Bool { status.isIdle && status.isHome && hasNoSessions }

    var hasNoSessions: Bool {
        status.doors.allSatisfy { $0.session == "none" } && status.lifts.allSatisfy { $0.session == "none" }
    }

    /// How far beyond a door's line the robot's middle is, along a heading; metres.
    func progress(through door: DoorID, heading degrees: Double) -> Double {
        guard let door = building.doors[door] else { return .nan }
        let along = Pose2D(yaw: degrees * .pi / 180).transform(Point2D(1, 0))
        return along.dot(truth.pose.position - (door.a + door.b) * 0.5)
    }

    /// Whether the robot's middle is in the car of the lift.
    var isInCar: Bool { building.lifts["lift_1"]?.contains(truth.pose.position, margin: 0) ?? false }
}

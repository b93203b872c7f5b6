public import BoardFile
import BuildingImport
public import BuildingMap
import Console
import Foundation
public import RobotModel
public import StructuredText

/// A robot's board file and the site that it is for, read and held against each other.
///
/// What `doorstepd` starts with is what `doorstep validate board` checks.
public struct RobotFiles: Sendable {
    public var board: Board
    public let building: Building

    /// - Throws: `FileProblems` with everything that is wrong with the board file, with the site, or between the two.
    public init(boardPath: String) throws(FileProblems) {
        var board = try Board.read(path: boardPath)
        building = try Self.site(of: board)
        board.contents["the site's files"] = Self.contentHash(of: board.sitePath)
        self.board = board
        let problems = board.problems(in: building)
        guard problems.isEmpty else { throw FileProblems(problems) }
    }

    /// A number for what a folder's files hold, equal for equal content within one process.
    private static func contentHash(of folder: String) -> Int {
        var hasher = Hasher()
        for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
            hasher.combine(name)
            hasher.combine(FileManager.default.contents(atPath: "\(folder)/\(name)"))
        }
        return hasher.finalize()
    }

    /// A site that is wrong is told with its own files; one that is not there with the line that names it.
    private static func site(of board: Board) throws(FileProblems) -> Building {
        do {
            return try loadSite(folder: board.sitePath)
        } catch {
            guard error.errors.count == 1, error.errors[0].location?.file == board.sitePath else { throw error }
            let what =
                "site leads to \(board.sitePath), which \(error.errors[0].what.isEmpty ? "is no site" : error.errors[0].what)"
            throw FileProblems([
                RobotError(
                    .invalidFile, what, at: board.locations["site"], expected: "the folder of a site",
                    hint: "a relative path starts in the board file's own folder")
            ])
        }
    }
}

extension Board {
    /// Every name in the board file that the building does not have, and a console's code that is none; in the order of
    /// the file.
    public func problems(in building: Building) -> [RobotError] {
        var problems: [RobotError] = []
        func look(up name: String, at key: String, among names: [String], _ kind: String) {
            guard !names.contains(name) else { return }
            problems.append(
                RobotError(
                    .invalidFile, "\(key) names '\(name)', which is no \(kind)", at: locations[key],
                    expected: names.isEmpty ? "none" : "one of " + names.sorted().joined(separator: ", "),
                    hint: suggestion(for: name, among: names)))
        }
        let site = "of the building '\(building.name)'"
        look(up: home.rawValue, at: "home", among: building.places.map(\.place.id.rawValue), "place \(site)")
        for (door, key) in wiredDoors {
            look(
                up: door.rawValue, at: key, among: building.doors.keys.map(\.rawValue),
                "door \(site)")
        }
        for (lift, wiring) in wiredLifts {
            look(up: lift.rawValue, at: wiring.key, among: building.lifts.keys.map(\.rawValue), "lift \(site)")
            guard let served = building.lifts[lift]?.doors.keys.map(\.rawValue) else { continue }
            for level in wiring.levels {
                look(
                    up: level.rawValue, at: "\(wiring.key).floors.\(level)", among: served,
                    "level that \(lift) serves")
            }
        }
        if UnlockHash(text: console.unlockHash) == nil {
            problems.append(
                RobotError(
                    .invalidFile, "console.unlock_hash is no hash of an unlock code",
                    at: locations["console.unlock_hash"],
                    expected: "a text that begins with $argon2id$", hint: "make it: doorstep console hash-code"))
        }
        return problems.sorted {
            ($0.location?.line ?? 0, $0.location?.column ?? 0, $0.what)
                < ($1.location?.line ?? 0, $1.location?.column ?? 0, $1.what)
        }
    }

    /// Doors and levels of the building that nothing is wired to: the robot plans its way as if it could open them.
    public func unwired(in building: Building) -> [String] {
        let (wiredDoors, wiredLifts) = (wiredDoors, wiredLifts)
        let doors = building.doors.keys.filter { wiredDoors[$0] == nil }.sorted().map { "door \($0)" }
        let levels = building.lifts.values.sorted { $0.id < $1.id }.flatMap { lift in
            lift.doors.keys.filter { wiredLifts[lift.id]?.levels.contains($0) != true }.sorted().map {
                "level \($0) of lift \(lift.id)"
            }
        }
        return doors + levels
    }

    /// The doors that are wired, with their keys in the file.
    private var wiredDoors: [DoorID: String] {
        var doors: [DoorID: String] = [:]
        for door in buildingBroker?.doors.keys.map(\.self) ?? [] { doors[door] = "building_broker.doors.\(door)" }
        for door in facilities?.doors.keys.map(\.self) ?? [] { doors[door] = "facilities.doors.\(door)" }
        return doors
    }

    /// The lifts that are wired, with their keys in the file and the levels that their controllers know.
    private var wiredLifts: [LiftID: (key: String, levels: Set<LevelID>)] {
        var lifts: [LiftID: (key: String, levels: Set<LevelID>)] = [:]
        for (id, lift) in buildingBroker?.lifts ?? [:] {
            lifts[id] = ("building_broker.lifts.\(id)", Set(lift.floors.keys))
        }
        for (id, lift) in facilities?.lifts ?? [:] { lifts[id] = ("facilities.lifts.\(id)", Set(lift.floors.keys)) }
        return lifts
    }
}

import ArgumentParser
import BoardFile
import BuildingImport
import BuildingMap
import Foundation
import Missions
import RobotModel
import RobotRuntime
import StructuredText

/// `doorstep validate`
struct Validate: ParsableCommand {
    /// What a file can be.
    enum Kind: String, CaseIterable {
        case board, mission, building
    }

    static let configuration = CommandConfiguration(
        abstract: "Checks a board file, a mission file or a building, and says everything that is wrong with it.",
        usage: "doorstep validate [board|mission|building] <file> [--site <folder>]",
        discussion:
            "A building is a map in any format that `building validate` knows, or a site's folder. Exit code 1 when anything is wrong."
    )

    @Argument(help: "What it is (guessed when left out), and its path.")
    var arguments: [String]

    @Option(help: "The folder of the site that a mission's places are looked up in.")
    var site: String?

    func validate() throws {
        if arguments.count == 1 { return }
        guard arguments.count == 2, Kind(rawValue: arguments[0]) != nil else {
            throw ValidationError("expected board, mission or building, and one path")
        }
    }

    func run() throws {
        let path = arguments[arguments.count - 1]
        try complaining {
            switch arguments.count == 2 ? Kind(rawValue: arguments[0]) : try guess(path) {
            case .board: try validateBoard(path)
            case .mission: try validateMission(path)
            case .building: try validateMap(at: path, strict: false)
            case nil:
                throw RobotError(
                    .invalidFile, "\(path) looks neither like a board nor like a mission or a building",
                    hint: "say which it is: doorstep validate board \(path)")
            }
        }
    }

    /// By the keys that only one kind has.
    private func guess(_ path: String) throws -> Kind? {
        let endings = [".building.yaml", ".json", ".geojson", ".lif"]
        if isFolder(path) || endings.contains(where: path.hasSuffix) { return .building }
        let text = try readTextFile(path, limit: YAMLReader.maximumLength)
        guard !text.allSatisfy(\.isWhitespace) else {
            throw RobotError(
                .invalidFile, "the file is empty", at: SourceLocation(file: path, line: 1, column: 1),
                expected: "a board, a mission or a building", hint: "start from one of BoardConfigs or Missions")
        }
        let lines = text.split(whereSeparator: \.isNewline)
        if lines.contains(where: { $0.hasPrefix("collect:") || $0.hasPrefix("deliver:") }) { return .mission }
        if lines.contains(where: { $0.hasPrefix("robot:") || $0.hasPrefix("lidar:") || $0.hasPrefix("wheels:") }) {
            return .board
        }
        return lines.contains { $0.hasPrefix("levels:") } ? .building : nil
    }

    private func validateBoard(_ path: String) throws {
        let files = try RobotFiles(boardPath: path)
        let (board, building) = (files.board, files.building)
        let unwired = board.unwired(in: building)
        print(
            "ok: robot \(board.name) at \(building.name), \(board.control.tickRate) Hz, \(board.lidars.map { "\($0.slot) \($0.driver.rawValue)" }.joined(separator: ", ")), "
                + "wheels \(board.wheels.driver), \(board.joints.arm.joints.count) joints, \(board.gpio.count) GPIO lines"
                + (unwired.isEmpty ? "" : "; not wired to the relay box: \(unwired.joined(separator: ", "))"))
    }

    private func validateMission(_ path: String) throws {
        let text = try readTextFile(path, limit: MissionFile.maximumLength)
        let mission = try MissionFile.read(file: path, text: text)
        if let site {
            let problems = MissionValidator(building: try loadSite(folder: site)).problems(in: mission)
            guard problems.isEmpty else { throw FileProblems(problems) }
        }
        var words = "ok: mission \(mission.id), priority \(mission.priority), box \(mission.collect.box) at "
        words += "\(mission.collect.place) to \(mission.place)"
        if case .pin = mission.credential { words += "; its PIN is in clear (`doorstep mission hash-pin` hides it)" }
        if site == nil { words += "; its places were not looked up (--site)" }
        print(words)
    }
}

/// Whether there is a folder at a path.
func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}

import ArgumentParser
import BuildingImport
import GeoReference
import RobotModel
import StructuredText

/// `doorstep building convert`
struct BuildingConvert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Writes a building in metres, as a robot reads it.",
        discussion: """
            For maps in world coordinates (web_mercator, wgs84, and Open-RMF's GeoJSON), which need PROJ (apt install
            libproj25); maps in pixels are brought into metres too. Floors, models and what else concerns only simulation
            and editor are left out.
            """)

    @Argument(help: "An Open-RMF building: .building.yaml or GeoJSON.")
    var map: String

    @Option(help: "The .building.yaml to write.")
    var out: String

    func run() throws {
        try complaining {
            var warnings: [RobotError] = []
            let file = try MapFile(path: map, world: .proj, warnings: &warnings)
            for warning in warnings { complain("warning: \(warning)") }
            guard case .building(let building) = file else {
                throw RobotError(
                    .invalidFile, "\(map) is a \(file.format), which is in metres already",
                    expected: "an Open-RMF building", hint: "robots read it as it is")
            }
            let text = building.yamlInMeters()
            // What is written must be right in metres too: a lane there may cross doors that degrees hide.
            _ = try BuildingFile(file: out, text: text)
            try writeAll(Array(text.utf8), to: out, replaces: false)
            print(out)
        }
    }
}

import ArgumentParser
import BuildingImport
import BuildingMap
import Foundation
import RobotModel
import RoutePlanning

/// `doorstep building …`
struct BuildingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "building", abstract: "Makes and draws the maps of a building.",
        subcommands: [Occupancy.self, Render.self])

    /// `doorstep building occupancy`
    struct Occupancy: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a site's occupancy maps from its building file, in map_server's format, beside it.")

        @Argument(help: "The site's folder.")
        var site: String

        @Option(help: "Metres a cell.")
        var resolution = 0.05

        func validate() throws {
            guard (0.01...0.5).contains(resolution) else { throw ValidationError("expected 0.01 to 0.5 metres a cell") }
        }

        func run() throws {
            try complaining {
                for path in try writeOccupancyMaps(ofSite: site, resolution: resolution) { print(path) }
            }
        }
    }

    /// `doorstep building render`
    struct Render: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draws a level as SVG, with a route when two places are given.")

        @Argument(help: "A site's folder, or a .building.yaml file.")
        var building: String

        @Option(help: "The level.")
        var level: String

        @Option(help: "The place where the route starts.")
        var from: String?

        @Option(help: "The place where the route ends.")
        var to: String?

        @Option(help: "The file to write; standard output when left out.")
        var out: String?

        func validate() throws {
            if (from == nil) != (to == nil) { throw ValidationError("a route needs both --from and --to") }
        }

        func run() throws {
            try complaining {
                let building = try isFolder(building) ? loadSite(folder: building) : readBuilding(at: building)
                guard let picture = building.renderSVG(LevelID(level), route: try route(in: building)) else {
                    throw RobotError(
                        .unavailable, "there is no level '\(level)'",
                        expected: "one of \(building.levels.map(\.id.rawValue).joined(separator: ", "))")
                }
                guard let out else {
                    print(picture, terminator: "")
                    return
                }
                try writeAll(Array(picture.utf8), to: out, replaces: true)
                print(out)
            }
        }

        private func route(in building: Building) throws(RobotError) -> Route? {
            guard let from, let to else { return nil }
            guard let start = building.place(PlaceID(from)) else {
                throw RouteError.unknownPlace(PlaceID(from), known: building.places.map(\.place.id)).robotError
            }
            do {
                return try RoutePlanner(building: building).route(
                    from: Pose2D(start.place.position, yaw: start.place.yaw ?? 0), on: start.level, to: PlaceID(to))
            } catch {
                throw error.robotError
            }
        }
    }
}

import ArgumentParser
import BuildingImport
import BuildingMap
import Foundation
import GeoReference
import RobotModel
import RoutePlanning

/// `doorstep building render`
struct BuildingRender: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Draws a building as SVG (or PNG), all levels side by side, with a route when two places are given.")

    @Argument(help: "A map in any format, or a site's folder.")
    var building: String

    @Option(help: "Draw this level only.")
    var level: String?

    @Option(help: "The graph's index, 0 to 9; of a LIF file the vehicle type's number.")
    var index = 0

    @Option(help: "The place where the route starts.")
    var from: String?

    @Option(help: "The place where the route ends.")
    var to: String?

    @Option(help: "Pixels a metre; when left out, a level fits on a page.")
    var scale: Double?

    @Option(help: "The SVG to write; standard output when neither this nor --png is given.")
    var out: String?

    @Option(help: "A PNG to write, with rsvg-convert (apt install librsvg2-bin).")
    var png: String?

    func validate() throws {
        if (from == nil) != (to == nil) { throw ValidationError("a route needs both --from and --to") }
        guard (0.01...1000).contains(scale ?? 1) else { throw ValidationError("expected 0.01 to 1000 pixels a metre") }
        guard (0...9).contains(index) else { throw ValidationError("a graph's index is 0 to 9") }
    }

    func run() throws {
        try complaining {
            var warnings: [RobotError] = []
            let building =
                try isFolder(building)
                ? loadSite(folder: building, graph: index, warnings: &warnings)
                : MapFile(path: building, graph: index, world: .proj, warnings: &warnings).building(graph: index)
            let route = try route(in: building)
            guard let picture = building.renderSVG(levels: level.map { [LevelID($0)] }, route: route, scale: scale)
            else {
                throw RobotError(
                    .unavailable,
                    level.map { "there is no level '\($0)', or nothing is drawn on it" } ?? "nothing is drawn",
                    expected: "one of \(building.levels.map(\.id.rawValue).joined(separator: ", "))")
            }
            try write(picture)
        }
    }

    private func write(_ picture: String) throws {
        if let png {
            try writePNG(of: picture, to: png)
            print(png)
        }
        if let out {
            try writeAll(Array(picture.utf8), to: out, replaces: true)
            print(out)
        } else if png == nil {
            print(picture, terminator: "")
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

/// Turns an SVG into a PNG with Debian's rsvg-convert.
private func writePNG(of picture: String, to path: String) throws {
    let process = Process()
    let input = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["rsvg-convert", "--format", "png", "--output", path]
    process.standardInput = input
    do {
        try process.run()
    } catch {
        throw RobotError(.unavailable, "rsvg-convert cannot be started", hint: "apt install librsvg2-bin")
    }
    // A program that ends early must not end this one.
    signal(SIGPIPE, SIG_IGN)
    try? input.fileHandleForWriting.write(contentsOf: Data(picture.utf8))
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw RobotError(
            .unavailable, "rsvg-convert made no picture of it",
            hint: "apt install librsvg2-bin, or write an SVG with --out")
    }
}

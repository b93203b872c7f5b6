import ArgumentParser
import BuildingImport

/// `doorstep building occupancy`
struct BuildingOccupancy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "occupancy",
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

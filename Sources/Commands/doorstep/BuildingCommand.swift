import ArgumentParser

/// `doorstep building …`
struct BuildingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "building", abstract: "Checks, converts and draws the maps of a building.",
        subcommands: [
            BuildingValidate.self, BuildingGraph.self, BuildingRender.self, BuildingConvert.self,
            BuildingOccupancy.self,
        ])
}

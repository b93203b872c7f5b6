import ArgumentParser

/// Measurements of the house's own parts; `scripts/bench` runs them beside their peers.
struct DoorstepBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorstep-bench", abstract: "Measures Doorstep's own parts.",
        subcommands: [
            Jitter.self, Caterpillar.self, TickCost.self, EmergencyStop.self, Decode.self, Routes.self,
            RouteTable.self,
        ])
}

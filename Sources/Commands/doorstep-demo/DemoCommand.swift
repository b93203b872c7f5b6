import ArgumentParser

/// Shows a delivery.
@main
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorstep-demo",
        abstract: "Shows a delivery by the daemon against the twin, and sums it up.",
        subcommands: [Watch.self, Fast.self])
}

import ArgumentParser

/// The twin as a program: a whole robot in its building, or one device on a bench.
@main
struct TwinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorstep-twin",
        abstract: "The building and the robot's body in simulation, behind pseudo-terminals and a GPIO socket.",
        subcommands: [RobotCommand.self, BenchCommand.self], defaultSubcommand: RobotCommand.self)
}

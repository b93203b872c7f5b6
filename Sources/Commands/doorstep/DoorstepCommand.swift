import ArgumentParser
import DaemonProgram
import RobotRuntime

/// One program under two names: what it does depends on how it is called, so that a board carries the Swift runtime once.
@main
enum Program {
    static func main() async {
        // Not from `ProcessInfo`, which gives the file that a link leads to.
        let name = Swift.CommandLine.arguments[0].split(separator: "/").last
        if name.map(String.init) == DaemonCommand.configuration.commandName {
            await DaemonCommand.main()
        } else {
            DoorstepCommand.main()
        }
    }
}

/// What people and dispatch ask of a robot, and of its files, from a shell.
struct DoorstepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorstep",
        abstract: "Checks a robot's files, asks its daemon, looks into its recordings.",
        version: Doorstep.version,
        subcommands: [
            Validate.self, MissionCommand.self, StatusCommand.self, PoseCommand.self, RecordingCommand.self,
            BuildingCommand.self, RouteCommand.self, DeviceCommand.self, ConsoleCommand.self, DoctorCommand.self,
            MayRestartCommand.self,
        ])
}

import ArgumentParser
import RobotRuntime

/// What people and dispatch ask of a robot, and of its files, from a shell.
@main
struct DoorstepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorstep",
        abstract: "Checks a robot's files, asks its daemon, looks into its recordings.",
        version: Doorstep.version,
        subcommands: [
            Validate.self, MissionCommand.self, StatusCommand.self, PoseCommand.self, RecordingCommand.self,
            BuildingCommand.self, DeviceCommand.self, ConsoleCommand.self, DoctorCommand.self,
        ])
}

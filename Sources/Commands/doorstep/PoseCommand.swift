import ArgumentParser
import Console
import Control
import Foundation
import RobotModel

/// `doorstep pose …`
struct PoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pose", abstract: "Shows where the robot takes itself to be, or tells it.",
        subcommands: [Show.self, Set.self], defaultSubcommand: Show.self)

    /// `doorstep pose show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows level, pose and how well the scans fit.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            try complaining {
                print(StatusPage.pose.text(try daemon.status(), isStyled: isatty(STDOUT_FILENO) == 1), terminator: "")
            }
        }
    }

    /// `doorstep pose set`
    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells the robot where it is; it looks there with its LiDAR and believes what it finds.",
            usage: "doorstep pose set <place>\ndoorstep pose set <level> <x> <y> <yaw in degrees>",
            discussion: "Metres and degrees in the map frame. Refused while a mission drives.")

        @OptionGroup var daemon: DaemonOptions

        // A negative number must not be taken for an option.
        @Argument(parsing: .allUnrecognized, help: "A place, or a level with x, y and yaw.")
        var words: [String]

        func run() throws {
            try complaining { try daemon.order(.setPose(try PoseClaim(words: words))) }
        }
    }
}

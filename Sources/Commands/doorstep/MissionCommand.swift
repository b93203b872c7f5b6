import ArgumentParser
import Console
import Control
import Foundation
import Missions
import RobotModel
import StructuredText

/// `doorstep mission …`
struct MissionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mission", abstract: "Hands missions to the robot and looks after them.",
        subcommands: [Submit.self, List.self, Pause.self, Resume.self, Cancel.self, HashPIN.self])

    /// `doorstep mission submit`
    struct Submit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks a mission file and puts it into the robot's inbox.",
            discussion: "Whether the robot takes it is answered in its outbox and shown by `doorstep mission list`.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The mission file.")
        var file: String

        func run() throws {
            try complaining {
                let text = try readTextFile(file, limit: MissionFile.maximumLength)
                // Said here at once, and not only in the quarantine.
                _ = try MissionFile.read(file: file, text: text)
                try daemon.order(.submit(name: URL(filePath: file).lastPathComponent, text: text))
            }
        }
    }

    /// `doorstep mission list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the mission under way and those that wait.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            try complaining {
                print(
                    StatusPage.missions.text(try daemon.status(), isStyled: isatty(STDOUT_FILENO) == 1), terminator: "")
            }
        }
    }

    /// `doorstep mission pause`
    struct Pause: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Brings the mission under way to a stand.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws { try complaining { try daemon.order(.pause) } }
    }

    /// `doorstep mission resume`
    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Goes on with a paused mission.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws { try complaining { try daemon.order(.resume) } }
    }

    /// `doorstep mission cancel`
    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancels a mission: what has been collected is brought back.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The mission's id, as `doorstep mission list` shows it.")
        var id: String

        func run() throws { try complaining { try daemon.order(.cancel(mission: id)) } }
    }

    /// `doorstep mission hash-pin`
    struct HashPIN: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hash-pin", abstract: "Makes the pin_hash of a mission file out of a recipient's PIN.",
            discussion: "The PIN is asked for without echo, or read as one line from a pipe.")

        func run() throws {
            try complaining {
                let pin = try readSecret("PIN", expected: "4 to 8 digits") { digits in
                    (4...8).contains(digits.utf8.count) && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
                }
                print(try PINHash(hashing: Secret(pin)).text)
            }
        }
    }
}

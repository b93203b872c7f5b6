import ArgumentParser
import Missions
import RobotModel

/// `doorstep console …`
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Sets up the technician's console.", subcommands: [HashCode.self])

    /// `doorstep console hash-code`
    struct HashCode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hash-code", abstract: "Makes the console.unlock_hash of a board file out of a code.",
            discussion: "The code is asked for without echo, or read as one line from a pipe.")

        func run() throws {
            try complaining {
                let code = try readSecret("code", expected: "4 to 64 characters") { (4...64).contains($0.count) }
                print(try PINHash(hashing: Secret(code)).text)
            }
        }
    }
}

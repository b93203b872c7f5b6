import ArgumentParser
import Console
import Control
import Foundation
import RobotModel

/// `doorstep status`
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows what the robot does and how it is.",
        discussion: "Pages: \(StatusPage.names.joined(separator: ", ")).")

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "The page to show.")
    var page = "status"

    @Flag(help: "Everything, as one JSON object.")
    var json = false

    func validate() throws {
        guard StatusPage(name: page) == nil else { return }
        throw ValidationError("there is no page '\(page)': there are \(StatusPage.names.joined(separator: ", "))")
    }

    func run() throws {
        try complaining {
            let status = try daemon.status()
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                encoder.nonConformingFloatEncodingStrategy = .convertToString(
                    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
                print(String(decoding: try encoder.encode(status), as: UTF8.self))
            } else if let page = StatusPage(name: page) {
                print(page.text(status, isStyled: isatty(STDOUT_FILENO) == 1), terminator: "")
            }
        }
    }
}

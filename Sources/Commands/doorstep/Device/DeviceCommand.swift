import ArgumentParser
import DeviceIO
import DeviceProtocols
import Foundation
import RobotModel

/// `doorstep device …`: what a technician does with a device on a cable, without the daemon.
struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Finds, watches, records and decodes a device on its own line.",
        discussion: """
            None of these needs a board file or the daemon; while the daemon has a port, it is busy.
            `doorstep device protocols` lists what can be spoken.
            """,
        subcommands: [
            ProbeCommand.self, MonitorCommand.self, RecordCommand.self, ReplayCommand.self, DecodeCommand.self,
            ProtocolsCommand.self, EdgesCommand.self,
        ])
}

/// `doorstep device protocols`
struct ProtocolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocols", abstract: "Lists the protocols, with the rates of their lines.")

    func run() {
        let cards = ProtocolCard.all
        let width = cards.map(\.name.count).max() ?? 0
        for card in cards {
            let name = card.name.padding(toLength: width, withPad: " ", startingAt: 0)
            print("\(name)  \(card.title); \(card.lineInWords)")
        }
    }
}

extension ProtocolCard {
    /// "serial, 230400 bit/s, also 921600" or "UDP port 2368".
    var lineInWords: String {
        switch transport {
        case .udp(let port): return "UDP port \(port)"
        case .serial(let rates, let parity):
            let others = rates.dropFirst().map { "\($0)" }.joined(separator: ", ")
            return "serial, \(rates.first ?? 0) bit/s" + (others.isEmpty ? "" : ", also \(others)")
                + (parity == .none ? "" : ", parity \(parity.rawValue)")
        }
    }
}

/// A protocol by its name, as an argument.
struct ProtocolOption: ParsableArguments {
    @Option(name: .customLong("protocol"), help: "The protocol's name (`doorstep device protocols`).")
    var name: String

    var card: ProtocolCard {
        get throws {
            if let card = ProtocolCard.named(name) { return card }
            throw RobotError(
                .unavailable, "no protocol is called '\(name)'",
                expected: ProtocolCard.all.map(\.name).joined(separator: ", "))
        }
    }
}

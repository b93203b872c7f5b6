import ArgumentParser
import DeviceIO
import DeviceProtocols
import Devices
import Foundation
import Realtime
import RobotModel

/// `doorstep device probe`
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Finds out by itself what is connected to a port, and at which rate.",
        discussion: """
            Listens, then asks, protocol by protocol and rate by rate, the usual ones first. Nothing that is sent makes a
            device move or changes it. Exit code 1 when nothing is found.
            """)

    @Argument(help: "The port: /dev/serial/by-id/…, /dev/ttyUSB0, a pseudo-terminal.")
    var port: String

    @Option(name: .customLong("protocol"), help: "Look for this protocol only; may be given several times.")
    var protocols: [String] = []

    @Option(help: "Try this rate only, bits a second; may be given several times.")
    var rate: [Int] = []

    func validate() throws { for rate in rate { try LineOptions.check(rate: rate) } }

    func run() throws {
        try complaining {
            let cards = try protocols.isEmpty ? ProtocolCard.all : protocols.map(named)
            var probe = PortProbe(
                LineSearch(cards: cards, rates: rate.isEmpty ? nil : rate, isNetwork: isNetwork),
                line: SerialLine(path: port, baudRate: cards.first?.rates.first ?? 9600), opener: SystemSerialPorts())
            guard probe.search.count > 0 else {
                let place = isNetwork ? "a network's port" : "a serial line at these rates"
                throw RobotError(
                    .unavailable, "nothing to try: no protocol that is named is probed on \(place)",
                    hint: "name no protocol, or another")
            }
            let outcome = try search(&probe)
            guard let found = outcome.found else { throw nothing(outcome, probe) }
            print("\(found.card.name)\(isNetwork ? "" : " at \(found.rate) bit/s"): \(found.card.title)")
            for record in outcome.records.prefix(4) { print("  \(record)") }
            let place = isNetwork ? "{ path: \(port) }" : "{ path: \(port), baud: \(found.rate) }"
            print("board file: driver: \(found.card.name), port: \(place)")
        }
    }

    private var isNetwork: Bool { SerialLine.isNetwork(port) }

    private func named(_ name: String) throws -> ProtocolCard {
        if let card = ProtocolCard.named(name) { return card }
        throw RobotError(
            .unavailable, "no protocol is called '\(name)'",
            expected: ProtocolCard.all.map(\.name).joined(separator: ", "))
    }

    /// Goes through the search, with its progress on standard error where a person looks on.
    private func search(_ probe: inout PortProbe) throws(RobotError) -> LineSearch.Outcome {
        let clock = TickClock()
        let isWatched = isatty(STDERR_FILENO) == 1
        var shown = 0
        defer { if isWatched { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) } }
        while true {
            do throws(PortError) {
                if let outcome = try probe.service(at: clock.now) { return outcome }
            } catch {
                throw RobotError(error, slot: "probe", line: SerialLine(path: port, baudRate: 9600))
            }
            if isWatched, let progress = probe.search.progress, progress.number != shown {
                shown = progress.number
                let text = "\r\u{1B}[K\(progress.number)/\(probe.search.count) \(progress.words)"
                FileHandle.standardError.write(Data(text.utf8))
            }
            waitForInput(probe.pollDescriptor, 5)
        }
    }

    private func nothing(_ outcome: LineSearch.Outcome, _ probe: PortProbe) -> RobotError {
        if outcome.heard.isEmpty, let failure = probe.failure {
            return RobotError(failure, slot: "probe", line: SerialLine(path: port, baudRate: 9600))
        }
        if isNetwork {
            return LineOptions.nothingOnNetwork(port, bytes: outcome.heard.reduce(0) { $0 + $1.bytes })
        }
        let loud = outcome.heard.filter { $0.bytes > 0 }
        let rates = outcome.heard.map { "\($0.rate)" }.joined(separator: ", ")
        if loud.isEmpty {
            return RobotError(
                .silent, "\(port): not a single byte at \(rates) bit/s",
                hint: "is the device powered? are TX and RX swapped? does an RS-485 adapter have A and B the right way?"
            )
        }
        if probe.mayBeShared {
            return RobotError(
                .garbage, "\(port): bytes arrive, but no frame of a protocol that is known",
                hint: "another program may take part of them: `sudo doorstep device probe \(port)` shows which")
        }
        let heard = loud.map { "\($0.bytes) bytes at \($0.rate)" }.joined(separator: ", ")
        return RobotError(
            .garbage, "\(port): bytes arrive, but no frame of a protocol that is known: \(heard)",
            hint: "is another rate set in the device? keep the bytes with `doorstep device record` for a closer look")
    }
}

import ArgumentParser
import CommandLine
import DeviceIO
import DeviceProtocols
import Devices
import Foundation
import Realtime
import RobotModel

/// `doorstep device monitor`
struct MonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Shows a device's decoded frames as they come.",
        discussion: """
            A device that does not talk by itself is asked once a second, or told to measure where that is how it works (a
            LiDAR's head turns then). Ends with Ctrl-C or after --seconds, and says the counters.
            """)

    @OptionGroup var options: LineOptions

    @Option(help: "End after so many seconds.")
    var seconds: Double?

    @Flag(help: "Whole records as JSON lines, as `decode` prints them.")
    var json = false

    @Flag(help: "Send nothing, only listen.")
    var quiet = false

    func validate() throws { try LineOptions.check(seconds: seconds) }

    func run() throws {
        try complaining {
            let card = try options.protocolOption.card
            let port = try options.open(card)
            var requests = quiet ? nil : LineRequests(card)
            var decoder = card.decoder()
            let lines = RecordLines()
            let ending = Ending()
            let clock = TickClock()
            let end = seconds.map { clock.now + .nanoseconds(Int64($0 * 1e9)) }
            var failure: (any Error)?
            func emit(_ record: any DecodedRecord) {
                do {
                    if json { try lines.print(record) } else { try lines.print(summary: record.summary) }
                } catch { failure = failure ?? error }
            }
            var total = 0
            var bytes: [UInt8] = []
            var loss: RobotError?
            while !ending.isAsked, failure == nil, loss == nil, end.map({ clock.now < $0 }) ?? true {
                do throws(RobotError) {
                    if let request = requests?.due(at: clock.now) { try send(request, to: port, card) }
                    bytes.removeAll(keepingCapacity: true)
                    total += try read(port, into: &bytes, card)
                } catch { loss = error }
                decoder.decode(bytes[...], emit)
                waitForInput(port, milliseconds: 20)
            }
            // Also for a reader that has gone: the head is not left turning.
            if requests != nil, loss == nil, !card.farewell.isEmpty { try? send(card.farewell, to: port, card) }
            decoder.finish(emit)
            if let failure { throw RecordLines.complaint(failure) }
            try lines.print(decoder.counters, bytes: total)
            if let loss { throw options.ending(loss) }
            if decoder.counters.frames == 0 { throw options.nothingRead(card, bytes: total) }
        }
    }

    private func send(_ bytes: [UInt8], to port: any SerialPort, _ card: ProtocolCard) throws(RobotError) {
        do throws(PortError) {
            _ = try port.write(bytes[...])
        } catch {
            throw RobotError(error, slot: SlotID(card.name), line: options.line(card))
        }
    }

    private func read(
        _ port: any SerialPort, into bytes: inout [UInt8], _ card: ProtocolCard
    ) throws(RobotError) -> Int {
        do throws(PortError) {
            return try port.read(into: &bytes, limit: 1 << 16)
        } catch {
            throw RobotError(error, slot: SlotID(card.name), line: options.line(card))
        }
    }
}

import ArgumentParser
import CommandLine
import DeviceIO
import DeviceProtocols
import Devices
import Foundation
import Realtime
import RobotModel

/// `doorstep device record`
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Keeps the raw bytes of a line with their times in a file.",
        discussion: """
            The device is made to measure as by `monitor`. The file is an MCAP file; `replay` serves it, `decode` reads it,
            and what had been written when a cable was pulled stays readable.
            """)

    @OptionGroup var options: LineOptions

    @Option(help: "The file to write.")
    var out: String

    @Option(help: "End after so many seconds; without it with Ctrl-C.")
    var seconds: Double?

    @Flag(help: "Send nothing, only listen.")
    var quiet = false

    func validate() throws { try LineOptions.check(seconds: seconds) }

    func run() throws {
        try complaining {
            let card = try options.protocolOption.card
            let line = options.line(card)
            let port = try options.open(card)
            try writeAll([], to: out, replaces: false)
            guard let file = FileHandle(forWritingAtPath: out) else {
                throw RobotError(.storage, "\(out) cannot be written", hint: "look whether its folder has room")
            }
            var writer = LineRecording.Writer(
                line: ["protocol": card.name, "port": line.path, "rate": "\(line.baudRate)"])
            let ending = Ending()
            let clock = TickClock()
            let start = clock.now
            let end = seconds.map { start + .nanoseconds(Int64($0 * 1e9)) }
            var requests = quiet ? nil : LineRequests(card)
            var incoming = 0
            var lastFlush = start
            var bytes: [UInt8] = []
            var loss: PortError?
            while !ending.isAsked, loss == nil, end.map({ clock.now < $0 }) ?? true {
                do throws(PortError) {
                    if let request = requests?.due(at: clock.now) {
                        _ = try port.write(request[...])
                        writer.add(.init(time: clock.now - start, isIncoming: false, bytes: request))
                    }
                    bytes.removeAll(keepingCapacity: true)
                    if try port.read(into: &bytes, limit: 1 << 16) > 0 {
                        incoming += bytes.count
                        writer.add(.init(time: clock.now - start, isIncoming: true, bytes: bytes))
                    }
                } catch { loss = error }
                if clock.now - lastFlush > .seconds(1) {
                    lastFlush = clock.now
                    try file.write(contentsOf: writer.flush())
                }
                waitForInput(port, milliseconds: 20)
            }
            if requests != nil, !card.farewell.isEmpty { _ = try? port.write(card.farewell[...]) }
            try file.write(contentsOf: writer.finish())
            try file.synchronize()
            print("\(out): \(incoming) bytes in \(String(format: "%.1f", (clock.now - start).inSeconds)) s")
            if let loss { throw options.ending(RobotError(loss, slot: SlotID(card.name), line: line), kept: out) }
            if incoming == 0 { throw options.nothingRead(card, bytes: 0) }
        }
    }
}

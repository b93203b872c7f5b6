import ArgumentParser
import CommandLine
import DeviceIO
import Foundation
import Realtime
import RobotModel

/// `doorstep device replay`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Plays a recorded line on a pseudo-terminal, with its times.",
        discussion: """
            Who opens the terminal hears what the device said then, at the times at which it said it; what is written to it
            is not answered. Begins when somebody opens it. `--out` writes the incoming bytes to a plain file instead.
            """)

    @Argument(help: "The file of `doorstep device record`.")
    var file: String

    @Option(help: "Where the terminal is to be found; by default the system's own name is printed.")
    var path: String?

    @Option(help: "How many times as fast.")
    var speed = 1.0

    @Flag(help: "Begin again at the end.")
    var loop = false

    @Option(help: "Write the incoming bytes to this file and end.")
    var out: String?

    func validate() throws {
        guard speed > 0.001, speed <= 1000 else { throw ValidationError("--speed must be from 0.001 to 1000") }
    }

    func run() throws {
        try complaining {
            let recording = try LineRecording(try readAll(file), file: file)
            let entries = recording.entries.filter(\.isIncoming)
            if let out {
                try writeAll(entries.flatMap(\.bytes), to: out, replaces: false)
                return print("\(out): \(entries.reduce(0) { $0 + $1.bytes.count }) bytes")
            }
            let link = path ?? NSTemporaryDirectory() + "doorstep-replay-\(ProcessInfo.processInfo.processIdentifier)"
            let terminal = try openTerminal(link)
            defer { terminal.close() }
            print("\(link): \(recording.line["protocol"] ?? "a line"), \(entries.count) pieces; end it with Ctrl-C")
            fflush(nil)
            let ending = Ending()
            repeat { try play(entries, on: terminal, until: ending) } while loop && !ending.isAsked
        }
    }

    private func openTerminal(_ link: String) throws(RobotError) -> PseudoTerminalPair {
        do throws(PortError) {
            return try PseudoTerminalPair(path: link)
        } catch {
            throw RobotError(
                .unavailable, "\(link): no terminal can be made: \(error.cause)",
                hint: "does its folder exist, and may this user write there?")
        }
    }

    private func play(_ entries: [LineRecording.Entry], on terminal: PseudoTerminalPair, until ending: Ending) throws {
        let clock = TickClock()
        while !terminal.hasPeer, !ending.isAsked { waitForInput(nil, 20) }
        let start = clock.now
        var ignored: [UInt8] = []
        for entry in entries {
            let due = start + .nanoseconds(Int64(Double(entry.time.nanoseconds) / speed))
            while clock.now < due, !ending.isAsked {
                let left = (due - clock.now).nanoseconds / 1_000_000
                waitForInput(nil, Int32(clamping: min(max(left, 1), 20)))
            }
            var rest = entry.bytes[...]
            while !rest.isEmpty, !ending.isAsked {
                let taken = try? terminal.write(rest)
                rest = rest.dropFirst(taken ?? rest.count)
                if !rest.isEmpty { waitForInput(nil, 5) }
            }
            ignored.removeAll(keepingCapacity: true)
            _ = try? terminal.read(into: &ignored, limit: 4096)
        }
        // What the reader has not fetched yet goes with the terminal: it gets a second for that.
        let end = clock.now + .seconds(1)
        while clock.now < end, terminal.hasPeer, !ending.isAsked { waitForInput(nil, 20) }
    }
}

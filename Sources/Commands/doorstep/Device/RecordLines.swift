import DeviceProtocols
import Foundation
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Prints decoded records as JSON lines, and the counters at the end.
struct RecordLines {
    private let encoder: JSONEncoder

    init() {
        // A reader that has gone is an error of the next write, not the end of this program.
        signal(SIGPIPE, SIG_IGN)
        encoder = JSONEncoder()
        // The same dump gives the same text.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    }

    func print(_ value: some Encodable) throws {
        try FileHandle.standardOutput.write(contentsOf: try encoder.encode(value) + Data([0x0A]))
    }

    /// At once, also into a pipe.
    func print(summary: String) throws { try FileHandle.standardOutput.write(contentsOf: Data((summary + "\n").utf8)) }

    /// Why nothing more can be printed.
    static func complaint(_ error: any Error) -> RobotError {
        RobotError(
            .storage, "the output cannot be written: \(error.localizedDescription)",
            hint: "has its reader gone, or is its disk full?")
    }

    func print(_ counters: FrameCounters, bytes: Int) throws {
        try print(Ending(counters: .init(counters, bytes: bytes)))
    }

    /// The last line.
    private struct Ending: Encodable {
        struct Counters: Encodable {
            var bytes: Int
            var frames: Int
            var checksumErrors: Int
            var resyncs: Int
            var skippedBytes: Int

            enum CodingKeys: String, CodingKey {
                case bytes, frames, resyncs
                case checksumErrors = "checksum_errors"
                case skippedBytes = "skipped_bytes"
            }

            init(_ counters: FrameCounters, bytes: Int) {
                self.bytes = bytes
                frames = counters.frames
                checksumErrors = counters.checksumErrors
                resyncs = counters.resyncs
                skippedBytes = counters.skippedBytes
            }
        }
        var counters: Counters
    }
}

package import DeviceIO
package import RobotModel

/// Plays what a device once said, at its own times: a failure from the field, on a desk.
///
/// Time begins with the first `advance`. The device's bytes go out as they were heard, each chunk when it is due.
/// Between a question and its answer the play waits for the host: no chunk goes out before the host has said as much as
/// it had said then, and what follows keeps its distance. A host that says less than the old one (another version of
/// the driver) is waited for for a second after its last byte; before its first byte it is waited for for as long as it
/// takes.
package final class ReplayDevice: TwinDevice {
    /// How a recording is played.
    package struct Settings: Sendable {
        /// How many times as fast as it was.
        package var speed: Double
        /// Begins again at the end.
        package var loops: Bool
        /// How long a byte takes on the line that the play goes over, so that a chunk arrives with its last byte when
        /// it had arrived; zero where nothing is paced.
        package var byteTime: Duration

        package init(speed: Double = 1, loops: Bool = false, byteTime: Duration = .zero) {
            self.speed = speed
            self.loops = loops
            self.byteTime = byteTime
        }
    }

    private struct Chunk {
        /// After the recording's first piece.
        var due: Duration
        /// Bytes that the host had said by then.
        var hostBytes: Int
        var bytes: [UInt8]
    }

    /// A host that says less than was recorded is waited for for so long.
    private static let patience = Duration.seconds(1)
    /// Between the last byte of one round and the first of the next.
    private static let pauseBetweenRounds = Duration.milliseconds(100)

    /// Whether all has been played; never for one that loops.
    package var isFinished: Bool { next == chunks.count }

    private let chunks: [Chunk]
    private let settings: Settings
    private var next = 0
    /// How many bytes of the next chunk are out.
    private var sent = 0
    /// When the recording's first piece stands in this play; moves when the host is waited for.
    private var origin: Instant?
    private var waitingSince: Instant?
    private var heard = 0
    private var lastHeard: Instant?

    package init(_ records: [RawLineRecord], settings: Settings = Settings()) {
        self.settings = settings
        var chunks: [Chunk] = []
        var hostBytes = 0
        let speed = max(1e-3, settings.speed)
        for record in records {
            switch record.direction {
            case .toDevice: hostBytes += record.bytes.count
            case .fromDevice where !record.bytes.isEmpty:
                let after = record.time - (records.first?.time ?? record.time)
                chunks.append(
                    Chunk(due: .seconds(after.inSeconds / speed), hostBytes: hostBytes, bytes: record.bytes))
            case .fromDevice: break
            }
        }
        self.chunks = chunks
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        heard += bytes.count
        lastHeard = now
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        var origin = origin ?? now
        defer { self.origin = origin }
        while next < chunks.count {
            let chunk = chunks[next]
            let begins = origin + chunk.due - settings.byteTime * chunk.bytes.count
            guard now >= begins else { return }
            if heard < chunk.hostBytes, sent == 0 {
                let since = waitingSince ?? now
                waitingSince = since
                guard let lastHeard, now - max(since, lastHeard) >= Self.patience else { return }
                // What it has not said by now it will not say.
                heard = chunk.hostBytes
            }
            if let since = waitingSince {
                origin += now - since
                waitingSince = nil
                continue
            }
            let due = dueBytes(of: chunk, after: now - begins)
            output += chunk.bytes[sent..<due]
            sent = due
            guard sent == chunk.bytes.count else { return }
            sent = 0
            next += 1
            guard next == chunks.count, settings.loops else { continue }
            next = 0
            heard = 0
            origin = now + Self.pauseBetweenRounds - (chunks.first?.due ?? .zero)
            return
        }
    }

    private func dueBytes(of chunk: Chunk, after time: Duration) -> Int {
        guard settings.byteTime > .zero else { return chunk.bytes.count }
        return min(chunk.bytes.count, 1 + Int(time.nanoseconds / max(1, settings.byteTime.nanoseconds)))
    }
}

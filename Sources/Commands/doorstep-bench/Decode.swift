import ArgumentParser
import DeviceProtocols
import RobotModel
import Twin

#if canImport(Glibc)
    import Glibc
#endif

/// How fast the LiDARs' lines are decoded, and what gets through a damaged one.
///
/// Each stream is what the twin's device sends on a hand-driven clock. It is read clean and with bytes damaged, and what
/// the decoder believed is held against the frames as the device sent them.
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how fast LiDAR streams are decoded, and what gets through damage.",
        discussion: "Prints a table, a row a format. `scripts/bench decode` adds the instructions per point.")

    @Option(name: .customLong("format"), help: "A card's name; may be repeated. Every LiDAR with a twin, if left out.")
    var formats: [String] = []
    @Option(help: "Length of a stream in MB (1e6 bytes).") var megabytes = 100
    @Option(help: "How much of it is distinct output of the twin, in MB; it is repeated to the full length.")
    var distinct = 10
    @Option(help: "Share of damaged bytes.") var damage = 0.001
    @Option(help: "How often each stream is read; the median counts.") var passes = 5
    @Option(help: "Bytes handed over at a time.") var chunk = 4096
    @Option(help: "Of the twin's noise and of the damage.") var seed: UInt64 = 1
    @Option(name: .customLong("instructions"), help: "FORMAT=NUMBER, to be shown in the table; may be repeated.")
    var instructions: [String] = []
    @Flag(help: "List the formats and do nothing.") var list = false
    @Flag(help: "Only read the clean stream once, for a counter of instructions; prints the points.") var once = false

    func validate() throws {
        guard megabytes > 0, distinct > 0, passes > 0, chunk > 0, (0..<0.5).contains(damage) else {
            throw ValidationError("--megabytes, --distinct, --passes and --chunk must be positive, --damage below 0.5")
        }
        for name in formats where !Self.names.contains(name) {
            throw ValidationError("no LiDAR \(name); there are \(Self.names.joined(separator: ", "))")
        }
    }

    /// Cards of LiDARs whose device the bench has, and which can be read without its handshake.
    private static var names: [String] {
        let cards = ProtocolCard.all.filter { $0.kind == .lidar && BenchDevice.names.contains($0.name) }
        // `rplidar` stands for its six formats.
        return cards.map(\.name).filter { $0 != ProtocolCard.rplidar.name }
    }

    func run() throws {
        let names = formats.isEmpty ? Self.names : formats
        if list {
            for name in names { print(name) }
            return
        }
        if !once { printHead() }
        for name in names {
            guard let card = ProtocolCard.named(name) else { continue }
            guard
                let stream = DecodeStream(
                    card, bytes: megabytes * 1_000_000, distinct: distinct * 1_000_000, seed: seed)
            else {
                print("\(name): its device on the bench sends nothing that is decoded")
                throw ExitCode.failure
            }
            if once {
                print("points \(decodeOnce(card, stream.bytes, chunk: chunk).points)")
            } else {
                printRow(card, stream)
            }
        }
    }

    private func printHead() {
        print(
            """
            streams of \(megabytes) MB in chunks of \(chunk) bytes: \(min(distinct, megabytes)) MB of the twin's output, \
            repeated; \(damage * 100) % of the bytes damaged (seed \(seed)); median of \(passes)
            clean, damaged: MB a second of processor time. wrong: frames that the device did not send so, and that were believed. expected: as \
            many pass the checksum by chance. back: the worst number of good frames after damage until one was \
            believed, and until points came
            """)
        print(
            Self.row(
                "format", "clean", "damaged", "instr/point", "points", "frames", "checksum errors", "wrong", "expected",
                "back"))
    }

    private func printRow(_ card: ProtocolCard, _ stream: DecodeStream) {
        let damaged = stream.damaged(share: damage, seed: seed)
        let clean = rate(card, stream.bytes)
        let hurt = rate(card, damaged.bytes)
        let result = decodeOnce(card, damaged.bytes, chunk: chunk)
        let judgement = DecodeJudgement(card, stream, damaged, chunk: chunk)
        let counted = instructions.first { $0.hasPrefix("\(card.name)=") }?.split(separator: "=").last.map(String.init)
        print(
            Self.row(
                card.name, "\(Int(clean))", "\(Int(hurt))", counted ?? "-", "\(result.points)",
                "\(result.counters.frames)", "\(result.counters.checksumErrors)",
                judgement.map { "\($0.wrong)" } ?? "-", judgement?.expectedText ?? "-",
                judgement.map { "\($0.worstFrames), \($0.worstPoints)" } ?? "-"))
    }

    /// MB in a second of this processor's work, the median of the passes: what else runs here does not count.
    private func rate(_ card: ProtocolCard, _ bytes: [UInt8]) -> Double {
        let rates = (0..<passes).map { _ in
            let start = Self.processorSeconds
            _ = decodeOnce(card, bytes, chunk: chunk)
            return Double(bytes.count) / 1e6 / (Self.processorSeconds - start)
        }
        return rates.sorted()[passes / 2]
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func row(_ first: String, _ cells: String...) -> String {
        let widths = [7, 8, 12, 11, 9, 16, 8, 9, 7]
        func padded(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - text.count)) + text
        }
        let name = first + String(repeating: " ", count: max(1, 20 - first.count))
        return name + zip(cells, widths).map { padded($0, $1) }.joined()
    }
}

/// Reads a stream once, by the card's fast way where it has one. What a counter of instructions is set on.
@inline(never)
func decodeOnce(_ card: ProtocolCard, _ bytes: [UInt8], chunk: Int) -> (points: Int, counters: FrameCounters) {
    var points = 0
    // What is computed must be used, or it may not be computed.
    var farthest = 0.0
    var counters = FrameCounters()
    if var decoder = card.pointDecoder?() {
        let span = bytes.span
        var offset = 0
        while offset < span.count {
            let end = min(offset + chunk, span.count)
            decoder.decode(span.extracting(offset..<end)) { _, found in
                points += found.count
                if found.count > 0 { farthest = max(farthest, found[found.count - 1].meters) }
            }
            offset = end
        }
        counters = decoder.counters
    } else {
        var decoder = card.decoder()
        func take(_ record: any DecodedRecord) {
            points += (record as? RevolutionRecord)?.points ?? (record as? RingRevolutionRecord)?.points ?? 0
        }
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + chunk, bytes.count)
            decoder.decode(bytes[offset..<end], take)
            offset = end
        }
        decoder.finish(take)
        counters = decoder.counters
    }
    return (farthest < 0 ? 0 : points, counters)
}

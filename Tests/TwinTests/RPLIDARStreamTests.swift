import DeviceIO
import DeviceProtocols
import RobotModel
import Testing
import Twin

/// The twin's device in each format, read as a dump.
@Suite("RPLIDAR dumps")
struct RPLIDARStreamTests {
    /// What a device that scans for a host that is gone sends, from the start of its scan on.
    private func stream(_ format: RPLIDARFormat, seconds: Int = 3, seed: UInt64 = 3) throws -> [UInt8] {
        let bench = try #require(BenchDevice.named("rplidar-\(format.name)", path: "", seed: seed))
        var output: [UInt8] = []
        for millisecond in 1...seconds * 1000 {
            bench.device.advance(to: Instant(nanoseconds: Int64(millisecond) * 1_000_000), output: &output)
        }
        return output
    }

    private func revolutions(
        _ bytes: ArraySlice<UInt8>, _ decoder: any StreamDecoder, piece: Int = 1000
    ) -> (whole: [RevolutionRecord], counters: FrameCounters) {
        var decoder = decoder
        var found: [RevolutionRecord] = []
        var rest = bytes
        func emit(_ record: any DecodedRecord) {
            if let revolution = record as? RevolutionRecord, revolution.whole { found.append(revolution) }
        }
        while !rest.isEmpty {
            decoder.decode(rest.prefix(piece), emit)
            rest = rest.dropFirst(piece)
        }
        decoder.finish(emit)
        return (found, decoder.counters)
    }

    /// How much of what was seen are the things that stand still, for which no time is needed. The rest is a beam in two
    /// hundred that came from nowhere, and the walker.
    private func share(of revolutions: some Sequence<RevolutionRecord>, within tolerance: Double) -> Double {
        let room = BenchRoom(seed: 0)
        var near = 0
        var seen = 0
        for revolution in revolutions {
            for (degrees, range) in zip(revolution.angles, revolution.ranges) where range > 0 {
                guard let exact = room.exactRange(angle: -degrees * .pi / 180, at: .zero) else { continue }
                seen += 1
                near += abs(range - exact) < tolerance ? 1 : 0
            }
        }
        return Double(near) / Double(seen)
    }

    @Test("the format of a dump is read from its handshake", arguments: RPLIDARFormat.allCases)
    func withHandshake(format: RPLIDARFormat) throws {
        let found = revolutions(try stream(format)[...], RPLIDARStreamDecoder())
        let points = [RPLIDARFormat.standard, .express].contains(format) ? 400 : 800
        #expect(found.whole.count > 12)
        #expect(found.whole.suffix(10).allSatisfy { abs($0.points - points) <= 2 })
        #expect(share(of: found.whole.suffix(2), within: 0.05) > 0.85)
        #expect(found.counters.checksumErrors == 0 && found.counters.resyncs == 0)
    }

    @Test("the format of a dump that begins in the middle of a frame is found", arguments: RPLIDARFormat.allCases)
    func withoutHandshake(format: RPLIDARFormat) throws {
        let all = try stream(format)
        let whole = revolutions(all[...], RPLIDARStreamDecoder()).whole
        for (start, piece) in [(1, 1000), (37, 64), (781, 100_000)] {
            let found = revolutions(all.dropFirst(all.count / 3 + start), RPLIDARStreamDecoder(), piece: piece)
            #expect(found.whole.count > 3)
            // Point by point what is read with the handshake.
            let tail = whole.suffix(found.whole.count - 1)
            #expect(tail.map(\.ranges) == found.whole.suffix(tail.count).map(\.ranges))
            #expect(tail.map(\.angles) == found.whole.suffix(tail.count).map(\.angles))
            // From its beginning: what searched for the format lost nothing.
            #expect(found.counters.skippedBytes < 2 * format.frameSize + 40)
        }
    }

    @Test("a format that is given is not looked for", arguments: RPLIDARFormat.allCases)
    func forced(format: RPLIDARFormat) throws {
        let card = try #require(ProtocolCard.named("rplidar-\(format.name)"))
        #expect(!card.isProbed)
        let found = revolutions(try stream(format).dropFirst(15_001), card.decoder())
        #expect(found.whole.count > 3)
        #expect(share(of: found.whole.suffix(2), within: 0.05) > 0.85)
        #expect(card.recognises(found.counters))
    }

    @Test("a dump in which the scan changes its format is followed")
    func changes() throws {
        let dense = try stream(.dense).dropFirst(5001).prefix(25_000)
        let ultra = try stream(.ultra, seconds: 10).dropFirst(5050)
        let found = revolutions(dense + ultra, RPLIDARStreamDecoder())
        #expect(share(of: found.whole.suffix(3), within: 0.05) > 0.85)
        // What comes until the old format is given up is lost.
        #expect(found.counters.frames > 290 + (ultra.count - 50_000) / 132)
    }

    @Test("no format is seen in noise")
    func noise() {
        var random = SeededRandom(seed: 8)
        let noise = (0..<40_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let found = revolutions(noise[...], RPLIDARStreamDecoder())
        #expect(found.whole.isEmpty && found.counters.frames == 0)
        #expect(!ProtocolCard.rplidar.recognises(found.counters))
    }

    @Test("every card has its device on the bench")
    func bench() {
        for card in [ProtocolCard.rplidar] + ProtocolCard.rplidarFormats {
            #expect(BenchDevice.names.contains(card.name))
            #expect(ProtocolCard.named(card.name) != nil)
        }
    }
}

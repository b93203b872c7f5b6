import DeviceProtocols
import Testing

@Suite("Points of a line")
struct PointDecoderTests {
    @Test(
        "are those of the dump's decoder, frame by frame, however the bytes are cut and damaged",
        arguments: ["ld06", "ydlidar"], [1, 7, 1000])
    func sameAsTheDump(name: String, cut: Int) throws {
        let card = try #require(ProtocolCard.named(name))
        let frame = try #require(ShortDump.all.first { $0.name == name }).bytes
        var bytes: [UInt8] = []
        for _ in 0..<40 { bytes += frame }
        bytes += [0x54, 0xAA]
        let places = stride(from: 100, to: bytes.count - frame.count * 4, by: 331)
        for place in places { bytes[place] ^= 0x5A }
        var dump = card.decoder()
        var printed = 0
        dump.decode(bytes[...]) { printed += ($0 as? RevolutionRecord)?.points ?? 0 }
        dump.finish { printed += ($0 as? RevolutionRecord)?.points ?? 0 }

        guard var decoder = card.pointDecoder?() else {
            Issue.record("\(name) has no points")
            return
        }
        var points = 0
        var frames: [(end: Int, size: Int)] = []
        let span = bytes.span
        var start = 0
        while start < span.count {
            let end = min(start + cut, span.count)
            decoder.decode(span.extracting(start..<end)) { place, found in
                points += found.count
                frames.append((end - place.remaining, place.size))
            }
            start = end
        }
        // A frame that is believed stands where it says.
        #expect(frames.allSatisfy { Array(bytes[$0.end - $0.size..<$0.end]) == frame })
        #expect(points == printed && points > 0)
        #expect(decoder.counters == dump.counters && decoder.counters.checksumErrors > 0)
    }
}

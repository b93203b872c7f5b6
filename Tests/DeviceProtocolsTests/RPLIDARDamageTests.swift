import DeviceProtocols
import RobotModel
import Testing

@Suite("RPLIDAR decoder on a bad line")
struct RPLIDARDamageTests {
    private static let bootText = Array("RP LIDAR System.\r\nFirmware Ver 1.27 - rc8, HW Ver 5\r\nModel: 18\r\n".utf8)

    private func scan(_ format: RPLIDARFormat, frames count: Int, using random: inout SeededRandom) -> [RPLIDARFound] {
        (0..<count).map { .random(format, index: $0, using: &random) }
    }

    @Test("frames of every format come out of any cut as they went in", arguments: RPLIDARFormat.allCases)
    func roundTrip(format: RPLIDARFormat) {
        var random = SeededRandom(seed: 31)
        for most in [1, 7, 100, 3000] {
            let sent = scan(format, frames: 60, using: &random)
            let bytes = format.descriptor.encoded + sent.flatMap(\.encoded)
            var decoder = RPLIDARDecoder()
            let found = decoder.read(bytes, inPiecesOf: most, using: &random)
            // A sample without a checksum waits for the one that confirms it.
            #expect(found == [.scanBegins(format)] + (format == .standard ? sent.dropLast() : sent))
            #expect(decoder.counters.resyncs == 0 && decoder.counters.skippedBytes == 0)
        }
    }

    @Test(
        "with one byte in a thousand damaged nothing wrong is believed, and the first good frame is",
        arguments: RPLIDARFormat.allCases)
    func damagedBytes(format: RPLIDARFormat) {
        var random = SeededRandom(seed: 32)
        for _ in 0..<3 {
            let count = 200_000 / format.frameSize / 4
            let sent = scan(format, frames: count, using: &random).map(\.encoded)
            var received = sent
            for index in received.indices {
                for place in received[index].indices where Int.random(in: 0..<1000, using: &random) == 0 {
                    received[index][place] ^= UInt8.random(in: 1...255, using: &random)
                }
            }
            var decoder = RPLIDARDecoder()
            _ = decoder.read(format.descriptor.encoded)
            let found = decoder.read(received.flatMap(\.self), inPiecesOf: 500, using: &random)
            // What is no frame by its own checksum is `nonsense`.
            #expect(!found.contains(.nonsense))
            let believed = Set(found.filter(\.isFrame).map(\.encoded))
            let good = sent.indices.filter { sent[$0] == received[$0] }
            if format == .standard {
                // Good is what the sample behind it confirms; and a damaged range cannot be told from another one.
                // The first eight must agree, and the last ones wait for what shows that they stand at their place.
                let confirmed = good.filter { (20..<count - 4).contains($0) && sent[$0 + 1] == received[$0 + 1] }
                #expect(confirmed.allSatisfy { believed.contains(sent[$0]) })
            } else {
                #expect(good.dropLast(2).allSatisfy { believed.contains(sent[$0]) })
                // One frame in 256 with two damaged bytes passes an XOR; with one, none does.
                let wrong = believed.subtracting(sent).count
                #expect(wrong <= (format == .hq ? 0 : 1))
                #expect(decoder.counters.checksumErrors > 0)
            }
        }
    }

    @Test(
        "bytes that are lost or that nobody sent cost the frame that they hit, and no other",
        arguments: RPLIDARFormat.allCases.filter { $0 != .standard })
    func lostBytes(format: RPLIDARFormat) {
        var random = SeededRandom(seed: 33)
        for round in 0..<20 {
            let sent = scan(format, frames: 12, using: &random)
            var received = sent.map(\.encoded)
            let victim = Int.random(in: 2..<8, using: &random)
            let place = Int.random(in: 0..<format.frameSize, using: &random)
            if round % 2 == 0 {
                let count = Int.random(in: 1...min(20, format.frameSize - place), using: &random)
                received[victim].removeSubrange(place..<place + count)
            } else {
                // Not before its first byte: that would hit none.
                let foreign = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                received[victim].insert(contentsOf: foreign, at: max(1, place))
            }
            var decoder = RPLIDARDecoder()
            let bytes = format.descriptor.encoded + received.flatMap(\.self)
            let found = decoder.read(bytes, inPiecesOf: 300, using: &random).filter(\.isFrame)
            // The last ones wait for what would show that they stand at their place.
            let expected = sent.enumerated().filter { $0.offset != victim && $0.offset < 10 }.map(\.element)
            #expect(found.filter { expected.contains($0) } == expected)
            #expect(found.allSatisfy { sent.contains($0) })
        }
    }

    @Test("noise in place of frames is not taken for frames", arguments: [RPLIDARFormat.express, .hq, .ultra, .dense])
    func noise(format: RPLIDARFormat) {
        var random = SeededRandom(seed: 34)
        let noise = (0..<60_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var decoder = RPLIDARDecoder()
        decoder.join(format)
        #expect(decoder.read(noise).filter(\.isFrame).count <= 1)
    }

    @Test(
        "the boot text of a device that restarts in the middle of a frame is noticed without a byte more",
        arguments: RPLIDARFormat.allCases)
    func bootText(format: RPLIDARFormat) {
        var random = SeededRandom(seed: 35)
        for most in [1, 30, 2000] {
            let sent = scan(format, frames: 14, using: &random).flatMap(\.encoded)
            let cut = sent.count - Int.random(in: 1..<format.frameSize, using: &random)
            var decoder = RPLIDARDecoder()
            let bytes = format.descriptor.encoded + sent.prefix(cut) + Self.bootText
            let found = decoder.read(bytes, inPiecesOf: most, using: &random)
            #expect(found.filter { $0 == .restarted }.count == 1)
            #expect(decoder.counters.frames > 4)
        }
    }

    @Test("an answer, or a scan in another format, behind a scan that was stopped is found")
    func otherScan() {
        var random = SeededRandom(seed: 36)
        for (first, second) in zip(RPLIDARFormat.allCases, RPLIDARFormat.allCases.reversed()) {
            for cut in [0, 3] {
                let before = scan(first, frames: 20, using: &random).flatMap(\.encoded)
                let after = scan(second, frames: 20, using: &random)
                let answer = RPLIDARDescriptor.answer(0x06, [0, 0, 0])
                let tail = answer + second.descriptor.encoded + after.flatMap(\.encoded)
                var decoder = RPLIDARDecoder()
                let bytes = first.descriptor.encoded + before.dropLast(cut) + tail + [UInt8](repeating: 0, count: 2000)
                let found = decoder.read(bytes, inPiecesOf: 200, using: &random)
                #expect(found.contains(.answer(type: 0x06, payload: [0, 0, 0])), "\(first), \(cut)")
                #expect(found.contains(.scanBegins(second)))
                #expect(found.contains(after[5]))
            }
        }
    }
}

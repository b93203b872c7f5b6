import DeviceProtocols
import RobotModel
import Testing

@Suite("RPLIDAR decoder")
struct RPLIDARDecoderTests {
    private static let standard = RPLIDARFormat.standard.descriptor.encoded
    private static let dense = RPLIDARFormat.dense.descriptor.encoded

    private func events(_ bytes: [UInt8]) -> [RPLIDARFound] {
        var decoder = RPLIDARDecoder()
        return decoder.read(bytes)
    }

    /// A revolution of a standard scan: 400 samples, 0.9° apart, with one mark.
    private func revolution(_ distance: (Int) -> UInt16) -> [RPLIDARStandardSample] {
        (0..<400).map {
            RPLIDARStandardSample(
                startsRevolution: $0 == 0, quality: 15, angleQ6: UInt16(Double($0) * 57.6), distanceQ2: distance($0))
        }
    }

    private func samples(_ events: [RPLIDARFound]) -> [RPLIDARStandardSample] {
        events.compactMap { if case .standard(let sample) = $0 { sample } else { nil } }
    }

    @Test("an answer is found behind A5 A5")
    func repeatedStart() {
        let answer = RPLIDARDescriptor.answer(0x06, [0, 0, 0])
        #expect(events([0xA5] + answer).contains(.answer(type: 0x06, payload: [0, 0, 0])))
        #expect(events([0xA5, 0x5A, 0xA5] + answer).contains(.answer(type: 0x06, payload: [0, 0, 0])))
    }

    @Test("descriptors are the vendor's")
    func descriptors() {
        #expect(RPLIDARDescriptor.answer(0x04, []).prefix(7) == hex("A55A0000000004")[...])
        #expect(Self.standard == hex("A55A0500004081"))
        #expect(Self.dense == hex("A55A5400004085"))
    }

    @Test("info, health, sample rate and configuration survive their payloads")
    func payloads() throws {
        let info = RPLIDARInfo(model: 0x18, firmwareMajor: 1, firmwareMinor: 24, hardware: 5, serial: Array(0..<16))
        #expect(RPLIDARInfo(payload: info.payload) == info)
        #expect(info.answersConfiguration && info.motorControl == .dtr)
        #expect(info.payload.prefix(4) == [0x18, 24, 1, 5])
        let health = RPLIDARHealth(status: .warning, code: 0x1234)
        #expect(RPLIDARHealth(payload: health.payload) == health)
        #expect(RPLIDARHealth(payload: [7, 0, 0]) == nil)
        let rate = RPLIDARSampleRate(standard: 508, express: 254)
        #expect(RPLIDARSampleRate(payload: rate.payload) == rate)
        let configuration = try #require(RPLIDARConfiguration(payload: hex("7F00000044656E736500")))
        #expect(configuration.key == 0x7F && configuration.text == "Dense")
        #expect(RPLIDARConfiguration(payload: hex("7C0000000100"))?.number == 1)
    }

    @Test("a dense frame is the bytes that the vendor's SDK accepts")
    func denseVector() {
        var distances = [UInt16](repeating: 0, count: 40)
        distances.replaceSubrange(0..<3, with: [1000, 1000, 1002])
        let frame = RPLIDARDenseFrame(restarts: true, startAngleQ6: 0, distances: distances)
        #expect(frame.encoded[2...] == hex("0080e803e803ea03")[...] + [UInt8](repeating: 0, count: 74))
        let checksum = frame.encoded[2...].reduce(0, ^)
        #expect(frame.encoded[0] == 0xA0 | checksum & 0xF && frame.encoded[1] == 0x50 | checksum >> 4)
        #expect(events(Self.dense + frame.encoded).last == .dense(frame))
    }

    @Test("dense frames come out of any cut; a damaged one costs itself")
    func denseDamage() {
        var random = SeededRandom(seed: 21)
        let frames = (0..<60).map { index in
            RPLIDARDenseFrame(
                restarts: index == 0, startAngleQ6: UInt16(index * 1152 % 23040),
                distances: (0..<40).map { _ in UInt16.random(in: 0...65535, using: &random) })
        }
        for _ in 0..<50 {
            var encoded = frames.map(\.encoded)
            let victim = Int.random(in: 0..<60, using: &random)
            encoded[victim][Int.random(in: 2..<84, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            var decoder = RPLIDARDecoder()
            var found: [RPLIDARDenseFrame] = []
            var bytes = (Self.dense + encoded.flatMap(\.self))[...]
            while !bytes.isEmpty {
                let count = Int.random(in: 1...200, using: &random)
                for event in decoder.read(Array(bytes.prefix(count))) {
                    if case .dense(let frame) = event { found.append(frame) }
                }
                bytes = bytes.dropFirst(count)
            }
            #expect(found == frames.enumerated().filter { $0.offset != victim }.map(\.element))
            #expect(decoder.counters.checksumErrors == 1 && decoder.counters.resyncs == 1)
        }
    }

    @Test("the bytes behind an event are counted, so that its moment can be told")
    func remaining() {
        let frame = RPLIDARDenseFrame(restarts: false, startAngleQ6: 0, distances: [UInt16](repeating: 5, count: 40))
        var decoder = RPLIDARDecoder()
        var behind: [Int] = []
        let bytes = Self.dense + frame.encoded + frame.encoded + [0xA0]
        decoder.decode(bytes.span) { _, _, remaining in behind.append(remaining) }
        #expect(behind == [169, 85, 1])
    }

    @Test("a standard scan's samples come out as they went in, each when the next one confirms it")
    func standardRoundTrip() {
        let sent = revolution { UInt16($0 * 37) } + revolution { UInt16($0 * 11) }
        #expect(samples(events(Self.standard + sent.flatMap(\.encoded))) == sent.dropLast())
    }

    @Test("bytes lost from a standard scan cost less than a tenth of a revolution and make up one sample at most")
    func standardLoss() {
        // The worst room: equal distances whose bytes look like a sample's start at every place.
        for distance: UInt16 in [0x0101, 0x0301, 0x0502, 4000, 0] {
            for (lost, place) in [1, 2, 3, 4].flatMap({ lost in (1995...2001).map { (lost, $0) } }) {
                let sent = (0..<3).flatMap { _ in revolution { _ in distance } }
                var bytes = sent.flatMap(\.encoded)
                bytes.removeSubrange(place..<place + lost)
                let found = samples(events(Self.standard + bytes))
                let missing = sent.count - found.count
                #expect(missing <= 40)
                let madeUp = Set(found).subtracting(sent).count
                #expect(madeUp <= 1, "\(lost) bytes lost at \(place), distance \(distance)")
            }
        }
    }

    @Test("a standard scan that is joined in the middle of a sample is found within a tenth of a revolution")
    func standardJoin() {
        for offset in 1...4 {
            let sent = revolution { _ in 0x0301 }
            let found = samples(events(Self.standard + sent.flatMap(\.encoded).dropFirst(offset)))
            #expect(found.count >= 360 && found.last == sent[398])
        }
    }

    @Test("noise in place of a scan is nearly never taken for samples")
    func standardNoise() {
        var random = SeededRandom(seed: 5)
        let noise = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(samples(events(Self.standard + noise)).count < 10)
    }

    @Test("the boot text of a device that restarts in the middle of a scan is noticed")
    func bootText() {
        let frame = RPLIDARDenseFrame(restarts: false, startAngleQ6: 0, distances: [UInt16](repeating: 5, count: 40))
        let text = Array("RP LIDAR System.\r\nFirmware Ver 1.27 - rc8, HW Ver 5\r\nModel: 18\r\n".utf8)
        #expect(events(Self.dense + frame.encoded + frame.encoded.prefix(30) + text).contains(.restarted))
        let sent = revolution { UInt16($0) }.flatMap(\.encoded)
        #expect(events(Self.standard + sent.prefix(99) + text).contains(.restarted))
        #expect(!events(Self.standard + sent).contains(.restarted))
    }

    @Test("no bytes crash it, and after a reset it finds the next answer")
    func noise() {
        var random = SeededRandom(seed: 6)
        for start in [[]] + RPLIDARFormat.allCases.map(\.descriptor.encoded) {
            var decoder = RPLIDARDecoder()
            _ = decoder.read(start)
            for _ in 0..<300 {
                let count = Int.random(in: 1...90, using: &random)
                let bytes = (0..<count).map { _ in
                    Int.random(in: 0..<4, using: &random) == 0
                        ? [0xA5, 0x5A, 0xA0, 0x50, 0x00][Int.random(in: 0..<5, using: &random)]
                        : UInt8.random(in: 0...255, using: &random)
                }
                _ = decoder.read(bytes)
            }
            decoder.reset()
            #expect(
                decoder.read(RPLIDARDescriptor.answer(0x06, [1, 2, 3])) == [.answer(type: 0x06, payload: [1, 2, 3])])
        }
    }
}

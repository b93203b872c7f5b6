import DeviceProtocols
import RobotModel
import Testing

@Suite("Hesai JT16 frames")
struct HesaiJTTests {
    private enum Found: Hashable {
        case points(HesaiJTContent, lost: Int)
        case inertial(HesaiJTInertial)
        case command(HesaiJTCommand)
    }

    private func decode(_ bytes: [UInt8], cuts: [Int] = []) -> (found: [Found], decoder: HesaiJTDecoder) {
        var decoder = HesaiJTDecoder()
        var found: [Found] = []
        var start = 0
        for end in cuts.sorted() + [bytes.count] {
            decoder.decode(bytes[start..<end]) { event, _ in
                switch event {
                case .points(let packet, let lost): found.append(.points(HesaiJTContent(packet), lost: lost))
                case .inertial(let sample): found.append(.inertial(sample))
                case .command(let command): found.append(.command(command))
                }
            }
            start = end
        }
        return (found, decoder)
    }

    private func randomPoints(_ random: inout SeededRandom, _ sequence: UInt16) -> HesaiJTContent {
        var content = HesaiJTContent(
            time: HesaiTime(
                seconds: Int64.random(in: 0...4_000_000_000, using: &random),
                microseconds: UInt32.random(in: 0..<1_000_000, using: &random)),
            azimuth: UInt16.random(in: 0..<36_000, using: &random),
            distances: (0..<16).map { _ in UInt16.random(in: 0...65535, using: &random) },
            reflectivities: (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }, sequence: sequence)
        content.dirt = UInt32.random(in: 0...UInt32.max, using: &random)
        content.state = UInt8.random(in: 0...255, using: &random)
        return content
    }

    private func randomFrame(_ random: inout SeededRandom, _ sequence: UInt16) -> Found {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .points(randomPoints(&random, sequence), lost: 0)
        case 1:
            return .inertial(
                HesaiJTInertial(
                    time: HesaiTime(seconds: 1_795_352_400, microseconds: 6910),
                    acceleration: (0..<3).map { _ in Int16.random(in: -32768...32767, using: &random) },
                    turning: (0..<3).map { _ in Int16.random(in: -32768...32767, using: &random) }, sequence: sequence))
        default:
            // The end's two bytes inside the payload must not end the frame.
            let payload = (0..<Int.random(in: 0...254, using: &random)).map { _ in
                Bool.random(using: &random) ? 0xEE : UInt8.random(in: 0...255, using: &random)
            }
            return .command(
                HesaiJTCommand(
                    Bool.random(using: &random) ? .command : .answer,
                    command: UInt8.random(in: 0...255, using: &random),
                    payload: payload, random: UInt32.random(in: 0...UInt32.max, using: &random)))
        }
    }

    private func encoded(_ frame: Found) -> [UInt8] {
        switch frame {
        case .points(let content, _): content.encoded
        case .inertial(let sample): sample.encoded
        case .command(let command): command.encoded
        }
    }

    @Test("the sum is CRC-32/MPEG-2, padded to whole words")
    func sum() {
        #expect(CRC32MPEG2.padded(Array("123456789".utf8)) == 0xAE24_E09D)
        // Without a rest there is nothing to pad: the plain sum of "123456789" with its own sum behind it is 0.
        #expect(CRC32MPEG2.padded(Array("123456789".utf8) + [0x03, 0x76, 0xE6, 0xE7]) == 0)
    }

    @Test("commands are the vendor's own bytes")
    func commands() {
        let standby = HesaiJTCommand.setRunning(false, random: 0x55B9_2232)
        #expect(standby.encoded == hex("244c44434d442c" + "03030100" + "3222b955" + "66d60953" + "eeff"))
        let angles = HesaiJTCommand.askAngles(random: 0xFC33_E84C)
        #expect(angles.encoded == hex("244c44434d442c" + "03020700" + "4ce833fc" + "046a9c5f" + "eeff"))
        #expect(decode(standby.encoded + angles.encoded).found == [.command(standby), .command(angles)])
        #expect(HesaiJTCommand.askSerialNumber(random: 1).encoded.count == 18 + 39)
    }

    @Test("a packet of points has the vendor's layout")
    func layout() {
        var content = HesaiJTContent(
            time: HesaiTime(seconds: 1_795_352_400, microseconds: 6910), azimuth: 0,
            distances: (0..<16).map { 500 + $0 }, reflectivities: (0..<16).map { 100 + $0 }, sequence: 0x1234)
        content.dirt = 3
        let bytes = content.encoded
        #expect(bytes.count == 80)
        // The vendor's own frame begins so: 2026-11-22 13:00:00, 6910 µs, azimuth 0, 500/100, 501/101.
        #expect(Array(bytes.prefix(24)) == hex("eeff01080000" + "7e0b160d0000" + "fe1a0000" + "0000" + "f40164f50165"))
        #expect(bytes[66] == 3 && bytes[74] == 0x34 && bytes[75] == 0x12)
    }

    @Test("any frames encode and decode, in any cuts")
    func roundTrip() {
        var random = SeededRandom(seed: 61)
        for _ in 0..<200 {
            let frames = (0..<8).map { _ in randomFrame(&random, 7) }
            let bytes = frames.flatMap(encoded)
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }
            let (found, decoder) = decode(bytes, cuts: cuts)
            #expect(found == frames && decoder.counters == FrameCounters(frames: 8))
        }
    }

    @Test("damage costs the frame it is in and no other; nothing wrong passes; missing numbers are counted")
    func damage() {
        var random = SeededRandom(seed: 62)
        for _ in 0..<300 {
            let frames = (0..<5).map { Found.points(randomPoints(&random, UInt16($0)), lost: 0) }
            var bytes = frames.map(encoded)
            // A missing last byte that happens to be EE is made good by the next packet's first: that is no damage.
            let place = Int.random(in: 0..<79, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[2][place] ^= UInt8.random(in: 1...255, using: &random)
            case 1: bytes[2].remove(at: place)
            default: bytes[2].removeSubrange(place...)
            }
            let (found, decoder) = decode(bytes.flatMap { $0 })
            guard case .points(let content, _) = frames[3] else { continue }
            #expect(found == [frames[0], frames[1], .points(content, lost: 1), frames[4]])
            #expect(decoder.lostPackets == 1)
        }
    }

    @Test("angles and the serial number survive their answers; a refusal gives none")
    func answers() throws {
        let angles = HesaiCalibration.nominalJT16
        let answer = HesaiJTCommand.answer(angles: angles, random: 9)
        let read = try #require(answer.angles)
        #expect(
            zip(read.elevations + read.azimuths, angles.elevations + angles.azimuths).allSatisfy {
                abs($0 - $1) < 0.006
            })
        #expect(read.levelChannel == 0)
        #expect(HesaiJTCommand.answer(serialNumber: "JT16-0815", random: 9).serialNumber == "JT16-0815")
        var refused = answer
        refused.payload[67] = 3
        #expect(refused.angles == nil && refused.meaning.contains("could not"))
    }

    @Test("a dump is read as revolutions of the level channel, with inertial samples and answers between them")
    func stream() {
        var decoder = HesaiJTStreamDecoder()
        var records: [any DecodedRecord] = []
        var bytes: [UInt8] = HesaiJTCommand.answer(serialNumber: "1", random: 1).encoded
        for index in 0..<1000 {
            let content = HesaiJTContent(
                time: HesaiTime(seconds: 1, microseconds: UInt32(index)), azimuth: UInt16(index * 120 % 36_000),
                distances: [250] + [UInt16](repeating: 0, count: 15), reflectivities: [UInt8](repeating: 9, count: 16),
                sequence: UInt16(index))
            bytes += content.encoded
        }
        bytes +=
            HesaiJTInertial(
                time: HesaiTime(seconds: 1, microseconds: 0), acceleration: [0, 0, 8192], turning: [328, 0, 0],
                sequence: 1
            ).encoded
        decoder.decode(bytes[...]) { records.append($0) }
        decoder.finish { records.append($0) }
        let revolutions = records.compactMap { $0 as? RingRevolutionRecord }
        #expect(
            revolutions.map(\.points) == [300, 300, 300, 100] && revolutions.map(\.whole) == [false, true, true, false])
        #expect(revolutions[1].ranges.allSatisfy { $0 == 1 } && revolutions[1].echoes == 300)
        #expect(revolutions[1].channels == 16 && revolutions[1].channel == 0)
        #expect(records.contains { $0.summary.contains("[0.0, 0.0, 1.0] g, [10.0") })
        #expect(records.contains { $0.summary.hasPrefix("answer 2") })
    }
}

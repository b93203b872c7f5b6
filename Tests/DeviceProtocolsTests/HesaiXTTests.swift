import DeviceProtocols
import RobotModel
import Testing

@Suite("Hesai XT packets")
struct HesaiXTTests {
    private func decode(_ bytes: [UInt8], cuts: [Int] = []) -> (packets: [HesaiXTContent], decoder: HesaiXTDecoder) {
        var decoder = HesaiXTDecoder()
        var found: [HesaiXTContent] = []
        var start = 0
        for end in cuts.sorted() + [bytes.count] {
            decoder.decode(bytes[start..<end]) { packet, _, _ in found.append(HesaiXTContent(packet)) }
            start = end
        }
        return (found, decoder)
    }

    private func randomContent(_ random: inout SeededRandom, sequence: UInt32, layout: HesaiXTLayout? = nil)
        -> HesaiXTContent
    {
        let layout = layout ?? [.xt16, .xt32, .xt32M].randomElement(using: &random) ?? .xt16
        var content = HesaiXTContent(
            layout: layout, rpm: UInt16.random(in: 300...1200, using: &random),
            time: HesaiTime(
                seconds: Int64.random(in: 0...4_000_000_000, using: &random),
                microseconds: UInt32.random(in: 0..<1_000_000, using: &random)),
            sequence: sequence,
            azimuths: (0..<layout.blocks).map { _ in UInt16.random(in: 0..<36_000, using: &random) },
            units: (0..<layout.blocks * layout.lasers).map { _ in
                HesaiXTPacket.Unit(
                    distance: UInt16.random(in: 0...65535, using: &random),
                    reflectivity: UInt8.random(in: 0...255, using: &random),
                    confidence: UInt8.random(in: 0...255, using: &random))
            })
        content.returnMode = [.strongest, .last, .dual].randomElement(using: &random) ?? .last
        content.isShuttingDown = Bool.random(using: &random)
        return content
    }

    @Test("packets have the sizes of real ones")
    func sizes() {
        #expect(HesaiXTLayout.xt32.size == 1080 && HesaiXTLayout.xt16.size == 568 && HesaiXTLayout.xt32M.size == 820)
        #expect(HesaiXTLayout.xt32.model == "PandarXT-32" && HesaiXTLayout.xt32M.model == "XT32M2X")
    }

    @Test("a real XT32's first packet is read: header, azimuth, first channel, tail")
    func realPacket() throws {
        // As recorded: eeff06010000 200801040201, azimuth 1.08, channel 1 at 748 mm with reflectivity 5, 599 rpm, 619165 µs,
        // number 301676; blocks 0.72 apart, in pairs.
        var bytes = hex("eeff06010000200801040201")
        for block in 0..<8 {
            let azimuth = UInt16(108 + block / 2 * 72)
            bytes += [UInt8(azimuth & 0xFF), UInt8(azimuth >> 8)]
            bytes += [187, 0, 5, 0] + [UInt8](repeating: 0, count: 31 * 4)
        }
        bytes += [UInt8](repeating: 0, count: 10) + hex("39" + "5702" + "790b160d0000" + "9d720900" + "42" + "6c9a0400")
        #expect(bytes.count == 1080)
        let content = try #require(decode(bytes).packets.first)
        #expect(content.layout == .xt32 && content.returnMode == .dual && content.rpm == 599)
        #expect(content.azimuths == [108, 108, 180, 180, 252, 252, 324, 324])
        #expect(content.units[0] == HesaiXTPacket.Unit(distance: 187, reflectivity: 5))
        #expect(content.time.microseconds == 619_165 && content.sequence == 301_676)
        #expect(content.encoded == bytes)
        var decoder = HesaiXTDecoder()
        decoder.decode(bytes[...]) { packet, _, _ in
            #expect(abs(Double(packet.unit(block: 0, channel: 0).distance) * packet.unit - 0.748) < 1e-9)
            // Of one round of firing both returns have one time; four rounds of 50 µs lie in the packet.
            #expect(packet.firingOffset(block: 0, channel: 0) == packet.firingOffset(block: 1, channel: 0))
            #expect(
                abs(packet.firingOffset(block: 6, channel: 0) - packet.firingOffset(block: 0, channel: 0) - 150e-6)
                    < 1e-12)
        }
    }

    @Test("any packet encodes and decodes, in any cuts")
    func roundTrip() {
        var random = SeededRandom(seed: 51)
        for _ in 0..<150 {
            let contents = (0..<4).map { randomContent(&random, sequence: UInt32($0)) }
            let bytes = contents.flatMap(\.encoded)
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }
            let (packets, decoder) = decode(bytes, cuts: cuts)
            #expect(packets == contents)
            #expect(decoder.counters == FrameCounters(frames: 4) && decoder.lostPackets == 0)
        }
    }

    @Test("a packet without a number is shorter and is read")
    func withoutNumber() {
        var random = SeededRandom(seed: 52)
        var content = randomContent(&random, sequence: 0)
        content.layout.hasSequence = false
        #expect(content.encoded.count == content.layout.size)
        #expect(decode(content.encoded + content.encoded).packets == [content, content])
    }

    @Test("a cut datagram and strange ones cost themselves and no other packet; missing numbers are counted")
    func damage() {
        var random = SeededRandom(seed: 53)
        for _ in 0..<100 {
            let contents = (0..<5).map { randomContent(&random, sequence: 100 + UInt32($0), layout: .xt16) }
            var bytes: [UInt8] = []
            for (index, content) in contents.enumerated() {
                bytes +=
                    index == 2
                    ? Array(content.encoded.dropLast(Int.random(in: 1..<560, using: &random))) : content.encoded
                if index == 3 { bytes += (0..<50).map { _ in UInt8.random(in: 0...255, using: &random) } }
            }
            let (packets, decoder) = decode(bytes)
            #expect(packets.filter { !contents.contains($0) }.isEmpty)
            #expect(packets == contents.indices.filter { $0 != 2 }.map { contents[$0] })
            #expect(decoder.lostPackets == 1 && decoder.counters.resyncs >= 1)
        }
    }

    @Test("numbers wrap without a loss, and a device that starts anew has lost nothing")
    func numbers() {
        var random = SeededRandom(seed: 54)
        let numbers: [UInt32] = [.max - 1, .max, 0, 1, 5, 6, 1]
        let bytes = numbers.flatMap { randomContent(&random, sequence: $0, layout: .xt16).encoded }
        #expect(decode(bytes).decoder.lostPackets == 3)
    }

    @Test("times are civil or seconds, and count on over the end of a year")
    func times() {
        // 2026-11-22 13:00:00, the vendor's own frame: 7e 0b 16 0d 00 00 fe1a0000.
        let time = HesaiTime(seconds: 1_795_352_400, microseconds: 6910)
        #expect(time.encoded == hex("7e0b160d0000" + "fe1a0000"))
        var random = SeededRandom(seed: 55)
        for _ in 0..<300 {
            let seconds = Int64.random(in: 0...5_000_000_000, using: &random)
            var content = randomContent(&random, sequence: 1, layout: .xt16)
            content.time = HesaiTime(seconds: seconds, microseconds: 999_999)
            #expect(decode(content.encoded).packets.first?.time == content.time)
        }
        // A first byte of 0: seconds since 1970, the most significant byte first.
        var content = randomContent(&random, sequence: 1, layout: .xt16)
        content.time = HesaiTime(seconds: 0x1234_5678, microseconds: 1)
        var bytes = content.encoded
        bytes.replaceSubrange(bytes.count - 15..<bytes.count - 9, with: [0, 0, 0x12, 0x34, 0x56, 0x78])
        #expect(decode(bytes).packets.first?.time == content.time)
    }

    @Test("the maker's calibration is read and written; a bad line is named")
    func calibration() throws {
        let text = "EEFF,1,1\nLaser id,Elevation,Azimuth\r\n1,14.972363, 0.082385\r\n2,-0.3,0.1\n3,0.3,-1\n0a0b0c\n"
        let calibration = try HesaiCalibration(text: text)
        #expect(calibration.elevations == [14.972363, -0.3, 0.3] && calibration.azimuths == [0.082385, 0.1, -1])
        #expect(calibration.levelChannel == 2, "of two equally near ones the upper")
        #expect(try HesaiCalibration(text: calibration.text) == calibration)
        for (bad, word) in [
            ("1,2,3\n3,1,1\n", "channel 2"), ("1,x,3\n", "line 1"), ("", "no line"), ("1,1,1\n1,1,1\n", "line 2"),
            ("1,91,0\n", "line 1"),
        ] {
            #expect { try HesaiCalibration(text: bad) } throws: { "\($0)".contains(word) }
        }
        #expect(
            HesaiCalibration.nominalXT(.xt32).elevations[15] == 0
                && HesaiCalibration.nominalXT(.xt32).levelChannel == 15)
        #expect(HesaiCalibration.nominalXT(.xt16).levelChannel == 7)
        #expect(HesaiCalibration.nominalXT(.xt32M).levelChannel == 16)
    }

    @Test("a dump of datagrams and a capture of them, in either byte order, tell the same")
    func captures() throws {
        var random = SeededRandom(seed: 56)
        var packets: [[UInt8]] = []
        for index in 0..<600 {
            var content = randomContent(&random, sequence: UInt32(index + (index > 500 ? 1 : 0)), layout: .xt16)
            content.returnMode = .strongest
            content.azimuths = (0..<8).map { UInt16((index * 8 + $0) * 20 % 36_000) }
            packets.append(content.encoded)
        }
        let plain = records(packets.flatMap { $0 }, cut: 1000)
        #expect(plain.count == 3 && plain.map(\.whole) == [false, true, false])
        #expect(plain[1].points == 1800 && plain[1].channels == 16 && plain[1].channel == 7 && plain[1].elevation == 1)
        #expect(plain.map(\.lost) == [0, 0, 1])
        #expect(plain[1].echoes > 28_000)
        for isBigEndian in [false, true] {
            #expect(records(capture(packets, isBigEndian: isBigEndian), cut: 777) == plain)
        }
    }

    private func records(_ bytes: [UInt8], cut: Int) -> [RingRevolutionRecord] {
        var decoder = HesaiXTStreamDecoder()
        var found: [RingRevolutionRecord] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            decoder.decode(bytes[start..<min(start + cut, bytes.count)]) {
                if let record = $0 as? RingRevolutionRecord { found.append(record) }
            }
        }
        decoder.finish { if let record = $0 as? RingRevolutionRecord { found.append(record) } }
        return found
    }

    /// Ethernet frames of UDP datagrams, every third with a VLAN tag, and something that is no UDP between them.
    private func capture(_ payloads: [[UInt8]], isBigEndian: Bool) -> [UInt8] {
        func word(_ number: Int, _ size: Int) -> [UInt8] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            return isBigEndian ? bytes.reversed() : bytes
        }
        func network(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
        var file =
            word(0xA1B2_C3D4, 4) + word(2, 2) + word(4, 2) + word(0, 4) + word(0, 4) + word(65_535, 4) + word(1, 4)
        for (index, payload) in payloads.enumerated() {
            var frame = [UInt8](repeating: 0x11, count: 12) + (index % 3 == 0 ? network(0x8100) + network(7) : [])
            frame += network(0x0800) + [0x45, 0] + network(28 + payload.count) + [0, 0, 0x40, 0, 64, 17, 0, 0]
            frame += [192, 168, 1, 201, 255, 255, 255, 255]
            frame += network(10_000) + network(2368) + network(8 + payload.count) + [0, 0] + payload
            let arp = [UInt8](repeating: 0x22, count: 12) + network(0x0806) + [UInt8](repeating: 0, count: 28)
            for record in index % 10 == 0 ? [arp, frame] : [frame] {
                file += word(index, 4) + word(0, 4) + word(record.count, 4) + word(record.count, 4) + record
            }
        }
        return file
    }

    @Test("the command to fetch the calibration is the vendor's, and frames come out of any cut")
    func commands() {
        #expect(HesaiPTC(.calibration).encoded == hex("4774050000000000"))
        var random = SeededRandom(seed: 57)
        for _ in 0..<100 {
            let frames = (0..<3).map { _ in
                HesaiPTC(
                    HesaiPTC.Command(rawValue: UInt8.random(in: 0...255, using: &random)),
                    code: UInt8.random(in: 0...9, using: &random),
                    payload: (0..<Int.random(in: 0...300, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    })
            }
            let bytes = [0x47, 0x00] + frames.flatMap(\.encoded)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var decoder = HesaiPTCDecoder()
            var found: [HesaiPTC] = []
            decoder.decode(bytes[..<cut]) { found.append($0) }
            decoder.decode(bytes[cut...]) { found.append($0) }
            #expect(found == frames && decoder.counters.skippedBytes == 2)
        }
        #expect(HesaiPTC(.status, code: 5).meaning.contains("does not know"))
    }
}

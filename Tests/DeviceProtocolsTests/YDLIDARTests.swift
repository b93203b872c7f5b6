import DeviceProtocols
import RobotModel
import Testing

@Suite("YDLIDAR codec")
struct YDLIDARTests {
    /// A packet with its samples, as a test compares it.
    private struct Whole: Hashable {
        var packet: YDLIDARPacket
        var samples: [[UInt8]]
    }

    private func decode(
        _ bytes: [UInt8], with decoder: inout YDLIDARDecoder, cuts: [Int] = []
    ) -> [Whole] {
        var found: [Whole] = []
        var rest = bytes[...]
        var sizes = cuts
        while !rest.isEmpty {
            let size = sizes.isEmpty ? rest.count : sizes.removeFirst()
            decoder.decode(rest.prefix(size)) { event, payload, _ in
                guard case .packet(let packet) = event else { return }
                var samples: [[UInt8]] = []
                for index in 0..<payload.count {
                    if index % packet.format.width == 0 { samples.append([]) }
                    samples[samples.count - 1].append(payload[index])
                }
                found.append(Whole(packet: packet, samples: samples))
            }
            rest = rest.dropFirst(size)
        }
        return found
    }

    private func points(
        _ packet: YDLIDARPacket, _ payload: [UInt8], _ ranging: YDLIDARModel.Ranging
    ) -> [LidarPoint] {
        var found: [LidarPoint] = []
        let span = payload.span
        packet.unpack(span, ranging: ranging) { point, _ in found.append(point) }
        return found
    }

    /// Every event with what belongs to it, byte by byte.
    private func events(_ bytes: [UInt8]) -> [(event: YDLIDARDecoder.Event, payload: [UInt8])] {
        var decoder = YDLIDARDecoder(format: .range)
        var found: [(event: YDLIDARDecoder.Event, payload: [UInt8])] = []
        for byte in bytes {
            decoder.decode([byte][...]) { event, payload, _ in
                var copy: [UInt8] = []
                for index in 0..<payload.count { copy.append(payload[index]) }
                found.append((event, copy))
            }
        }
        return found
    }

    private func random(
        _ format: YDLIDARSampleFormat, ring: Bool = false, count: Int? = nil, _ source: inout SeededRandom
    ) -> (whole: Whole, bytes: [UInt8]) {
        let samples = (0..<(count ?? Int.random(in: 1...80, using: &source))).map { _ in
            YDLIDARSample(
                range: .random(in: 0...65535, using: &source), strength: .random(in: 0...65535, using: &source))
        }
        let start = UInt16.random(in: 0..<23_040, using: &source)
        let packet = YDLIDARPacket(
            startsRing: ring, tenthsOfHertz: ring ? 70 : 0, count: samples.count, startAngle: start,
            endAngle: (start + UInt16(samples.count * 40)) % 23_040, format: format)
        return (Whole(packet: packet, samples: samples.map { $0.encoded(format) }), packet.encoded(samples))
    }

    @Test("the vendor's example packet is written and read")
    func vendorPacket() {
        // YDLidar-SDK communication protocol, "example": no intensity.
        let bytes = hex("AA55010153AE53AEAB540000")
        let packet = YDLIDARPacket(
            startsRing: true, count: 1, startAngle: 0xAE53 >> 1, endAngle: 0xAE53 >> 1, format: .range)
        #expect(packet.encoded([YDLIDARSample(range: 0)]) == bytes)
        var decoder = YDLIDARDecoder(format: .range)
        #expect(decode(bytes, with: &decoder).map(\.packet) == [packet])
        // The same with intensity: the lone byte is zero, so the checksum is the same.
        let wide = YDLIDARPacket(
            startsRing: true, count: 1, startAngle: 0xAE53 >> 1, endAngle: 0xAE53 >> 1, format: .strength10)
        #expect(wide.encoded([YDLIDARSample(range: 0)]) == hex("AA55010153AE53AEAB54000000"))
    }

    @Test("ranges and strengths mean what the vendor's examples say")
    func vendorSamples() throws {
        func point(_ sample: [UInt8], _ format: YDLIDARSampleFormat, _ ranging: YDLIDARModel.Ranging) -> LidarPoint? {
            let packet = YDLIDARPacket(startsRing: false, count: 1, startAngle: 6400, endAngle: 6400, format: format)
            return points(packet, sample, ranging).first
        }
        #expect(point([0xE5, 0x6F], .range, .triangle)?.meters == 7.16125)
        #expect(point([0xE5, 0x6F], .range, .timeOfFlight)?.meters == 28.645)
        let strong = try #require(point([0x1F, 0xE5, 0x6F], .strength10, .triangle))
        #expect(strong.meters == 7.161 && strong.intensity == UInt8(287 >> 2))
        #expect(point([0x1F, 0xE5, 0x6F], .strength8, .triangle)?.intensity == 0x1F)
        #expect(point([0x00, 0x30, 0xE5, 0x6F], .strength16, .timeOfFlight)?.intensity == 0x30)
        #expect(point([0xE5, 0x6F], .range, .octave)?.meters == 14.3225)
    }

    @Test("bearings are corrected for the eye beside the axis, by the vendor's figures")
    func correction() {
        #expect(abs(YDLIDARModel.Ranging.triangle.bearingCorrection(millimeters: 1000) + 6.7622) < 0.0001)
        #expect(abs(YDLIDARModel.Ranging.triangle.bearingCorrection(millimeters: 8000) + 7.8374) < 0.0001)
        #expect(YDLIDARModel.Ranging.triangle.bearingCorrection(millimeters: 0) == 0)
        #expect(YDLIDARModel.Ranging.timeOfFlight.bearingCorrection(millimeters: 1000) == 0)
        #expect(YDLIDARModel.Ranging.straight.bearingCorrection(millimeters: 1000) == 0)
        // The example: FSA 6FE5, LSA 79BD, forty samples, the first 1000 mm, the last 8000 mm.
        let packet = YDLIDARPacket(
            startsRing: false, count: 40, startAngle: 0x6FE5 >> 1, endAngle: 0x79BD >> 1, format: .range)
        var samples = [YDLIDARSample](repeating: YDLIDARSample(range: 0), count: 40)
        samples[0].range = 4000
        samples[39].range = 32_000
        let degrees = points(packet, samples.flatMap { $0.encoded(.range) }, .triangle).map(\.degrees)
        #expect(abs(degrees[0] - 217.0178) < 0.01 && abs(degrees[39] - 235.6326) < 0.01)
        #expect(abs(degrees[13] - (223.78 + 19.69 / 3)) < 0.01)  // nothing seen: not corrected
    }

    @Test("every packet survives writing and reading, in every format and at any cut")
    func roundTrip() {
        var source = SeededRandom(seed: 31)
        for format in YDLIDARSampleFormat.allCases {
            for _ in 0..<40 {
                let sent = (0..<10).map { random(format, ring: $0 % 4 == 0, &source) }
                let cuts = (0..<600).map { _ in Int.random(in: 1...70, using: &source) }
                var decoder = YDLIDARDecoder(format: format)
                let found = decode(sent.flatMap(\.bytes), with: &decoder, cuts: cuts)
                #expect(found == sent.map(\.whole))
                #expect(decoder.counters == FrameCounters(frames: 10))
            }
        }
    }

    @Test("the width is found from the checksum, from the first packet on, although zeros fit every width")
    func findsWidth() {
        var source = SeededRandom(seed: 32)
        for format in [YDLIDARSampleFormat.range, .strength10, .strength16] {
            for _ in 0..<40 {
                var sent = (0..<6).map { random(format, count: $0 == 0 ? 1 : 40, &source) }
                // A ring starts with a sample that saw nothing: at every width the checksum is right.
                let zero = YDLIDARPacket(
                    startsRing: true, tenthsOfHertz: 70, count: 1, startAngle: 3, endAngle: 3, format: format)
                let nothing = [YDLIDARSample(range: 0)]
                sent.insert(
                    (Whole(packet: zero, samples: nothing.map { $0.encoded(format) }), zero.encoded(nothing)), at: 0)
                let cuts = (0..<900).map { _ in Int.random(in: 1...50, using: &source) }
                var decoder = YDLIDARDecoder()
                let found = decode(sent.flatMap(\.bytes), with: &decoder, cuts: cuts)
                #expect(found == sent.map(\.whole))
                #expect(decoder.sampleWidth == format.width)
            }
        }
    }

    @Test("damage never changes the width, and costs the damaged packets only")
    func keepsWidth() {
        var source = SeededRandom(seed: 33)
        let sent = (0..<300).map { index in random(.strength10, ring: index % 15 == 0, count: 40, &source) }
        var bytes: [UInt8] = []
        var intact: [Whole] = []
        for (index, packet) in sent.enumerated() {
            var encoded = packet.bytes
            // Six bad ones in a row now and then, as a motor's noise makes them.
            if index % 20 >= 14 {
                encoded[Int.random(in: 0..<encoded.count, using: &source)] ^= UInt8.random(in: 1...255, using: &source)
            } else {
                intact.append(packet.whole)
            }
            bytes += encoded
        }
        var decoder = YDLIDARDecoder()
        let cuts = (0..<3000).map { _ in Int.random(in: 1...64, using: &source) }
        // More bytes, so that what looks like a start at the end is decided.
        let found = decode(bytes + [UInt8](repeating: 0, count: 600), with: &decoder, cuts: cuts)
        #expect(found == intact)
        #expect(decoder.sampleWidth == 3 && decoder.counters.checksumErrors >= 60)
    }

    @Test("a device whose samples are wider than the board file says is read from its third packet on")
    func otherWidth() {
        var source = SeededRandom(seed: 34)
        let sent = (0..<12).map { _ in random(.strength10, count: 40, &source) }
        var decoder = YDLIDARDecoder(format: .range)
        let cuts = (0..<900).map { _ in Int.random(in: 1...50, using: &source) }
        let found = decode(sent.flatMap(\.bytes) + hex("AA55"), with: &decoder, cuts: cuts)
        #expect(found == sent.dropFirst(2).map(\.whole))
        #expect(decoder.sampleWidth == 3)
    }

    @Test("random bytes hold no packet")
    func noise() {
        var source = SeededRandom(seed: 35)
        let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &source) }
        var decoder = YDLIDARDecoder()
        #expect(decode(noise, with: &decoder).isEmpty && decoder.counters.frames == 0)
    }

    @Test("answers, the scan's grant and time stamps are found between packets, and AA before a packet loses nothing")
    func answers() {
        var source = SeededRandom(seed: 36)
        let info = YDLIDARInfo(model: 6, firmwareMajor: 1, firmwareMinor: 5, hardware: 1, serial: Array(0..<16))
        let packet = random(.range, count: 40, &source)
        var stamp = hex("AA66000403020100")
        stamp[2] = stamp.reduce(0, ^)
        let bytes =
            YDLIDARAnswer.encoded(YDLIDARAnswer.info, info.payload)
            + YDLIDARAnswer.encoded(YDLIDARAnswer.health, [1, 2, 0])
            + YDLIDARAnswer.scanGrant + [0xAA] + packet.bytes + stamp + [0xA5] + packet.bytes
        let found = events(bytes)
        #expect(
            found.map(\.event) == [
                .answer(type: 4), .answer(type: 6), .scanBegins, .gap, .packet(packet.whole.packet),
                .stamp(milliseconds: 0x0102_0304), .gap, .packet(packet.whole.packet),
            ])
        #expect(YDLIDARInfo(payload: found[0].payload) == info)
        #expect(YDLIDARHealth(payload: found[1].payload) == YDLIDARHealth(status: .warning, code: 2))
        #expect(YDLIDARAnswer.scanGrant == hex("A55A0500004081"))
        #expect(YDLIDARAnswer.encoded(4, info.payload).prefix(7) == hex("A55A1400000004")[...])
    }

    @Test("requests are the vendor's bytes and survive noise around them")
    func requests() {
        #expect(YDLIDARRequest.scan.encoded == [0xA5, 0x60] && YDLIDARRequest.stop.encoded == [0xA5, 0x65])
        #expect(YDLIDARRequest.getInfo.encoded == [0xA5, 0x90] && YDLIDARRequest.getHealth.encoded == [0xA5, 0x92])
        for request in YDLIDARRequest.allCases {
            var decoder = YDLIDARRequestDecoder()
            var found: [YDLIDARRequest] = []
            for part in [[0x12, 0xA5], [0xA5], request.encoded.dropFirst() + [0x65]] as [[UInt8]] {
                decoder.decode(part) { found.append($0) }
            }
            #expect(found == [request] && decoder.skippedBytes == 3)
        }
    }

    @Test("a model is found by its name and by its number, and no two have the same name")
    func models() {
        #expect(YDLIDARModel.named("x4") == .x4 && YDLIDARModel.numbered(6) == .x4)
        #expect(YDLIDARModel.numbered(5) == .g4 && YDLIDARModel.numbered(101) == .tg30)
        #expect(YDLIDARModel.numbered(0x18) == nil)  // an RPLIDAR A1
        #expect(Set(YDLIDARModel.all.map(\.name)).count == YDLIDARModel.all.count)
        #expect(Set(YDLIDARModel.all.map(\.baudRate)).isSubset(of: ProtocolCard.ydlidar.rates))
    }

    @Test("a dump gives revolutions in the units of the model that answered in it")
    func dump() {
        func ring(_ format: YDLIDARSampleFormat) -> [UInt8] {
            (0..<11).flatMap { index in
                let count = index == 0 ? 1 : 40
                let start = index == 0 ? 0 : 58 + (index - 1) * 2300
                return YDLIDARPacket(
                    startsRing: index == 0, tenthsOfHertz: 70, count: count, startAngle: UInt16(start),
                    endAngle: UInt16(start + (count - 1) * 57), format: format
                ).encoded([YDLIDARSample](repeating: YDLIDARSample(range: 4000, strength: 20), count: count))
            }
        }
        func records(_ bytes: [UInt8]) -> (rings: [RevolutionRecord], counters: FrameCounters) {
            var decoder = YDLIDARStreamDecoder()
            var rings: [RevolutionRecord] = []
            let emit: (any DecodedRecord) -> Void = { if let ring = $0 as? RevolutionRecord { rings.append(ring) } }
            decoder.decode(bytes[...], emit)
            decoder.finish(emit)
            return (rings, decoder.counters)
        }
        let triangle = records(ring(.range) + ring(.range) + ring(.range))
        #expect(triangle.rings.map(\.points) == [401, 401, 401])
        #expect(triangle.rings.map(\.whole) == [true, true, false])
        #expect(triangle.rings[1].ranges.allSatisfy { $0 == 1 })
        #expect(abs(triangle.rings[1].angles[0] - (360 - 6.7622)) < 0.001)
        let info = YDLIDARInfo(model: 101, firmwareMajor: 1, firmwareMinor: 5, hardware: 1, serial: Array(0..<16))
        let tof = records(YDLIDARAnswer.encoded(YDLIDARAnswer.info, info.payload) + ring(.range) + ring(.range))
        #expect(tof.rings[0].ranges[0] == 4 && tof.rings[0].angles[0] == 0)
        #expect(ProtocolCard.ydlidar.recognises(tof.counters))
        // Slamtec's answer looks the same, but is no YDLIDAR's.
        let slamtec = YDLIDARAnswer.encoded(YDLIDARAnswer.info, [0x18] + info.payload.dropFirst())
        #expect(!ProtocolCard.ydlidar.recognises(records(slamtec).counters))
    }
}

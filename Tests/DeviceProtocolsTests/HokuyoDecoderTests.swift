import DeviceProtocols
import RobotModel
import Testing

@Suite("SCIP 2.0 decoder")
struct HokuyoDecoderTests {
    private func events(_ bytes: [UInt8], cut: Int? = nil) -> (events: [HokuyoDecoder.Event], counters: FrameCounters) {
        var decoder = HokuyoDecoder()
        var found: [HokuyoDecoder.Event] = []
        for part in cut.map({ [bytes[..<$0], bytes[$0...]] }) ?? [bytes[...]] {
            decoder.decode(part) { event, _ in found.append(event) }
        }
        return (found, decoder.counters)
    }

    private func scans(_ events: [HokuyoDecoder.Event]) -> [HokuyoScan] {
        events.compactMap { if case .scan(let scan) = $0 { scan } else { nil } }
    }

    private func randomScan(_ random: inout SeededRandom) -> HokuyoScan {
        let width: HokuyoMeasurement.Width = Bool.random(using: &random) ? .two : .three
        let start = Int.random(in: 0...700, using: &random)
        let isOne = Bool.random(using: &random)
        let measurement = HokuyoMeasurement(
            width: width, start: start, end: start + Int.random(in: 0...400, using: &random),
            cluster: Int.random(in: 1...5, using: &random), interval: isOne ? 0 : Int.random(in: 0...9, using: &random),
            scans: isOne ? nil : Int.random(in: 0...99, using: &random))
        let limit: UInt32 = width == .two ? 4095 : 262_143
        return HokuyoScan(
            measurement, milliseconds: UInt32.random(in: 0..<1 << 24, using: &random),
            ranges: (0..<measurement.count).map { _ in UInt32.random(in: 0...limit, using: &random) })
    }

    @Test("a scan on the line is the vendor's: echo, 99b, stamp, blocks, an empty line")
    func vector() {
        let measurement = HokuyoMeasurement(width: .three, start: 44, end: 45)
        let scan = HokuyoScan(measurement, milliseconds: 16_000_000, ranges: [5432, 5432])
        // Sums by hand: "m2@0" is 6D+32+40+30 = 10F, & 3F = 0F, + 30 = "?"; "1Dh1Dh" is 2*(31+44+68) = 1BA -> 3A -> "j".
        let line = "MD0044004501000\n99b\nm2@0?\n1Dh1Dhj\n\n"
        #expect(scan.encoded == Array(line.utf8))
        #expect(scan.encoded.count == measurement.scanLength)
        #expect(events(Array(line.utf8)).events == [.scan(scan)])
    }

    @Test("a clock's answer, a refusal and an acknowledged MD are answers")
    func answers() {
        let text = "TM1\n00P\nm2@0?\n\nBM\n01Q\n\nMD0044072501000\n00P\n\n"
        let found = events(Array(text.utf8)).events.compactMap { event -> HokuyoAnswer? in
            if case .answer(let answer) = event { answer } else { nil }
        }
        #expect(found.map(\.status) == [.ok, HokuyoStatus("01"), .ok])
        #expect(found[0].milliseconds == 16_000_000)
        #expect(found[2].command == .measure(HokuyoMeasurement(width: .three, start: 44, end: 725)))
    }

    @Test("any scan encodes and decodes, in any cut")
    func roundTrip() {
        var random = SeededRandom(seed: 41)
        for _ in 0..<200 {
            let scan = randomScan(&random)
            let bytes = scan.encoded
            #expect(bytes.count == scan.measurement.scanLength)
            let found = events(bytes + bytes, cut: Int.random(in: 0...bytes.count * 2, using: &random))
            #expect(found.events == [.scan(scan), .scan(scan)])
            #expect(found.counters == FrameCounters(frames: 2))
        }
    }

    @Test("damage costs the scan it is in and no other, and no damaged scan passes with the wrong number of ranges")
    func damage() {
        var random = SeededRandom(seed: 43)
        var passed = 0
        for _ in 0..<300 {
            let scans = (0..<5).map { _ in randomScan(&random) }
            var encoded = scans.map(\.encoded)
            let victim = Int.random(in: 1..<4, using: &random)
            let place = encoded[victim].indices.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<3, using: &random) {
            case 0: encoded[victim][place] ^= UInt8.random(in: 1...255, using: &random)
            case 1: encoded[victim].remove(at: place)
            default: encoded[victim].insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
            let found = self.scans(events(encoded.flatMap { $0 }).events)
            #expect(found.first == scans[0] && found.last == scans[4])
            for (index, scan) in scans.enumerated() where index != victim { #expect(found.contains(scan)) }
            passed += found.filter { !scans.contains($0) }.count
        }
        // Six bits of sum: a changed byte passes when its low six bits did not change, one in 85, and rarely an echo's digit.
        #expect(passed < 15)
    }

    @Test("bytes in front of an echo cost themselves alone")
    func noiseInFront() {
        var random = SeededRandom(seed: 44)
        let scan = randomScan(&random)
        let noise: [UInt8] = (0..<700).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
        let found = events(noise + scan.encoded)
        #expect(scans(found.events) == [scan])
        #expect(found.counters.resyncs == 1 && found.counters.skippedBytes > 500)
    }

    @Test("a dump is read as one revolution a scan, by the layout that it names or by its steps")
    func stream() throws {
        let measurement = HokuyoMeasurement(width: .three, start: 0, end: 1080)
        let scan = HokuyoScan(measurement, milliseconds: 7, ranges: (0...1080).map { UInt32($0 + 100) })
        for preface in [[], HokuyoAnswer(.parameters, lines: HokuyoParameters.utm30LX.lines).encoded] {
            var decoder = HokuyoStreamDecoder()
            var records: [any DecodedRecord] = []
            let bytes = preface + scan.encoded + scan.encoded + scan.encoded
            decoder.decode(bytes[...]) { records.append($0) }
            decoder.finish { records.append($0) }
            let revolutions = records.compactMap { $0 as? RevolutionRecord }
            #expect(revolutions.count == 3 && revolutions.prefix(2).allSatisfy(\.whole))
            let first = try #require(revolutions.first)
            #expect(
                first.points == 1081 && first.angles[0] == 225 && first.angles[540] == 0 && first.ranges[540] == 0.64)
            #expect(records.count == 3 + (preface.isEmpty ? 0 : 1))
        }
    }

    @Test("the card knows the protocol by two answers and asks for nothing that moves")
    func card() {
        let card = ProtocolCard.hokuyo
        #expect(card.questions.flatMap { $0 } == Array("\nQT\nVV\n".utf8))
        var decoder = card.decoder()
        decoder.decode(Array("QT\n00P\n\n".utf8)[...]) { _ in }
        #expect(!card.recognises(decoder.counters))
        decoder.decode(HokuyoAnswer(.version, lines: [Array("PROT:SCIP 2.0".utf8)]).encoded[...]) { _ in }
        #expect(card.recognises(decoder.counters))
        var random = SeededRandom(seed: 45)
        for _ in 0..<20 {
            var decoder = card.decoder()
            decoder.decode((0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }[...]) { _ in }
            #expect(!card.recognises(decoder.counters))
        }
    }
}

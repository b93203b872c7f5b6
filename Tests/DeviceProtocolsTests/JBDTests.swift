import DeviceProtocols
import RobotModel
import Testing

@Suite("JBD frames")
struct JBDTests {
    /// "Jiabaida Software Board General Protocol" V4, section on command 03.
    private let basic = bytes(
        "DD 03 00 1B 17 00 00 00 02 D0 03 E8 00 00 20 78 00 00 00 00 00 00 10 48 03 0F 02 0B 76 0B 82 FB FF 77")
    /// The same document, V13, commands 04 and 05.
    private let cells = bytes(
        """
        DD 04 00 1E 0F 66 0F 63 0F 63 0F 64 0F 3E 0F 63 0F 37 0F 5B 0F 65 0F 3B 0F 63 0F 63 0F 3C 0F 66 0F 3D F9 F9 77
        """)
    private let name = bytes("DD 05 00 0A 30 31 32 33 34 35 36 37 38 39 FD E9 77")

    private func decode(_ pieces: [ArraySlice<UInt8>]) -> (answers: [JBDAnswer], counters: FrameCounters) {
        var decoder = JBDAnswerDecoder()
        var answers: [JBDAnswer] = []
        for piece in pieces { decoder.decode(piece) { answer, _ in answers.append(answer) } }
        return (answers, decoder.counters)
    }

    private func random(_ generator: inout SeededRandom) -> JBDAnswer {
        let count = Int.random(in: 0...50, using: &generator)
        let marks: [UInt8] = [0xDD, 0x77, 0xA5]
        return JBDAnswer(
            JBDRegister(rawValue: UInt8.random(in: 0...0x40, using: &generator)),
            status: Bool.random(using: &generator) ? 0 : JBDAnswer.refusal,
            data: (0..<count).map { _ in
                Bool.random(using: &generator)
                    ? marks[Int.random(in: 0..<3, using: &generator)] : UInt8.random(in: 0...255, using: &generator)
            })
    }

    @Test("requests are the document's bytes, and are found again")
    func requests() {
        #expect(JBDRequest.read(.basic).encoded == bytes("DD A5 03 00 FF FD 77"))
        #expect(JBDRequest.read(.cells).encoded == bytes("DD A5 04 00 FF FC 77"))
        #expect(JBDRequest.read(.name).encoded == bytes("DD A5 05 00 FF FB 77"))
        #expect(JBDRequest.read(JBDRegister(rawValue: 0xAA)).encoded == bytes("DD A5 AA 00 FF 56 77"))
        let sent = [
            JBDRequest.read(.basic), JBDRequest(writes: true, JBDRegister(rawValue: 0xE1), data: [0, 2]),
            JBDRequest.read(.name),
        ]
        var decoder = JBDRequestDecoder()
        var found: [JBDRequest] = []
        for byte in [0xDD] + sent.flatMap(\.encoded) { decoder.decode([byte]) { found.append($0) } }
        #expect(found == sent && decoder.counters.skippedBytes == 1)
    }

    @Test("the document's answers are read and encode to the same bytes")
    func documented() throws {
        let (answers, counters) = decode([(basic + cells + name)[...]])
        #expect(answers.map(\.encoded) == [basic, cells, name])
        #expect(counters == FrameCounters(frames: 3))
        let basics = try #require(JBDBasics(data: answers[0].data))
        #expect(basics.centivolts == 5888 && basics.centiamperes == 0)
        #expect(basics.remainingCentiampereHours == 720 && basics.nominalCentiampereHours == 1000)
        // 24 March 2016.
        #expect(basics.date & 0x1F == 24 && basics.date >> 5 & 0xF == 3 && basics.date >> 9 == 16)
        #expect(basics.version == 0x10 && basics.percent == 72 && basics.charges && basics.discharges)
        #expect(basics.cells == 15 && basics.temperatures == [2934, 2946] && basics.warmest == 21.5)
        #expect(basics.data == answers[0].data)
        #expect(answers[1].data.count == 30 && answers[2].data == Array("0123456789".utf8))
    }

    @Test("the data of a real 12-cell board is read (simat/BatteryMonitor wiki)")
    func wikiDump() throws {
        // The wiki leaves the register out of its print; the check bytes are the board's.
        let data = bytes("13 78 00 00 00 00 03 E8 00 00 22 C7 00 00 00 00 00 00 19 00 03 0C 02 0B 64 0B 5F")
        let frame = JBDAnswer(.basic, data: data).encoded
        #expect(Array(frame.suffix(3)) == bytes("FC 83 77"))
        let basics = try #require(JBDBasics(data: data))
        #expect(basics.centivolts == 4984 && basics.cells == 12 && basics.percent == 0 && basics.warmest == 18.5)
    }

    @Test("protections have the words of the register map, bit for bit")
    func protections() {
        #expect(JBDProtections(bits: 1).names == ["cell over-voltage"])
        #expect(JBDProtections(bits: 0x0420).names == ["under-temperature while charging", "short circuit"])
        #expect(JBDProtections(bits: 0x1800).names == ["measuring chip failed", "switches locked by software"])
        #expect(JBDProtections(bits: 0x8000).names == ["protection 15"])
    }

    @Test("what is encoded is decoded, whatever it is and however it is cut")
    func roundTrip() {
        var generator = SeededRandom(seed: 51)
        let sent = (0..<300).map { _ in random(&generator) }
        let pieces = sent.flatMap(\.encoded).cut { Int.random(in: 1...40, using: &generator) }
        let (answers, counters) = decode(pieces)
        #expect(answers == sent)
        #expect(counters == FrameCounters(frames: 300))
    }

    @Test("basics of any content survive the way there and back")
    func anyBasics() {
        var generator = SeededRandom(seed: 52)
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        for _ in 0..<300 {
            let basics = JBDBasics(
                centivolts: number(0...65_535), centiamperes: number(-32_768...32_767),
                remainingCentiampereHours: number(0...65_535), nominalCentiampereHours: number(0...65_535),
                cycles: number(0...65_535), date: UInt16(number(0...65_535)),
                balancing: UInt32(number(0...0xFFFF_FFFF)),
                protections: JBDProtections(bits: UInt16(number(0...65_535))), version: UInt8(number(0...255)),
                percent: number(0...100), charges: number(0...1) == 1, discharges: number(0...1) == 1,
                cells: number(1...32), temperatures: (0..<number(0...6)).map { _ in number(2331...3731) })
            #expect(JBDBasics(data: basics.data) == basics)
            #expect(JBDBasics(data: basics.data + [1, 2, 3]) == basics)
            #expect(JBDBasics(data: basics.data.dropLast()) == nil)
        }
    }

    @Test("a damaged answer costs itself and no other, even when its length says that it goes on")
    func damage() {
        var generator = SeededRandom(seed: 53)
        for _ in 0..<300 {
            let damagedOne = JBDAnswer(.basic, data: basic.dropFirst(4).dropLast(3).map { $0 })
            var damaged = damagedOne.encoded
            let place = Int.random(in: 0..<damaged.count, using: &generator)
            damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
            guard place != 1 else { continue }  // the register stands outside the check
            let (answers, counters) = decode([(name + damaged + cells)[...]])
            #expect(answers.map(\.encoded) == [name, cells])
            #expect(counters.skippedBytes == damaged.count && counters.resyncs == 1)
        }
    }

    @Test("a host's own words that come back are passed over, and noise holds nothing")
    func echoAndNoise() {
        let (answers, counters) = decode([(JBDRequest.read(.basic).encoded + basic)[...]])
        #expect(answers.map(\.encoded) == [basic] && counters == FrameCounters(frames: 2, unproven: 1))
        var generator = SeededRandom(seed: 54)
        #expect(decode([(0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }[...]]).answers.isEmpty)
        var stream = ProtocolCard.jbd.decoder()
        stream.decode(ProtocolCard.jbd.questions.flatMap { $0 }[...]) { _ in Issue.record("a question is no answer") }
        #expect(!ProtocolCard.jbd.recognises(stream.counters))
        var records: [String] = []
        stream.decode((basic + name)[...]) { records.append($0.summary) }
        #expect(records == ["58.88 V, 0.0 A, charge 0.72", "name 0123456789"])
    }
}

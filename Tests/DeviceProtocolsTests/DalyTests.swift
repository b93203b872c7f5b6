import DeviceProtocols
import RobotModel
import Testing

/// The answers in a dump of a 14-cell battery talking to the maker's program over USB
/// (diysolarforum.com, "Decoding the DALY SmartBMS protocol", 21898).
private let dump = [
    "A5 01 90 08 02 10 00 00 75 30 01 F4 EA", "A5 01 91 08 0E C8 05 0E 9C 09 01 F4 C2",
    "A5 01 92 08 3D 01 3D 01 9C 09 01 F4 56", "A5 01 93 08 00 01 01 10 00 00 4E 20 C1",
    "A5 01 94 08 0E 01 00 00 02 00 00 20 73", "A5 01 98 08 00 00 00 00 00 00 00 00 46",
]

@Suite("Daly frames")
struct DalyTests {
    private func decode(_ pieces: [ArraySlice<UInt8>]) -> (frames: [DalyFrame], decoder: DalyDecoder) {
        var decoder = DalyDecoder()
        var frames: [DalyFrame] = []
        for piece in pieces { decoder.decode(piece) { frame, _ in frames.append(frame) } }
        return (frames, decoder)
    }

    private func random(_ generator: inout SeededRandom) -> DalyFrame {
        DalyFrame(
            address: Bool.random(using: &generator) ? 1 : 0x40,
            DalyFrame.Command(rawValue: UInt8.random(in: 0x90...0x98, using: &generator)),
            data: (0..<8).map { _ in
                // Starts inside the data are what makes a decoder stumble.
                Bool.random(using: &generator) ? 0xA5 : UInt8.random(in: 0...255, using: &generator)
            })
    }

    @Test("questions are the bytes that the maker's program sends")
    func questions() {
        #expect(DalyFrame.question(.pack).encoded == bytes("A5 40 90 08 00 00 00 00 00 00 00 00 7D"))
        #expect(DalyFrame.question(.switches).encoded == bytes("A5 40 93 08 00 00 00 00 00 00 00 00 80"))
        #expect(DalyFrame.question(.faults).encoded == bytes("A5 40 98 08 00 00 00 00 00 00 00 00 85"))
        // From python-daly-bms: over UART a host is 80, and the sum of command 95 is C2.
        #expect(
            DalyFrame(address: 0x80, DalyFrame.Command(rawValue: 0x95)).encoded
                == bytes("A5 80 95 08 00 00 00 00 00 00 00 00 C2"))
    }

    @Test("a real battery's answers are read, and encode to the same bytes")
    func realDump() throws {
        let frames = decode([dump.flatMap(bytes)[...]]).frames
        #expect(frames.map(\.encoded) == dump.map(bytes))
        #expect(!frames.contains { !$0.isAnswer })
        let pack = try #require(DalyPack(data: frames[0].data))
        #expect(pack == DalyPack(decivolts: 528, deciamperes: 0, permille: 500))
        #expect(pack.data == frames[0].data)
        let cells = try #require(DalyCellExtremes(data: frames[1].data))
        #expect(cells.highestMillivolts == 3784 && cells.highestCell == 5)
        #expect(cells.lowestMillivolts == 3740 && cells.lowestCell == 9)
        let temperatures = try #require(DalyTemperatures(data: frames[2].data))
        #expect(temperatures == DalyTemperatures(warmest: 21, warmestSensor: 1, coldest: 21, coldestSensor: 1))
        let switches = try #require(DalySwitches(data: frames[3].data))
        #expect(
            switches
                == DalySwitches(
                    state: .idle, charges: true, discharges: true, life: 16, remainingMilliampereHours: 20_000))
        #expect(switches.data == frames[3].data)
        let status = try #require(DalyStatus(data: frames[4].data))
        #expect(status == DalyStatus(cells: 14, sensors: 1, hasCharger: false, hasLoad: false, contacts: 2, cycles: 0))
        #expect(DalyFaults(data: frames[5].data) == DalyFaults())
    }

    @Test("an active balancer's data shows a charging current above the zero (dbus-serialbattery issue 249)")
    func chargingPositive() throws {
        let pack = try #require(DalyPack(data: bytes("01 0D 00 00 75 66 03 2B")))
        #expect(pack == DalyPack(decivolts: 269, deciamperes: 54, permille: 811))
        let switches = try #require(DalySwitches(data: bytes("01 01 01 26 00 02 7A 3C")))
        #expect(switches.state == .charging && switches.remainingMilliampereHours == 162_364)
        #expect(DalyStatus(data: bytes("08 02 00 00 00 00 01 36"))?.cells == 8)
    }

    @Test("the example answer in maland16/daly-bms-uart is read")
    func readmeVector() {
        let frames = decode([bytes("A5 01 90 08 02 3A 00 00 75 30 01 ED 0D")[...]]).frames
        #expect(frames.first.flatMap { DalyPack(data: $0.data) }?.decivolts == 570)
        #expect(frames.first.flatMap { DalyPack(data: $0.data) }?.permille == 493)
    }

    @Test("every fault has words, a first level warns, a second one protects, and charge levels are no faults")
    func faults() {
        #expect(DalyFaults(bits: 1 << 0).warnings == ["cell over-voltage"])
        #expect(DalyFaults(bits: 1 << 0).protections.isEmpty && DalyFaults(bits: 1 << 0).summary == 0)
        #expect(DalyFaults(bits: 1 << 1).protections == ["cell over-voltage"])
        #expect(DalyFaults(bits: 0b11).warnings.isEmpty)
        #expect(DalyFaults(bits: 1 << 11).protections == ["under-temperature while charging"])
        #expect(DalyFaults(bits: 0xF << 20).protections.isEmpty && DalyFaults(bits: 0xF << 20).summary == 0)
        #expect(DalyFaults(bits: 1 << 50).protections == ["short circuit"])
        #expect(DalyFaults(data: [0, 0, 0, 0, 0, 0, 4, 9])?.protections == ["short circuit"])
        #expect(DalyFaults(data: [0, 0, 0, 0, 0, 0, 4, 9])?.code == 9)
        for bit in 0..<52 where DalyFaults(bits: 1 << UInt64(bit)).protections.isEmpty == false {
            #expect(DalyFaults(bits: 1 << UInt64(bit)).summary != 0)
        }
    }

    @Test("what is encoded is decoded, whatever it is and however it is cut")
    func roundTrip() {
        var generator = SeededRandom(seed: 41)
        let sent = (0..<300).map { _ in random(&generator) }
        let pieces = sent.flatMap(\.encoded).cut { Int.random(in: 1...30, using: &generator) }
        let (frames, decoder) = decode(pieces)
        #expect(frames == sent)
        #expect(decoder.counters == FrameCounters(frames: 300))
    }

    @Test("answers of any content survive the way there and back")
    func answers() {
        var generator = SeededRandom(seed: 42)
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        for _ in 0..<500 {
            let pack = DalyPack(
                decivolts: number(0...6000), deciamperes: number(-30_000...30_000), permille: number(0...1000))
            #expect(DalyPack(data: pack.data) == pack)
            let temperatures = DalyTemperatures(
                warmest: number(-40...120), warmestSensor: number(1...16), coldest: number(-40...120),
                coldestSensor: number(1...16))
            #expect(DalyTemperatures(data: temperatures.data) == temperatures)
            let faults = DalyFaults(bits: generator.next(), code: UInt8(number(0...255)))
            #expect(DalyFaults(data: faults.data) == faults)
            let cells = DalyCellExtremes(
                highestMillivolts: number(0...5000), highestCell: number(1...48), lowestMillivolts: number(0...5000),
                lowestCell: number(1...48))
            #expect(DalyCellExtremes(data: cells.data) == cells)
            let status = DalyStatus(
                cells: number(1...48), sensors: number(0...16), hasCharger: true, hasLoad: false, contacts: 3,
                cycles: number(0...65_535))
            #expect(DalyStatus(data: status.data) == status)
        }
    }

    @Test("a damaged byte costs its frame and no other")
    func damage() {
        var generator = SeededRandom(seed: 43)
        for _ in 0..<300 {
            let sent = (0..<3).map { _ in random(&generator) }
            var damaged = sent[1].encoded
            let place = Int.random(in: 0..<damaged.count, using: &generator)
            damaged[place] ^= UInt8.random(in: 1...255, using: &generator)
            let (frames, decoder) = decode([(sent[0].encoded + damaged + sent[2].encoded)[...]])
            // A damaged address or data byte fails the sum; the frames around it stand.
            #expect(frames == [sent[0], sent[2]])
            #expect(decoder.counters.resyncs == 1 && decoder.counters.skippedBytes == DalyFrame.size)
        }
    }

    @Test("noise holds almost no frame, and an echo alone does not prove a battery")
    func noise() {
        var generator = SeededRandom(seed: 44)
        let (frames, _) = decode([(0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }[...]])
        #expect(frames.count <= 1)
        var stream = ProtocolCard.daly.decoder()
        stream.decode(ProtocolCard.daly.questions.flatMap { $0 }[...]) { _ in Issue.record("a question is no answer") }
        #expect(!ProtocolCard.daly.recognises(stream.counters))
        var records: [String] = []
        stream.decode(dump.flatMap(bytes)[...]) { records.append($0.summary) }
        #expect(ProtocolCard.daly.recognises(stream.counters))
        #expect(records.first == "52.8 V, 0.0 A, charge 0.5" && records.last == "no fault")
    }
}

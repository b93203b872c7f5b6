import DeviceProtocols
import RobotModel
import Testing

@Suite("LD06 codec")
struct LD06Tests {
    /// The frame of LDROBOT's "LD06 development manual".
    static let manual = hex(
        "542c6808ab7ee000e4dc00e2d900e5d500e3d300e4d000e9cd00e4ca00e2c700e9c500e5c200e5c000e5be823a1a50")
    /// A frame of a real unit, from a tutorial's print-out.
    static let unit = hex(
        "542c7408b0860000d40000d40000d40000d40000d40000d50000d500004900005f0000b00000d20000d402891e091f")

    private func random(_ source: inout SeededRandom, startAngle: Int? = nil) -> LD06Frame {
        var ranges = SIMD16<UInt16>()
        var strengths = SIMD16<UInt8>()
        for index in 0..<12 {
            ranges[index] = .random(in: 0...65535, using: &source)
            strengths[index] = .random(in: 0...255, using: &source)
        }
        let speed = UInt16.random(in: 1800...4680, using: &source)
        let start = startAngle ?? Int.random(in: 0..<36_000, using: &source)
        let turn = Int(speed) * 1100 / 4500
        return LD06Frame(
            speed: speed, startAngle: UInt16(start), endAngle: UInt16((start + turn) % 36_000),
            stamp: .random(in: 0..<30_000, using: &source), ranges: ranges, strengths: strengths)
    }

    private func frames(_ bytes: [UInt8], chunks: [Int] = []) -> (found: [LD06Frame], counters: FrameCounters) {
        var decoder = LD06Decoder()
        var found: [LD06Frame] = []
        var rest = bytes[...]
        var sizes = chunks
        while !rest.isEmpty {
            let size = sizes.isEmpty ? rest.count : sizes.removeFirst()
            decoder.decode(rest.prefix(size)) { event, _ in if case .frame(let frame) = event { found.append(frame) } }
            rest = rest.dropFirst(size)
        }
        return (found, decoder.counters)
    }

    @Test("the checksum of 123456789 is C3")
    func checkValue() {
        let text = Array("123456789".utf8)
        #expect(LD06CRC.checksum(text.span, from: 0, count: 9) == 0xC3)
    }

    @Test("the manual's frame means what the manual says, and is written as it was read")
    func manualFrame() throws {
        let frame = try #require(frames(Self.manual).found.first)
        #expect(frame.speed == 2152 && frame.startAngle == 32427 && frame.endAngle == 33470 && frame.stamp == 6714)
        #expect(frame.ranges[0] == 224 && frame.strengths[0] == 228)
        #expect(frame.ranges[11] == 192 && frame.strengths[11] == 229)
        #expect(frame.encoded == Self.manual)
    }

    @Test("a real unit's frame is read, and written as it was read")
    func realFrame() throws {
        let frame = try #require(frames(Self.unit).found.first)
        #expect(frame.speed == 2164 && frame.startAngle == 34480 && frame.endAngle == 35074)
        #expect(frame.encoded == Self.unit)
    }

    @Test("every frame survives writing and reading, at any cut")
    func roundTrip() {
        var source = SeededRandom(seed: 6)
        for _ in 0..<200 {
            let sent = (0..<8).map { _ in random(&source) }
            let cuts = (0..<400).map { _ in Int.random(in: 1...60, using: &source) }
            let (found, counters) = frames(sent.flatMap(\.encoded), chunks: cuts)
            #expect(found == sent)
            #expect(counters == FrameCounters(frames: 8))
        }
    }

    @Test("54 before a frame loses nothing, nor does 54 2C")
    func repeatedStart() {
        #expect(frames([0x54] + Self.manual).found.count == 1)
        #expect(frames([0x54, 0x54, 0x54] + Self.manual).found.count == 1)
        #expect(frames([0x54, 0x2C] + Self.manual).found.count == 1)
        let counters = frames([0x54, 0x2C, 0x54] + Self.manual + Self.unit).counters
        #expect(counters == FrameCounters(frames: 2, checksumErrors: 1, resyncs: 1, skippedBytes: 3))
    }

    @Test("a damaged byte or a lost one costs its own frame only, and no damaged frame passes")
    func damage() {
        var source = SeededRandom(seed: 7)
        for round in 0..<400 {
            let sent = (0..<6).map { _ in random(&source) }
            var encoded = sent.map(\.encoded)
            let victim = Int.random(in: 0..<6, using: &source)
            let place = Int.random(in: 0..<47, using: &source)
            if round % 2 == 0 {
                encoded[victim][place] ^= UInt8.random(in: 1...255, using: &source)
            } else {
                encoded[victim].remove(at: place)
            }
            // Behind the last one, more bytes than a frame, so that what looks like a start is decided.
            let cuts = (0..<400).map { _ in Int.random(in: 1...99, using: &source) }
            let (found, counters) = frames(
                encoded.flatMap(\.self) + [UInt8](repeating: 0, count: 47), chunks: cuts)
            #expect(found == sent.enumerated().filter { $0.offset != victim }.map(\.element))
            #expect(counters.resyncs >= 1)
        }
    }

    @Test("random bytes hold no frame")
    func noise() {
        var source = SeededRandom(seed: 8)
        let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &source) }
        #expect(frames(noise).found.isEmpty)
    }

    @Test("a frame whose head turns farther than its speed allows is not believed, whatever its checksum says")
    func implausible() throws {
        var frame = try #require(frames(Self.manual).found.first)
        // 2152°/s for twelve points of a 2300 Hz device, and half as much again: 16.8°, and a degree.
        frame.endAngle = UInt16((32427 + 1780) % 36_000)
        #expect(frames(frame.encoded).found.count == 1)
        frame.endAngle = UInt16((32427 + 1790) % 36_000)
        #expect(frames(frame.encoded).found.isEmpty)
        #expect(frame.isPlausible(pointsPerSecond: 2300) == false)
        frame.endAngle = 32427 - 10  // backwards is nearly a whole turn
        #expect(frames(frame.encoded).found.isEmpty)
        var decoder = LD06Decoder()
        decoder.decode(frame.encoded[...]) { _, _ in }
        #expect(decoder.implausibleFrames == 1 && decoder.counters.frames == 0)
    }

    @Test("bearings lie evenly between the ends, exactly, over the zero too")
    func bearings() throws {
        var frame = try #require(frames(Self.manual).found.first)
        #expect(frame.degrees(of: 0) == 324.27 && frame.degrees(of: 11) == 334.70)
        // The vendor's step is whole hundredths: 10.43° / 11 = 0.9481…°, not 0.94°.
        #expect(abs(frame.degrees(of: 10) - (324.27 + 10.43 * 10 / 11)) < 1e-9)
        frame.startAngle = 35_500
        frame.endAngle = 543
        #expect(frame.turn == 1043)
        let degrees = (0..<12).map(frame.degrees(of:))
        #expect(degrees.allSatisfy { $0 >= 0 && $0 < 360 })
        #expect(degrees[5] > 359 && degrees[6] < 1 && abs(degrees[11] - 5.43) < 1e-9)
    }

    @Test("a revolution begins with the first point behind zero, once, though the head trembles there")
    func revolutions() {
        var source = SeededRandom(seed: 9)
        var unpacker = LD06Unpacker()
        var marks: [Double] = []
        func take(_ start: Int, _ turn: Int) {
            var frame = random(&source, startAngle: (start + 36_000) % 36_000)
            frame.endAngle = UInt16((start + turn + 36_000) % 36_000)
            unpacker.unpack(frame) { point, _ in if point.startsRevolution { marks.append(point.degrees) } }
        }
        for start in stride(from: 100, to: 35_000, by: 900) { take(start, 850) }
        #expect(marks.isEmpty)
        take(35_500, 700)
        take(-40, 500)  // begins behind zero again
        #expect(marks.count == 1 && marks[0] < 1)
        for start in stride(from: 500, to: 36_900, by: 900) { take(start, 850) }
        #expect(marks.count == 2)
    }

    @Test("where frames were lost around zero the next one begins the revolution")
    func lostZero() {
        var source = SeededRandom(seed: 10)
        var unpacker = LD06Unpacker()
        var marks = 0
        unpacker.unpack(random(&source, startAngle: 30_000)) { point, _ in marks += point.startsRevolution ? 1 : 0 }
        unpacker.breakSequence()
        unpacker.unpack(random(&source, startAngle: 2_000)) { point, _ in marks += point.startsRevolution ? 1 : 0 }
        #expect(marks == 1)
    }

    @Test("a triangulating member's eye shifts its bearings, the others' none")
    func eye() throws {
        let ld14 = try #require(LD06Model.named("ld14"))
        // 1 m: atan((119.23 - 20.14) / 1005.9) = 5.626° less; 0.17 m looks straight ahead.
        #expect(abs(ld14.bearingShift(millimeters: 1000) + 5.626) < 0.001)
        #expect(abs(ld14.bearingShift(millimeters: 168.9)) < 0.01)
        #expect(ld14.bearingShift(millimeters: 0) == 0)
        #expect(LD06Model.ld19.bearingShift(millimeters: 1000) == 0)
        var unpacker = LD06Unpacker(model: ld14)
        let frame = try #require(frames(Self.manual).found.first)
        unpacker.unpack(frame) { point, index in
            let expected = frame.degrees(of: index) + ld14.bearingShift(millimeters: point.meters * 1000)
            #expect(abs(point.degrees - expected) < 1e-9)
        }
    }

    @Test("a dump gives whole revolutions, and says where it is not whole")
    func dump() {
        var source = SeededRandom(seed: 11)
        var bytes: [UInt8] = [0x00, 0x54]
        for turn in 0..<3 {
            for index in 0..<36 {
                var frame = random(&source, startAngle: index * 1000)
                frame.endAngle = frame.startAngle + 920
                if turn == 2, index == 20 { bytes += frame.encoded.dropLast(3) } else { bytes += frame.encoded }
            }
        }
        var decoder = LD06StreamDecoder()
        var records: [RevolutionRecord] = []
        let emit: (any DecodedRecord) -> Void = { if let record = $0 as? RevolutionRecord { records.append(record) } }
        decoder.decode(bytes[...], emit)
        decoder.finish(emit)
        #expect(records.map(\.points) == [432, 432, 420])
        #expect(records.map(\.whole) == [false, true, false])
        #expect(records[1].angles[0] == 0 && records[1].angles[11] == 9.2)
        #expect(ProtocolCard.ld06.recognises(decoder.counters))
    }
}

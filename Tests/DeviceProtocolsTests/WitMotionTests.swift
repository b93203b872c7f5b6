import DeviceProtocols
import RobotModel
import Testing

@Suite("WitMotion frames")
struct WitMotionTests {
    private func decode(_ pieces: [ArraySlice<UInt8>]) -> (frames: [WitMotionFrame], counters: FrameCounters) {
        var decoder = WitMotionDecoder()
        var frames: [WitMotionFrame] = []
        for piece in pieces { decoder.decode(piece) { frame, _ in frames.append(frame) } }
        return (frames, decoder.counters)
    }

    private func random(_ generator: inout SeededRandom) -> WitMotionFrame {
        var data = generator.next()
        // Starts inside the data are what makes a decoder stumble.
        if Bool.random(using: &generator) { data = data & 0xFFFF_0000_FFFF_0000 | 0x0000_5155_0000_5255 }
        return WitMotionFrame(
            WitMotionFrame.Kind(rawValue: UInt8.random(in: 0x50...0x5A, using: &generator)), data: data)
    }

    @Test("the data sheet's formulas give the values (WT901 v20-0702, 5.1.2, 5.1.3, 5.1.7)")
    func formulas() throws {
        // 2048/32768·16 g = 1 g, -16384/32768·16 g = -8 g; 25.00 °C.
        let acceleration = bytes("55 51 00 00 00 C0 00 08 C4 09 3B")
        let (frames, _) = decode([(acceleration + acceleration)[...]])
        let first = try #require(frames.first)
        #expect(first.kind == .acceleration)
        let vector = first.vector(step: WitMotionFrame.accelerationStep)
        #expect(vector.x == 0 && abs(vector.y + 8 * 9.80665) < 1e-9 && abs(vector.z - 9.80665) < 1e-9)
        #expect(first.temperature == 25)
        // 16384/32768·2000 °/s = 1000 °/s.
        let rate = WitMotionFrame(.angularVelocity, words: 16384, 0, 0)
        #expect(abs(rate.vector(step: WitMotionFrame.angularVelocityStep).x - 1000 * Double.pi / 180) < 1e-9)
        // P = P3 P2 P1 P0: 00 01 8B CD is 101325 Pa; H = FF FF FF 9C is -100 cm.
        let pressure = bytes("55 56 CD 8B 01 00 9C FF FF FF 9D")
        #expect(WitMotionFrame.pressure(101_325, height: -1).encoded == pressure)
        #expect(decode([(pressure + pressure)[...]]).frames.first?.long(1) == -100)
    }

    @Test("commands are the maker's bytes")
    func commands() {
        #expect(WitMotionCommand.unlock.encoded == bytes("FF AA 69 88 B5"))
        #expect(WitMotionCommand.save.encoded == bytes("FF AA 00 00 00"))
        // What a WT901 is delivered with: 51, 52, 53, 54 (data sheet 5.2.8), ten times a second.
        #expect(
            WitMotionCommand.content([.acceleration, .angularVelocity, .angle, .magneticField]).encoded
                == bytes("FF AA 02 1E 00"))
        #expect(WitMotionCommand.content([.quaternion]).encoded == bytes("FF AA 02 00 02"))
        #expect(WitMotionCommand.rate(10)?.encoded == bytes("FF AA 03 06 00"))
        #expect(WitMotionCommand.rate(200)?.encoded == bytes("FF AA 03 0B 00") && WitMotionCommand.rate(33) == nil)
        var decoder = WitMotionCommandDecoder()
        var found: [WitMotionCommand] = []
        for byte in [0xFF] + WitMotionCommand.unlock.encoded + WitMotionCommand.content([.pressure]).encoded {
            decoder.decode([byte]) { found.append($0) }
        }
        #expect(found == [.unlock, .content([.pressure])])
    }

    @Test("what is encoded is decoded, whatever it is and however it is cut")
    func roundTrip() {
        var generator = SeededRandom(seed: 61)
        let sent = (0..<400).map { _ in random(&generator) }
        let pieces = sent.flatMap(\.encoded).cut { Int.random(in: 1...30, using: &generator) }
        let (frames, counters) = decode(pieces)
        #expect(frames == sent)
        #expect(counters == FrameCounters(frames: 400))
    }

    @Test("values survive the way there and back to half a step")
    func values() {
        var generator = SeededRandom(seed: 62)
        func value(_ limit: Double) -> Double { Double.random(in: -limit...limit, using: &generator) }
        for _ in 0..<300 {
            let acceleration = Vector3(value(150), value(150), value(150))
            let back = WitMotionFrame.acceleration(acceleration, temperature: 30)
                .vector(step: WitMotionFrame.accelerationStep)
            #expect((back - acceleration).length < WitMotionFrame.accelerationStep)
            let rate = Vector3(value(30), value(30), value(30))
            let rateBack = WitMotionFrame.angularVelocity(rate, temperature: 30)
                .vector(step: WitMotionFrame.angularVelocityStep)
            #expect((rateBack - rate).length < WitMotionFrame.angularVelocityStep)
        }
        let extreme = WitMotionFrame.acceleration(Vector3(1e9, -1e9, 0), temperature: 0)
        #expect(extreme.word(0) == 32767 && extreme.word(1) == -32768)
    }

    @Test("one frame alone is not believed, two in a row are")
    func lock() {
        let frame = WitMotionFrame(.acceleration, words: 1, 2, 3)
        var decoder = WitMotionDecoder()
        var count = 0
        decoder.decode(frame.encoded) { _, _ in count += 1 }
        #expect(count == 0)
        decoder.decode(frame.encoded) { _, _ in count += 1 }
        #expect(count == 2)
        // Alone between foreign bytes it passes for none.
        #expect(
            decode([([0x55, 0x51] + frame.encoded + [1, 2] + frame.encoded + [3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9])[...]])
                .frames.isEmpty)
    }

    @Test("damage costs its frame; with more damage around a frame, that one too; never a wrong value")
    func damage() {
        var generator = SeededRandom(seed: 63)
        for _ in 0..<300 {
            let sent = (0..<5).map { _ in random(&generator) }
            var damaged = sent[2].encoded
            damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(
                in: 1...255, using: &generator)
            let stream = sent[0].encoded + sent[1].encoded + damaged + sent[3].encoded + sent[4].encoded
            let (frames, counters) = decode([stream[...]])
            #expect(frames == [sent[0], sent[1], sent[3], sent[4]])
            #expect(counters.resyncs == 1 && counters.skippedBytes == WitMotionFrame.size)
        }
    }

    @Test("noise holds no frame, though its sum is met once in 256 places")
    func noise() {
        var generator = SeededRandom(seed: 64)
        let noise = (0..<400_000).map { _ in
            // Every fourth byte a start: the worst line for a protocol with a weak sum.
            Int.random(in: 0..<4, using: &generator) == 0 ? 0x55 : UInt8.random(in: 0x50...0x5F, using: &generator)
        }
        let (frames, counters) = decode([noise[...]])
        #expect(frames.count < 40)
        #expect(!ProtocolCard.witmotion.recognises(FrameCounters(frames: 0, resyncs: counters.resyncs)))
        let plain = (0..<400_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(decode([plain[...]]).frames.isEmpty)
    }

    @Test("a dump becomes records with units")
    func records() {
        var stream = ProtocolCard.witmotion.decoder()
        var summaries: [String] = []
        let dump = [
            WitMotionFrame.acceleration(Vector3(0, 0, 9.80665), temperature: 25),
            .angularVelocity(.zero, temperature: 25), .pressure(100_000, height: 111),
            WitMotionFrame(.ports, words: 0, 0, 0),
        ]
        stream.decode(dump.flatMap(\.encoded)[...]) { summaries.append($0.summary) }
        #expect(
            summaries == [
                "acceleration 0.0 0.0 9.807", "angular velocity 0.0 0.0 0.0", "pressure 100000.0 Pa, height 111.0 m",
                "type 85",
            ])
    }
}

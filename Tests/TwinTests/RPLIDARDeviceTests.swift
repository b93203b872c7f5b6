import DeviceProtocols
import RobotModel
import Testing
import Twin

/// Sees as many metres as seconds have passed, so that a range tells when it was taken.
private final class Clockwork: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        (Double(time.nanoseconds) * 1e-9, 188)
    }
}

@Suite("The twin's RPLIDAR")
struct RPLIDARDeviceTests {
    private let device = RPLIDARDevice(laser: Clockwork())

    /// Runs the device in steps of a millisecond and gives what it sent.
    private func run(from start: Instant, for duration: Duration) -> [UInt8] {
        var output: [UInt8] = []
        var now = start
        while now < start + duration {
            now += .milliseconds(1)
            device.advance(to: now, output: &output)
        }
        return output
    }

    private func ask(_ request: RPLIDARRequest, at now: Instant = .zero) -> [UInt8] {
        device.receive(request.encoded[...], at: now)
        return run(from: now, for: .milliseconds(3))
    }

    private func events(_ bytes: [UInt8]) -> [RPLIDARDecoder.Event] {
        var decoder = RPLIDARDecoder()
        var found: [RPLIDARDecoder.Event] = []
        decoder.decode(bytes.span) { event, _, _ in found.append(event) }
        return found
    }

    private func frames<Frame>(_ bytes: [UInt8], _ read: (Span<UInt8>) -> Frame?) -> [Frame] {
        var decoder = RPLIDARDecoder()
        var found: [Frame] = []
        decoder.decode(bytes.span) { event, frame, _ in
            if case .frame = event, let frame = read(frame) { found.append(frame) }
        }
        return found
    }

    private func number(_ key: RPLIDARConfigurationKey, mode: UInt16? = nil) -> Int? {
        guard case .answer(0x20, let payload)? = events(ask(.configuration(key, mode: mode))).first else { return nil }
        return RPLIDARConfiguration(payload: payload)?.number
    }

    @Test("it says who it is, how it feels and what it can")
    func questions() {
        #expect(events(ask(RPLIDARRequest(.getInfo))) == [.answer(type: 4, payload: device.info.payload)])
        #expect(events(ask(RPLIDARRequest(.getHealth))) == [.answer(type: 6, payload: [0, 0, 0])])
        #expect(events(ask(RPLIDARRequest(.getSampleRate))) == [.answer(type: 0x15, payload: [250, 0, 125, 0])])
        #expect(events(ask(.accessoryFlag)) == [.answer(type: 0xFF, payload: [0, 0, 0, 0])])
        #expect(number(.typicalMode) == 1)
        #expect(number(.modeCount) == 6)
        #expect(number(.sampleTime, mode: 1) == 125 * 256)
        #expect(number(.answerType, mode: 1) == 0x85)
        #expect(number(.answerType, mode: 0) == 0x81)
        for format in RPLIDARFormat.allCases {
            #expect(number(.answerType, mode: UInt16(RPLIDARDevice.mode(of: format))) == Int(format.rawValue))
        }
        #expect(number(.desiredRotation) != nil && number(.maximumDistance, mode: 1) == 18 * 256)
    }

    @Test("it is silent to what it does not know")
    func silence() {
        #expect(ask(.configuration(.answerType, mode: 9)).isEmpty)
        #expect(ask(.expressScan(mode: 7)).isEmpty)
        var damaged = RPLIDARRequest.accessoryFlag.encoded
        damaged[7] ^= 1
        device.receive(damaged[...], at: .zero)
        #expect(run(from: .zero, for: .milliseconds(3)).isEmpty)
    }

    @Test("a dense scan begins when the head is at speed, and each range was taken at its own moment")
    func dense() {
        let descriptor = ask(.expressScan(mode: 1))
        #expect(descriptor == RPLIDARDescriptor(type: 0x85, length: 84, loops: true).encoded)
        #expect(run(from: Instant(nanoseconds: 3_000_000), for: .milliseconds(500)).isEmpty)  // it spins up
        let bytes = run(from: Instant(nanoseconds: 503_000_000), for: .seconds(2))
        let frames = frames(descriptor + bytes) { RPLIDARDenseFrame($0) }
        #expect(frames.count > 250)
        #expect(frames[0].restarts && frames.dropFirst().allSatisfy { !$0.restarts })
        for frame in frames {
            // 40 samples of 125 µs: five milliseconds are five "millimetres".
            #expect((4...6).contains(Int(frame.distances[39]) - Int(frame.distances[0])))
        }
        // At speed, 800 samples a turn: a frame is 18 degrees.
        let late = frames.suffix(20)
        for (a, b) in zip(late, late.dropFirst()) {
            let turn = (Int(b.startAngleQ6) - Int(a.startAngleQ6) + 23040) % 23040
            #expect(abs(turn - 18 * 64) <= 2)
        }
    }

    @Test("a standard scan has one mark a turn and four hundred samples between marks")
    func standard() {
        let start = ask(RPLIDARRequest(.scan))
        let bytes = run(from: Instant(nanoseconds: 3_000_000), for: .seconds(3))
        let samples = frames(start + bytes) { RPLIDARStandardSample($0) }
        let marks = samples.indices.filter { samples[$0].startsRevolution }
        #expect(marks.count > 10)
        let turns = zip(marks, marks.dropFirst()).map { $1 - $0 }.suffix(8)
        #expect(turns.allSatisfy { (399...401).contains($0) })
        #expect(samples.allSatisfy { $0.quality == 47 })
    }

    @Test("STOP ends a scan at once")
    func stop() {
        _ = ask(.expressScan(mode: 1))
        #expect(!run(from: Instant(nanoseconds: 3_000_000), for: .seconds(2)).isEmpty)
        let later = Instant(nanoseconds: 2_003_000_000)
        device.receive(RPLIDARRequest(.stop).encoded[...], at: later)
        #expect(run(from: later, for: .seconds(1)).isEmpty)
    }

    @Test("the motor follows its command, and a slower head sees more samples a turn")
    func motor() {
        _ = ask(.motorSpeed(rpm: 300))
        _ = ask(.expressScan(mode: 1))
        _ = run(from: Instant(nanoseconds: 3_000_000), for: .seconds(2))
        #expect(device.rpm == 300)
        _ = ask(.motorSpeed(rpm: 0), at: Instant(nanoseconds: 2_100_000_000))
        #expect(run(from: Instant(nanoseconds: 2_103_000_000), for: .seconds(1)).isEmpty)
        #expect(device.rpm == 0)
    }

    @Test("RESET brings the boot text, then silence, then answers")
    func reset() {
        let text = ask(RPLIDARRequest(.reset)) + run(from: Instant(nanoseconds: 3_000_000), for: .milliseconds(100))
        #expect(String(decoding: text, as: UTF8.self).hasPrefix("RP LIDAR System."))
        let early = Instant(nanoseconds: 200_000_000)
        #expect(ask(RPLIDARRequest(.getInfo), at: early).isEmpty)
        #expect(!ask(RPLIDARRequest(.getInfo), at: early + .seconds(1)).isEmpty)
    }

    @Test("with bad health it answers questions and refuses scans")
    func health() {
        device.health = RPLIDARHealth(status: .error, code: 5)
        #expect(events(ask(RPLIDARRequest(.getHealth))) == [.answer(type: 6, payload: [2, 5, 0])])
        #expect(ask(.expressScan(mode: 1)).isEmpty)
        #expect(ask(RPLIDARRequest(.scan)).isEmpty)
    }
}

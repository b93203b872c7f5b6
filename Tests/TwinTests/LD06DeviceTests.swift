import DeviceProtocols
import RobotModel
import Testing
import Twin

/// Two metres all around.
private final class Round: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? { (2, 200) }
}

@Suite("The twin's LD06")
struct LD06DeviceTests {
    private let device = LD06Device(laser: Round())

    private func frames(from start: Duration, for duration: Duration) -> [LD06Frame] {
        var output: [UInt8] = []
        var now = Instant.zero + start
        while now < Instant.zero + start + duration {
            now += .milliseconds(1)
            device.advance(to: now, output: &output)
        }
        var decoder = LD06Decoder()
        var found: [LD06Frame] = []
        decoder.decode(output[...]) { event, _ in if case .frame(let frame) = event { found.append(frame) } }
        #expect(decoder.counters.skippedBytes == 0)
        return found
    }

    @Test("it is silent until its head is at speed, then sends 375 frames a second")
    func speed() {
        #expect(frames(from: .zero, for: .milliseconds(850)).isEmpty)
        _ = frames(from: .milliseconds(850), for: .milliseconds(650))
        let frames = frames(from: .milliseconds(1500), for: .seconds(1))
        #expect((373...377).contains(frames.count))
        #expect(frames.allSatisfy { $0.speed == 3600 && $0.ranges[3] == 2000 && $0.strengths[11] == 200 })
        #expect(frames.allSatisfy { (879...881).contains($0.turn) })
    }

    @Test("its clock counts milliseconds and begins anew at 30 000")
    func clock() {
        let frames = frames(from: .zero, for: .seconds(33))
        let stamps = frames.map { Int($0.stamp) }
        #expect(stamps.max() == 29_999 || stamps.max() == 29_998 || stamps.max() == 29_997)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { (2...3).contains(($1 - $0 + 30_000) % 30_000) })
    }

    @Test("a head that is held goes on saying so, at one bearing; what is sent to it is not heard")
    func held() {
        _ = frames(from: .zero, for: .seconds(2))
        device.headBlocked = true
        device.receive([0xA5, 0x65], at: .zero)
        let frames = frames(from: .seconds(2), for: .seconds(1)).dropFirst(2)
        #expect(frames.count > 350 && frames.allSatisfy { $0.speed == 0 && $0.turn == 0 })
    }
}

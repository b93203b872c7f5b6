import DeviceIO
import Devices
import Realtime
import RobotModel
import Synchronization
import Testing
import Twin

/// Walls at three metres that come nearer with time, so that no two samples are alike.
private final class ClosingWalls: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        (1 + (angle + 4 * .pi) / 10 - Double(time.nanoseconds % 1_000_000_000) * 1e-10, 188)
    }
}

@Suite("A recorded session of a driver")
struct ReplayedSessionTests {
    private final class Tape: Sendable {
        let now = Mutex(Instant.zero)
        let records = Mutex<[RawLineRecord]>([])
    }

    /// Three seconds of a driver and a device over a port that is recorded.
    private func run(_ device: any TwinDevice) -> (
        samples: [LaserSample], records: [RawLineRecord], status: DeviceStatus
    ) {
        let ports = MemoryPorts()
        let end = ports.deviceEnd("lidar")
        let tape = Tape()
        let opener = RecordingPorts(ports, clock: { tape.now.withLock { $0 } }) { record in
            tape.records.withLock { $0.append(record) }
        }
        let ring = Ring<LaserSample>(capacity: 65_536)
        let pump = DevicePump(
            driver: RPLIDARDriver(
                slot: "lidar", baudRate: 1_000_000, motorRPM: 600, minRange: 0.1, maxRange: 18, samples: ring),
            line: SerialLine(path: "lidar", baudRate: 1_000_000), opener: opener)
        var samples: [LaserSample] = []
        for step in Int64(0)..<3000 {
            let now = Instant(nanoseconds: 5_000_000_000 + step * 1_000_000)
            tape.now.withLock { $0 = now }
            var heard: [UInt8] = []
            _ = try? end.read(into: &heard, limit: 4096)
            if !heard.isEmpty { device.receive(heard[...], at: now) }
            var said: [UInt8] = []
            device.advance(to: now, output: &said)
            _ = try? end.write(said[...])
            pump.service(at: now)
            while let sample = ring.pop() { samples.append(sample) }
        }
        return (samples, tape.records.withLock { $0 }, pump.status)
    }

    @Test("replayed to a fresh driver it gives the same samples at the same times, to the last bit")
    func rplidar() {
        let original = run(RPLIDARDevice(laser: ClosingWalls()))
        #expect(original.status.phase == .running && original.samples.count > 5000)
        #expect(original.records.contains { $0.direction == .toDevice })
        let replayed = run(ReplayDevice(original.records))
        #expect(replayed.status.phase == .running && replayed.status.counters.resyncs == 0)
        #expect(replayed.samples.count == original.samples.count)
        #expect(
            zip(replayed.samples, original.samples).allSatisfy {
                $0.time == $1.time && $0.angle == $1.angle && $0.range == $1.range && $0.intensity == $1.intensity
                    && $0.startsRevolution == $1.startsRevolution
            })
        // And the driver said the same, so the play is a fixed point.
        #expect(replayed.records == original.records)
    }

    @Test("a device that broke in the field breaks again on the desk, with the same words")
    func failure() {
        let device = RPLIDARDevice(laser: ClosingWalls())
        device.headBlocked = true
        let original = run(device)
        let replayed = run(ReplayDevice(original.records))
        #expect(original.status.phase == replayed.status.phase && original.samples.isEmpty)
        #expect(original.status.fault == replayed.status.fault)
    }
}

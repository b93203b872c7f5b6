import DeviceIO
import Devices
import RobotModel
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Real terminals behind a by-id link that changes, and a pump on a hand-driven clock.
@Suite("Device pump and a port that comes back elsewhere")
struct DevicePumpReplugTests {
    /// Counts what it is given.
    private struct Listener: DeviceDriver {
        final class Heard: Sendable {
            let bytes = Mutex<[UInt8]>([])
        }
        let heard: Heard
        var status = DeviceStatus(slot: "lidar", phase: .running)
        var serviceInterval: Duration { .milliseconds(20) }
        mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
            if case .bytes(let bytes) = event { heard.bytes.withLock { $0 += bytes } }
            return []
        }
    }

    private final class Bench {
        let link: String
        let pump: DevicePump
        let heard = Listener.Heard()
        var now = Instant.zero + .seconds(9)

        init(_ name: String) {
            link = "/tmp/doorstep-test-\(getpid())-byid-\(name)"
            pump = DevicePump(
                driver: Listener(heard: heard), line: SerialLine(path: link, baudRate: 115_200),
                opener: SystemSerialPorts())
        }

        deinit { unlink(link) }

        func point(to device: String?) {
            unlink(link)
            if let device { symlink(device, link) }
        }

        /// Serves at the interval that the pump asks for; returns how long it took until something held.
        func serve(for limit: Duration, until condition: () -> Bool) -> Duration? {
            let start = now
            while now - start <= limit {
                pump.service(at: now)
                if condition() { return now - start }
                now += pump.serviceInterval
            }
            return nil
        }
    }

    @Test("an unplugged adapter is noticed within 200 ms, and found within 2 s under another number")
    func replug() throws {
        let bench = Bench("replug")
        let first = try PseudoTerminalPair(path: "\(bench.link)-1")
        let second = try PseudoTerminalPair(path: "\(bench.link)-2")
        bench.point(to: first.device)
        #expect(bench.serve(for: .milliseconds(100)) { bench.pump.status.phase == .running } == .zero)
        #expect(try first.write([1]) == 1)
        #expect(bench.serve(for: .milliseconds(100)) { bench.heard.bytes.withLock { $0 } == [1] } != nil)

        first.close()
        bench.point(to: nil)
        let noticed = try #require(
            bench.serve(for: .milliseconds(200)) { bench.pump.status.fault?.code == .lost })
        #expect(noticed <= .milliseconds(200))
        #expect(bench.pump.status.phase == .recovering)
        // It stays out for a while: the pauses have grown to their longest.
        #expect(bench.serve(for: .seconds(5)) { false } == nil)
        let fault = try #require(bench.pump.status.fault)
        #expect(fault.code == .noSuchDevice)
        #expect(fault.what.contains("there is no \(bench.link)"))

        bench.point(to: second.device)
        let back = try #require(bench.serve(for: .seconds(2)) { bench.pump.status.phase == .running })
        #expect(back <= .seconds(2))
        #expect(bench.pump.status.counters.reconnects == 1)
        #expect(try second.write([2]) == 1)
        #expect(bench.serve(for: .milliseconds(100)) { bench.heard.bytes.withLock { $0 } == [1, 2] } != nil)
    }

    @Test("a link that leads to a device that is gone is told from a link that is missing")
    func dangling() throws {
        let bench = Bench("dangling")
        bench.point(to: "/dev/ttyUSB97")
        bench.pump.service(at: bench.now)
        let fault = try #require(bench.pump.status.fault)
        #expect(fault.code == .noSuchDevice)
        #expect(fault.what.contains("the link leads to /dev/ttyUSB97, which is gone"))
    }
}

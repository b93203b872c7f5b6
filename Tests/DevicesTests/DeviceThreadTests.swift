import DeviceIO
import Devices
import RobotModel
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Device thread")
struct DeviceThreadTests {
    /// Counts its services and ends a long interval only by being woken or by its descriptor.
    final class Probe: DeviceService {
        private let services = Atomic<Int>(0)
        private let stopped = Atomic<Bool>(false)
        let interval: Duration
        let inputPause: Duration
        let descriptors: [Int32]
        init(interval: Duration, inputPause: Duration = .zero, descriptors: [Int32] = []) {
            self.interval = interval
            self.inputPause = inputPause
            self.descriptors = descriptors
        }
        var count: Int { services.load(ordering: .sequentiallyConsistent) }
        var isStopped: Bool { stopped.load(ordering: .sequentiallyConsistent) }
        var status: DeviceStatus { DeviceStatus(slot: "probe") }
        var pollDescriptors: [Int32] { descriptors }
        var serviceInterval: Duration { interval }
        func service(at now: Instant) { services.wrappingAdd(1, ordering: .sequentiallyConsistent) }
        func stop() { stopped.store(true, ordering: .sequentiallyConsistent) }

        /// Waits until it was served that often; the test fails by its own time limit if it never is.
        func wait(for count: Int) {
            while services.load(ordering: .sequentiallyConsistent) < count { usleep(1000) }
        }
    }

    @Test("a thread serves its device at the interval until it is stopped, and closes it", .timeLimit(.minutes(1)))
    func serves() throws {
        let probe = Probe(interval: .milliseconds(1))
        let thread = DeviceThread(name: "probe", service: probe) { .zero }
        try thread.start()
        probe.wait(for: 5)
        thread.stop()
        #expect(probe.isStopped)
        let count = probe.count
        usleep(20_000)
        #expect(probe.count == count, "nobody serves after the stop")
    }

    @Test("waking ends a wait that would last for an hour", .timeLimit(.minutes(1)))
    func wakes() throws {
        let probe = Probe(interval: .seconds(3600))
        let thread = DeviceThread(name: "probe", service: probe) { .zero }
        try thread.start()
        probe.wait(for: 1)
        thread.wake()
        probe.wait(for: 2)
        thread.stop()
    }

    @Test("input on the descriptor ends the wait too", .timeLimit(.minutes(1)))
    func polls() throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let probe = Probe(interval: .seconds(3600), descriptors: [ends[0]])
        let thread = DeviceThread(name: "probe", service: probe) { .zero }
        try thread.start()
        probe.wait(for: 1)
        var byte: UInt8 = 1
        #expect(write(ends[1], &byte, 1) == 1)
        probe.wait(for: 2)
        thread.stop()
        close(ends[0])
        close(ends[1])
    }

    @Test(
        "pieces of an answer wake nobody before it can be whole, and a wake-up does all the same",
        .timeLimit(.minutes(1)))
    func pauses() throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let probe = Probe(interval: .seconds(3600), inputPause: .seconds(3600), descriptors: [ends[0]])
        let thread = DeviceThread(name: "probe", service: probe) { .zero }
        try thread.start()
        probe.wait(for: 1)
        var byte: UInt8 = 1
        #expect(write(ends[1], &byte, 1) == 1)
        usleep(50_000)
        #expect(probe.count == 1)
        thread.wake()
        probe.wait(for: 2)
        thread.stop()
        close(ends[0])
        close(ends[1])
    }

    @Test("a descriptor that has hung up does not make the thread spin", .timeLimit(.minutes(1)))
    func hangUp() throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        close(ends[1])
        let probe = Probe(interval: .milliseconds(20), descriptors: [ends[0]])
        let thread = DeviceThread(name: "probe", service: probe) { .zero }
        try thread.start()
        usleep(200_000)
        thread.stop()
        // A spin would be tens of thousands; a loaded machine can only make it fewer.
        #expect(probe.count < 50)
        close(ends[0])
    }
}

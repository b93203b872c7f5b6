import DeviceIO
import Devices
import RobotModel
import Synchronization
import Testing

@Suite("Device pump")
struct DevicePumpTests {
    /// What happened to a scripted driver, and what it shall do next.
    final class Script: Sendable {
        struct Contents {
            var events: [String] = []
            var next: [DeviceAction] = []
        }
        let contents = Mutex(Contents())
        var events: [String] { contents.withLock { $0.events } }
        func perform(_ actions: [DeviceAction]) { contents.withLock { $0.next += actions } }
    }

    struct ScriptedDriver: DeviceDriver {
        let script: Script
        var status = DeviceStatus(slot: "test", phase: .running)
        var serviceInterval: Duration { .milliseconds(5) }
        mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
            script.contents.withLock { contents in
                switch event {
                case .opened: contents.events.append("opened")
                case .closed(let reason): contents.events.append("closed \(reason.code.rawValue)")
                case .bytes(let bytes): contents.events.append("bytes \(bytes.count)")
                case .time:
                    defer { contents.next = [] }
                    return contents.next
                }
                return []
            }
        }
    }

    /// A port that takes a limited number of bytes at a time, or fails as told.
    final class NarrowPort: SerialPort {
        struct State {
            var room = 0
            var taken: [UInt8] = []
            var isClosed = false
        }
        let state = Mutex(State())
        var pollDescriptor: Int32? { nil }
        func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int { 0 }
        func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
            state.withLock { state in
                let count = min(state.room, bytes.count)
                state.room -= count
                state.taken += bytes.prefix(count)
                return count
            }
        }
        func setDTR(_ on: Bool) throws(PortError) {}
        func flush() throws(PortError) {}
        func close() { state.withLock { $0.isClosed = true } }
    }

    /// Opens one port, or refuses with a code.
    final class Opener: SerialPortOpening {
        let port: any SerialPort
        let refusal: Mutex<PortError.Code?>
        let attempts = Mutex(0)
        init(_ port: any SerialPort, refusal: PortError.Code? = nil) {
            self.port = port
            self.refusal = Mutex(refusal)
        }
        func open(_ line: SerialLine) throws(PortError) -> any SerialPort {
            attempts.withLock { $0 += 1 }
            if let code = refusal.withLock({ $0 }) { throw PortError(code, port: line.path, cause: "scripted") }
            return port
        }
    }

    private let line = SerialLine(path: "/dev/scripted", baudRate: 115_200)

    @Test("a port that takes little at a time gets every byte in order")
    func partialWrites() {
        let script = Script()
        let port = NarrowPort()
        let pump = DevicePump(driver: ScriptedDriver(script: script), line: line, opener: Opener(port))
        pump.service(at: .zero)
        script.perform([.send([1, 2, 3, 4, 5]), .send([6, 7])])
        for _ in 0..<10 {
            port.state.withLock { $0.room = 2 }
            pump.service(at: .zero)
        }
        #expect(port.state.withLock { $0.taken } == [1, 2, 3, 4, 5, 6, 7])
        #expect(pump.status.counters.bytesOut == 7)
    }

    @Test("a port that takes nothing keeps the newest whole frames and never half of one")
    func boundedOutput() {
        let script = Script()
        let port = NarrowPort()
        let pump = DevicePump(driver: ScriptedDriver(script: script), line: line, opener: Opener(port))
        port.state.withLock { $0.room = 3 }
        pump.service(at: .zero)
        for frame in 0..<200 {
            script.perform([.send(Array(repeating: UInt8(frame), count: 100))])
            pump.service(at: .zero)
        }
        port.state.withLock { $0.room = 1_000_000 }
        pump.service(at: .zero)
        let taken = port.state.withLock { $0.taken }
        #expect(taken.count <= 8192 + 100)
        #expect(taken.count % 100 == 0)
        #expect(taken.prefix(100).allSatisfy { $0 == 0 }, "the frame that had begun is finished")
        #expect(taken.suffix(100).allSatisfy { $0 == 199 }, "the newest is there")
        #expect(pump.droppedFrames == 200 - taken.count / 100)
    }

    @Test(
        "a port that cannot be opened is named with its cure",
        arguments: [
            (PortError.Code.noSuchDevice, RobotError.Code.noSuchDevice, "by-id"),
            (.noPermission, .noPermission, "dialout"), (.busy, .busy, "fuser"), (.wrongRate, .refused, "rate"),
        ])
    func openingErrors(port: PortError.Code, code: RobotError.Code, cure: String) throws {
        let script = Script()
        let pump = DevicePump(
            driver: ScriptedDriver(script: script), line: line, opener: Opener(NarrowPort(), refusal: port))
        pump.service(at: .zero)
        let status = pump.status
        #expect(status.phase == .connecting)
        let fault = try #require(status.fault)
        #expect(fault.code == code)
        #expect(fault.what.contains("/dev/scripted"))
        #expect(try #require(fault.hint).contains(cure))
        #expect(script.events == ["closed \(code.rawValue)"])
    }

    @Test("opening is tried at growing pauses of 0.1 s to 1 s")
    func backOff() {
        let opener = Opener(NarrowPort(), refusal: .noSuchDevice)
        let pump = DevicePump(driver: ScriptedDriver(script: Script()), line: line, opener: opener)
        var moments: [Int] = []
        for millisecond in 0..<5000 {
            let before = opener.attempts.withLock { $0 }
            pump.service(at: Instant.zero + .milliseconds(millisecond))
            if opener.attempts.withLock({ $0 }) > before { moments.append(millisecond) }
        }
        #expect(moments == [0, 100, 300, 700, 1500, 2500, 3500, 4500])
    }

    @Test("a driver that asks for it gets its port closed and opened anew after a pause")
    func reopens() {
        let script = Script()
        let port = NarrowPort()
        let pump = DevicePump(driver: ScriptedDriver(script: script), line: line, opener: Opener(port))
        pump.service(at: .zero)
        script.perform([.reopen(RobotError(.silent, "scripted")), .send([1])])
        pump.service(at: .zero)
        #expect(port.state.withLock { $0.isClosed })
        #expect(pump.status.phase == .recovering)
        #expect(pump.status.fault?.code == .silent)
        pump.service(at: Instant.zero + .milliseconds(99))
        pump.service(at: Instant.zero + .milliseconds(100))
        #expect(script.events == ["opened", "closed silent", "opened"])
        #expect(pump.status.counters.reconnects == 1)
        port.state.withLock { $0.room = 10 }
        pump.service(at: Instant.zero + .milliseconds(101))
        #expect(port.state.withLock { $0.taken } == [], "what waited for the old port is not said to the new one")
    }

    @Test("a stopped pump closes its port and opens none again")
    func stops() {
        let script = Script()
        let port = NarrowPort()
        let pump = DevicePump(driver: ScriptedDriver(script: script), line: line, opener: Opener(port))
        pump.service(at: .zero)
        pump.stop()
        #expect(port.state.withLock { $0.isClosed })
        pump.service(at: Instant.zero + .seconds(5))
        #expect(script.events == ["opened"])
    }

    @Test("a stop drops the frames that wait, and leaves whole the one that has begun to leave")
    func preempts() {
        let script = Script()
        let port = NarrowPort()
        let pump = DevicePump(
            driver: ScriptedDriver(script: script, status: DeviceStatus(slot: "test", phase: .running)), line: line,
            opener: Opener(port))
        let now = Instant.zero + .seconds(1)
        script.perform([.send([1, 2, 3, 4]), .send([5, 6]), .send([7])])
        port.state.withLock { $0.room = 2 }
        pump.service(at: now)
        script.perform([.preempt([9, 9])])
        port.state.withLock { $0.room = 100 }
        pump.service(at: now + .milliseconds(1))
        #expect(port.state.withLock { $0.taken } == [1, 2, 3, 4, 9, 9])
        #expect(pump.droppedFrames == 2)
        // With nothing begun, nothing is in its way.
        port.state.withLock { $0.room = 0 }
        script.perform([.send([1, 2]), .preempt([8])])
        pump.service(at: now + .milliseconds(2))
        port.state.withLock { $0.room = 100 }
        pump.service(at: now + .milliseconds(3))
        #expect(port.state.withLock { $0.taken } == [1, 2, 3, 4, 9, 9, 8])
    }
}

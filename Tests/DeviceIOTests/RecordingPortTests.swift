import DeviceIO
import RobotModel
import Synchronization
import Testing

@Suite("A port that records")
struct RecordingPortTests {
    /// A clock that counts its readings, and what was recorded.
    private final class Tape: Sendable {
        let records = Mutex<[RawLineRecord]>([])
        let time = Atomic<Int64>(0)
        var now: Instant { Instant(nanoseconds: time.add(1, ordering: .relaxed).newValue) }
    }

    @Test("it tells each piece that was read or written with its direction and time, and changes nothing")
    func pieces() throws {
        let ports = MemoryPorts()
        let device = ports.deviceEnd("line")
        let tape = Tape()
        let opener = RecordingPorts(ports, clock: { tape.now }) { record in tape.records.withLock { $0.append(record) }
        }
        let port = try opener.open(SerialLine(path: "line", baudRate: 9600))
        #expect(try port.write([1, 2, 3][...]) == 3)
        var heard: [UInt8] = []
        let arrived = try device.read(into: &heard, limit: 10)
        #expect(arrived == 3 && heard == [1, 2, 3])
        _ = try device.write([4, 5, 6, 7][...])
        var buffer: [UInt8] = [9]
        let first = try port.read(into: &buffer, limit: 3)
        #expect(first == 3 && buffer == [9, 4, 5, 6])
        let second = try port.read(into: &buffer, limit: 3)
        let third = try port.read(into: &buffer, limit: 3)
        #expect(second == 1 && third == 0)
        try port.setDTR(true)
        #expect(ports.isDTROn("line"))
        #expect(
            tape.records.withLock { $0 } == [
                RawLineRecord(.toDevice, [1, 2, 3], at: Instant(nanoseconds: 1)),
                RawLineRecord(.fromDevice, [4, 5, 6], at: Instant(nanoseconds: 2)),
                RawLineRecord(.fromDevice, [7], at: Instant(nanoseconds: 3)),
            ])
        port.close()
        #expect(ports.openLine("line") == nil)
    }

    @Test("only what the line took counts as written, and a lost port throws as it did")
    func limits() throws {
        let ports = MemoryPorts()
        _ = ports.deviceEnd("line")
        let tape = Tape()
        let port = RecordingPort(
            try ports.open(SerialLine(path: "line", baudRate: 9600)), clock: { tape.now }
        ) { record in tape.records.withLock { $0.append(record) } }
        let much = [UInt8](repeating: 7, count: MemoryPorts.capacity + 100)
        #expect(try port.write(much[...]) == MemoryPorts.capacity)
        #expect(try port.write(much[...]) == 0)
        #expect(tape.records.withLock { $0.map(\.bytes.count) } == [MemoryPorts.capacity])
        ports.unplug("line")
        #expect(throws: PortError.self) { try port.write([1][...]) }
        var buffer: [UInt8] = []
        #expect(throws: PortError.self) { _ = try port.read(into: &buffer, limit: 1) }
        #expect(tape.records.withLock { $0.count } == 1)
    }
}

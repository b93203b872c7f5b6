import DeviceIO
import RobotModel
import Testing
import Twin

@Suite("A replayed line")
struct ReplayDeviceTests {
    private func milliseconds(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000) }

    /// Recorded 100 s after some other clock's zero: a question at 0 ms, an answer at 20 ms, a stream's piece at 50 ms.
    private var session: [RawLineRecord] {
        [
            RawLineRecord(.toDevice, [1, 2], at: milliseconds(100_000)),
            RawLineRecord(.fromDevice, [10, 11, 12], at: milliseconds(100_020)),
            RawLineRecord(.fromDevice, [13], at: milliseconds(100_050)),
        ]
    }

    /// When each byte went out, in milliseconds.
    private func play(
        _ device: ReplayDevice, for end: Int64, asking: [Int64: [UInt8]] = [:]
    ) -> [(time: Int64, byte: UInt8)] {
        var out: [(time: Int64, byte: UInt8)] = []
        for time in 0...end {
            if let question = asking[time] { device.receive(question[...], at: milliseconds(time)) }
            var output: [UInt8] = []
            device.advance(to: milliseconds(time), output: &output)
            out += output.map { (time, $0) }
        }
        return out
    }

    @Test("bytes go out at their old times when the host asks as it did")
    func times() {
        let device = ReplayDevice(session)
        let out = play(device, for: 100, asking: [0: [1, 2]])
        #expect(out.map(\.byte) == [10, 11, 12, 13] && out.map(\.time) == [20, 20, 20, 50])
        #expect(device.isFinished)
    }

    @Test("an answer waits for its question, and what follows keeps its distance")
    func waits() {
        let out = play(ReplayDevice(session), for: 6000, asking: [5000: [1], 5005: [2]])
        #expect(out.map(\.time) == [5005, 5005, 5005, 5035])
    }

    @Test("a host that says less than the old one is waited for for a second")
    func patience() {
        let out = play(ReplayDevice(session), for: 3000, asking: [0: [1]])
        #expect(out.map(\.time) == [1020, 1020, 1020, 1050])
    }

    @Test("it plays faster, and over again")
    func speedAndLoop() {
        let fast = ReplayDevice(session, settings: .init(speed: 10))
        #expect(play(fast, for: 100, asking: [0: [1, 2]]).map(\.time) == [2, 2, 2, 5])
        let talker = [
            RawLineRecord(.fromDevice, [1], at: milliseconds(7)), RawLineRecord(.fromDevice, [2], at: milliseconds(17)),
        ]
        let loop = ReplayDevice(talker, settings: .init(loops: true))
        let out = play(loop, for: 250)
        #expect(out.map(\.byte) == [1, 2, 1, 2, 1, 2] && out.map(\.time) == [0, 10, 110, 120, 220, 230])
        #expect(!loop.isFinished)
    }

    @Test("on a paced line the last byte of a chunk comes when it had come")
    func paced() {
        let ports = MemoryPorts()
        let line = SerialLine(path: "line", baudRate: 9600)
        let chunk = RawLineRecord(.fromDevice, (1...20).map { $0 }, at: milliseconds(1000))
        let start = RawLineRecord(.fromDevice, [0], at: milliseconds(900))
        let device = ReplayDevice([start, chunk], settings: .init(byteTime: line.byteTime))
        let wire = PacedLine(device: device, line: line, port: ports.deviceEnd("line"))
        let host = try? ports.open(line)
        var last: Int64 = 0
        var heard: [UInt8] = []
        for time in Int64(0)...200 {
            wire.advance(to: milliseconds(time))
            if let count = try? host?.read(into: &heard, limit: 100), count > 0 { last = time }
        }
        #expect(heard == Array(0...20))
        #expect((100...103).contains(last))
    }
}

import DeviceIO
import RobotModel
import Testing
import Twin

@Suite("Paced line")
struct PacedLineTests {
    /// Remembers what it heard and when, and says what it is told to.
    final class Probe: TwinDevice {
        var heard: [(byte: UInt8, time: Instant)] = []
        var toSay: [UInt8] = []
        func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) { heard += bytes.map { ($0, now) } }
        func advance(to now: Instant, output: inout [UInt8]) {
            output += toSay
            toSay = []
        }
    }

    private final class Bench {
        let probe = Probe()
        let ports = MemoryPorts()
        let line: SerialLine
        let wire: PacedLine
        let host: any SerialPort
        var now = Instant.zero + .seconds(9)

        init(baudRate: Int, turnaround: Duration = .zero, isHalfDuplex: Bool = false) throws {
            line = SerialLine(path: "/twin/probe", baudRate: baudRate)
            let ports = ports
            wire = PacedLine(
                device: probe, line: line, port: ports.deviceEnd(line.path), turnaround: turnaround,
                isHalfDuplex: isHalfDuplex
            ) { isPlugged in
                guard isPlugged else {
                    ports.unplug("/twin/probe")
                    return nil
                }
                ports.plug("/twin/probe")
                return ports.deviceEnd("/twin/probe")
            }
            host = try ports.open(line)
            wire.advance(to: now)
        }

        func run(milliseconds: Int) {
            for _ in 0..<milliseconds {
                now += .milliseconds(1)
                wire.advance(to: now)
            }
        }

        func received() throws -> [UInt8] {
            var bytes: [UInt8] = []
            while try host.read(into: &bytes, limit: 4096) > 0 {}
            return bytes
        }
    }

    @Test("100 bytes at 9600 bit/s take 104 ms to the device", arguments: [9600, 19_200, 115_200])
    func toDevice(baudRate: Int) throws {
        let bench = try Bench(baudRate: baudRate)
        let start = bench.now
        #expect(try bench.host.write(Array(0..<100)[...]) == 100)
        bench.run(milliseconds: 200)
        #expect(bench.probe.heard.map(\.byte) == Array(0..<100))
        let expected = Duration.nanoseconds(10 * 100 * 1_000_000_000 / Int64(baudRate))
        let took = try #require(bench.probe.heard.last).time - start
        #expect(took >= expected - .microseconds(1))
        #expect(took <= expected + .milliseconds(1))
    }

    @Test("an answer begins after the turnaround and comes at the line's rate")
    func toHost() throws {
        let bench = try Bench(baudRate: 9600, turnaround: .milliseconds(10))
        bench.probe.toSay = Array(0..<48)
        bench.run(milliseconds: 10)
        #expect(try bench.received() == [])
        bench.run(milliseconds: 25)
        let half = try bench.received()
        #expect((22...24).contains(half.count))
        bench.run(milliseconds: 26)
        #expect(try half + bench.received() == Array(0..<48))
    }

    @Test("a slow line is slower by its factor")
    func slow() throws {
        let bench = try Bench(baudRate: 9600)
        bench.wire.fault = .slow(factor: 4)
        bench.probe.toSay = Array(0..<24)
        bench.run(milliseconds: 50)
        #expect(try (10...12).contains(bench.received().count))
    }

    @Test("a silent device hears and is not heard")
    func silent() throws {
        let bench = try Bench(baudRate: 115_200)
        bench.wire.fault = .silent
        _ = try bench.host.write([1, 2][...])
        bench.probe.toSay = [3, 4]
        bench.run(milliseconds: 10)
        #expect(bench.probe.heard.map(\.byte) == [1, 2])
        #expect(try bench.received() == [])
    }

    @Test("garbage is the same garbage for the same seed, and spoils both directions")
    func garbage() throws {
        func spoilt() throws -> ([UInt8], [UInt8]) {
            let bench = try Bench(baudRate: 115_200)
            bench.wire.fault = .garbage(probability: 0.3)
            _ = try bench.host.write(Array(repeating: 7, count: 100)[...])
            bench.probe.toSay = Array(repeating: 9, count: 100)
            bench.run(milliseconds: 30)
            return (bench.probe.heard.map(\.byte), try bench.received())
        }
        let first = try spoilt()
        let second = try spoilt()
        #expect(first == second)
        #expect((10...60).contains(first.0.count { $0 != 7 }))
        #expect((10...60).contains(first.1.count { $0 != 9 }))
    }

    @Test("a truncated device loses the end of what it says")
    func truncated() throws {
        let bench = try Bench(baudRate: 115_200)
        bench.wire.fault = .truncated
        bench.probe.toSay = Array(0..<20)
        bench.run(milliseconds: 10)
        #expect(try bench.received() == Array(0..<15))
    }

    @Test("an unplugged port is lost for the host, cannot be opened, and can after the replug")
    func unplugged() throws {
        let bench = try Bench(baudRate: 115_200)
        bench.probe.toSay = Array(0..<20)
        bench.wire.fault = .unplugged
        bench.run(milliseconds: 1)
        #expect { try bench.received() } throws: { ($0 as? PortError)?.code == .lost }
        #expect { try bench.ports.open(bench.line) } throws: { ($0 as? PortError)?.code == .noSuchDevice }
        bench.wire.fault = .none
        bench.run(milliseconds: 1)
        let host = try bench.ports.open(bench.line)
        bench.probe.toSay = [5]
        bench.run(milliseconds: 5)
        var bytes: [UInt8] = []
        _ = try host.read(into: &bytes, limit: 100)
        #expect(bytes == [5], "nothing of before the unplugging")
    }

    @Test("on one pair of wires what travels both ways at once is spoilt both ways, and nothing else is")
    func collisions() throws {
        for isHalfDuplex in [false, true] {
            // A byte takes 1.04 ms.
            let bench = try Bench(baudRate: 9600, isHalfDuplex: isHalfDuplex)
            let said: [UInt8] = [10, 20, 30, 40]
            bench.probe.toSay = said
            bench.run(milliseconds: 2)
            // From 2 ms to 4 ms: while the second, third and fourth bytes travel the other way.
            _ = try bench.host.write([1, 2][...])
            bench.run(milliseconds: 8)
            let (heard, received) = (bench.probe.heard.map(\.byte), try bench.received())
            #expect(heard.count == 2 && received.count == 4)
            #expect(received.first == 10)
            #expect((heard == [1, 2]) == !isHalfDuplex)
            #expect((received == said) == !isHalfDuplex)
            // A line that is quiet again carries everything.
            _ = try bench.host.write([7, 8][...])
            bench.run(milliseconds: 4)
            #expect(bench.probe.heard.suffix(2).map(\.byte) == [7, 8])
            bench.probe.toSay = said
            bench.run(milliseconds: 8)
            #expect(try bench.received() == said)
        }
    }
}

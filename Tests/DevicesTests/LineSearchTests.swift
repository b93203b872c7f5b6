import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// An emulated device on a line in memory, for who wants to find out what it is.
private final class Bench {
    let ports = MemoryPorts()
    let path = "/twin/unknown"
    private let paced: PacedLine
    private(set) var now = Instant.zero

    init(_ name: String) throws {
        let bench = try #require(BenchDevice.named(name, path: path, seed: 3))
        paced = PacedLine(device: bench.device, line: bench.line, port: ports.deviceEnd(path))
    }

    func run(_ duration: Duration, _ body: (Instant) throws -> Bool) rethrows {
        let end = now + duration
        while now < end {
            now = now + .milliseconds(2)
            paced.advance(to: now)
            if try body(now) { return }
        }
    }
}

@Suite("The search for what speaks on a line")
struct LineSearchTests {
    @Test("a device that is set to another rate than the board file says is told apart from a dead one")
    func rateIsNamed() throws {
        let bench = try Bench("rplidar")  // at 1 000 000
        let driver = RPLIDARDriver(
            slot: "lidar", baudRate: 115_200, motorRPM: 600, minRange: 0.1, maxRange: 18,
            samples: Ring<LaserSample>(capacity: 64))
        let pump = DevicePump(
            driver: driver, line: SerialLine(path: bench.path, baudRate: 115_200), opener: bench.ports)
        var fault: RobotError?
        bench.run(.seconds(8)) { now in
            pump.service(at: now)
            fault = pump.status.fault
            return fault?.what.contains("looks like") == true
        }
        #expect(fault?.what.contains("the rate looks like 1000000") == true, "\(String(describing: fault))")
        #expect(fault?.hint?.contains("port.baud") == true)
        // It stays out of service: the board file's rate is an order.
        #expect(pump.status.phase == .recovering || pump.status.phase == .checking)
    }

    @Test("where nothing is at any rate, the rates that were tried are said")
    func silenceIsSaid() throws {
        let ports = MemoryPorts()
        _ = ports.deviceEnd("/twin/dead")
        let driver = RPLIDARDriver(
            slot: "lidar", baudRate: 115_200, motorRPM: 600, minRange: 0.1, maxRange: 18,
            samples: Ring<LaserSample>(capacity: 64))
        let pump = DevicePump(driver: driver, line: SerialLine(path: "/twin/dead", baudRate: 115_200), opener: ports)
        var now = Instant.zero
        while now < .zero + .seconds(8), pump.status.fault?.what.contains("either") != true {
            now = now + .milliseconds(2)
            pump.service(at: now)
        }
        let fault = try #require(pump.status.fault)
        #expect(fault.code == .silent)
        #expect(fault.what.contains("no frame at 256000, 460800, 1000000 bit/s either"), "\(fault)")
    }

    @Test(
        "every protocol of the house is found on its line, at its rate, and by its own name",
        arguments: BenchDevice.names)
    func everyDeviceIsFound(name: String) throws {
        let bench = try Bench(name)
        let device = try #require(BenchDevice.named(name, path: bench.path, seed: 3))
        // A device that has been switched on for a while: its head turns.
        bench.run(.seconds(3)) { _ in false }
        guard let card = ProtocolCard.named(name), !card.rates.isEmpty, card.isProbed else { return }
        var probe = PortProbe(
            LineSearch(cards: ProtocolCard.all), line: SerialLine(path: bench.path, baudRate: 9600), opener: bench.ports
        )
        var outcome: LineSearch.Outcome?
        try bench.run(.seconds(120)) { now in
            outcome = try probe.service(at: now)
            return outcome != nil
        }
        let found = try #require(outcome?.found)
        #expect(found.card.name == name)
        #expect(found.rate == device.line.baudRate)
        #expect(outcome?.records.isEmpty == false)
    }

    @Test("a line that only gives back what is sent is no device, whatever is asked", arguments: [1, 3, 4096])
    func echoIsNoDevice(piece: Int) throws {
        let ports = MemoryPorts()
        let far = ports.deviceEnd("/twin/echo")
        var probe = PortProbe(
            LineSearch(cards: ProtocolCard.all), line: SerialLine(path: "/twin/echo", baudRate: 9600), opener: ports)
        var now = Instant.zero
        var outcome: LineSearch.Outcome?
        var waiting: [UInt8] = []
        while outcome == nil, now < .zero + .seconds(300) {
            now = now + .milliseconds(2)
            outcome = try probe.service(at: now)
            while try far.read(into: &waiting, limit: 4096) > 0 {}
            _ = try far.write(waiting.prefix(piece))
            waiting.removeFirst(min(piece, waiting.count))
        }
        let found = try #require(outcome).found
        #expect(found == nil, "\(found?.card.name ?? "")")
    }

    @Test("a line on which nobody speaks ends with what was heard at each rate")
    func nothingIsFound() throws {
        let ports = MemoryPorts()
        _ = ports.deviceEnd("/twin/dead")
        var probe = PortProbe(
            LineSearch(cards: ProtocolCard.all), line: SerialLine(path: "/twin/dead", baudRate: 9600), opener: ports)
        var now = Instant.zero
        var outcome: LineSearch.Outcome?
        while outcome == nil, now < .zero + .seconds(300) {
            now = now + .milliseconds(5)
            outcome = try probe.service(at: now)
        }
        let end = try #require(outcome)
        #expect(end.found == nil)
        #expect(end.heard.count >= 4 && end.heard.allSatisfy { $0.bytes == 0 })
    }
}

import DeviceIO
import RobotModel
import Testing

@Suite("GPIO lines in memory")
struct MemoryGPIOTests {
    private func request(
        _ line: Int, _ direction: GPIORequest.Direction, activeLow: Bool = false, initial: Bool = false
    ) -> GPIORequest {
        GPIORequest(
            role: "role\(line)", chip: "memory", line: line, direction: direction, activeLow: activeLow,
            initial: initial)
    }

    @Test("an active-low input is on while its wire is low", arguments: [false, true])
    func polarity(activeLow: Bool) throws {
        let chip = MemoryGPIO()
        let line = try chip.open(request(0, .input, activeLow: activeLow))
        #expect(try line.level() == activeLow)
        chip.setPhysical(line: 0, true, at: Instant(nanoseconds: 5))
        #expect(try line.level() == !activeLow)
        #expect(try line.nextEdge() == GPIOEdge(isOn: !activeLow, time: Instant(nanoseconds: 5)))
        #expect(try line.nextEdge() == nil)
    }

    @Test("a level that does not change makes no edge, and edges wait in order")
    func edges() throws {
        let chip = MemoryGPIO()
        let line = try chip.open(request(3, .input))
        for (time, level) in [true, true, false, true].enumerated() {
            chip.setPhysical(line: 3, level, at: Instant(nanoseconds: Int64(time)))
        }
        let edges = try (0..<4).map { _ in try line.nextEdge() }
        #expect(edges.map { $0?.isOn } == [true, false, true, nil])
        #expect(edges.map { $0?.time.nanoseconds } == [0, 2, 3, nil])
    }

    @Test("an output drives its wire in its polarity, from the request on")
    func output() throws {
        let chip = MemoryGPIO()
        let line = try chip.open(request(5, .output, activeLow: true, initial: false))
        #expect(chip.outputs == [5: true])
        try line.set(true)
        #expect(chip.outputs == [5: false])
        #expect(try line.level())
        let input = try chip.open(request(6, .input))
        #expect(throws: PortError.self) { try input.set(true) }
    }

    @Test("a line that is taken is busy, and free again when it is closed")
    func busy() throws {
        let chip = MemoryGPIO()
        let line = try chip.open(request(1, .input))
        #expect { try chip.open(request(1, .input)) } throws: { ($0 as? PortError)?.code == .busy }
        line.close()
        #expect { try line.level() } throws: { ($0 as? PortError)?.code == .lost }
        _ = try chip.open(request(1, .input))
    }

    @Test("a chip that is gone fails every use until it is back")
    func lost() throws {
        let chip = MemoryGPIO()
        let line = try chip.open(request(1, .input))
        chip.setLost(line: 1, true)
        #expect { try line.level() } throws: { ($0 as? PortError)?.code == .lost }
        #expect { try line.nextEdge() } throws: { ($0 as? PortError)?.code == .lost }
        chip.setLost(line: 1, false)
        #expect(try line.level() == false)
    }
}

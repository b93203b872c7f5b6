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

    @Test("edges are numbered from 1 where the chip numbers them, those that are dropped too")
    func numbers() throws {
        let chip = MemoryGPIO(edgeCapacity: 2, numbersEdges: true)
        let line = try chip.open(request(3, .input))
        for index in 0..<5 { chip.setPhysical(line: 3, index % 2 == 0) }
        #expect(try line.nextEdge()?.sequence == 1)
        #expect(try line.nextEdge()?.sequence == 2)
        #expect(try line.nextEdge() == nil)
        chip.setPhysical(line: 3, false)
        #expect(try line.nextEdge()?.sequence == 6)
        let old = try MemoryGPIO().open(request(3, .input))
        #expect(try old.nextEdge() == nil)
    }

    @Test("lines that are read together give their edges in the order in which they happened")
    func together() throws {
        let chip = MemoryGPIO()
        let group = try chip.openTogether([request(7, .input), request(8, .input, activeLow: true)])
        chip.setPhysical(line: 8, true, at: Instant(nanoseconds: 1))
        chip.setPhysical(line: 7, true, at: Instant(nanoseconds: 2))
        chip.setPhysical(line: 7, false, at: Instant(nanoseconds: 3))
        chip.setPhysical(line: 8, false, at: Instant(nanoseconds: 4))
        let edges = try (0..<5).map { _ in try group.nextEdge() }
        #expect(edges.map { $0?.index } == [1, 0, 0, 1, nil])
        #expect(edges.map { $0?.edge.isOn } == [false, true, false, true, nil])
        #expect(try group.level(1))
        group.close()
        _ = try chip.open(request(7, .input))
    }

    @Test("an output that is let go falls back to what its resistor makes of it")
    func idle() throws {
        let chip = MemoryGPIO()
        chip.setIdle(line: 5, true)
        let line = try chip.open(request(5, .output))
        #expect(chip.outputs == [5: false])
        line.close()
        let input = try chip.open(request(5, .input))
        #expect(try input.level())
    }
}

import DeviceIO
import Testing

@Suite("Serial ports in memory")
struct MemoryPortsTests {
    private let line = SerialLine(path: "/twin/lidar", baudRate: 115_200)

    private func read(_ port: any SerialPort, limit: Int = 4096) throws -> [UInt8] {
        var buffer: [UInt8] = []
        let count = try port.read(into: &buffer, limit: limit)
        #expect(count == buffer.count)
        return buffer
    }

    @Test("bytes go both ways, in order, and a reader may take a few at a time")
    func bothWays() throws {
        let ports = MemoryPorts()
        let device = ports.deviceEnd(line.path)
        let host = try ports.open(line)
        #expect(try host.write([1, 2, 3, 4]) == 4)
        #expect(try read(device, limit: 3) == [1, 2, 3])
        #expect(try read(device, limit: 3) == [4])
        #expect(try read(device).isEmpty)
        #expect(try device.write([9, 8]) == 2)
        #expect(try read(host) == [9, 8])
        #expect(ports.openLine(line.path)?.baudRate == 115_200)
    }

    @Test("a line without a device does not exist, and an open one is busy")
    func opening() throws {
        let ports = MemoryPorts()
        #expect { try ports.open(line) } throws: { ($0 as? PortError)?.code == .noSuchDevice }
        _ = ports.deviceEnd(line.path)
        let host = try ports.open(line)
        #expect { try ports.open(line) } throws: { ($0 as? PortError)?.code == .busy }
        host.close()
        _ = try ports.open(line)
    }

    @Test("an unplugged line is lost for good, and can be opened anew when it is plugged in again")
    func unplugged() throws {
        let ports = MemoryPorts()
        let device = ports.deviceEnd(line.path)
        let host = try ports.open(line)
        #expect(try host.write([1]) == 1)
        ports.unplug(line.path)
        #expect { try read(host) } throws: { ($0 as? PortError)?.code == .lost }
        #expect { try host.write([2]) } throws: { ($0 as? PortError)?.code == .lost }
        #expect { try ports.open(line) } throws: { ($0 as? PortError)?.code == .noSuchDevice }
        ports.plug(line.path)
        #expect { try read(host) } throws: { ($0 as? PortError)?.code == .lost }
        let again = try ports.open(line)
        #expect(try read(device).isEmpty, "what was on the line is gone")
        #expect(try device.write([5]) == 1)
        #expect(try read(again) == [5])
        host.close()
        #expect(try device.write([6]) == 1)
        #expect(try read(again) == [6], "closing the lost end does not close the new one")
    }

    @Test("what a device says to nobody is lost, and a new host does not hear it")
    func nobody() throws {
        let ports = MemoryPorts()
        let device = ports.deviceEnd(line.path)
        #expect(try device.write([1, 2]) == 2)
        let host = try ports.open(line)
        #expect(try read(host).isEmpty)
    }

    @Test("a line holds a bounded number of bytes and takes no more")
    func bounded() throws {
        let ports = MemoryPorts()
        let device = ports.deviceEnd(line.path)
        let host = try ports.open(line)
        let flood = [UInt8](repeating: 7, count: MemoryPorts.capacity + 100)
        #expect(try host.write(flood[...]) == MemoryPorts.capacity)
        #expect(try host.write([1]) == 0)
        #expect(try read(device, limit: 10).count == 10)
        #expect(try host.write(flood[...]) == 10)
    }

    @Test("flush drops both directions, and DTR reaches the twin")
    func flushAndDTR() throws {
        let ports = MemoryPorts()
        let device = ports.deviceEnd(line.path)
        let host = try ports.open(line)
        #expect(try host.write([1]) == 1)
        #expect(try device.write([2]) == 1)
        try host.flush()
        #expect(try read(host).isEmpty)
        #expect(try read(device).isEmpty)
        try host.setDTR(true)
        #expect(ports.isDTROn(line.path))
    }
}

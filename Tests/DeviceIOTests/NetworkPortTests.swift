import DeviceIO
import RobotModel
import Testing

@Suite("Ports on the network", .serialized)
struct NetworkPortTests {
    private let ports = SystemSerialPorts()

    private func line(_ path: String) -> SerialLine { SerialLine(path: path, baudRate: 115_200) }

    /// Opens the first free port of a few.
    private func openUDP(_ suffix: String = "") throws -> (port: any SerialPort, number: Int) {
        for number in 42_368..<42_400 {
            if let port = try? ports.open(line("udp:127.0.0.1:\(number)\(suffix)")) { return (port, number) }
        }
        throw PortError(.busy, port: "udp", cause: "no free port")
    }

    /// Reads until so many bytes have come; loopback is quick, but not at once.
    private func read(_ port: any SerialPort, _ count: Int, limit: Int = 4096) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<2_000_000 where bytes.count < count { _ = try port.read(into: &bytes, limit: limit) }
        return bytes
    }

    @Test("datagrams arrive whole and in order, as bytes; a read takes no part of one that does not fit")
    func datagrams() throws {
        let (port, number) = try openUDP()
        let sender = try UDPSender(path: "udp:\(number)")
        for index in 0..<5 { _ = try sender.write([UInt8](repeating: UInt8(index), count: 1000)[...]) }
        var first: [UInt8] = []
        for _ in 0..<2_000_000 where first.isEmpty { _ = try port.read(into: &first, limit: 2500) }
        #expect(first.count == 1000 || first.count == 2000)
        let rest = try read(port, 5000 - first.count)
        #expect(first + rest == (0..<5).flatMap { [UInt8](repeating: UInt8($0), count: 1000) })
        var empty: [UInt8] = []
        #expect(try port.read(into: &empty, limit: 100) == 0)
    }

    @Test("a datagram that is longer than a read may take comes in pieces, and an empty one is no end")
    func longDatagram() throws {
        let (port, number) = try openUDP()
        let sender = try UDPSender(path: "udp:\(number)")
        let long = (0..<9000).map { UInt8(truncatingIfNeeded: $0) }
        _ = try sender.write([][...])
        _ = try sender.write(long[...])
        #expect(try read(port, 9000) == long)
    }

    @Test("flush drops what has arrived")
    func flush() throws {
        let (port, number) = try openUDP()
        let sender = try UDPSender(path: "udp:\(number)")
        _ = try sender.write([1, 2, 3][...])
        _ = try read(port, 1, limit: 1)
        _ = try sender.write([4][...])
        try port.flush()
        var bytes: [UInt8] = []
        #expect(try port.read(into: &bytes, limit: 100) == 0)
    }

    @Test("only the sender behind the path is heard")
    func senders() throws {
        let (port, number) = try openUDP("@127.0.0.9")
        _ = try UDPSender(path: "udp:\(number)").write([1][...])
        var bytes: [UInt8] = []
        for _ in 0..<1000 { _ = try port.read(into: &bytes, limit: 10) }
        #expect(bytes.isEmpty)
        port.close()
        let open = try ports.open(line("udp:127.0.0.1:\(number)@127.0.0.1"))
        _ = try UDPSender(path: "udp:\(number)").write([2][...])
        #expect(try read(open, 1) == [2])
    }

    @Test("a port in use, an address that is not here and a path that is none are named")
    func errors() throws {
        let (port, number) = try openUDP()
        #expect { try ports.open(line("udp:127.0.0.1:\(number)")) } throws: { ($0 as? PortError)?.code == .busy }
        #expect { try ports.open(line("udp:192.0.2.77:\(number)")) } throws: {
            ($0 as? PortError)?.cause.contains("no interface of this machine") == true
        }
        for path in ["udp:", "udp:0", "udp:x", "udp:1.2.3.4.5:6", "tcp:9347", "tcp:lidar:9347", "udp:1@", "udp:70000"] {
            #expect { try ports.open(line(path)) } throws: { ($0 as? PortError)?.cause.hasPrefix("not a port") == true }
        }
        port.close()
        var bytes: [UInt8] = []
        #expect { try port.read(into: &bytes, limit: 1) } throws: { ($0 as? PortError)?.code == .lost }
    }

    @Test("a connection carries bytes both ways, is lost when the other side ends it, and can be made again")
    func connection() throws {
        var server: TCPServerPort?
        var number = 42_400
        while server == nil, number < 42_440 {
            number += 1
            server = try? TCPServerPort(path: "tcp:127.0.0.1:\(number)")
        }
        let listener = try #require(server)
        for _ in 0..<2 {
            let port = try ports.open(line("tcp:127.0.0.1:\(number)"))
            var sent = 0
            for _ in 0..<2_000_000 where sent == 0 { sent = try port.write([1, 2, 3][...]) }
            #expect(try read(listener, 3) == [1, 2, 3])
            _ = try listener.write([4, 5][...])
            #expect(try read(port, 2) == [4, 5])
            port.close()
        }
        let last = try ports.open(line("tcp:127.0.0.1:\(number)"))
        var sent = 0
        for _ in 0..<2_000_000 where sent == 0 { sent = try last.write([9][...]) }
        #expect(try read(listener, 1) == [9])
        listener.close()
        #expect { _ = try read(last, 1) } throws: { ($0 as? PortError)?.code == .lost }
    }

    @Test("a machine on which nobody listens is told from a lost connection")
    func refused() throws {
        #expect {
            let port = try ports.open(line("tcp:127.0.0.1:42499"))
            _ = try read(port, 1)
        } throws: { ($0 as? PortError)?.cause.contains("nobody listens") == true }
    }
}

import DeviceIO
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The first UART of the machine, if it has one and this user may open it.
private let path = "/dev/ttyS0"
private let hasUART: Bool = {
    let descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A node without a chip behind it opens, and answers everything with EIO.
    var settings = termios()
    return tcgetattr(descriptor, &settings) == 0
}()

@Suite("A real UART", .serialized, .enabled(if: hasUART, "no UART at /dev/ttyS0"))
struct UARTPortTests {
    @Test("it opens at its rate, and is busy while it is open")
    func opens() throws {
        let line = SerialLine(path: path, baudRate: 9600)
        let port = try SystemSerialPorts().open(line)
        #expect(port.pollDescriptor != nil)
        #expect { try SystemSerialPorts().open(line) } throws: { ($0 as? PortError)?.code == .busy }
        try port.setDTR(true)
        try port.flush()
        var buffer: [UInt8] = []
        #expect(try port.read(into: &buffer, limit: 0) == 0)
        port.close()
        #expect { try port.read(into: &buffer, limit: 1) } throws: { ($0 as? PortError)?.code == .lost }
        try SystemSerialPorts().open(line).close()
    }

    @Test("a rate that it does not have is refused, though the driver says OK")
    func wrongRate() {
        #expect { try SystemSerialPorts().open(SerialLine(path: path, baudRate: 3_999_999)) } throws: {
            ($0 as? PortError)?.code == .wrongRate
        }
    }
}

import DeviceIO
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Pseudo-terminals")
struct PseudoTerminalTests {
    /// A path of the test's own in the folder for temporary files.
    private func temporaryPath(_ name: String = #function) -> String {
        "/tmp/doorstep-test-\(getpid())-\(name.prefix { $0.isLetter })"
    }

    /// Reads until as many bytes are there as are expected, or a second has passed.
    private func read(_ port: any SerialPort, count: Int) throws -> [UInt8] {
        var buffer: [UInt8] = []
        for _ in 0..<1000 {
            _ = try port.read(into: &buffer, limit: 4096)
            if buffer.count >= count { break }
            usleep(1000)
        }
        return buffer
    }

    @Test("every byte value passes both ways unchanged")
    func transparent() throws {
        let pair = try PseudoTerminalPair(path: temporaryPath())
        let host = try SystemSerialPorts().open(SerialLine(path: pair.path, baudRate: 115_200))
        #expect(pair.hasPeer)
        let all = Array(UInt8.min...UInt8.max)
        #expect(try host.write(all[...]) == 256)
        #expect(try read(pair, count: 256) == all)
        #expect(try pair.write(all[...]) == 256)
        #expect(try read(host, count: 256) == all)
        #expect(try read(pair, count: 0).isEmpty, "nothing is echoed")
    }

    @Test("when the program closes, the twin's side waits for the next one")
    func nextOpener() throws {
        let pair = try PseudoTerminalPair(path: temporaryPath())
        let line = SerialLine(path: pair.path, baudRate: 9600)
        #expect(!pair.hasPeer)
        #expect(pair.pollDescriptor == nil)
        #expect(try pair.write([1, 2, 3]) == 3, "nobody listens: the bytes are lost, the device goes on")
        let first = try SystemSerialPorts().open(line)
        #expect(pair.pollDescriptor != nil)
        #expect(try first.write([4]) == 1)
        first.close()
        #expect(try read(pair, count: 1) == [4], "what was written before the end is still there")
        #expect(try read(pair, count: 0).isEmpty)
        #expect(!pair.hasPeer)
        let second = try SystemSerialPorts().open(line)
        #expect(try pair.write([5]) == 1)
        #expect(try read(second, count: 1) == [5])
    }

    @Test("when the twin goes, the robot's side is lost")
    func hangUp() throws {
        let pair = try PseudoTerminalPair(path: temporaryPath())
        let host = try SystemSerialPorts().open(SerialLine(path: pair.path, baudRate: 9600))
        pair.close()
        var buffer: [UInt8] = []
        #expect { try host.read(into: &buffer, limit: 10) } throws: { ($0 as? PortError)?.code == .lost }
        #expect { try host.write([1]) } throws: { ($0 as? PortError)?.code == .lost }
        #expect { try SystemSerialPorts().open(SerialLine(path: pair.path, baudRate: 9600)) } throws: {
            ($0 as? PortError)?.code == .noSuchDevice
        }
    }

    @Test("a port that is open is busy, and the error names the process")
    func busy() throws {
        let pair = try PseudoTerminalPair(path: temporaryPath())
        let line = SerialLine(path: pair.path, baudRate: 9600)
        let host = try SystemSerialPorts().open(line)
        #expect { try SystemSerialPorts().open(line) } throws: { error in
            let error = error as? PortError
            return error?.code == .busy && error?.cause.hasPrefix("held by pid \(getpid()) (") == true
        }
        host.close()
        _ = try SystemSerialPorts().open(line)
    }

    @Test("a new pair takes the path over from an old one, and the old one does not remove it")
    func takeOver() throws {
        let path = temporaryPath()
        let old = try PseudoTerminalPair(path: path)
        let new = try PseudoTerminalPair(path: path)
        old.close()
        let host = try SystemSerialPorts().open(SerialLine(path: path, baudRate: 9600))
        #expect(try new.write([7]) == 1)
        #expect(try read(host, count: 1) == [7])
    }

    @Test("a file that is no link is not replaced")
    func occupied() throws {
        let path = temporaryPath()
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        defer { unlink(path) }
        #expect { try PseudoTerminalPair(path: path) } throws: { ($0 as? PortError)?.code == .busy }
        #expect(access(path, F_OK) == 0)
    }

    @Test(
        "a path that leads nowhere, and a file that is no port, are no devices",
        arguments: [
            "/dev/serial/by-id/nobody", "/etc/hostname",
        ])
    func noDevice(path: String) {
        #expect { try SystemSerialPorts().open(SerialLine(path: path, baudRate: 9600)) } throws: {
            ($0 as? PortError)?.code == .noSuchDevice
        }
    }
}

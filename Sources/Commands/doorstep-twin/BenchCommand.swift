import ArgumentParser
import CommandLine
import DeviceIO
import Realtime
import RobotModel
import Twin

#if canImport(Glibc)
    import Glibc
#endif

/// `doorstep-twin device`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "One emulated device on a pseudo-terminal (a UDP port for network LiDARs), for whoever opens it.",
        discussion: """
            Prints the terminal's path and serves every program that opens it, one after the other, until SIGTERM or
            SIGINT. Its line is as slow as the real one; the rate that a program sets does not matter, unless
            --honour-rate is given. Protocols: \(BenchDevice.names.joined(separator: ", ")).
            """)

    @Option(name: .customLong("protocol"), help: "Which device.")
    var name: String

    @Option(
        help: "Where the terminal is to be found; by default a new name in /tmp; udp:PORT sends to this machine's port."
    )
    var path: String?

    @Option(help: "Of its noise.")
    var seed: UInt64 = 1

    @Flag(help: "A program at another rate than the device's hears and says rubbish, as on a real line.")
    var honourRate = false

    func run() throws {
        let link = path ?? (BenchDevice.usesDatagrams(name) ? "udp:2368" : "/tmp/doorstep-\(name)-\(getpid())")
        guard let bench = BenchDevice.named(name, path: link, seed: seed) else {
            print("no device is called '\(name)': \(BenchDevice.names.joined(separator: ", "))", to: STDERR_FILENO)
            throw ExitCode(2)
        }
        let ports = TwinPseudoTerminals()
        let port: any SerialPort
        do throws(PortError) {
            port = try ports.deviceEnd(of: bench.line)
        } catch {
            print("\(link): no port can be made: \(error.cause); may this user write there?", to: STDERR_FILENO)
            throw ExitCode(2)
        }
        defer { port.close() }
        let line = PacedLine(
            device: bench.device, line: bench.line, port: port, random: SeededRandom(seed: seed),
            honoursRate: honourRate)
        print(link)
        print("\(name) at \(bench.line.baudRate) bit/s, \(bench.remark); end it with Ctrl-C", to: STDERR_FILENO)
        fflush(nil)
        let ending = Ending()
        let clock = TickClock()
        while !ending.isAsked {
            clock.sleep(until: clock.now + .microseconds(500))
            line.advance(to: clock.now)
        }
    }
}

import Foundation
import RobotModel
import Twin

#if canImport(Glibc)
    import Glibc
#endif

/// A bus of servos behind a pseudo-terminal, on a thread of its own.
final class ServedBus: @unchecked Sendable {
    let path: String
    private let controller: Int32
    private let lock = NSLock()
    private var stopping = false
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - alerted: The servo that is too hot.
    ///   - makeBus: Puts the servos on their bus.
    init(
        ids: [Int], alertOn alerted: Int, _ makeBus: @escaping @Sendable ([ServoPlant]) -> any TwinDevice
    ) throws {
        var controller: Int32 = 0
        var terminal: Int32 = 0
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&controller, &terminal, &name, nil, nil) == 0 else { throw CocoaError(.fileReadUnknown) }
        var settings = termios()
        tcgetattr(terminal, &settings)
        cfmakeraw(&settings)
        tcsetattr(terminal, TCSANOW, &settings)
        self.controller = controller
        path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        Thread.detachNewThread { [self, terminal, controller] in
            // The terminal's side stays open, so that the line lives while no client does.
            serve(ids: ids, alertOn: alerted, makeBus)
            close(terminal)
            close(controller)
            ended.signal()
        }
    }

    func stop() {
        lock.withLock { stopping = true }
        ended.wait()
    }

    private static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    private func serve(ids: [Int], alertOn alerted: Int, _ makeBus: ([ServoPlant]) -> any TwinDevice) {
        let plants = ids.map { ServoPlant(id: $0) }
        for plant in plants where plant.id == alerted { plant.hardwareError = 0x04 }
        let bus = makeBus(plants)
        var last = Self.now
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !lock.withLock({ stopping }) {
            var waiting = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
            poll(&waiting, 1, 1)
            let now = Self.now
            if waiting.revents & Int16(POLLIN) != 0 {
                let count = read(controller, &buffer, buffer.count)
                if count > 0 { bus.receive(buffer[..<count], at: now) }
            }
            // The servos move at up to 4 rad/s.
            let step = 4 * now.seconds(since: last)
            last = now
            for plant in plants where plant.torqueEnabled {
                plant.position += min(step, max(-step, plant.goalPosition - plant.position))
            }
            var output: [UInt8] = []
            bus.advance(to: now, output: &output)
            var sent = 0
            while sent < output.count {
                let count = output[sent...].withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                sent += count
            }
        }
    }
}

/// A maker's client for Python, in the folder `Peers`.
enum PublicClient {
    /// Whether Python and these modules are here.
    static func hasModules(_ names: String) -> Bool {
        let check = Process()
        check.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        check.arguments = ["python3", "-c", "import \(names)"]
        check.standardOutput = FileHandle.nullDevice
        check.standardError = FileHandle.nullDevice
        guard (try? check.run()) != nil else { return false }
        check.waitUntilExit()
        return check.terminationStatus == 0
    }

    /// Runs a script to its end; gives what it printed.
    static func run(_ script: String, _ arguments: [String]) throws -> Data {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Peers/\(script)")
        let client = Process()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        client.arguments = ["python3", path.path] + arguments
        let output = Pipe()
        client.standardOutput = output
        try client.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        guard client.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return data
    }
}

import Foundation
import RobotModel
import Testing
import Twin

#if canImport(Glibc)
    import Glibc
#endif

/// Whether ROBOTIS' SDK for Python is here.
private let hasPublicClient: Bool = {
    let check = Process()
    check.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    check.arguments = ["python3", "-c", "import dynamixel_sdk, serial"]
    check.standardOutput = FileHandle.nullDevice
    check.standardError = FileHandle.nullDevice
    guard (try? check.run()) != nil else { return false }
    check.waitUntilExit()
    return check.terminationStatus == 0
}()

/// A bus of servos behind a pseudo-terminal, on a thread of its own.
private final class ServedBus: @unchecked Sendable {
    let path: String
    private let controller: Int32
    private let lock = NSLock()
    private var stopping = false
    private let ended = DispatchSemaphore(value: 0)

    init(ids: [Int], alertOn alerted: Int) throws {
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
            serve(ids: ids, alertOn: alerted)
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

    private func serve(ids: [Int], alertOn alerted: Int) {
        let plants = ids.map { ServoPlant(id: $0) }
        for plant in plants where plant.id == alerted { plant.hardwareError = 0x04 }
        let bus = DynamixelBus(servos: plants)
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

/// What the client printed.
private struct Seen: Decodable {
    struct Broadcast: Decodable {
        var ids: [Int]
        var result: Int
    }
    var ping: [String: [Int]]
    var broadcast: Broadcast
    var absent: Int
    var delay: [Int]
    var torque: [[Int]]
    var locked: [Int]
    var limit: [Int]
    var goals: [String: Int]
    var syncWrite: Int
    var syncRead: Int
    var positions: [String: Int]
    var fastSyncRead: Int?
    var fastPositions: [String: Int]?
    var single: [Int]
    var alert: [Int]
    var reboot: [Int]
}

@Suite("The twin's servo bus and the vendor's public client")
struct DynamixelPublicClientTests {
    @Test(
        "dynamixel-sdk pings, writes, sync writes, sync reads and fast sync reads the bus over a pseudo-terminal",
        .enabled(if: hasPublicClient, "python3 with dynamixel-sdk and pyserial is not installed"))
    func publicClient() throws {
        let served = try ServedBus(ids: [1, 2, 3, 4, 5, 6, 7], alertOn: 7)
        defer { served.stop() }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Peers/dynamixel_client.py")
        let client = Process()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        client.arguments = ["python3", script.path, served.path, "1000000"] + (1...7).map(String.init)
        let output = Pipe()
        client.standardOutput = output
        try client.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        #expect(client.terminationStatus == 0)
        let seen = try JSONDecoder().decode(Seen.self, from: data)

        // Model, communication result 0, error byte 0 (with the alert bit for servo 7).
        #expect((1...6).allSatisfy { seen.ping["\($0)"] == [1020, 0, 0] })
        #expect(seen.ping["7"] == [1020, 0, 0x80])
        #expect(seen.broadcast.ids == [1, 2, 3, 4, 5, 6, 7] && seen.broadcast.result == 0)
        #expect(seen.absent == -3001)  // COMM_RX_TIMEOUT
        #expect(seen.delay == [0, 0])
        #expect(seen.torque.dropLast().allSatisfy { $0 == [0, 0] })
        #expect(seen.torque.last == [0, 0x81])  // a servo in alert lets no torque on
        #expect(seen.locked == [0, 7])
        #expect(seen.limit == [0, 6])
        #expect(seen.syncWrite == 0 && seen.syncRead == 0)
        for id in 1...6 {
            #expect(seen.positions["\(id)"] == seen.goals["\(id)"])
        }
        #expect(seen.positions["7"] == 2048)
        if let fast = seen.fastSyncRead {
            #expect(fast == 0)
            #expect(seen.fastPositions == seen.positions)
        }
        #expect(seen.single == [1950, 0, 0])
        #expect(seen.alert == [0x04, 0, 0x80])
        #expect(seen.reboot.first == 0)
    }
}

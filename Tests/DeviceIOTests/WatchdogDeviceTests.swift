import DeviceIO
import Foundation
import RobotModel
import Testing

@Suite("Watchdogs")
struct WatchdogDeviceTests {
    @Test("what is not there, or no watchdog, is refused in words, and nothing is written to it")
    func noWatchdog() throws {
        let path = NSTemporaryDirectory() + "no-watchdog-\(UUID().uuidString)"
        #expect(throws: PortError.self) { try LinuxWatchdogs().arm(path, timeout: .seconds(10)) }
        do throws(PortError) {
            _ = try LinuxWatchdogs().arm(path, timeout: .seconds(10))
        } catch {
            #expect(error.code == .noSuchDevice)
        }
        try Data("keep".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do throws(PortError) {
            _ = try LinuxWatchdogs().arm(path, timeout: .seconds(10))
            Issue.record("a plain file is no watchdog")
        } catch {
            #expect(error.code == .failed)
            #expect("\(error)".contains(path))
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "keep")
    }

    @Test("one in memory bites when it is not fed, is one program's alone, and sleeps once it is disarmed")
    func memory() throws {
        let board = MemoryWatchdog()
        let watchdog = try board.arm("/dev/watchdog", timeout: .seconds(2))
        #expect(throws: PortError.self) { try board.arm("/dev/watchdog", timeout: .seconds(2)) }
        board.advance(to: .zero + .seconds(2))
        try watchdog.feed()
        board.advance(to: .zero + .seconds(4))
        #expect(!board.hasBitten)
        try watchdog.disarm()
        board.advance(to: .zero + .seconds(100))
        #expect(!board.hasBitten && !board.isArmed)
        let next = try board.arm("/dev/watchdog", timeout: .seconds(2))
        board.advance(to: .zero + .seconds(103))
        #expect(board.hasBitten)
        #expect(next.timeout == .seconds(2))
    }
}

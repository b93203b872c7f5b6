import DeviceIO
import Devices
import Foundation
import RobotModel
import Testing
import Twin

/// The relay box over Modbus TCP, on sockets of the loopback address.
@Suite("A relay box on the network", .serialized)
struct RelayBoxTCPTests {
    private static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    private func makePlant() -> FacilityPlant {
        let plant = FacilityPlant()
        plant.doors = [DoorPlant(number: 1), DoorPlant(number: 2)]
        plant.lifts = [LiftPlant(number: 1)]
        return plant
    }

    /// A box that listens on a port of this machine.
    private func makeBox(_ plant: FacilityPlant, _ number: UInt16) throws -> PacedLine {
        let line = SerialLine(path: "tcp:127.0.0.1:\(number)", baudRate: 10_000_000)
        return PacedLine(
            device: RelayBoxDevice(plant: plant, unit: 10, isTCP: true), line: line,
            port: try TCPServerPort(path: line.path), honoursRate: false)
    }

    @Test("the driver reads its states and carries its commands, and finds it again when it was away")
    func driver() throws {
        let number = try TestBroker.freePort()
        let plant = makePlant()
        var box: PacedLine? = try makeBox(plant, number)
        let mailbox = RelayMailbox()
        let line = SerialLine(path: "tcp:127.0.0.1:\(number)", baudRate: 10_000_000)
        let pump = DevicePump(
            driver: RelayBoxDriver(slot: "facilities", line: line, unit: 10, mailbox: mailbox), line: line,
            opener: SystemSerialPorts())
        func run(until isSo: () -> Bool) -> Bool {
            for _ in 0..<20_000 where !isSo() {
                pump.service(at: Self.now)
                box?.advance(to: Self.now)
                usleep(500)
            }
            return isSo()
        }
        #expect(run { mailbox.report?.value.doors.count == 2 })
        mailbox.send(.door(number: 2, session: 71))
        #expect(run { mailbox.report?.value.doors[1].session == 71 })
        #expect(pump.status.identity == "relay box with 2 doors and 1 lifts")
        // The box is switched off: its port is closed.
        box = nil
        #expect(run { pump.status.phase == .recovering })
        #expect(pump.status.fault?.hint != nil)
        plant.doors[0].mode = .open
        box = try makeBox(plant, number)
        #expect(run { pump.status.phase == .running && mailbox.report?.value.doors[0].mode == .open })
        pump.stop()
    }

    @Test(
        "pymodbus reads and writes it over TCP, with exceptions and a second connection",
        .enabled(if: ModbusPublicClientTests.isInstalled, "python3 with pymodbus is not installed"),
        .timeLimit(.minutes(2)))
    func pymodbus() throws {
        let number = try TestBroker.freePort()
        let box = try makeBox(makePlant(), number)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Peers/modbus_tcp_client.py")
        let client = Process()
        let output = Pipe()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        client.arguments = ["python3", script.path, "\(number)"]
        client.standardOutput = output
        client.standardError = output
        try client.run()
        while client.isRunning {
            box.advance(to: Self.now)
            usleep(300)
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(client.terminationStatus == 0, "\(text)")
        #expect(text.contains("all right"), "\(text)")
    }
}

import DeviceProtocols
import RobotModel
import Testing
import Twin

@Suite("Emulated ODrive")
struct ODriveDeviceTests {
    private let plant = WheelPlant()
    private let device: ODriveDevice

    init() { device = ODriveDevice(plant: plant, leftInverted: false, rightInverted: true) }

    /// What the device answers to a line, as text.
    private func say(_ line: String, at now: Instant = .zero) -> String {
        var output: [UInt8] = []
        device.receive(Array(line.utf8)[...], at: now)
        device.advance(to: now, output: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("a line with a checksum is answered with one, a line without one without, a wrong one not at all")
    func checksums() {
        plant.busVoltage = 24.5
        #expect(say("r vbus_voltage\n") == "24.500000\r\n")
        #expect(say("r vbus_voltage *93\n") == "24.500000*\(ODriveLine.checksum("24.500000".utf8))\r\n")
        #expect(say("r vbus_voltage *94\n") == "")
    }

    @Test("what it cannot follow it refuses in the firmware's words, and a write that succeeds is not answered")
    func refusals() {
        #expect(say("r axis0.nonsense\n") == "invalid property\r\n")
        #expect(say("f 2\n") == "invalid motor 2\r\n")
        #expect(say("z\n") == "unknown command\r\n")
        #expect(say("w axis0.config.watchdog_timeout 0.25\n") == "")
        #expect(say("r axis0.config.watchdog_timeout\n") == "0.250000\r\n")
    }

    @Test("it follows speeds in closed loop only, each motor in the way it is mounted")
    func speeds() {
        _ = say("v 0 1\nv 1 -1\n")
        #expect(!plant.enabled)
        _ = say("w axis0.requested_state 8\nw axis1.requested_state 8\nv 0 1\nv 1 -1\n")
        #expect(plant.enabled)
        #expect(abs(plant.targetLeft - 2 * .pi) < 1e-9)
        #expect(abs(plant.targetRight - 2 * .pi) < 1e-9)
        plant.leftPosition = .pi
        plant.rightPosition = .pi
        #expect(say("f 0\n") == "0.500000 0.000000\r\n")
        #expect(say("f 1\n") == "-0.500000 0.000000\r\n")
    }

    @Test("an axis whose watchdog is not fed disarms, and stays so until the error is cleared")
    func watchdog() {
        _ = say("w axis0.config.watchdog_timeout 0.1\nu 0\nw axis0.config.enable_watchdog 1\n")
        _ = say("w axis0.requested_state 8\nv 0 1\n")
        #expect(plant.enabled)
        #expect(say("r axis0.error\n", at: .zero + .milliseconds(90)) == "0\r\n")
        #expect(say("", at: .zero + .milliseconds(150)) == "")
        #expect(!plant.enabled)
        #expect(say("r axis0.error\n", at: .zero + .milliseconds(160)) == "2048\r\n")
        _ = say("u 0\nw axis0.requested_state 8\n", at: .zero + .milliseconds(160))
        #expect(!plant.enabled)
        _ = say("u 0\nsc\nw axis0.requested_state 8\n", at: .zero + .milliseconds(160))
        #expect(plant.enabled)
    }
}

import BoardFile
import DeviceIO
import Devices
import Realtime
import RobotModel

/// Every device of the board file in its slot: driver, port and service.
final class DeviceRack: Sendable {
    let relay = RelayMailbox()
    let boxRadio = BoxMailbox()
    let keypad = KeypadMailbox()
    /// Services in a fixed order; the wheels come first, so that a stop frame never waits for another slot.
    let services: [(slot: SlotID, port: String, service: any DeviceService)]
    private let digital: DigitalIO

    static let wheelsSlot: SlotID = "wheels"

    /// Throws what is wrong with a file that a device's slot names.
    init(
        board: Board, channels: TickChannels, ports: any SerialPortOpening, gpio: any GPIOLineOpening
    ) throws(RobotError) {
        func pump(_ driver: any DeviceDriver, _ port: PortSettings) -> (SlotID, String, any DeviceService) {
            (driver.status.slot, port.path, DevicePump(driver: driver, line: SerialLine(port), opener: ports))
        }
        digital = DigitalIO(
            slot: "gpio", lines: board.gpio.map(GPIORequest.init), opener: gpio, inputs: channels.inputs)
        var services: [(slot: SlotID, port: String, service: any DeviceService)] = [
            pump(Self.wheelDriver(board, channels), board.wheels.port),
            ("gpio", board.gpio.first?.chip ?? "", digital),
        ]
        if let slot = board.wheelEncoders, let states = channels.wheelEncoders {
            services.append(("wheel_encoders", slot.chip, Self.wheelEncoders(slot, gpio, states)))
        }
        for (slot, samples) in zip(board.lidars, channels.samples) {
            for driver in try Self.lidarDrivers(slot, samples) { services.append(pump(driver.driver, driver.port)) }
        }
        services.append(pump(Self.jointDriver(board.joints, channels), board.joints.port))
        if let slot = board.jointEncoders, let states = channels.jointEncoders {
            services.append(pump(Self.encoderDriver(slot, board.joints, states), slot.port))
        }
        if let slot = board.battery.monitor, let states = channels.batteryMonitor {
            services.append(pump(Self.batteryDriver(slot, states), slot.port))
        }
        if let slot = board.inertial, let states = channels.inertial {
            services.append(pump(Self.inertialDriver(slot, states), slot.port))
        }
        services += [
            pump(
                RelayBoxDriver(
                    slot: "facilities", line: SerialLine(board.facilities.port), unit: UInt8(board.facilities.unit),
                    mailbox: relay), board.facilities.port),
            pump(
                BoxRadioDriver(
                    slot: "box_radio", line: SerialLine(board.boxRadio.port), unit: UInt8(board.boxRadio.unit),
                    mailbox: boxRadio), board.boxRadio.port),
            pump(KeypadDriver(slot: "keypad", mailbox: keypad), board.keypad.port),
        ]
        self.services = services
    }

    /// The health of every device.
    var statuses: [DeviceStatus] { services.map { $0.service.status } }

    /// Opens (true) or locks the cargo compartment.
    func setLock(open: Bool) { digital.set(GPIOSlot.Role.lock.rawValue, open) }

    /// Resets the devices that report an alert: servos and the wheel drive.
    func clearAlerts() {
        for entry in services { (entry.service as? DevicePump)?.clearAlerts() }
    }

    /// Serves every device once, for a main that drives the clock by hand.
    func service(at now: Instant) {
        for entry in services { entry.service.service(at: now) }
    }
}

extension SerialLine {
    /// The line of a port in the board file.
    init(_ port: PortSettings) {
        let parity: SerialLine.Parity =
            switch port.parity {
            case .none: .none
            case .even: .even
            case .odd: .odd
            }
        self.init(path: port.path, baudRate: port.baudRate, parity: parity, stopBits: port.stopBits)
    }
}

extension GPIORequest {
    /// The request for a line in the board file. The lock is the only output; it is requested locked.
    init(_ slot: GPIOSlot) {
        self.init(
            role: slot.role.rawValue, chip: slot.chip, line: slot.line,
            direction: slot.role == .lock ? .output : .input,
            activeLow: slot.activeLow)
    }
}

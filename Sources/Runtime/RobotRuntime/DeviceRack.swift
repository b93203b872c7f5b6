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
    /// The building's broker, where doors or lifts are reached over one.
    let broker: BuildingBroker?
    /// Services in a fixed order; the wheels come first, so that a stop frame never waits for another slot.
    let services: [(slot: SlotID, port: String, service: any DeviceService)]
    private let digital: DigitalIO

    static let wheelsSlot: SlotID = "wheels"

    /// - Parameter topics: What has to be heard of the building's broker.
    ///
    /// Throws what is wrong with a file that a device's slot names.
    init(
        board: Board, channels: TickChannels, ports: any SerialPortOpening, gpio: any GPIOLineOpening,
        brokers: any MQTTPortOpening, topics: [String]
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
        if let slot = board.facilities {
            let driver = RelayBoxDriver(
                slot: "facilities", line: SerialLine(slot.port), unit: UInt8(slot.unit), mailbox: relay)
            services.append(pump(driver, slot.port))
        }
        services += [
            pump(
                BoxRadioDriver(
                    slot: "box_radio", line: SerialLine(board.boxRadio.port), unit: UInt8(board.boxRadio.unit),
                    mailbox: boxRadio), board.boxRadio.port),
            pump(KeypadDriver(slot: "keypad", mailbox: keypad), board.keypad.port),
        ]
        broker = board.buildingBroker.map { slot in
            BuildingBroker(
                slot: "building_broker", settings: MQTTSettings(slot, topics: topics), robot: board.name,
                opener: brokers)
        }
        if let broker { services.append(("building_broker", broker.status.identity, broker)) }
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

extension MQTTSettings {
    /// The broker of a board file.
    init(_ slot: BuildingBrokerSlot, topics: [String]) {
        self.init(
            host: slot.host, port: slot.port, clientID: slot.clientID,
            tls: slot.tls.map {
                TLS(
                    authorityFile: $0.authorityFile, certificateFile: $0.certificateFile, keyFile: $0.keyFile)
            }, username: slot.username, passwordFile: slot.passwordFile, topics: topics)
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

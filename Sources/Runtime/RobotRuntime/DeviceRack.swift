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

    init(
        board: Board, channels: TickChannels, ports: any SerialPortOpening, gpio: any GPIOLineOpening
    ) {
        let wheelLine = SerialLine(board.wheels.port)
        let wheels = ZLAC8015DDriver(
            ZLAC8015DDriver.Configuration(
                slot: Self.wheelsSlot, line: wheelLine, unit: UInt8(board.wheels.unit), rate: board.wheels.rate,
                leftInverted: board.wheels.leftInverted, rightInverted: board.wheels.rightInverted,
                countsPerRevolution: board.wheels.countsPerRevolution, batteryCurve: board.battery.curve),
            setpoint: channels.wheelSetpoint, state: channels.wheels, battery: channels.battery,
            chain: channels.wheelsChain)
        let joints = Self.jointDriver(board.joints, channels)
        let lidar = RPLIDARDriver(
            slot: "lidar", baudRate: board.lidar.port.baudRate, motorRPM: board.lidar.motorRPM,
            minRange: board.lidar.minRange, maxRange: board.lidar.maxRange, samples: channels.samples)
        let facilities = RelayBoxDriver(
            slot: "facilities", line: SerialLine(board.facilities.port), unit: UInt8(board.facilities.unit),
            mailbox: relay)
        let box = BoxRadioDriver(
            slot: "box_radio", line: SerialLine(board.boxRadio.port), unit: UInt8(board.boxRadio.unit),
            mailbox: boxRadio)
        digital = DigitalIO(
            slot: "gpio", lines: board.gpio.map(GPIORequest.init), opener: gpio, inputs: channels.inputs)
        func pump(_ driver: any DeviceDriver, _ port: PortSettings) -> (SlotID, String, any DeviceService) {
            (driver.status.slot, port.path, DevicePump(driver: driver, line: SerialLine(port), opener: ports))
        }
        services = [
            pump(wheels, board.wheels.port),
            ("gpio", board.gpio.first?.chip ?? "", digital),
            pump(lidar, board.lidar.port),
            pump(joints, board.joints.port),
            pump(facilities, board.facilities.port),
            pump(box, board.boxRadio.port),
            pump(KeypadDriver(slot: "keypad", mailbox: keypad), board.keypad.port),
        ]
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

    private static func jointDriver(_ slot: JointSlot, _ channels: TickChannels) -> DynamixelDriver {
        let joints = slot.arm.joints.indices.map { index in
            DynamixelDriver.Joint(
                name: slot.arm.joints[index].name, id: UInt8(slot.ids[index]), sign: slot.signs[index],
                offset: slot.offsets[index])
        }
        let gripper = DynamixelDriver.Gripper(
            id: UInt8(slot.gripper.id), closedWidth: slot.gripper.closedWidth,
            widthPerRadian: slot.gripper.widthPerRadian)
        return DynamixelDriver(
            slot: "joints", baudRate: slot.port.baudRate, rate: slot.rate, joints: joints, gripper: gripper,
            busWatchdog: slot.busWatchdog, states: channels.joints, setpoints: channels.jointSetpoint,
            chain: channels.jointsChain)
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

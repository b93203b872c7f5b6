import DeviceIO
import Devices
import Realtime
import RobotModel
import Twin

/// A driver and an emulated device, joined by a paced line in memory, on a hand-driven clock.
final class ModbusBench {
    static let path = "/twin/port"

    let ports = MemoryPorts()
    let line: SerialLine
    let wire: PacedLine
    let pump: DevicePump
    private(set) var now = Instant.zero + .seconds(100)
    /// Called each millisecond, before the line and the driver: the physics, and who writes set-points.
    var world: (Instant) -> Void = { _ in }

    /// `baudRate` is the device's; the driver's line runs at the same, or at `hostRate`.
    init(
        driver: any DeviceDriver, device: any TwinDevice, baudRate: Int, hostRate: Int? = nil,
        turnaround: Duration = .milliseconds(1)
    ) {
        line = SerialLine(path: Self.path, baudRate: hostRate ?? baudRate)
        let ports = ports
        wire = PacedLine(
            device: device, line: SerialLine(path: Self.path, baudRate: baudRate), port: ports.deviceEnd(Self.path),
            turnaround: turnaround,
            random: SeededRandom(seed: 5)
        ) { isPlugged in
            guard isPlugged else {
                ports.unplug(Self.path)
                return nil
            }
            ports.plug(Self.path)
            return ports.deviceEnd(Self.path)
        }
        pump = DevicePump(driver: driver, line: line, opener: ports)
    }

    var status: DeviceStatus { pump.status }

    /// Lets time pass in steps of a millisecond.
    func run(milliseconds: Int) {
        for _ in 0..<milliseconds {
            now += .milliseconds(1)
            world(now)
            wire.advance(to: now)
            pump.service(at: now)
        }
    }

    /// Lets time pass until something holds; false if it never does in the given time.
    func run(upTo milliseconds: Int, until condition: () -> Bool) -> Bool {
        for _ in 0..<milliseconds {
            if condition() { return true }
            run(milliseconds: 1)
        }
        return condition()
    }
}

/// The wheel drive with its driver, its motors and a writer of set-points.
final class WheelBench {
    static let curve: [(voltage: Double, stateOfCharge: Double)] = [(20, 0), (24, 0.5), (26, 1)]

    let plant = WheelPlant()
    let device: ZLAC8015DDevice
    let setpoint = LatestValue(Stamped(WheelSetpoint(), at: .zero))
    let state = LatestValue(Stamped(WheelState(), at: .zero))
    let battery = LatestValue(Stamped(BatteryState(), at: .zero))
    let bench: ModbusBench
    /// Written at every millisecond, as the tick does; nil leaves the last one to grow old.
    var wanted: WheelSetpoint? = WheelSetpoint()

    init(baudRate: Int = 115_200, rate: Int = 50, turnaround: Duration = .milliseconds(1)) {
        device = ZLAC8015DDevice(
            plant: plant, unit: 1, countsPerRevolution: 16_384, leftInverted: false, rightInverted: true)
        let configuration = ZLAC8015DDriver.Configuration(
            slot: "wheels", line: SerialLine(path: ModbusBench.path, baudRate: baudRate), unit: 1, rate: rate,
            leftInverted: false, rightInverted: true, countsPerRevolution: 16_384, batteryCurve: Self.curve)
        let driver = ZLAC8015DDriver(configuration, setpoint: setpoint, state: state, battery: battery)
        bench = ModbusBench(driver: driver, device: device, baudRate: baudRate, turnaround: turnaround)
        bench.world = { [unowned self] now in
            if let wanted { setpoint.store(Stamped(wanted, at: now)) }
            turnMotors()
        }
    }

    /// Motors that follow at once while they have power, and stop at once while they have none.
    private func turnMotors() {
        let powered = plant.enabled && plant.leftFault | plant.rightFault == 0
        plant.leftVelocity = powered ? plant.targetLeft : 0
        plant.rightVelocity = powered ? plant.targetRight : 0
        plant.leftPosition += plant.leftVelocity * 0.001
        plant.rightPosition += plant.rightVelocity * 0.001
    }

    var measured: WheelState { state.load().value }
    var status: DeviceStatus { bench.status }
    var isRunning: Bool { status.phase == .running }

    func drive(_ left: Double, _ right: Double) {
        wanted = WheelSetpoint(left: left, right: right, enabled: true)
    }
}

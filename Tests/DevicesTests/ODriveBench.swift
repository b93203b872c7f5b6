import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Twin

/// An ODrive with its driver, its motors and a writer of set-points, on a paced line and a hand-driven clock.
final class ODriveBench {
    static let curve: [(voltage: Double, stateOfCharge: Double)] = [(20, 0), (24, 0.5), (26, 1)]

    let plant = WheelPlant()
    let device: ODriveDevice
    let setpoint = LatestValue(Stamped(WheelSetpoint(), at: .zero))
    let state = LatestValue(Stamped(WheelState(), at: .zero))
    let battery = LatestValue(Stamped(BatteryState(), at: .zero))
    let bench: ModbusBench
    /// Written at every millisecond, as the tick does; nil leaves the last one to grow old.
    var wanted: WheelSetpoint? = WheelSetpoint()
    /// Something turns the left wheel from outside, rad/s.
    var push = 0.0
    /// The fastest change of the left wheel's target in a millisecond, rad/s.
    var jump = 0.0

    init(
        baudRate: Int = 115_200, rate: Int = 50, firmware: ODriveFirmware = ODriveFirmware(0, 5, 6), axisCount: Int = 2,
        isCalibrated: Bool = true
    ) {
        device = ODriveDevice(
            plant: plant, leftInverted: false, rightInverted: true, firmware: firmware, axisCount: axisCount,
            isCalibrated: isCalibrated)
        let driver = ODriveDriver(
            ODriveDriver.Configuration(
                slot: "wheels", line: SerialLine(path: ModbusBench.path, baudRate: baudRate), rate: rate,
                leftInverted: false, rightInverted: true, batteryCurve: Self.curve),
            setpoint: setpoint, state: state, battery: battery)
        bench = ModbusBench(driver: driver, device: device, baudRate: baudRate)
        bench.world = { [unowned self] now in
            if let wanted { setpoint.store(Stamped(wanted, at: now)) }
            turnMotors()
        }
    }

    /// Motors that follow at once while they have power, and stop at once while they have none.
    private func turnMotors() {
        let before = plant.leftVelocity
        plant.leftVelocity = (plant.enabled ? plant.targetLeft : 0) + push
        plant.rightVelocity = plant.enabled ? plant.targetRight : 0
        if plant.leftVelocity > before { jump = max(jump, plant.leftVelocity - before) }
        plant.leftPosition += plant.leftVelocity * 0.001
        plant.rightPosition += plant.rightVelocity * 0.001
    }

    var measured: WheelState { state.load().value }
    var status: DeviceStatus { bench.status }
    var isRunning: Bool { status.phase == .running }
    var isTurning: Bool { plant.leftVelocity != 0 || plant.rightVelocity != 0 }

    func drive(_ left: Double, _ right: Double) {
        wanted = WheelSetpoint(left: left, right: right, enabled: true)
    }
}

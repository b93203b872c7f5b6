import DeviceIO
import DeviceProtocols
import RobotModel

extension BenchDevice {
    /// A ZLAC8015D, unit 1, with two motors that nothing loads.
    static func zlac8015d(path: String, seed: UInt64) -> BenchDevice {
        let plant = WheelPlant()
        return BenchDevice(
            name: "zlac8015d", line: SerialLine(path: path, baudRate: 115_200),
            device: BenchWheels(
                plant: plant,
                drive: ZLAC8015DDevice(
                    plant: plant, unit: 1, countsPerRevolution: 4096, leftInverted: false, rightInverted: true)),
            remark: "unit 1; waits for requests")
    }

    /// An ODrive 3.6 with two motors that nothing loads.
    static func odrive(path: String, seed: UInt64) -> BenchDevice {
        let plant = WheelPlant()
        return BenchDevice(
            name: "odrive", line: SerialLine(path: path, baudRate: 115_200),
            device: BenchWheels(
                plant: plant, drive: ODriveDevice(plant: plant, leftInverted: false, rightInverted: true)),
            remark: "firmware 0.5.6; waits for requests, try `r vbus_voltage`")
    }
}

/// Two motors without a robot: they follow their drive with a small lag.
private final class BenchWheels: TwinDevice {
    /// Seconds of the motors' first-order answer.
    private static let response = 0.05
    private let plant: WheelPlant
    private let drive: any TwinDevice
    private var last: Instant?

    init(plant: WheelPlant, drive: any TwinDevice) {
        self.plant = plant
        self.drive = drive
    }

    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) { drive.receive(bytes, at: now) }

    func advance(to now: Instant, output: inout [UInt8]) {
        let seconds = min(last.map { now.seconds(since: $0) } ?? 0, 0.1)
        last = now
        let share = min(1, seconds / Self.response)
        let powered = plant.enabled && plant.leftFault | plant.rightFault == 0
        plant.leftVelocity += ((powered ? plant.targetLeft : 0) - plant.leftVelocity) * share
        plant.rightVelocity += ((powered ? plant.targetRight : 0) - plant.rightVelocity) * share
        plant.leftPosition += plant.leftVelocity * seconds
        plant.rightPosition += plant.rightVelocity * seconds
        drive.advance(to: now, output: &output)
    }
}

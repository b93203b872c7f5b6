import DeviceIO
import RobotModel

extension BenchDevice {
    /// A relay box, unit 1, with two doors and a lift that nobody moves.
    static func relayBox(path: String, seed: UInt64) -> BenchDevice {
        let plant = FacilityPlant()
        plant.doors = [DoorPlant(number: 1), DoorPlant(number: 2)]
        plant.lifts = [LiftPlant(number: 1)]
        return BenchDevice(
            name: "relay-box", line: SerialLine(path: path, baudRate: 19_200),
            device: RelayBoxDevice(plant: plant, unit: 1), remark: "unit 1, two doors and a lift; waits for requests")
    }

    /// A delivery box, unit 1, within reach of its radio.
    static func boxRadio(path: String, seed: UInt64) -> BenchDevice {
        let device = BoxRadioDevice(plant: BoxPlant(), unit: 1)
        device.inRange = true
        return BenchDevice(
            name: "box-radio", line: SerialLine(path: path, baudRate: 9600), device: device,
            remark: "unit 1; waits for requests")
    }
}

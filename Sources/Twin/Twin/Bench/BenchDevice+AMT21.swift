import DeviceIO
import RobotModel

extension BenchDevice {
    /// Three encoders of 14 bits on shafts that stand.
    static func amt21(path: String, seed: UInt64) -> BenchDevice {
        let servos = BenchServos(count: 3, seed: seed)
        let encoders = servos.plants.enumerated().map { index, plant in
            AMT21Bus.Encoder(address: 0x54 + 4 * UInt8(index), plant: plant)
        }
        return BenchDevice(
            name: "amt21", line: SerialLine(path: path, baudRate: 2_000_000),
            device: BenchServoBus(servos, bus: AMT21Bus(encoders: encoders)),
            remark: "encoders 0x54, 0x58 and 0x5c; wait to be asked")
    }
}

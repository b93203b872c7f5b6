import DeviceIO

extension BenchDevice {
    /// Three XM430 servos.
    static func dynamixel(path: String, seed: UInt64) -> BenchDevice {
        let servos = BenchServos(count: 3, seed: seed)
        return BenchDevice(
            name: "dynamixel", line: SerialLine(path: path, baudRate: 1_000_000),
            device: BenchServoBus(servos, bus: DynamixelBus(servos: servos.plants)),
            remark: "servos 1, 2 and 3; wait to be asked")
    }
}

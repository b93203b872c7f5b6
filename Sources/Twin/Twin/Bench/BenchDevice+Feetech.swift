import DeviceIO

extension BenchDevice {
    /// Three STS3215 servos.
    static func feetech(path: String, seed: UInt64) -> BenchDevice {
        let servos = BenchServos(count: 3, seed: seed)
        return BenchDevice(
            name: "feetech", line: SerialLine(path: path, baudRate: 1_000_000),
            device: BenchServoBus(servos, bus: FeetechBus(servos: servos.plants)),
            remark: "servos 1, 2 and 3; wait to be asked")
    }
}

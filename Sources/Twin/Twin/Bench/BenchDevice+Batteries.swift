import DeviceIO

extension BenchDevice {
    /// A Daly battery of eight cells that feeds a small load.
    static func daly(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "daly", line: SerialLine(path: path, baudRate: 9600), device: DalyDevice(plant: BatteryPlant()),
            remark: "answers questions only")
    }

    /// A JBD battery of eight cells that feeds a small load.
    static func jbd(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "jbd", line: SerialLine(path: path, baudRate: 9600), device: JBDDevice(plant: BatteryPlant()),
            remark: "sleeps through the first question, then answers")
    }
}

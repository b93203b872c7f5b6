import DeviceIO

extension BenchDevice {
    /// A Hesai JT16 in a room.
    static func hesaiJT16(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "hesai-jt16", line: SerialLine(path: path, baudRate: 3_125_000),
            device: HesaiJTDevice(laser: BenchRoom(seed: seed)), remark: "talks by itself, 3000 packets a second")
    }
}

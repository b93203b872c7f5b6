import DeviceIO

extension BenchDevice {
    /// An RPLIDAR S2 in a room.
    static func rplidar(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "rplidar", line: SerialLine(path: path, baudRate: 1_000_000),
            device: RPLIDARDevice(laser: BenchRoom(seed: seed)), remark: "waits for a scan request")
    }
}

import DeviceIO
import DeviceProtocols

extension BenchDevice {
    /// A YDLIDAR X2 in a room: it has one channel, so it talks by itself.
    static func ydlidar(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "ydlidar", line: SerialLine(path: path, baudRate: 115_200),
            device: YDLIDARDevice(laser: BenchRoom(seed: seed), model: .x2), remark: "an X2: talks by itself")
    }
}

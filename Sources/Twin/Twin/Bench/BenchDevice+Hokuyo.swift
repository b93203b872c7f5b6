import DeviceIO
import DeviceProtocols

extension BenchDevice {
    /// A Hokuyo URG-04LX in a room.
    static func hokuyo(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "hokuyo", line: SerialLine(path: path, baudRate: 115_200),
            device: HokuyoDevice(laser: BenchRoom(seed: seed), parameters: .urg04LX), remark: "waits for BM and MD")
    }
}

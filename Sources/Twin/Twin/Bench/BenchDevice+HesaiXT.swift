import DeviceIO

extension BenchDevice {
    /// A Hesai XT16 in a room, on a network of 100 Mbit/s.
    static func hesaiXT(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "hesai-xt", line: SerialLine(path: path, baudRate: 100_000_000),
            device: HesaiXTDevice(laser: BenchRoom(seed: seed)), remark: "talks by itself, a datagram every 0.4 ms")
    }
}

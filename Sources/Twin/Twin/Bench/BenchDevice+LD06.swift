import DeviceIO

extension BenchDevice {
    /// An LDROBOT LD06 in a room.
    static func ld06(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "ld06", line: SerialLine(path: path, baudRate: 230_400),
            device: LD06Device(laser: BenchRoom(seed: seed)), remark: "talks by itself")
    }
}

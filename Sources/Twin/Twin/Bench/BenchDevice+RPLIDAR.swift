import DeviceIO
import DeviceProtocols
import RobotModel

extension BenchDevice {
    /// An RPLIDAR S2 in a room.
    static func rplidar(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "rplidar", line: SerialLine(path: path, baudRate: 1_000_000),
            device: RPLIDARDevice(laser: BenchRoom(seed: seed)), remark: "waits for a scan request")
    }

    /// RPLIDARs that still scan for a host that is gone, one in each format.
    static let rplidarFormats: [(name: String, make: @Sendable (_ path: String, _ seed: UInt64) -> BenchDevice)] =
        RPLIDARFormat.allCases.map { format in
            let name = "rplidar-\(format.name)"
            return (
                name,
                { path, seed in
                    let device = RPLIDARDevice(laser: BenchRoom(seed: seed), typical: format)
                    let scan = RPLIDARRequest.expressScan(mode: RPLIDARDevice.mode(of: format))
                    device.receive(scan.encoded[...], at: .zero)
                    return BenchDevice(
                        name: name, line: SerialLine(path: path, baudRate: 1_000_000), device: device,
                        remark: "scans in the \(format.name) format, as for a host that is gone")
                }
            )
        }
}

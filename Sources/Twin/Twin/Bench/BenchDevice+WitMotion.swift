import DeviceIO
import DeviceProtocols

extension BenchDevice {
    /// A WT901B at rest on a table, as sold but with its pressure switched on.
    static func witmotion(path: String, seed: UInt64) -> BenchDevice {
        BenchDevice(
            name: "witmotion", line: SerialLine(path: path, baudRate: 9600),
            device: WitMotionDevice(
                plant: InertialPlant(),
                content: [.acceleration, .angularVelocity, .angle, .magneticField, .pressure], seed: seed),
            remark: "sends five frames ten times a second by itself")
    }
}

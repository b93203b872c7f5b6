package import DeviceIO
import DeviceProtocols
import RobotModel

/// One emulated device alone on a table: no robot, no building, a small room around it.
///
/// `doorstep-twin device --protocol NAME` serves one, and tests and benchmarks take their streams from it.
package struct BenchDevice {
    /// The protocol's name, as in `ProtocolCard`.
    package var name: String
    /// The line that the real device is delivered with.
    package var line: SerialLine
    package var device: any TwinDevice
    /// What the device is told to do without a host, in words; shown when it is served.
    package var remark: String
    /// What a host sends, one after the other, so that measurements come; empty where they come by themselves.
    package var scanRequests: [[UInt8]]

    package init(
        name: String, line: SerialLine, device: any TwinDevice, remark: String, scanRequests: [[UInt8]] = []
    ) {
        self.name = name
        self.line = line
        self.device = device
        self.remark = remark
        self.scanRequests = scanRequests
    }

    /// The device of a protocol; nil where there is none of that name.
    ///
    /// - Parameters:
    ///   - path: Where its line is to be found.
    ///   - seed: Of its noise.
    package static func named(_ name: String, path: String, seed: UInt64) -> BenchDevice? {
        makers.first { $0.name == name }?.make(path, seed)
    }

    /// Whether the device of a protocol sends datagrams.
    package static func usesDatagrams(_ name: String) -> Bool {
        if case .udp = ProtocolCard.named(name)?.transport { true } else { false }
    }

    /// The names that can be served.
    package static var names: [String] { makers.map(\.name) }
}

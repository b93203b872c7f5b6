public import DeviceProtocols
import Synchronization

/// Where the angles of a Hesai's channels are handed over, from who fetches them (`HesaiPTCDriver`) to who needs them.
public final class HesaiCalibrationBox: Sendable {
    private let contents = Mutex<HesaiCalibration?>(nil)

    public init() {}

    /// What was fetched last; nil until then.
    public var calibration: HesaiCalibration? { contents.withLock { $0 } }

    public func put(_ calibration: HesaiCalibration) { contents.withLock { $0 = calibration } }
}

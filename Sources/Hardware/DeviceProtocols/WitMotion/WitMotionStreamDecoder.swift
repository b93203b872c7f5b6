/// Reads a dump of a WitMotion unit's line: one record a frame.
public struct WitMotionStreamDecoder: StreamDecoder {
    private var decoder = WitMotionDecoder()

    public init() {}

    public var counters: FrameCounters { decoder.counters }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        decoder.decode(bytes) { frame, _ in emit(WitMotionRecord(frame)) }
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) {
        decoder.finish { frame, _ in emit(WitMotionRecord(frame)) }
    }
}

/// A frame of a WitMotion unit in a dump; only the fields of its kind are there.
struct WitMotionRecord: DecodedRecord {
    /// "acceleration", "pressure", …; "type 85" for what is not taken apart.
    var kind: String
    /// m/s², rad/s, radians (roll, pitch, yaw), counts of the magnetometer, or a quaternion, by kind.
    var values: [Double]?
    /// Degrees Celsius.
    var temperature: Double?
    /// Pa.
    var pressure: Double?
    /// Metres.
    var height: Double?
    /// The data bytes, d0 lowest, of what is not taken apart.
    var data: UInt64?

    init(_ frame: WitMotionFrame) {
        func words(_ count: Int, _ step: Double) -> [Double] { (0..<count).map { Double(frame.word($0)) * step } }
        switch frame.kind {
        case .acceleration:
            kind = "acceleration"
            values = words(3, WitMotionFrame.accelerationStep)
            temperature = frame.temperature
        case .angularVelocity:
            kind = "angular velocity"
            values = words(3, WitMotionFrame.angularVelocityStep)
        case .angle:
            kind = "angle"
            values = words(3, WitMotionFrame.angleStep)
        case .magneticField:
            kind = "magnetic field"
            values = words(3, 1)
        case .quaternion:
            kind = "quaternion"
            values = words(4, 1 / 32768)
        case .pressure:
            kind = "pressure"
            pressure = Double(frame.long(0))
            height = Double(frame.long(1)) / 100
        default:
            kind = "type \(frame.kind.rawValue)"
            data = frame.data
        }
    }

    var summary: String {
        if let pressure, let height { return "pressure \(pressure) Pa, height \(height) m" }
        guard let values else { return kind }
        let text = values.map { "\(($0 * 1000).rounded() / 1000)" }.joined(separator: " ")
        return "\(kind) \(text)"
    }
}

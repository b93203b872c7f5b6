/// Turns frames of an LDROBOT LiDAR into points, and marks the first point behind the zero of each revolution.
public struct LD06Unpacker: Sendable {
    /// Bearing of the point before.
    private var last = 0.0
    /// Whether the head has been on the far side since the last mark: a head that trembles at zero passes it once.
    private var isArmed = false

    private let model: LD06Model

    public init(model: LD06Model = .ld06) { self.model = model }

    /// Frames are missing here; the zero may have been passed among them.
    public mutating func breakSequence() { isArmed = true }

    /// Calls `body` for each point of a frame with its index, 0...11.
    public mutating func unpack(_ frame: LD06Frame, _ body: (LidarPoint, _ index: Int) -> Void) {
        for index in 0..<LD06Frame.pointCount {
            let degrees = frame.degrees(of: index)
            let passesZero = isArmed && last - degrees > 180
            if passesZero { isArmed = false }
            if degrees > 90, degrees < 270 { isArmed = true }
            last = degrees
            let millimeters = Double(frame.ranges[index])
            body(
                LidarPoint(
                    degrees: model.eye == nil ? degrees : shifted(degrees, millimeters), meters: millimeters / 1000,
                    intensity: frame.strengths[index], startsRevolution: passesZero), index)
        }
    }

    private func shifted(_ degrees: Double, _ millimeters: Double) -> Double {
        let shifted = degrees + model.bearingShift(millimeters: millimeters)
        return shifted < 0 ? shifted + 360 : shifted >= 360 ? shifted - 360 : shifted
    }
}

/// What a model can: the answer to PP.
///
/// Steps count counter-clockwise, seen from above, from the rear; `front` looks ahead. Steps outside `first...last` are not
/// measured.
public struct HokuyoParameters: Hashable, Sendable {
    public var model: String
    /// Millimetres; what a scan says below or above is a code and no range.
    public var nearest: Int
    public var farthest: Int
    /// Steps of a whole turn.
    public var resolution: Int
    public var first: Int
    public var last: Int
    public var front: Int
    /// Revolutions a minute.
    public var rpm: Int

    public init(
        model: String, nearest: Int, farthest: Int, resolution: Int, first: Int, last: Int, front: Int, rpm: Int
    ) {
        self.model = model
        self.nearest = nearest
        self.farthest = farthest
        self.resolution = resolution
        self.first = first
        self.last = last
        self.front = front
        self.rpm = rpm
    }

    /// URG-04LX (C-42-03320B, section 5): 5.6 m, 240°, 10 Hz.
    public static let urg04LX = HokuyoParameters(
        model: "URG-04LX(Hokuyo Automatic Co.,Ltd.)", nearest: 20, farthest: 5600, resolution: 1024, first: 44,
        last: 725, front: 384, rpm: 600)
    /// UTM-30LX (C-42-03320B, section 5): 30 m (it reports up to 60), 270°, 40 Hz.
    public static let utm30LX = HokuyoParameters(
        model: "UTM-30LX(Hokuyo Automatic Co.,Ltd.)", nearest: 23, farthest: 60_000, resolution: 1440, first: 0,
        last: 1080, front: 540, rpm: 2400)

    /// Millimetres: a range has three characters of six bits.
    static let greatestRange = 1 << 18 - 1

    /// Reads the answer to PP; nil where a figure is missing or none of a scanner's.
    public init?(_ answer: HokuyoAnswer) {
        func number(_ key: String) -> Int? { answer.field(key).flatMap { Int($0) } }
        guard let nearest = number("DMIN"), let farthest = number("DMAX"), let resolution = number("ARES"),
            let first = number("AMIN"), let last = number("AMAX"), let front = number("AFRT"), let rpm = number("SCAN"),
            nearest >= 0, farthest > nearest, farthest <= Self.greatestRange, resolution > 0, first >= 0, last > first,
            last <= 9999, last - first < resolution, (0...last).contains(front), (1...60_000).contains(rpm)
        else { return nil }
        self.init(
            model: answer.field("MODL") ?? "unknown model", nearest: nearest, farthest: farthest,
            resolution: resolution, first: first, last: last, front: front, rpm: rpm)
    }

    /// The lines of the answer to PP.
    public var lines: [[UInt8]] {
        [
            "MODL:\(model)", "DMIN:\(nearest)", "DMAX:\(farthest)", "ARES:\(resolution)", "AMIN:\(first)",
            "AMAX:\(last)", "AFRT:\(front)", "SCAN:\(rpm)",
        ].map { Array($0.utf8) }
    }

    /// The time of one turn.
    public var period: Duration { .nanoseconds(60_000_000_000 / Int64(rpm)) }

    /// The bearing of a step, degrees counter-clockwise from the front, 0..<360.
    public func degrees(ofStep step: Double) -> Double {
        let degrees = (step - Double(front)) * 360 / Double(resolution)
        return degrees < 0 ? degrees + 360 : degrees >= 360 ? degrees - 360 : degrees
    }

    /// Metres of a scan's number; 0 where it is a code for "nothing was measured".
    public func meters(_ range: UInt32) -> Double {
        range < UInt32(nearest) || range > UInt32(farthest) ? 0 : Double(range) / 1000
    }
}

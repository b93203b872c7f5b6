/// One revolution of a LiDAR with many channels as `device decode` prints it: what came back on all of them as a number, and
/// the most nearly level channel as the planar LiDARs' revolutions are.
///
///     {"angles":[0.18,…],"channel":15,"channels":32,"echoes":61023,"elevation":0,"intensities":[…],"lost":0,"points":2000,
///     "ranges":[…],"revolution":3,"whole":true}
public struct RingRevolutionRecord: DecodedRecord, Hashable {
    /// Counts from 1.
    public var revolution: Int
    /// How many points the level channel has.
    public var points: Int
    /// False for the first and the last one of a dump, and where packets are missing.
    public var whole: Bool
    /// How many channels the device has, which one the angles and ranges are of (from 0), and where it looks, in degrees.
    public var channels: Int
    public var channel: Int
    public var elevation: Double
    /// Points of all channels that came back.
    public var echoes: Int
    /// Packets that are missing in it, by their numbers.
    public var lost: Int
    /// Degrees as the device counts, ranges in metres (level distance), echo strengths.
    public var angles: [Double]
    public var ranges: [Double]
    public var intensities: [UInt8]

    public var summary: String {
        let seen = ranges.filter { $0 > 0 }
        let span = seen.min().flatMap { near in seen.max().map { ", \(near)…\($0) m" } } ?? ""
        return
            "revolution \(revolution): \(channels) channels, \(echoes) echoes; channel \(channel): \(points) points, "
            + "\(seen.count) with an echo\(span)"
    }
}

/// Gathers the points of the level channel, and counts those of the others.
struct RingCollector: Sendable {
    private var revolutions = RevolutionCollector()
    private var lastAzimuth: UInt16?
    private var echoes = 0
    private var lost = 0

    var channels = 0
    var channel = 0
    var elevation = 0.0

    /// Whether a revolution begins with this azimuth (hundredths of a degree): it fell.
    mutating func begins(at azimuth: UInt16) -> Bool {
        defer { lastAzimuth = azimuth }
        guard let lastAzimuth else { return false }
        return azimuth < lastAzimuth && lastAzimuth - azimuth > 18_000
    }

    mutating func count(echoes: Int) { self.echoes += echoes }

    mutating func count(lost: Int) {
        guard lost > 0 else { return }
        self.lost += lost
        revolutions.markGap()
    }

    mutating func take(_ point: LidarPoint, _ emit: (any DecodedRecord) -> Void) {
        var found: RevolutionRecord?
        revolutions.take(point) { found = $0 as? RevolutionRecord }
        if let found { hand(found, emit) }
    }

    mutating func finish(_ emit: (any DecodedRecord) -> Void) {
        var found: RevolutionRecord?
        revolutions.finish { found = $0 as? RevolutionRecord }
        if let found { hand(found, emit) }
    }

    private mutating func hand(_ record: RevolutionRecord, _ emit: (any DecodedRecord) -> Void) {
        emit(
            RingRevolutionRecord(
                revolution: record.revolution, points: record.points, whole: record.whole, channels: channels,
                channel: channel, elevation: elevation, echoes: echoes, lost: lost, angles: record.angles,
                ranges: record.ranges, intensities: record.intensities))
        echoes = 0
        lost = 0
    }
}

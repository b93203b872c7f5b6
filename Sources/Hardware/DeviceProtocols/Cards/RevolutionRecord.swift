/// One revolution of a LiDAR as `device decode` prints it.
///
///     {"angles":[0,0.45,…],"intensities":[47,…],"points":800,"ranges":[1.204,…],"revolution":3,"whole":true}
public struct RevolutionRecord: DecodedRecord, Hashable {
    /// Counts from 1.
    public var revolution: Int
    /// How many points it has.
    public var points: Int
    /// False for the first and the last one of a dump, which may have begun before it or go on behind it.
    public var whole: Bool
    /// Degrees as the device counts, to 0.0001°.
    public var angles: [Double]
    /// Metres, to 0.1 mm; 0 where nothing came back.
    public var ranges: [Double]
    /// Echo strengths.
    public var intensities: [UInt8]

    public var summary: String {
        let seen = ranges.filter { $0 > 0 }
        guard let nearest = seen.min(), let farthest = seen.max() else {
            return "revolution \(revolution): \(points) points, none with an echo"
        }
        return "revolution \(revolution): \(points) points, \(seen.count) with an echo, \(nearest)…\(farthest) m"
    }
}

/// Gathers points into revolutions.
public struct RevolutionCollector: Sendable {
    /// A device whose mark is never seen (a sector scanner, a damaged line) does not gather for ever.
    private static let limit = 65_536

    private var record = RevolutionRecord(
        revolution: 1, points: 0, whole: false, angles: [], ranges: [], intensities: [])

    public init() {}

    /// Takes a point; hands out the revolution before it when it begins a new one.
    public mutating func take(_ point: LidarPoint, _ emit: (any DecodedRecord) -> Void) {
        if (point.startsRevolution && record.points > 0) || record.points >= Self.limit {
            emit(record)
            record = RevolutionRecord(
                revolution: record.revolution + 1, points: 0, whole: point.startsRevolution, angles: [], ranges: [],
                intensities: [])
        } else if point.startsRevolution {
            record.whole = true
        }
        record.points += 1
        record.angles.append((point.degrees * 10_000).rounded() / 10_000)
        record.ranges.append((point.meters * 10_000).rounded() / 10_000)
        record.intensities.append(point.intensity)
    }

    /// Points are missing here: the revolution is not whole.
    public mutating func markGap() { record.whole = false }

    /// Hands out the last revolution, which is not whole.
    public mutating func finish(_ emit: (any DecodedRecord) -> Void) {
        guard record.points > 0 else { return }
        record.whole = false
        emit(record)
        record.points = 0
        record.angles.removeAll()
        record.ranges.removeAll()
        record.intensities.removeAll()
    }
}

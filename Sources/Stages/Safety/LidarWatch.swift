public import RobotModel

/// When each of the robot's LiDARs was heard of last.
///
/// A robot that needs two LiDARs is blind on one side while one of them is silent, so the age that counts is that of the
/// one that has been silent longest. A kernel of the tick: never allocates.
public struct LidarWatch: Sendable, BitwiseCopyable {
    /// The most LiDARs that a board can have.
    public static var capacity: Int { @_noAllocation @_noLocks get { 4 } }

    private let count: Int
    /// What a second of each counts as, so that all can be judged by the first one's limit.
    private var scales: InlineArray<4, Double>
    private var last: InlineArray<4, Instant>

    /// LiDARs with their age limits in seconds, all of them required, none of them heard of yet.
    public init(limits: [Double]) {
        precondition(limits.count <= 4, "a board has at most 4 LiDARs")
        count = limits.count
        scales = InlineArray(repeating: 1)
        for (index, limit) in limits.enumerated() where limit > 0 { scales[index] = limits[0] / limit }
        // Long enough ago to count as silent under any limit, and near enough to reckon with.
        last = InlineArray(repeating: Instant(nanoseconds: -1_000_000_000_000))
    }

    /// A LiDAR has been heard of: a sample that it took at this moment.
    @_noAllocation @_noLocks
    public mutating func heard(_ lidar: Int, at time: Instant) {
        guard lidar >= 0, lidar < count, time > last[lidar] else { return }
        last[lidar] = time
    }

    /// Seconds since the one that has been silent longest was heard of, each scaled to the first one's limit; 0 without
    /// LiDARs.
    @_noAllocation @_noLocks
    public func worstAge(at now: Instant) -> Double {
        var worst = 0.0
        for lidar in 0..<count { worst = max(worst, now.seconds(since: last[lidar]) * scales[lidar]) }
        return worst
    }
}

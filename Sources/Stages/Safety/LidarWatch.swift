public import RobotModel

/// When each of the robot's LiDARs was heard of last.
///
/// A robot that needs two LiDARs is blind on one side while one of them is silent, so the age that counts is that of the
/// one that has been silent longest. A kernel of the tick: never allocates.
public struct LidarWatch: Sendable, BitwiseCopyable {
    /// The most LiDARs that a board can have.
    public static var capacity: Int { @_noAllocation @_noLocks get { 4 } }

    private let count: Int
    private var last: InlineArray<4, Instant>

    /// `count` LiDARs, all of them required, none of them heard of yet.
    public init(count: Int) {
        precondition(count >= 0 && count <= 4, "a board has at most 4 LiDARs")
        self.count = count
        // Long enough ago to count as silent under any limit, and near enough to reckon with.
        last = InlineArray(repeating: Instant(nanoseconds: -1_000_000_000_000))
    }

    /// A LiDAR has been heard of: a sample that it took at this moment.
    @_noAllocation @_noLocks
    public mutating func heard(_ lidar: Int, at time: Instant) {
        guard lidar >= 0, lidar < count, time > last[lidar] else { return }
        last[lidar] = time
    }

    /// Seconds since the one that has been silent longest was heard of; 0 without LiDARs.
    @_noAllocation @_noLocks
    public func worstAge(at now: Instant) -> Double {
        var worst = 0.0
        for lidar in 0..<count { worst = max(worst, now.seconds(since: last[lidar])) }
        return worst
    }
}

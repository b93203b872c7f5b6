public import RobotModel

/// When each of the robot's LiDARs saw a whole revolution last.
///
/// A robot that needs two LiDARs is blind on one side while one of them is silent, so the age that counts is that of the
/// one that has been silent longest. A head that stands sends samples, too, and so does one whose frames are nearly all
/// damaged or whose window is covered: what counts is a revolution with enough samples, and enough that came back. A kernel
/// of the tick: never allocates.
public struct LidarWatch: Sendable, BitwiseCopyable {
    /// The most LiDARs that a board can have.
    public static var capacity: Int { @_noAllocation @_noLocks get { 4 } }

    private let count: Int
    /// What a second of each counts as, so that all can be judged by the first one's limit.
    private var scales: InlineArray<4, Double>
    private var last: InlineArray<4, Instant>
    /// Of the revolution under way, and what it has to have.
    private var samples: InlineArray<4, Int>
    private var echoes: InlineArray<4, Int>
    private var beams: InlineArray<4, Int>

    /// LiDARs with their age limits in seconds, all of them required, none of them heard of yet.
    ///
    /// - Parameter beams: Of each, about as many as it takes samples in a revolution. A quarter of them must come; a fortieth
    ///   must be echoes, which a robot in a hall that is wider than it sees still has of its walls.
    public init(limits: [Double], beams: [Int]) {
        precondition(limits.count <= 4, "a board has at most 4 LiDARs")
        count = limits.count
        scales = InlineArray(repeating: 1)
        for (index, limit) in limits.enumerated() where limit > 0 { scales[index] = limits[0] / limit }
        self.beams = InlineArray(repeating: 0)
        for (index, count) in beams.prefix(4).enumerated() { self.beams[index] = count }
        samples = InlineArray(repeating: 0)
        echoes = InlineArray(repeating: 0)
        // Long enough ago to count as silent under any limit, and near enough to reckon with.
        last = InlineArray(repeating: Instant(nanoseconds: -1_000_000_000_000))
    }

    /// Takes a sample of a LiDAR; the first one of a revolution ends the one before it.
    @_noAllocation @_noLocks
    public mutating func take(_ lidar: Int, startsRevolution: Bool, isEcho: Bool, at time: Instant) {
        guard lidar >= 0, lidar < count else { return }
        if startsRevolution {
            if samples[lidar] * 4 >= beams[lidar], echoes[lidar] * 40 >= beams[lidar] { heard(lidar, at: time) }
            samples[lidar] = 0
            echoes[lidar] = 0
        }
        samples[lidar] += 1
        if isEcho { echoes[lidar] += 1 }
    }

    /// A LiDAR has seen a whole revolution, which ended at this moment.
    @_noAllocation @_noLocks
    mutating func heard(_ lidar: Int, at time: Instant) {
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

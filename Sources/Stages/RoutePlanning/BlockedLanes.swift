public import RobotModel

/// Lanes on which something stood in the way: avoided for a while, then tried again.
///
///     blocked.block(lane, at: now)
///     conditions.closures.lanes.formUnion(blocked.closed(at: now))
///
/// A lane is closed for a minute at first, and for twice as long each time that it is found blocked again, up to half an
/// hour; found free, or left alone for four times its last closure, it is a lane like any other. A kernel: time is passed
/// in.
public struct BlockedLanes: Hashable, Sendable {
    private struct Blockage: Hashable, Sendable {
        var since: Instant
        var closedFor: Duration
    }

    /// People and trolleys are gone after a minute, mostly; what stands for long is asked for half-hourly.
    private static let first = Duration.seconds(60)
    private static let longest = Duration.seconds(1800)
    /// How many times its closure a lane is remembered.
    private static let memory = 4

    private var blockages: [LaneReference: Blockage] = [:]

    public init() {}

    /// Whether no lane is remembered as blocked.
    public var isEmpty: Bool { blockages.isEmpty }

    /// A lane is blocked.
    public mutating func block(_ lane: LaneReference, at now: Instant) {
        forget(at: now)
        let before = blockages[lane]
        // Said again while it is closed: the same blockage, seen anew.
        let isSame = before.map { now - $0.since < $0.closedFor } ?? false
        let closedFor = before.map { isSame ? $0.closedFor : min($0.closedFor * 2, Self.longest) } ?? Self.first
        blockages[lane] = Blockage(since: now, closedFor: closedFor)
    }

    /// A lane has been driven: it is free.
    public mutating func clear(_ lane: LaneReference) { blockages[lane] = nil }

    /// The lanes to avoid at a moment.
    public func closed(at now: Instant) -> Set<LaneReference> {
        Set(blockages.filter { now - $0.value.since < $0.value.closedFor }.keys)
    }

    /// When the next closed lane is to be tried again; nil when none is closed.
    public func nextRetry(after now: Instant) -> Instant? {
        blockages.values.map { $0.since + $0.closedFor }.filter { $0 > now }.min()
    }

    private mutating func forget(at now: Instant) {
        blockages = blockages.filter { now - $0.value.since < $0.value.closedFor * Self.memory }
    }
}

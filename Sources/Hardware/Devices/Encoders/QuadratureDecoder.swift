public import DeviceIO
public import RobotModel

/// Counts the edges of an incremental encoder's two tracks, every edge of both (x4), and measures its speed by their
/// time stamps.
///
/// The tracks are a quarter of a period apart, so that each edge says by the other track's level which way it went. With
/// track A ahead the count grows: (A, B) goes 00, 10, 11, 01. A contact that bounces counts forth and back.
///
/// Edges that the kernel dropped are noticed by their numbers (libgpiod 2), or by an edge to a level that its track had
/// already (1.6); `confirm` compares the levels when no edge waits any more. With 1.6 an even number that was dropped of
/// both tracks leaves no trace in the levels: `overran` says that a queue was full, so that some may have been.
public struct QuadratureDecoder: Sendable {
    /// The two tracks, in the order of the request.
    public enum Track: Int, Sendable { case a, b }

    /// Edges that the older interface keeps for a line.
    private static let oldQueue = 16
    /// Edges whose moments are remembered for the speed, and how long they count.
    private static let memory = 128
    private static let window = Duration.milliseconds(20)
    /// Without an edge for so long the shaft stands.
    private static let standstill = Duration.milliseconds(250)

    /// Counted edges, up and down.
    public private(set) var count: Int64 = 0
    /// Edges that arrived.
    public private(set) var edges = 0
    /// Transitions that cannot be: an edge to the level that was there, or both tracks changed unannounced.
    public private(set) var illegal = 0
    /// Edges known to have been dropped, at least. Where any was, the count is no longer exact.
    public private(set) var lost = 0
    /// How often a queue was found full, on an interface that does not number its edges.
    public private(set) var overruns = 0

    private var isOn: [Bool]
    private var lastSequence: [UInt32] = [0, 0]
    /// Edges of each track since its queue was last found empty.
    private var run = [0, 0]
    /// The levels were not as they should be at the last look.
    private var isDoubted = false
    /// Counts and moments of the last edges in one direction, the oldest first.
    private var recent: [(count: Int64, time: Instant)] = []
    private var direction: Int64 = 0

    /// Begins at the levels that the tracks have.
    public init(a: Bool, b: Bool) { isOn = [a, b] }

    /// Takes one edge, in the order in which they happened.
    public mutating func take(_ edge: GPIOEdge, of track: Track) {
        let index = track.rawValue
        edges += 1
        run[index] += 1
        isDoubted = false
        if edge.sequence != 0, lastSequence[index] != 0 {
            lost += max(0, Int(edge.sequence &- lastSequence[index]) - 1)
        }
        let isNumbered = edge.sequence != 0
        lastSequence[index] = edge.sequence
        guard isOn[index] != edge.isOn else {
            // The edge between was dropped: the shaft has gone forth and back, or on by two.
            illegal += 1
            if !isNumbered { lost += 1 }
            recent.removeAll(keepingCapacity: true)
            return
        }
        isOn[index] = edge.isOn
        step(track, at: edge.time)
    }

    /// Takes the levels that were read when no edge waited any more, and none arrived meanwhile.
    ///
    /// Levels that differ from what the edges said count when they are found twice with no edge between: the edge that
    /// explains them may still be on its way through the kernel.
    public mutating func confirm(a: Bool, b: Bool, at now: Instant) {
        for index in 0...1 where lastSequence[index] == 0 && run[index] >= Self.oldQueue { overruns += 1 }
        run = [0, 0]
        let changed = [a != isOn[0], b != isOn[1]]
        guard changed[0] || changed[1] else {
            isDoubted = false
            return
        }
        isDoubted.toggle()
        if isDoubted { return }
        lost += (changed[0] ? 1 : 0) + (changed[1] ? 1 : 0)
        isOn = [a, b]
        recent.removeAll(keepingCapacity: true)
        if changed[0], changed[1] {
            // Half a period on: the way it went before is the best guess.
            illegal += 1
            count += 2 * direction
        } else {
            count += Self.sign(changed[0] ? .a : .b, isOn)
        }
    }

    /// Counts a second at a moment: from the first to the last edge of the last 20 ms. Between edges it falls with the
    /// time that has passed, since the next edge is not there yet.
    public func speed(at now: Instant) -> Double {
        guard let last = recent.last, let first = recent.first(where: { last.time - $0.time <= Self.window }) else {
            return 0
        }
        let waited = now - last.time
        guard waited < Self.standstill else { return 0 }
        // Slower than the window: the last two edges are all there is.
        let from = first.time < last.time ? first : recent.dropLast().last ?? last
        let seconds = last.time.seconds(since: from.time)
        guard seconds > 0 else { return 0 }
        let speed = Double(last.count - from.count) / seconds
        guard waited > .zero else { return speed }
        let limit = 1 / waited.inSeconds
        return max(-limit, min(limit, speed))
    }

    private mutating func step(_ track: Track, at time: Instant) {
        let sign = Self.sign(track, isOn)
        count += sign
        if sign != direction { recent.removeAll(keepingCapacity: true) }
        direction = sign
        // The older half goes at once, so that an edge costs no shifting.
        if recent.count == 2 * Self.memory { recent.removeFirst(Self.memory) }
        recent.append((count, time))
    }

    /// Which way it went, with one track just changed: forward, A is ahead of B.
    private static func sign(_ track: Track, _ isOn: [Bool]) -> Int64 {
        switch track {
        case .a: isOn[0] != isOn[1] ? 1 : -1
        case .b: isOn[0] == isOn[1] ? 1 : -1
        }
    }
}

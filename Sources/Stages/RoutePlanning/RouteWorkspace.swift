/// The memory of a search, kept from one search to the next so that a search allocates nothing but its result.
///
/// It fits itself to the graph that it is used with: 24 bytes for each directed lane (twice that where lanes may be driven
/// backwards). One search at a time.
public struct RouteWorkspace: Sendable {
    /// The best way known to a state.
    struct Label: Sendable {
        /// Seconds from the route's start, standing at the state's node.
        var time = 0.0
        /// Metres since the last stop, in a straight line.
        var run: Float = 0
        /// Where the robot's front looks, radians.
        var heading: Float = 0
        /// The state before, or `none`.
        var parent = Label.none
        /// The search that wrote it, twice, and one more once the state is settled.
        var stamp: UInt32 = 0

        static let none = UInt32.max
    }

    var labels: [Label] = []
    var queue = RouteQueue()
    private(set) var stamp: UInt32 = 0
    /// How many states the last search has settled.
    public internal(set) var settled = 0

    public init() {}

    /// Begins a search over so many states: no label of an earlier search counts any more.
    mutating func begin(states: Int) {
        precondition(states < Int(Label.none), "more states than 32 bits count")
        if labels.count < states { labels += Array(repeating: Label(), count: states - labels.count) }
        if stamp > UInt32.max - 4 {
            for index in labels.indices { labels[index].stamp = 0 }
            stamp = 0
        }
        stamp += 2
        settled = 0
        queue.removeAll()
    }

    /// Bytes that it holds.
    public var bytes: Int { labels.capacity * MemoryLayout<Label>.stride }
}

#if canImport(Glibc)
    import Glibc
#endif

/// The memory of a search, kept from one search to the next so that a search allocates nothing but its result.
///
/// It fits itself to the graph that it is used with: 24 bytes for each directed lane (twice that where lanes may be driven
/// backwards), of which the system gives only the pages that searches come to. One search at a time.
public struct RouteWorkspace: ~Copyable, @unchecked Sendable {
    /// The best way known to a state. All zero: none.
    struct Label {
        /// Seconds from the route's start, standing at the state's node.
        var time = 0.0
        /// Metres since the last stop, in a straight line.
        var run: Float = 0
        /// Where the robot's front looks, radians.
        var heading: Float = 0
        /// The state before, counted from 1; 0 is none.
        var parent: UInt32 = 0
        /// The search that wrote it, twice, and one more once the state is settled.
        var stamp: UInt32 = 0
    }

    /// Owned: allocated and freed here only, which is why the workspace may go from task to task.
    private(set) var labels: UnsafeMutablePointer<Label>
    private var capacity = 0
    var queue = RouteQueue()
    private(set) var stamp: UInt32 = 0
    /// How many states the last search has settled.
    public internal(set) var settled = 0

    public init() { labels = Self.allocate(1) }

    deinit { free(labels) }

    /// Begins a search over so many states: no label of an earlier search counts any more.
    mutating func begin(states: Int) {
        precondition(states < Int(UInt32.max), "more states than 32 bits count")
        if capacity < states || stamp > UInt32.max - 4 {
            free(labels)
            labels = Self.allocate(states)
            capacity = states
            stamp = 0
        }
        stamp += 2
        settled = 0
        queue.removeAll()
    }

    /// Zeroed memory, which the system gives page by page as it is touched.
    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Label> {
        guard let memory = calloc(count, MemoryLayout<Label>.stride) else {
            fatalError("no memory for \(count) labels of a route search")
        }
        return memory.bindMemory(to: Label.self, capacity: count)
    }

    /// Bytes that it may come to hold.
    public var bytes: Int { capacity * MemoryLayout<Label>.stride }
}

#if canImport(Glibc)
    import Glibc
#endif

/// The memory of a search, kept from one search to the next so that a search allocates nothing but its result.
///
/// It fits itself to the graph that it is used with: 24 bytes for each directed lane (twice that where lanes may be driven
/// backwards) and 16 for each vertex, of which the system gives only the pages that searches come to. One search at a time.
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

    /// The first arrival at a node. All zero: none.
    struct Arrival {
        var time = 0.0
        var heading: Float = 0
        /// The search that wrote it.
        var stamp: UInt32 = 0
    }

    /// Owned: allocated and freed here only, which is why the workspace may go from task to task.
    private(set) var labels: UnsafeMutablePointer<Label>
    private(set) var arrivals: UnsafeMutablePointer<Arrival>
    private var capacity = (states: 0, nodes: 0)
    var queue = RouteQueue()
    private(set) var stamp: UInt32 = 0
    /// How many states the last search has settled.
    public internal(set) var settled = 0

    public init() {
        labels = Self.allocate(1)
        arrivals = Self.allocate(1)
    }

    deinit {
        free(labels)
        free(arrivals)
    }

    /// Begins a search over so many states and nodes: no label of an earlier search counts any more.
    mutating func begin(states: Int, nodes: Int) {
        precondition(states < Int(UInt32.max), "more states than 32 bits count")
        if capacity.states < states || capacity.nodes < nodes || stamp > UInt32.max - 4 {
            free(labels)
            free(arrivals)
            labels = Self.allocate(states)
            arrivals = Self.allocate(nodes)
            capacity = (states, nodes)
            stamp = 0
        }
        stamp += 2
        settled = 0
        queue.removeAll()
    }

    /// Zeroed memory, which the system gives page by page as it is touched.
    private static func allocate<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
        guard let memory = calloc(count, MemoryLayout<Element>.stride) else {
            fatalError("no memory for \(count) labels of a route search")
        }
        return memory.bindMemory(to: Element.self, capacity: count)
    }

    /// Bytes that it may come to hold.
    public var bytes: Int {
        capacity.states * MemoryLayout<Label>.stride + capacity.nodes * MemoryLayout<Arrival>.stride
    }
}

/// The states that a search has reached and not settled, the most promising one first: a heap with four children a node.
///
/// A state may be in it several times; the search passes over all but the first. Keys are whole numbers, so that ways of
/// equal time are equal whatever the order in which their parts were added, and the one nearer to the goal goes first.
struct RouteQueue: ~Copyable, @unchecked Sendable {
    struct Entry {
        let key: UInt64
        let state: UInt32
    }

    /// Owned: allocated and freed here only. A pointer, because a heap's steps are short beside an array's checks.
    private var entries: UnsafeMutablePointer<Entry>
    private var capacity: Int
    private(set) var count = 0

    init() {
        capacity = 256
        entries = .allocate(capacity: capacity)
    }

    deinit { entries.deallocate() }

    /// A key of the time over a state in seconds (least time of the way through it) and of what is still ahead.
    ///
    /// The time in microseconds, and below it (20 bits) the rest in hundredths of a second. What takes longer than the 44
    /// bits of the time hold, half a year, comes behind all else, the state nearer to the goal first.
    @inline(__always)
    static func key(total: Double, ahead: Double) -> UInt64 {
        // The bounds stand first: of a bound and no number, `min` then gives the bound.
        UInt64(min(longest, total) * 1e6 + 0.5) << 20 | UInt64(min(1_048_575, ahead * 100))
    }

    /// Whole seconds of which there are fewer than 2⁴⁴ microseconds.
    private static let longest = 17_592_186.0

    mutating func removeAll() { count = 0 }

    mutating func push(_ entry: Entry) {
        if count == capacity { grow() }
        var index = count
        count += 1
        while index > 0 {
            let parent = (index - 1) >> 2
            guard entry.key < entries[parent].key else { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    mutating func pop() -> Entry? {
        guard count > 0 else { return nil }
        let first = entries[0]
        count -= 1
        let last = entries[count]
        var index = 0
        while true {
            let child = index << 2 + 1
            guard child < count else { break }
            let least = leastChild(from: child)
            guard entries[least].key < last.key else { break }
            entries[index] = entries[least]
            index = least
        }
        entries[index] = last
        return first
    }

    /// The least of up to four children; the first one is there.
    @inline(__always)
    private func leastChild(from child: Int) -> Int {
        var least = child
        var key = entries[child].key
        var other = child + 1
        let end = min(child + 4, count)
        while other < end {
            let next = entries[other].key
            if next < key {
                key = next
                least = other
            }
            other += 1
        }
        return least
    }

    private mutating func grow() {
        let wider = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
        wider.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = wider
        capacity *= 2
    }
}

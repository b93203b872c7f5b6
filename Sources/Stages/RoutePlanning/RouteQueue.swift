/// The states that a search has reached and not settled, the most promising one first: a heap with four children a node.
///
/// A state may be in it several times; the search passes over all but the first. Keys are whole numbers, so that ways of
/// equal time are equal whatever the order in which their parts were added, and the one nearer to the goal goes first.
struct RouteQueue: Sendable {
    struct Entry: Sendable {
        let key: UInt64
        let state: UInt32
    }

    private var entries: [Entry] = []

    /// A key of the time over a state in seconds (least time of the way through it) and of what is still ahead.
    ///
    /// The time in microseconds, and below it (20 bits) the rest in hundredths of a second.
    @inline(__always)
    static func key(total: Double, ahead: Double) -> UInt64 {
        UInt64((total * 1e6).rounded()) << 20 | UInt64(min(ahead * 100, 1_048_575))
    }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var index = entries.count - 1
        while index > 0 {
            let parent = (index - 1) >> 2
            guard entry.key < entries[parent].key else { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    mutating func pop() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        var index = 0
        while true {
            let child = index << 2 + 1
            guard child < entries.count else { break }
            var least = child
            for other in (child + 1)..<max(min(child + 4, entries.count), child + 1)
            where entries[other].key < entries[least].key {
                least = other
            }
            guard entries[least].key < last.key else { break }
            entries[index] = entries[least]
            index = least
        }
        entries[index] = last
        return first
    }
}

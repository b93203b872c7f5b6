public import Synchronization

/// A bounded queue from one producer thread to one consumer thread, without locks.
///
/// Everything that crosses between the tick and the rest of the house goes through this or through `LatestValue`.
/// The storage is allocated and touched when the ring is made; `push` and `pop` never allocate, never lock and never
/// wait. A full ring refuses the new element and counts it, so nothing upstream can block a tick.
///
///     let scans = Ring<Stamped<LaserScan>>(capacity: 8)
///     _ = scans.push(scan)          // on the device's thread
///     while let scan = scans.pop() { … }  // in the tick
///
/// Exactly one thread may push and exactly one may pop at a time. Each may be another thread later if the hand-over
/// itself is synchronised.
@safe
public final class Ring<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Memory ordering: the producer owns `tail` and writes an element before it publishes the new `tail` (release); the
    // consumer sees the `tail` (acquire) before it reads the element. The other way round the consumer publishes `head`
    // (release) after its copy is made, and the producer sees it (acquire) before it overwrites the slot.
    // The two ends live 128 bytes apart, so that they do not share a cache line (or a pair that is prefetched together).

    @usableFromInline let storage: UnsafeMutablePointer<Element>
    @usableFromInline let mask: Int
    /// Elements ever pushed; written by the producer.
    @usableFromInline let tail = Atomic<Int>(0)
    @usableFromInline let drops = Atomic<Int>(0)
    @usableFromInline let padding = InlineArray<16, Int>(repeating: 0)
    /// Elements ever popped; written by the consumer.
    @usableFromInline let head = Atomic<Int>(0)

    /// A ring for at least `capacity` elements (rounded up to a power of two).
    public init(capacity: Int) {
        precondition(capacity > 0, "a ring holds at least one element")
        var size = 1
        while size < capacity { size <<= 1 }
        mask = size - 1
        unsafe storage = .allocate(capacity: size)
        // Pre-fault: every page of the storage is written once.
        let bytes = unsafe UnsafeMutableRawBufferPointer(
            start: storage, count: size * MemoryLayout<Element>.stride)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe storage.deallocate() }

    /// How many elements fit.
    @inlinable public var capacity: Int { mask + 1 }

    /// How many elements wait; exact on the two ends' own threads, a snapshot elsewhere.
    @inlinable public var count: Int {
        // `head` first: it can only grow towards the `tail` that is read after it, so the difference is never negative.
        let popped = head.load(ordering: .acquiring)
        let pushed = tail.load(ordering: .acquiring)
        return min(pushed &- popped, capacity)
    }

    /// How many elements were refused because the ring was full.
    @inlinable public var dropped: Int { drops.load(ordering: .relaxed) }

    /// Appends an element; false (and counted as dropped) when the ring is full. Producer only.
    @inlinable @discardableResult
    public func push(_ element: Element) -> Bool {
        let end = tail.load(ordering: .relaxed)
        guard end &- head.load(ordering: .acquiring) <= mask else {
            drops.wrappingAdd(1, ordering: .relaxed)
            return false
        }
        unsafe (storage + (end & mask)).initialize(to: element)
        tail.store(end &+ 1, ordering: .releasing)
        return true
    }

    /// Takes the oldest element, or nil when the ring is empty. Consumer only.
    @inlinable public func pop() -> Element? {
        let start = head.load(ordering: .relaxed)
        guard start != tail.load(ordering: .acquiring) else { return nil }
        let element = unsafe (storage + (start & mask)).pointee
        head.store(start &+ 1, ordering: .releasing)
        return element
    }
}

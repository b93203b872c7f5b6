public import Synchronization

/// The newest value of something, from one writer to any number of readers, without locks.
///
/// Both sides may be the tick: `store` is wait-free, `load` is lock-free and in practice never retries. Neither
/// allocates. Values may be large (a scan of several kilobytes); a reader always gets one whole value that was once
/// stored, never a mixture of two, and never one older than the newest that was complete when it began to read.
///
///     let pose = LatestValue(Pose2D())
///     pose.store(estimate)   // the one writer
///     let now = pose.load()  // anybody
///
/// Only one thread may store at a time.
@safe
public final class LatestValue<Value: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // A sequence lock over four slots. The writer fills the slot after the published one, so a reader's copy is torn
    // only if the writer completes three further stores while the reader copies one value; the reader sees that by the
    // slot's sequence number and starts again with the newest.
    //
    // Memory ordering, for store number n in slot s = n mod 4:
    //   writer: sequence[s] = odd (relaxed); release fence; words (relaxed); sequence[s] = 2n (release);
    //           published = n (release)
    //   reader: n = published (acquire); a = sequence[s] (acquire); words (relaxed); acquire fence;
    //           b = sequence[s] (relaxed); whole if a == b == 2n
    // If any word that was read belongs to a later store, the fences order that store's odd sequence number before b,
    // and b differs. The words are atomic, so that a copy that will be thrown away is still not a data race.
    // Source: H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012.

    @usableFromInline static var slots: Int { 4 }
    @usableFromInline let words: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let wordsPerSlot: Int
    @usableFromInline let sequences: UnsafeMutablePointer<Atomic<Int>>
    @usableFromInline let published = Atomic<Int>(0)
    @usableFromInline let initial: Value

    /// Starts with a value, which counts as the first store.
    public init(_ initial: Value) {
        self.initial = initial
        wordsPerSlot = (MemoryLayout<Value>.size + 7) / 8
        let total = max(1, wordsPerSlot * Self.slots)
        unsafe words = .allocate(capacity: total)
        for index in 0..<total { unsafe (words + index).initialize(to: Atomic(0)) }
        unsafe sequences = .allocate(capacity: Self.slots)
        for index in 0..<Self.slots { unsafe (sequences + index).initialize(to: Atomic(-1)) }
        store(initial)
    }

    deinit {
        unsafe words.deallocate()
        unsafe sequences.deallocate()
    }

    /// How many values have been stored, the initial one included; tells a reader whether there is something new.
    @inlinable public var version: Int { published.load(ordering: .acquiring) }

    /// Makes a value the newest. The one writer only; wait-free.
    @inlinable public func store(_ value: Value) {
        let number = published.load(ordering: .relaxed) &+ 1
        let slot = number & (Self.slots - 1)
        unsafe sequences[slot].store(2 &* number &- 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        let target = unsafe words + slot * wordsPerSlot
        unsafe withUnsafeBytes(of: value) { bytes in
            let whole = bytes.count >> 3
            var index = 0
            while index < whole {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: index << 3, as: UInt64.self)
                unsafe target[index].store(word, ordering: .relaxed)
                index &+= 1
            }
            var rest: UInt64 = 0
            var offset = whole << 3
            while offset < bytes.count {
                unsafe rest |= UInt64(bytes[offset]) &<< UInt64((offset & 7) << 3)
                offset &+= 1
            }
            if bytes.count & 7 != 0 { unsafe target[whole].store(rest, ordering: .relaxed) }
        }
        unsafe sequences[slot].store(2 &* number, ordering: .releasing)
        published.store(number, ordering: .releasing)
    }

    /// The newest value.
    @inlinable public func load() -> Value {
        var value = initial
        while true {
            let number = published.load(ordering: .acquiring)
            let slot = number & (Self.slots - 1)
            let before = unsafe sequences[slot].load(ordering: .acquiring)
            guard before == 2 &* number else { continue }
            let source = unsafe words + slot * wordsPerSlot
            unsafe withUnsafeMutableBytes(of: &value) { bytes in
                let whole = bytes.count >> 3
                var index = 0
                while index < whole {
                    let word = unsafe source[index].load(ordering: .relaxed)
                    unsafe bytes.storeBytes(of: word, toByteOffset: index << 3, as: UInt64.self)
                    index &+= 1
                }
                guard bytes.count & 7 != 0 else { return }
                let rest = unsafe source[whole].load(ordering: .relaxed)
                var offset = whole << 3
                while offset < bytes.count {
                    unsafe bytes[offset] = UInt8(truncatingIfNeeded: rest &>> UInt64((offset & 7) << 3))
                    offset &+= 1
                }
            }
            atomicMemoryFence(ordering: .acquiring)
            if unsafe sequences[slot].load(ordering: .relaxed) == before { return value }
        }
    }
}

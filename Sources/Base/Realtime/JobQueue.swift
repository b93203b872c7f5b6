/// First-in first-out jobs in blocks of storage; more blocks are made when the present ones are full.
///
/// A job is a task that will hang if it is dropped, so unlike a `Ring` this never refuses one. The time of an operation
/// does not depend on how many jobs wait, for the real-time thread shares the lock with whoever appends: a full queue is
/// never copied, and `popFirst` keeps an emptied block for later instead of giving it back. Not synchronised.
@safe
struct JobQueue {
    private static var blockSize: Int { 1024 }

    @safe private struct Block {
        let jobs: UnsafeMutablePointer<UnownedJob>
        var next: UnsafeMutablePointer<Block>?
    }

    /// The block that is read, the one that is written, and emptied ones.
    private var head: UnsafeMutablePointer<Block>
    private var tail: UnsafeMutablePointer<Block>
    private var spare: UnsafeMutablePointer<Block>?
    private var read = 0
    private var written = 0
    private(set) var count = 0

    init() {
        unsafe head = Self.makeBlock()
        unsafe tail = head
    }

    private static func makeBlock() -> UnsafeMutablePointer<Block> {
        let block = UnsafeMutablePointer<Block>.allocate(capacity: 1)
        unsafe block.initialize(to: Block(jobs: .allocate(capacity: blockSize), next: nil))
        return unsafe block
    }

    mutating func append(_ job: UnownedJob) {
        if written == Self.blockSize {
            let fresh = unsafe spare ?? Self.makeBlock()
            if unsafe spare != nil { unsafe spare = fresh.pointee.next }
            unsafe fresh.pointee.next = nil
            unsafe tail.pointee.next = fresh
            unsafe tail = fresh
            written = 0
        }
        unsafe (tail.pointee.jobs + written).initialize(to: job)
        written += 1
        count += 1
    }

    mutating func popFirst() -> UnownedJob? {
        guard count > 0 else { return nil }
        if read == Self.blockSize {
            let emptied = unsafe head
            guard let next = unsafe emptied.pointee.next else { return nil }
            unsafe head = next
            unsafe emptied.pointee.next = spare
            unsafe spare = emptied
            read = 0
        }
        let job = unsafe head.pointee.jobs[read]
        read += 1
        count -= 1
        return job
    }

    /// Gives the storage back; the queue is not used after that.
    func deallocate() {
        unsafe Self.deallocate(head)
        unsafe Self.deallocate(spare)
    }

    private static func deallocate(_ first: UnsafeMutablePointer<Block>?) {
        var block = unsafe first
        while let each = unsafe block {
            unsafe block = each.pointee.next
            unsafe each.pointee.jobs.deallocate()
            unsafe each.deallocate()
        }
    }
}

/// First-in first-out jobs in storage that is made beforehand and grows only when it is full.
///
/// A job is a task that will hang if it is dropped, so unlike a `Ring` this never refuses one; it grows on the thread
/// that appends. Not synchronised.
@safe
struct JobQueue {
    private var storage: UnsafeMutablePointer<UnownedJob>
    private var capacity: Int
    private var first = 0
    private(set) var count = 0

    /// Room for `capacity` jobs, a power of two.
    init(capacity: Int) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        self.capacity = capacity
        unsafe storage = .allocate(capacity: capacity)
    }

    mutating func append(_ job: UnownedJob) {
        if count == capacity { grow() }
        unsafe (storage + ((first + count) & (capacity - 1))).initialize(to: job)
        count += 1
    }

    mutating func popFirst() -> UnownedJob? {
        guard count > 0 else { return nil }
        let job = unsafe storage[first]
        first = (first + 1) & (capacity - 1)
        count -= 1
        return job
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<UnownedJob>.allocate(capacity: 2 * capacity)
        for index in 0..<count {
            unsafe (larger + index).initialize(to: storage[(first + index) & (capacity - 1)])
        }
        unsafe storage.deallocate()
        unsafe storage = larger
        capacity *= 2
        first = 0
    }

    /// Gives the storage back; the queue is not used after that.
    func deallocate() { unsafe storage.deallocate() }
}

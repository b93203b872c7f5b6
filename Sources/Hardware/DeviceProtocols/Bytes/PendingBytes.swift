/// Bytes that have arrived and are not yet part of a frame: appended at the end, dropped at the front.
///
/// A decoder tests the front, and on failure drops exactly one byte and tests again, so no byte is ever lost to a
/// frame that was none.
struct PendingBytes: Sendable {
    private var storage: [UInt8] = []
    private var head = 0

    var count: Int { storage.count - head }

    subscript(index: Int) -> UInt8 { storage[head + index] }

    func bytes(_ range: Range<Int>) -> [UInt8] {
        Array(storage[head + range.lowerBound..<head + range.upperBound])
    }

    func word(at index: Int) -> UInt16 { UInt16(self[index]) | UInt16(self[index + 1]) << 8 }

    mutating func append(_ bytes: some Sequence<UInt8>) { storage.append(contentsOf: bytes) }

    mutating func drop(_ count: Int) { head += count }

    /// Gives the dropped bytes' room back; called once per chunk.
    mutating func compact() {
        storage.removeFirst(head)
        head = 0
    }

    mutating func removeAll() {
        storage.removeAll(keepingCapacity: true)
        head = 0
    }
}

import Realtime
import RobotModel
import Testing

@Suite("Ring")
struct RingTests {
    @Test("elements come out in the order in which they went in")
    func order() {
        let ring = Ring<Int>(capacity: 4)
        #expect(ring.pop() == nil)
        for round in 0..<10 {
            for value in 0..<3 { #expect(ring.push(round * 10 + value)) }
            #expect(ring.count == 3)
            for value in 0..<3 { #expect(ring.pop() == round * 10 + value) }
        }
        #expect(ring.count == 0)
        #expect(ring.dropped == 0)
    }

    @Test("a full ring refuses and counts, and keeps what it has")
    func full() {
        let ring = Ring<Int>(capacity: 3)
        #expect(ring.capacity == 4)
        for value in 0..<4 { #expect(ring.push(value)) }
        #expect(!ring.push(4))
        #expect(!ring.push(5))
        #expect(ring.dropped == 2)
        #expect((0..<4).map { _ in ring.pop() } == [0, 1, 2, 3])
        #expect(ring.push(6))
        #expect(ring.pop() == 6)
    }

    @Test("between two threads nothing is lost, doubled or torn")
    func threads() async {
        struct Wide: BitwiseCopyable, Sendable {
            var values = InlineArray<8, Int>(repeating: 0)
        }
        let ring = Ring<Wide>(capacity: 16)
        let total = 200_000
        async let producer: Void = Task.detached {
            for number in 0..<total {
                while !ring.push(Wide(values: InlineArray(repeating: number))) { await Task.yield() }
            }
        }.value
        let consumer = Task.detached { () -> Int? in
            var next = 0
            while next < total {
                guard let value = ring.pop() else {
                    await Task.yield()
                    continue
                }
                for index in 0..<8 where value.values[index] != next { return next }
                next += 1
            }
            return nil
        }
        await producer
        #expect(await consumer.value == nil, "the first element that was wrong")
        #expect(ring.count == 0)
    }
}

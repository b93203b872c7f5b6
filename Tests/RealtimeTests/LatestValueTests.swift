import Realtime
import RobotModel
import Testing

@Suite("Latest value")
struct LatestValueTests {
    @Test("what is loaded is what was stored last")
    func single() {
        let pose = LatestValue(Pose2D(x: 1, y: 2, yaw: 3))
        #expect(pose.load() == Pose2D(x: 1, y: 2, yaw: 3))
        #expect(pose.version == 1)
        for number in 0..<10 {
            pose.store(Pose2D(x: Double(number)))
            #expect(pose.load() == Pose2D(x: Double(number)))
        }
        #expect(pose.version == 11)
    }

    @Test("values that do not fill whole words keep their last bytes")
    func oddSizes() {
        struct Eleven: BitwiseCopyable, Sendable, Equatable {
            var a: UInt64 = 0x0102_0304_0506_0708
            var b: UInt16 = 0x090A
            var c: UInt8 = 0x0B
        }
        let value = LatestValue(Eleven())
        #expect(value.load() == Eleven())
        value.store(Eleven(a: 7, b: 8, c: 9))
        #expect(value.load() == Eleven(a: 7, b: 8, c: 9))
        let byte = LatestValue(true)
        #expect(byte.load())
        byte.store(false)
        #expect(!byte.load())
    }

    @Test("a value of 4 kB is never a mixture of two, and never older than one read before")
    func torn() async {
        struct Page: BitwiseCopyable, Sendable {
            var values = InlineArray<512, Int>(repeating: 0)
        }
        let latest = LatestValue(Page())
        let total = 30_000
        let readers = (0..<2).map { _ in
            Task.detached { () -> String? in
                var last = 0
                while last < total {
                    let page = latest.load()
                    let first = page.values[0]
                    for index in 0..<512 where page.values[index] != first { return "torn at \(first)" }
                    if first < last { return "older: \(first) after \(last)" }
                    last = first
                    await Task.yield()
                }
                return nil
            }
        }
        for number in 1...total {
            latest.store(Page(values: InlineArray(repeating: number)))
            if number % 64 == 0 { await Task.yield() }
        }
        for reader in readers { #expect(await reader.value == nil) }
    }
}

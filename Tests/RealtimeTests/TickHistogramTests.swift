import Realtime
import RobotModel
import Testing

@Suite("Tick histogram")
struct TickHistogramTests {
    @Test("percentiles of a known set are right to 3 %")
    func percentiles() {
        let histogram = TickHistogram()
        for microseconds in 1...1000 { histogram.record(.microseconds(microseconds)) }
        #expect(histogram.count == 1000)
        #expect(histogram.max == .microseconds(1000))
        for (share, exact) in [(0.5, 500.0), (0.99, 990), (0.999, 999), (1, 1000)] {
            let found = histogram.percentile(share).inSeconds * 1e6
            #expect(found >= exact && found <= exact * 1.032, "\(share): \(found)")
        }
    }

    @Test("every duration from 0 ns to an hour falls into a bucket that is right to 3 %")
    func everyScale() {
        var value = 0
        while value < 3_600_000_000_000 {
            let histogram = TickHistogram()
            histogram.record(nanoseconds: value)
            histogram.record(nanoseconds: value)
            histogram.record(nanoseconds: value * 2 + 1)
            let median = Int(histogram.percentile(0.5).nanoseconds)
            #expect(median >= value && Double(median) <= Double(value) * 1.032, "\(value) -> \(median)")
            value = value * 3 / 2 + 1
        }
    }

    @Test("a percentile is never too low and at most 1/32 too high; below 64 ns it is exact")
    func precision() {
        var random = SeededRandom(seed: 9)
        for scale in 0..<42 {
            for _ in 0..<40 {
                let value = Int.random(in: (1 << scale) >> 1...(1 << scale), using: &random)
                let histogram = TickHistogram()
                histogram.record(nanoseconds: value)
                // A longer one, so that the longest does not cut the bucket short.
                histogram.record(nanoseconds: 2 * value + 64)
                let found = Int(histogram.percentile(0.5).nanoseconds)
                #expect(found >= value && found - value <= value / 32, "\(value) -> \(found)")
                if value < 64 { #expect(found == value) }
            }
        }
    }

    @Test("several percentiles from one look are the same as one by one")
    func together() {
        var random = SeededRandom(seed: 2)
        let histogram = TickHistogram()
        for _ in 0..<5000 { histogram.record(nanoseconds: Int.random(in: 0...2_000_000, using: &random)) }
        let shares = [0, 0.1, 0.5, 0.99, 0.999, 1]
        #expect(histogram.percentiles(shares) == shares.map { histogram.percentile($0) })
    }

    @Test("nothing recorded, negative and enormous durations are harmless")
    func extremes() {
        let histogram = TickHistogram()
        #expect(histogram.percentile(0.99) == .zero)
        histogram.record(.seconds(-1))
        #expect(histogram.percentile(0.99) == .zero)
        histogram.record(nanoseconds: .max)
        #expect(histogram.count == 2)
        #expect(histogram.max == .nanoseconds(Int64.max))
        histogram.reset()
        #expect(histogram.count == 0 && histogram.max == .zero)
    }
}

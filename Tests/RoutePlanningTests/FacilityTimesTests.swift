import BuildingMap
import RobotModel
import Testing

@testable import RoutePlanning

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#endif

/// What is learned of doors and lifts.
struct FacilityTimesTests {
    private let lift = FacilityTimes.Quantity.waiting("lift_1", .interface)
    private let prior = TimeEstimate(mean: 12, spread: 0.7)
    private let nine = LocalTime(hour: 9, minute: 30)

    /// Log-normal samples, twenty a day.
    private func record(
        _ count: Int, median: Double, deviation: Double = 0.4, hour: Int = 9, from start: Double = 0,
        in times: inout FacilityTimes, seed: UInt64 = 1
    ) {
        var random = SeededRandom(seed: seed)
        for number in 0..<count {
            let wall = WallTime(secondsSince1970: start + Double(number / 20) * 86_400 + Double(number % 20) * 100)
            let sample = median * exp(deviation * random.gaussian())
            times.record(sample, of: lift, at: wall, clock: LocalTime(hour: hour, minute: 30))
        }
    }

    @Test("without experience the prior is all there is")
    func empty() {
        let times = FacilityTimes()
        #expect(times.isEmpty && times.estimate(of: lift, prior: prior, at: nine) == prior)
        #expect(times.weight(of: lift) == 0)
    }

    @Test("a few samples move the estimate a part of the way, many all of it", arguments: [4.0, 30, 200])
    func converges(median: Double) {
        var few = FacilityTimes()
        record(2, median: median, in: &few)
        var many = FacilityTimes()
        record(200, median: median, in: &many)
        let before = abs(log(prior.p50 / median))
        let (some, all) = (
            few.estimate(of: lift, prior: prior, at: nine), many.estimate(of: lift, prior: prior, at: nine)
        )
        #expect(abs(log(some.p50 / median)) < before)
        #expect(abs(log(all.p50 / median)) < 0.2, "median \(all.p50) for \(median)")
        #expect(abs(log(all.p90 / (median * exp(0.4 * 1.2816)))) < 0.25, "p90 \(all.p90)")
        #expect(all.p50 < all.mean && all.mean < all.p90)
    }

    @Test("one outlier of a hundred times the usual moves the median by less than a fifth")
    func outlier() {
        var times = FacilityTimes()
        record(60, median: 10, in: &times)
        let before = times.estimate(of: lift, prior: prior, at: nine)
        times.record(1000, of: lift, at: WallTime(secondsSince1970: 4 * 86_400), clock: nine)
        let after = times.estimate(of: lift, prior: prior, at: nine)
        #expect(after.p50 > before.p50 && after.p50 < 1.2 * before.p50)
    }

    @Test("a lift that has become slow is known to be within a dozen rides, and a mended one too")
    func change() {
        var times = FacilityTimes()
        record(100, median: 10, in: &times)
        record(12, median: 80, from: 6 * 86_400, in: &times)
        #expect(times.estimate(of: lift, prior: prior, at: nine).p50 > 35)
        record(12, median: 10, from: 8 * 86_400, in: &times)
        #expect(times.estimate(of: lift, prior: prior, at: nine).p50 < 20)
    }

    @Test("what was learned fades with the days, back to the prior, so that an avoided lift is tried again")
    func fading() {
        var times = FacilityTimes()
        record(40, median: 120, in: &times)
        func p50(days: Double) -> Double {
            times.estimate(of: lift, prior: prior, at: nine, now: WallTime(secondsSince1970: days * 86_400)).p50
        }
        #expect(p50(days: 2) > 80)
        #expect(p50(days: 9) < p50(days: 2))
        #expect(abs(p50(days: 60) - prior.p50) < 0.05 * prior.p50)
    }

    @Test("hours are apart, and an hour without experience has the day's")
    func hours() {
        var times = FacilityTimes()
        record(60, median: 60, hour: 9, in: &times)
        record(60, median: 6, hour: 15, in: &times, seed: 2)
        let (nine, three) = (LocalTime(hour: 9, minute: 30), LocalTime(hour: 15, minute: 30))
        #expect(times.estimate(of: lift, prior: prior, at: nine).p50 > 45)
        #expect(times.estimate(of: lift, prior: prior, at: three).p50 < 9)
        let eleven = times.estimate(of: lift, prior: prior, at: LocalTime(hour: 11, minute: 30))
        #expect(eleven == times.estimate(of: lift, prior: prior, at: nil))
    }

    @Test("from hour to hour an estimate goes over without a jump, at midnight too")
    func continuous() {
        var times = FacilityTimes()
        record(40, median: 200, hour: 23, in: &times)
        record(40, median: 5, hour: 0, in: &times, seed: 3)
        var last: Double?
        for minute in stride(from: -120, through: 120, by: 1) {
            let mean = times.estimate(of: lift, prior: prior, at: LocalTime(secondOfWeek: Double(minute * 60))).mean
            if let last { #expect(abs(mean - last) < 10) }
            last = mean
        }
    }

    @Test("samples that are no times are passed over")
    func nonsense() {
        var times = FacilityTimes()
        for sample in [0, -3, .nan, .infinity] as [Double] {
            times.record(sample, of: lift, at: WallTime(secondsSince1970: 0), clock: nine)
        }
        #expect(times.isEmpty)
    }

    @Test("a drive is learned as a multiple of what was planned, and rows tell all that has not faded")
    func rows() throws {
        let planner = RoutePlanner(building: twoLifts())
        let route = try planner.route(from: Pose2D(), on: "L1", to: "suite")
        var times = FacilityTimes()
        for case .drive(let step) in route.steps {
            times.record(drive: step, took: step.duration * 2, at: WallTime(secondsSince1970: 0), clock: nine)
        }
        times.record(33, of: lift, at: WallTime(secondsSince1970: 0), clock: nine)
        let rows = times.rows()
        #expect(rows.map(\.quantity) == [.driving, .driving, lift, lift] && rows.map(\.hour) == [nil, 9, nil, 9])
        for (row, median) in zip(rows, [2.0, 2, 33, 33]) { #expect(abs(row.p50 - median) < 1e-6) }
        #expect(times.rows(now: WallTime(secondsSince1970: 90 * 86_400)).isEmpty)
    }

    @Test("it is written and read again as it was")
    func coding() throws {
        var times = FacilityTimes()
        record(40, median: 20, in: &times)
        times.record(3.3, of: .opening("entrance", .button), at: WallTime(secondsSince1970: 5), clock: nine)
        times.record(1.1, of: .driving, at: WallTime(secondsSince1970: 5), clock: nine)
        let data = try JSONEncoder().encode(times)
        #expect(try JSONDecoder().decode(FacilityTimes.self, from: data) == times)
        #expect(Set(times.quantities) == [lift, .opening("entrance", .button), .driving])
    }

    @Test("what was kept and is damaged is refused, not trusted: an hour is missing, or a figure is none")
    func damaged() throws {
        var times = FacilityTimes()
        times.record(33, of: lift, at: WallTime(secondsSince1970: 5), clock: nine)
        let text = String(decoding: try JSONEncoder().encode(times), as: UTF8.self)
        // An hour without a sample, as one of 23.
        let list = try #require(text.firstRange(of: "[{"))
        let end = try #require(text[list.upperBound...].firstRange(of: "},{"))
        let hour = text[text.index(before: list.upperBound)..<text.index(before: end.upperBound)]
        var short = text
        short.removeSubrange(hour.startIndex..<hour.endIndex)
        let damages = [
            short,
            text.replacing("\"weight\":1", with: "\"weight\":-1"),
            text.replacing("\"weight\":1", with: "\"weight\":1e9"),
            text.replacing("\"squares\":0", with: "\"squares\":-3"),
            text.replacing("\"mean\":3.", with: "\"mean\":3000."),
            text.replacing("\"surprises\":0", with: "\"surprises\":9223372036854775807"),
        ]
        for damaged in damages {
            try #require(damaged != text, "the change changes nothing")
            #expect(throws: DecodingError.self, "\(damaged)") {
                try JSONDecoder().decode(FacilityTimes.self, from: Data(damaged.utf8))
            }
        }
    }
}

import BuildingMap
import RobotModel
import Testing

@testable import RoutePlanning

#if canImport(Glibc)
    import Glibc
#endif

/// When the robot will be there.
struct RouteForecastTests {
    private let planner = RoutePlanner(building: twoLifts())

    private func route(_ conditions: RouteConditions = .usual) throws -> Route {
        var workspace = RouteWorkspace()
        return try planner.route(from: Pose2D(), on: "L1", to: "suite", under: conditions, in: &workspace)
    }

    @Test("its mean is the route's duration, and nine of ten take longer than half of them")
    func mean() throws {
        let route = try route()
        let forecast = planner.forecast(of: route.steps, under: .usual)
        #expect(abs(forecast.time.mean - route.duration.inSeconds) < 0.02 * route.duration.inSeconds)
        #expect(forecast.p50 < forecast.p90)
        #expect(forecast.time.p50 < forecast.time.mean)
    }

    @Test("each step that is done takes its part away, and none left takes no time")
    func remaining() throws {
        let steps = try route().steps
        let forecasts = (0...steps.count).map { planner.forecast(of: steps.dropFirst($0), under: .usual).time }
        for (before, after) in zip(forecasts, forecasts.dropFirst()) {
            #expect(after.mean < before.mean && after.variance < before.variance)
        }
        #expect(forecasts.last?.p90 == 0)
    }

    @Test("p50 and p90 are those of a thousand rides drawn at random, to a few hundredths")
    func drawn() throws {
        let parts = [
            TimeEstimate(mean: 20, spread: 0.12), TimeEstimate(mean: 13, spread: 0.6),
            TimeEstimate(mean: 14, spread: 0.1),
            TimeEstimate(mean: 9, spread: 0.12),
        ]
        let sum = parts.reduce(.zero, +)
        var random = SeededRandom(seed: 3)
        let drawn = (0..<20_000).map { _ in
            parts.reduce(0.0) { $0 + exp($1.logMean + $1.logDeviation * random.gaussian()) }
        }.sorted()
        #expect(abs(sum.p50 / drawn[10_000] - 1) < 0.03)
        #expect(abs(sum.p90 / drawn[18_000] - 1) < 0.03)
        let late = Double(drawn.count { $0 > 65 }) / Double(drawn.count)
        #expect(abs(sum.share(above: 65) - late) < 0.03)
    }

    @Test("what the lift has taken at this hour makes the forecast later and wider")
    func learned() throws {
        var times = FacilityTimes()
        var random = SeededRandom(seed: 4)
        let clock = LocalTime(hour: 8, minute: 30)
        for _ in 0..<30 {
            for lift in ["near", "far"] as [LiftID] {
                times.record(
                    60 * exp(0.8 * random.gaussian()), of: .waiting(lift, .interface),
                    at: WallTime(secondsSince1970: 0), clock: clock)
            }
        }
        let conditions = RouteConditions(clock: clock, times: times)
        let usual = planner.forecast(of: try route().steps, under: .usual)
        let slow = planner.forecast(of: try route(conditions).steps, under: conditions)
        #expect(slow.time.p50 > usual.time.p50 + 20)
        #expect(slow.time.p90 - slow.time.p50 > usual.time.p90 - usual.time.p50)
    }

    @Test("the chance to be late grows as the promised time comes nearer")
    func lateness() throws {
        let forecast = planner.forecast(of: try route().steps, under: .usual)
        let chances = [400, 60, 40, 20, 0, -10].map { forecast.lateness(timeLeft: .seconds($0)) }
        #expect(chances == chances.sorted())
        #expect(chances[0] < 0.01 && chances[5] == 1)
        #expect(abs(forecast.lateness(timeLeft: forecast.p90) - 0.1) < 1e-6)
        #expect(RouteForecast(time: .zero).lateness(timeLeft: .seconds(1)) == 0)
    }
}

import Foundation
import Testing

/// `doorstep route`, run as a person runs it.
@Suite(.enabled(if: Program(name: "doorstep").isBuilt, "needs the program doorstep"))
struct RouteCommandTests {
    private let doorstep = Program(name: "doorstep")
    private let site = Program.repository("BoardConfigs/sites/riverside")

    private func json(_ arguments: [String]) async throws -> [String: Any] {
        let outcome = try await doorstep.run(["route", site] + arguments)
        #expect(outcome.code == 0 && outcome.err.isEmpty, "\(outcome.err)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
    }

    @Test("a route is printed with its levels, waypoints, doors and lifts, in time")
    func prints() async throws {
        let route = try await json(["--from", "kerb", "--to", "suite_301"])
        #expect(route["levels"] as? [String] == ["L1", "L3"])
        let duration = try #require(route["duration_s"] as? Double)
        #expect(duration > 40 && duration < 120)
        let doors = try #require(route["doors"] as? [[String: Any]])
        #expect(doors.compactMap { $0["name"] as? String } == ["entrance", "lobby_door"])
        let lift = try #require((route["lifts"] as? [[String: Any]])?.first)
        #expect(lift["name"] as? String == "lift_1" && lift["from"] as? String == "L1" && lift["to"] as? String == "L3")
        let waypoints = try #require(route["waypoints"] as? [[String: Any]])
        #expect(waypoints.first?["name"] as? String == "kerb" && waypoints.last?["name"] as? String == "suite_301")
        let times = waypoints.compactMap { $0["time_s"] as? Double }
        #expect(times == times.sorted() && times.last == duration)
    }

    @Test("a slower robot takes longer, and Open-RMF's constants have the lift be anywhere in a second")
    func figures() async throws {
        func seconds(_ more: String...) async throws -> Double {
            try #require(try await json(["--from", "kerb", "--to", "suite_301"] + more)["duration_s"] as? Double)
        }
        let usual = try await seconds()
        #expect(try await seconds("--speed", "0.4") > usual + 10)
        #expect(try await seconds("--turn-rate", "0.2", "--turn-acceleration", "0.2") > usual + 10)
        let rmf = try await json(["--from", "kerb", "--to", "suite_301", "--constants", "open-rmf"])
        let lift = try #require((rmf["lifts"] as? [[String: Any]])?.first)
        #expect(lift["riding_s"] as? Double == 2)
        #expect(rmf["levels"] as? [String] == ["L1", "L2", "L3"])
    }

    @Test("a place that is not there is told with what it may have been, and a closed lift with its name")
    func complains() async throws {
        let unknown = try await doorstep.run(["route", site, "--from", "kerb", "--to", "suite_30l"])
        #expect(unknown.code == 1 && unknown.out.isEmpty)
        #expect(unknown.err.contains("no place 'suite_30l'") && unknown.err.contains("did you mean 'suite_301'?"))
        let closed = try await doorstep.run(
            ["route", site, "--from", "kerb", "--to", "suite_301", "--without-lift", "lift_1"])
        #expect(closed.code == 1 && closed.err.contains("lift 'lift_1'"), "\(closed.err)")
        let lift = try await doorstep.run(
            ["route", site, "--from", "kerb", "--to", "suite_301", "--without-lift", "lift_2"])
        #expect(lift.code == 1 && lift.err.contains("did you mean 'lift_1'?"), "\(lift.err)")
        let clock = try await doorstep.run(["route", site, "--from", "kerb", "--to", "suite_301", "--at", "25:00"])
        #expect(clock.code == 64 && clock.err.contains("HH:MM"))
    }
}

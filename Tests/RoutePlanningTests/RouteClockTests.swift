import BuildingMap
import RobotModel
import Testing

@testable import RoutePlanning

/// Times of doors and lifts over the day.
struct RouteClockTests {
    /// Experience that jumps from hour to hour as much as it can.
    private func wildTimes(seed: UInt64) -> FacilityTimes {
        var random = SeededRandom(seed: seed)
        var times = FacilityTimes()
        for hour in 0..<24 {
            let wait = Bool.random(using: &random) ? 20_000.0 : 2
            for minute in 0..<40 {
                for lift in ["near", "far"] as [LiftID] {
                    times.record(
                        wait, of: .waiting(lift, .interface), at: WallTime(secondsSince1970: Double(minute)),
                        clock: LocalTime(hour: hour, minute: 30))
                }
                times.record(
                    wait / 100, of: .riding("near"), at: WallTime(secondsSince1970: Double(minute)),
                    clock: LocalTime(hour: hour, minute: 30))
            }
        }
        return times
    }

    @Test("who comes later is never through earlier", arguments: 1...6 as ClosedRange<UInt64>)
    func fifo(seed: UInt64) throws {
        let hours = OpeningHours([(days: Set(0...6), from: 6 * 3600, to: 20 * 3600)])
        let facts = SiteFacilities(lifts: ["near": LiftFacts(callSecondsByHour: [7: 1800, 9: 600], hours: hours)])
        let planner = RoutePlanner(building: twoLifts(), facilities: facts)
        let outlooks = [nil, LiftOutlook(carLevel: "L2", isTaken: true), LiftOutlook(carLevel: "L1")]
        for (times, outlook) in [wildTimes(seed: seed), FacilityTimes()].flatMap({ times in outlooks.map { (times, $0) }
        }) {
            var conditions = RouteConditions(clock: LocalTime(weekday: 2, hour: 5), times: times)
            conditions.lifts["near"] = outlook
            let clock = RouteClock(planner: planner, conditions: conditions)
            for gate in [Gate(.boarding("near", level: 0)), Gate(.ride("near", from: 0, to: 1))] {
                var last = 0.0
                for elapsed in stride(from: 0.0, through: 26 * 3600, by: 29) {
                    let through = elapsed + (try #require(clock.seconds(gate, at: elapsed, afterRide: false)))
                    #expect(through >= last - 1e-6, "\(gate.kind) at \(elapsed)")
                    last = through
                }
            }
        }
    }

    @Test(
        "who leaves later is not there earlier, whatever the lifts do meanwhile",
        arguments: 1...3 as ClosedRange<UInt64>)
    func fifoRoutes(seed: UInt64) throws {
        let hours = OpeningHours([(days: Set(0...6), from: 6 * 3600, to: 20 * 3600)])
        let planner = RoutePlanner(
            building: twoLifts(), facilities: SiteFacilities(lifts: ["far": LiftFacts(hours: hours)]))
        var workspace = RouteWorkspace()
        var last = 0.0
        var taken: Set<LiftID> = []
        let times = wildTimes(seed: seed)
        for departure in stride(from: 0.0, to: 86_400, by: 60) {
            let conditions = RouteConditions(clock: LocalTime(secondOfWeek: departure), times: times)
            let trace = try planner.trace(from: "desk", to: "suite", under: conditions, in: &workspace)
            #expect(departure + trace.seconds >= last - 1e-3, "left at \(departure)")
            last = departure + trace.seconds
            taken.formUnion(trace.lifts)
        }
        #expect(taken == ["near", "far"])
    }

    @Test("a door outside its hours costs the wait until it opens")
    func closedDoor() throws {
        var building = twoLifts()
        building.doors["gate"] = Door(id: "gate", level: "L1", a: Point2D(-3, -1), b: Point2D(-3, 1), kind: .sliding)
        let hours = OpeningHours([(days: [0], from: 8 * 3600, to: 9 * 3600)])
        let planner = RoutePlanner(
            building: building, facilities: SiteFacilities(doors: ["gate": DoorFacts(openingSeconds: 3, hours: hours)]))
        let clock = RouteClock(planner: planner, conditions: RouteConditions(clock: LocalTime(hour: 7, minute: 59)))
        let asking = try #require(clock.opening("gate", at: 20))
        #expect(asking.closedFor == 40 && asking.time.mean == 3 && asking.seconds == 43)
        let never = RoutePlanner(
            building: building, facilities: SiteFacilities(doors: ["gate": DoorFacts(hours: OpeningHours([]))]))
        #expect(
            RouteClock(planner: never, conditions: RouteConditions(clock: LocalTime(hour: 7))).opening("gate", at: 0)
                == nil)
    }

    @Test("a ride takes what the car's speed and acceleration say, or the start and the speed where only that is known")
    func rides() {
        let lifts = ["near": LiftFacts(doorSeconds: 2, speed: 1, acceleration: 0.5)] as [LiftID: LiftFacts]
        let planner = RoutePlanner(building: twoLifts(), facilities: SiteFacilities(lifts: lifts))
        // 4 m at 1 m/s and 0.5 m/s²: 4 s and 2 s for the ends.
        #expect(abs(planner.rideSeconds("near", from: 0, to: 1) - (2 + 6 + 2)) < 1e-9)
        #expect(abs(planner.rideSeconds("far", from: 0, to: 1) - (4 + 2 + 4 + 4)) < 1e-9)
    }
}

import BuildingMap
import RobotModel
import RoutePlanning
import Testing

/// Which lift is taken, and what it is taken to take.
struct LiftChoiceTests {
    private let building = twoLifts()

    private func lift(
        _ conditions: RouteConditions = .usual, facilities: SiteFacilities = SiteFacilities(), robot: String? = nil
    ) throws -> LiftStep {
        let planner = RoutePlanner(building: building, facilities: facilities, robot: robot)
        var workspace = RouteWorkspace()
        let route = try planner.route(from: Pose2D(), on: "L1", to: "suite", under: conditions, in: &workspace)
        for case .lift(let step) in route.steps { return step }
        throw RouteError.unreachable("suite", blockedBy: [])
    }

    private func times(_ waits: [(LiftID, Double)], hour: Int = 8) -> FacilityTimes {
        var times = FacilityTimes()
        for day in 0..<10 {
            for (lift, wait) in waits {
                let wall = WallTime(secondsSince1970: Double(day) * 86_400)
                times.record(
                    wait, of: .waiting(lift, .interface), at: wall,
                    clock: LocalTime(weekday: day % 7, hour: hour, minute: 30))
            }
        }
        return times
    }

    @Test("the near lift is taken while nothing speaks against it")
    func near() throws {
        #expect(try lift().lift == "near")
    }

    @Test("while somebody else has the near lift, the robot takes the other one (rmf_ros2 #472)")
    func busy() throws {
        #expect(try lift(RouteConditions(lifts: ["near": LiftOutlook(isTaken: true)])).lift == "far")
        let both = ["near": LiftOutlook(isTaken: true), "far": LiftOutlook(isTaken: true)] as [LiftID: LiftOutlook]
        #expect(try lift(RouteConditions(lifts: both)).lift == "near", "both are as busy")
    }

    @Test("a lift in fire mode, an emergency or offline is out, and one in its usual modes is not")
    func modes() throws {
        for (mode, taken) in [(.fire, "far"), (.emergency, "far"), (.offline, "far"), (.agv, "near"), (.human, "near")]
            as [(LiftMode, LiftID)]
        {
            let outlook = LiftOutlook(LiftState(currentLevel: "L1", motion: .stopped, mode: mode), isTaken: false)
            #expect(try lift(RouteConditions(lifts: ["near": outlook])).lift == taken, "\(mode)")
        }
    }

    @Test("where the car stands shortens the wait, and only for the moment")
    func carPosition() throws {
        let here = LiftOutlook(carLevel: "L1")
        let away = LiftOutlook(carLevel: "L2")
        let slow = SiteFacilities(lifts: ["near": LiftFacts(speed: 0.1)])
        let waits = try [here, away].map {
            try lift(RouteConditions(lifts: ["near": $0]), facilities: SiteFacilities()).duration
        }
        #expect(waits[0] < waits[1])
        // 40 s from the other level at 0.1 m/s: the far one is quicker.
        #expect(try lift(RouteConditions(lifts: ["near": away]), facilities: slow).lift == "far")
    }

    @Test("a lift that is slow at eight is left alone at eight and taken at three")
    func slowHour() throws {
        let times = times([("near", 90), ("far", 15)])
        let eight = RouteConditions(clock: LocalTime(weekday: 1, hour: 8, minute: 30), times: times)
        #expect(try lift(eight).lift == "far")
        var other = times
        for day in 0..<10 {
            let wall = WallTime(secondsSince1970: Double(day) * 86_400 + 1)
            other.record(
                10, of: .waiting("near", .interface), at: wall, clock: LocalTime(weekday: day % 7, hour: 15, minute: 30)
            )
        }
        #expect(
            try lift(RouteConditions(clock: LocalTime(weekday: 1, hour: 15, minute: 30), times: other)).lift == "near")
        #expect(
            try lift(RouteConditions(clock: LocalTime(weekday: 1, hour: 8, minute: 30), times: other)).lift == "far")
    }

    @Test("what the site's people know of an hour counts before anything was learned")
    func knownHour() throws {
        let facts = SiteFacilities(lifts: ["near": LiftFacts(callSecondsByHour: [12: 120])])
        #expect(try lift(RouteConditions(clock: LocalTime(hour: 12, minute: 30)), facilities: facts).lift == "far")
        #expect(try lift(RouteConditions(clock: LocalTime(hour: 9, minute: 30)), facilities: facts).lift == "near")
        #expect(try lift(facilities: facts).lift == "near", "without a clock the usual wait counts")
    }

    @Test(
        "a lift that this robot has no right to is not used, and a closed one is waited for only where that is quicker")
    func rightsAndHours() throws {
        let mine = SiteFacilities(lifts: ["near": LiftFacts(robots: ["porter_2"])])
        #expect(try lift(facilities: mine, robot: "porter_1").lift == "far")
        #expect(try lift(facilities: mine, robot: "porter_2").lift == "near")
        #expect(try lift(facilities: mine).lift == "near")
        let hours = OpeningHours([(days: Set(0...6), from: 7 * 3600, to: 22 * 3600)])
        let closed = SiteFacilities(lifts: ["near": LiftFacts(hours: hours)])
        #expect(try lift(RouteConditions(clock: LocalTime(hour: 6, minute: 50)), facilities: closed).lift == "far")
        let nearly = LocalTime(secondOfWeek: 7 * 3600 - 14)
        #expect(
            try lift(RouteConditions(clock: nearly), facilities: closed).lift == "near",
            "it opens while the robot drives there")
        let both = SiteFacilities(lifts: ["near": LiftFacts(hours: hours), "far": LiftFacts(hours: hours)])
        let step = try lift(RouteConditions(clock: LocalTime(hour: 6)), facilities: both)
        #expect(step.duration > .seconds(3500), "an hour's wait is part of the route")
    }

    @Test("the interface is used while it works well, and the button where it does not")
    func access() throws {
        func facts(interface: Double) -> SiteFacilities {
            let lift = LiftFacts(access: [
                FacilityAccess(.interface, seconds: 2, success: interface),
                FacilityAccess(.button, seconds: 9, success: 0.9),
            ])
            return SiteFacilities(lifts: ["near": lift, "far": lift])
        }
        #expect(try lift(facilities: facts(interface: 0.95)).access == .interface)
        #expect(try lift(facilities: facts(interface: 0.1)).access == .button)
        let learned = RouteConditions(
            clock: LocalTime(hour: 8, minute: 30), times: times([("near", 45), ("far", 45)]))
        let step = try lift(learned, facilities: facts(interface: 0.95))
        #expect(step.access == .button, "the interface has been slow at this hour, the button has not been tried")
    }

    /// Open-RMF's lift takes a second from waypoint to waypoint, whatever the distance and whoever has it.
    @Test("where Open-RMF's constants send the robot to a slow lift, it is sooner there by the other one")
    func betterThanConstants() throws {
        var tower = building
        tower.levels[1].elevation = 60
        let facts = SiteFacilities(lifts: [
            "near": LiftFacts(callSeconds: 40, speed: 0.63), "far": LiftFacts(callSeconds: 15, speed: 2.5),
        ])
        var workspace = RouteWorkspace()
        let theirs = try RoutePlanner(building: tower, rules: .openRMF).trace(from: "desk", to: "suite", in: &workspace)
        let planner = RoutePlanner(building: tower, facilities: facts)
        let ours = try planner.trace(from: "desk", to: "suite", in: &workspace)
        #expect(theirs.lifts == ["near"] && ours.lifts == ["far"])
        let forced = RouteConditions(closures: RouteClosures(lifts: ["far"]))
        let choice = try planner.trace(from: "desk", to: "suite", under: forced, in: &workspace)
        #expect(choice.lifts == theirs.lifts)
        #expect(choice.seconds - ours.seconds > 60, "their choice, timed truly, is a minute longer")
        #expect(theirs.seconds < choice.seconds / 2, "and their plan says half of what it takes")
        print(
            "tower of 60 m: by Open-RMF's choice \(choice.seconds) s (its plan says \(theirs.seconds)), by ours \(ours.seconds) s"
        )
    }
}

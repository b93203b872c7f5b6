import BuildingMap
import RobotModel
import RoutePlanning
import Testing

struct RiversideRouteTests {
    let building: Building
    let planner: RoutePlanner

    init() throws {
        building = try riverside()
        planner = RoutePlanner(building: building)
    }

    private func route(_ from: PlaceID, _ to: PlaceID, avoiding: RouteClosures = .none) throws -> Route {
        let start = try #require(building.place(from))
        return try planner.route(
            from: Pose2D(start.place.position, yaw: start.place.yaw ?? 0), on: start.level, to: to, avoiding: avoiding)
    }

    @Test("from the charger to the kerb the robot passes the entrance")
    func chargerToKerb() throws {
        let route = try route("charger", "kerb")
        #expect(route.steps.map(\.word) == ["drive L1", "door entrance", "drive L1"])
        #expect(abs(route.length - 8.9) < 1e-6)
        #expect(planner.finalHeading(at: "kerb").map { abs($0 - .pi) < 1e-6 } == true)
    }

    @Test("from the kerb to the suite it passes two doors and rides the lift to the third level")
    func kerbToSuite() throws {
        let route = try route("kerb", "suite_301")
        #expect(
            route.steps.map(\.word) == [
                "drive L1", "door entrance", "drive L1", "door lobby_door", "drive L1", "lift lift_1 L1>L3", "drive L3",
            ])
        #expect(route.duration < .seconds(120))
        let goal = try #require(building.place("suite_301"))
        #expect(route.steps.last?.ends.end.distance(to: goal.place.position) ?? 9 < 1e-9)
    }

    @Test("the way between any two places has no gaps, and its sums are right")
    func everyPair() throws {
        for (a, _) in building.places {
            for (b, _) in building.places where a.id != b.id {
                let route = try route(a.id, b.id)
                #expect(route.largestGap < 1e-6, "\(a.id) to \(b.id)")
                #expect(route.steps.first?.ends.start.distance(to: a.position) ?? 9 < 1e-6)
                #expect(route.steps.last?.ends.end.distance(to: b.position) ?? 9 < 1e-6)
                let sum = route.steps.reduce(Duration.zero) { $0 + $1.duration }
                #expect(abs((sum - route.duration).inSeconds) < 1e-6)
                let back = try self.route(b.id, a.id)
                #expect(abs(back.length - route.length) < 1e-6)
            }
        }
    }

    @Test("before the entrance the robot holds 0.9 m off, facing it, and is clear 0.9 m behind it")
    func slidingDoor() throws {
        let step = try #require(try route("kerb", "charger").steps.compactMap(\.door).first)
        #expect(step.holdPose.position.distance(to: Point2D(5.1, -6)) < 1e-6 && abs(step.holdPose.yaw) < 1e-6)
        #expect(step.clearPose.position.distance(to: Point2D(6.9, -6)) < 1e-6 && abs(step.clearPose.yaw) < 1e-6)
        #expect(step.posts.map(\.x).allSatisfy { abs($0 - 6) < 1e-6 } && step.posts.count == 2)
    }

    @Test("from a hinged door it keeps away by the leaf's sweep, on either side")
    func hingedDoor() throws {
        let door = try #require(building.doors["lobby_door"])
        for (from, to) in [("kerb", "suite_201"), ("suite_201", "kerb")] as [(PlaceID, PlaceID)] {
            let steps = try route(from, to).steps.compactMap(\.door)
            let step = try #require(steps.first { $0.door == door.id })
            #expect(abs(step.holdPose.x - 11) >= door.width + 0.33)
            #expect(abs(step.clearPose.x - 11) >= door.width + 0.33)
        }
    }

    @Test("in the lift the robot stands in the middle of the car and faces the way out")
    func lift() throws {
        let step = try #require(try route("kerb", "suite_201").steps.compactMap(\.lift).first)
        let lift = try #require(building.lifts["lift_1"])
        #expect(step.cabinPose.position.distance(to: lift.pose.position) < 1e-6)
        #expect(abs(step.cabinPose.yaw + .pi / 2) < 1e-6)
        #expect(abs(step.hallPose.yaw - .pi / 2) < 1e-6)
        #expect(step.hallPose.position.distance(to: Point2D(14, -8)) < 1e-6)
        #expect(step.exitPose.position.distance(to: Point2D(14, -8)) < 1e-6)
        #expect(abs(step.exitPose.yaw + .pi / 2) < 1e-6)
        #expect(step.boardingPosts.map(\.y).allSatisfy { abs($0 + 6.9) < 1e-6 } && step.exitPosts.count == 2)
    }

    @Test("in the car it starts with the lift, without boarding")
    func aboard() throws {
        let pose = Pose2D(x: 14.2, y: -5.7, yaw: 1)
        let up = try planner.route(from: pose, on: "L1", to: "suite_302")
        #expect(up.steps.map(\.word) == ["lift lift_1 L1>L3", "drive L3"])
        let ride = try #require(up.steps[0].lift)
        #expect(ride.hallPose == ride.cabinPose)
        let out = try planner.route(from: pose, on: "L3", to: "suite_302")
        #expect(out.steps.map(\.word) == ["lift lift_1 L3>L3", "drive L3"])
        #expect(out.duration < up.duration)
    }

    @Test("with the lift out of service there is still a way out of its car")
    func aboardABrokenLift() throws {
        let pose = Pose2D(x: 14, y: -5.85, yaw: 1)
        let closures = RouteClosures(lifts: ["lift_1"])
        let out = try planner.route(from: pose, on: "L1", to: "charger", avoiding: closures)
        #expect(out.steps.first?.word == "lift lift_1 L1>L1")
        #expect(throws: RouteError.unreachable("suite_301", blockedBy: [.lift("lift_1")])) {
            try planner.route(from: pose, on: "L1", to: "suite_301", avoiding: closures)
        }
    }

    @Test("a closed door, lift or lane without a way around it is named")
    func closed() throws {
        #expect(throws: RouteError.unreachable("suite_301", blockedBy: [.door("lobby_door"), .lift("lift_1")])) {
            try route("kerb", "suite_301", avoiding: RouteClosures(doors: ["lobby_door"], lifts: ["lift_1"]))
        }
        let lane = LaneReference(level: "L3", from: 1, to: 2)
        let error = #expect(throws: RouteError.self) {
            try route("kerb", "suite_301", avoiding: RouteClosures(lanes: [lane]))
        }
        #expect(error == .unreachable("suite_301", blockedBy: [.lane(lane)]))
        #expect(error?.robotError.description.contains("lane 1–2 on L3") == true)
        #expect(try route("charger", "kerb", avoiding: RouteClosures(doors: ["lobby_door"])).steps.count == 3)
    }

    @Test("a robot that stands in a doorway starts with that door, whichever way it goes")
    func inTheDoorway() throws {
        let pose = Pose2D(x: 6.2, y: -6.1, yaw: .pi)
        for place in ["kerb", "charger"] as [PlaceID] {
            let route = try planner.route(from: pose, on: "L1", to: place)
            let step = try #require(route.steps.first?.door)
            #expect(step.door == "entrance")
            #expect(step.holdPose.position.distance(to: pose.position) < 1e-9)
            #expect(route.largestGap < 1e-6)
        }
        let inward = try planner.route(from: pose, on: "L1", to: "charger").steps[0].door
        #expect(abs(inward?.holdPose.yaw ?? 9) < 0.5, "it does not turn across the doorway")
    }

    @Test("beside a lane the robot joins it; behind a wall it says so")
    func besideTheLane() throws {
        let route = try planner.route(from: Pose2D(x: 8, y: -4.9, yaw: 0), on: "L1", to: "charger")
        let drive = try #require(route.steps.first?.drive)
        #expect(drive.path[0] == Point2D(8, -4.9))
        #expect(drive.path.count >= 2)
        let error = #expect(throws: RouteError.self) {
            try planner.route(from: Pose2D(x: 6.8, y: -9, yaw: 0), on: "L1", to: "charger")
        }
        guard case .offGraph("L1", let nearest) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((nearest ?? 0) > 1)
    }

    @Test("from anywhere on a level there is a route without gaps, or a word of how far the lanes are")
    func anywhere() throws {
        var random = SeededRandom(seed: 11)
        var found = 0
        for _ in 0..<600 {
            let level = try #require(building.levels.randomElement(using: &random))
            let bounds = try #require(level.bounds)
            let pose = Pose2D(
                x: Double.random(in: bounds.lower.x...bounds.upper.x, using: &random),
                y: Double.random(in: bounds.lower.y...bounds.upper.y, using: &random),
                yaw: Double.random(in: -3...3, using: &random))
            switch Result(catching: { () throws(RouteError) in
                try planner.route(from: pose, on: level.id, to: "suite_302")
            }) {
            case .success(let route):
                found += 1
                #expect(route.largestGap < 1e-6, "\(pose) on \(level.id)")
                // In the car it is aboard wherever it stands; less than 5 cm beside a lane it is on it.
                if let first = route.steps.first, first.lift == nil {
                    #expect(first.ends.start.distance(to: pose.position) < 0.05)
                }
                let sum = route.steps.reduce(Duration.zero) { $0 + $1.duration }
                #expect(abs((sum - route.duration).inSeconds) < 1e-6)
            case .failure(.offGraph(_, let nearest)): #expect(nearest ?? 0 > 0.05)
            case .failure(let error): Issue.record("\(error)")
            }
        }
        #expect(found > 200)
    }

    @Test("at the place already, there is nothing to do")
    func already() throws {
        let kerb = try #require(building.place("kerb")).place.position
        let route = try planner.route(from: Pose2D(kerb, yaw: 0), on: "L1", to: "kerb")
        #expect(route.steps.isEmpty && route.duration == .zero && route.length == 0)
    }

    @Test("what the building does not have is told, with what it has")
    func unknown() throws {
        let pose = Pose2D(x: 3, y: -6)
        let place = #expect(throws: RouteError.self) { try planner.route(from: pose, on: "L1", to: "suite_310") }
        #expect(place?.robotError.expected?.contains("suite_301") == true)
        let level = #expect(throws: RouteError.self) { try planner.route(from: pose, on: "L4", to: "kerb") }
        #expect(level == .unknownLevel("L4", known: ["L1", "L2", "L3"]))
    }
}

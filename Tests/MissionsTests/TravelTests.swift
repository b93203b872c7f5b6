import Missions
import RobotModel
import Testing

@Suite("Travelling")
struct TravelTests {
    @Test("a way that is blocked for a minute is asked for again, around the spot")
    func blocked() {
        let world = PaperWorld()
        var requests: [RouteRequest] = []
        world.routes = {
            requests.append($0)
            return .success(Route(steps: [.drive(Paper.drive(0, 4))], length: 4, duration: .seconds(5)))
        }
        world.isBlocked = true
        var skill = Travel(to: "suite", building: .paper, motion: Paper.motion)
        let outcome = run(&skill, in: world, seconds: 900) { if requests.count == 3 { $0.isBlocked = false } }
        #expect(outcome == .done)
        #expect(requests.map(\.avoidingSpots.count) == [0, 1, 1])
        #expect(world.said.contains("please let me pass"))
    }

    @Test("a door that cannot be passed is avoided; without another way it is tried again")
    func door() {
        let world = PaperWorld(at: Pose2D(x: 3))
        var requests: [RouteRequest] = []
        world.routes = {
            requests.append($0)
            if $0.avoidingDoors.contains("plain") { return .failure(RobotError(.unavailable, "no way")) }
            return .success(Route(steps: [.door(Paper.door())], length: 4, duration: .seconds(5)))
        }
        world.doorOpens = false
        var skill = Travel(to: "suite", building: .paper, motion: Paper.motion)
        let outcome = run(&skill, in: world) { if requests.count >= 3 { $0.doorOpens = true } }
        #expect(outcome == .done)
        #expect(requests.map(\.avoidingDoors) == [[], ["plain"], []])
    }

    @Test("no way at all is asked for again for a while, then reported")
    func noWay() {
        let world = PaperWorld()
        var skill = Travel(to: "suite", building: .paper, motion: Paper.motion)
        let outcome = run(&skill, in: world)
        #expect(outcome.isFailed)
        #expect(outcome.error?.code == .unavailable)
        #expect(world.count { if case .planRoute = $0 { true } else { false } } == 8)
    }

    @Test("at its end the robot stands in the place's heading")
    func heading() {
        let world = PaperWorld()
        world.routes = { _ in
            .success(
                Route(
                    steps: [.drive(Paper.drive(0, 2)), .drive(Paper.drive(2, 4))], length: 4, duration: .seconds(5)))
        }
        var skill = Travel(to: "suite", building: .paper, motion: Paper.motion)
        run(&skill, in: world)
        let yaws: [Double?] = world.log.flatMap { action -> [Double?] in
            if case .drive(.follow(_, let yaw, _, _, _)) = action { [yaw] } else { [] }
        }
        #expect(yaws == [nil, 0])
    }
}

import BuildingMap
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A lift's car on a way.
struct RouteCar {
    let lift: LiftID
    let from: Int
    var to: Int
    /// The cabin's vertex on the level of arrival.
    var position: Point2D
}

/// A run or a car.
enum RoutePart {
    case run(RouteRun)
    case car(RouteCar)

    var car: RouteCar? { if case .car(let car) = self { car } else { nil } }
}

extension RoutePlanner {
    /// Turns a way through the graph into steps.
    func assemble(_ way: RouteWay, pose: Pose2D) -> Route {
        let parts = parts(of: way)
        let layouts = parts.indices.map { index -> RouteLayout? in
            guard case .run(let run) = parts[index] else { return nil }
            return RouteLayout(
                run, in: building, from: index > 0 ? parts[index - 1].car : nil,
                to: index + 1 < parts.count ? parts[index + 1].car : nil, isFirst: index == 0)
        }
        var assembly = RouteAssembly(planner: self, heading: pose.yaw)
        for (index, part) in parts.enumerated() {
            if let layout = layouts[index] { assembly.add(layout) }
            // A car is always left again: no place lies in one.
            if let car = part.car, index + 1 < parts.count, let after = layouts[index + 1] {
                assembly.add(car, before: index > 0 ? layouts[index - 1] : nil, after: after)
            }
        }
        return assembly.route
    }

    /// Cuts a way at lift cars.
    private func parts(of way: RouteWay) -> [RoutePart] {
        let entered = graph.nodes[way.start.node]
        var parts: [RoutePart] = []
        var run = RouteRun(level: entered.level, at: way.start.points[0])
        for point in way.start.points.dropFirst() {
            run.append(point, limit: way.start.speedLimit, door: way.start.door)
        }
        func close(at node: RouteGraph.Node) {
            guard let lift = node.lift else { return }
            if run.length > 0 { parts.append(.run(run)) }
            parts.append(.car(RouteCar(lift: lift, from: node.level, to: node.level, position: node.position)))
            run = RouteRun(level: node.level, at: node.position)
        }
        close(at: entered)
        for edge in way.edges {
            let node = graph.nodes[edge.to]
            switch edge.kind {
            case .ride:
                if case .car(var car) = parts.last {
                    car.to = node.level
                    car.position = node.position
                    parts[parts.count - 1] = .car(car)
                }
                run = RouteRun(level: node.level, at: node.position)
            case .lane(let door):
                run.append(node.position, limit: edge.speedLimit, door: door)
                close(at: node)
            }
        }
        if run.length > 0 { parts.append(.run(run)) }
        return parts
    }
}

/// Steps, while they are put together.
struct RouteAssembly {
    let planner: RoutePlanner
    /// The heading after the last step.
    private var heading: Double
    private var steps: [RouteStep] = []
    private var length = 0.0
    private var seconds = 0.0

    init(planner: RoutePlanner, heading: Double) {
        self.planner = planner
        self.heading = heading
    }

    var route: Route { Route(steps: steps, length: length, duration: .seconds(seconds)) }

    /// Adds the drives and the doors of a run; its lifts are added by themselves.
    mutating func add(_ layout: RouteLayout) {
        let run = layout.run
        var cursor = layout.exit?.clear ?? 0
        for passage in layout.doors {
            guard case .door(let door) = passage.kind else { continue }
            drive(run, from: cursor, to: passage.hold)
            let hold = run.point(at: passage.hold)
            let opening = run.point(at: passage.plane)
            // Face the opening; past its plane already, face the way.
            let facing =
                passage.plane > passage.hold + 0.05
                ? atan2(opening.y - hold.y, opening.x - hold.x) : run.course(at: passage.hold)
            let path = run.path(from: passage.hold, to: passage.clear)
            let crossed = planner.kinematics.pathTime(path.points, from: heading, limit: path.limit)
            heading = crossed.heading
            let time = planner.timing.doorOpening.inSeconds + crossed.seconds
            count(passage.clear - passage.hold, time)
            steps.append(
                .door(
                    DoorStep(
                        door: door.id, level: levelID(run.level), holdPose: Pose2D(hold, yaw: facing),
                        clearPose: Pose2D(run.point(at: passage.clear), yaw: run.course(at: passage.clear)),
                        posts: passage.posts, duration: .seconds(time))))
            cursor = passage.clear
        }
        drive(run, from: cursor, to: layout.boarding?.hold ?? run.length)
    }

    private mutating func drive(_ run: RouteRun, from start: Double, to end: Double) {
        guard end - start > RouteClearance.drive else { return }
        let path = run.path(from: start, to: end)
        let driven = planner.kinematics.pathTime(path.points, from: heading, limit: path.limit)
        heading = driven.heading
        count(end - start, driven.seconds)
        steps.append(
            .drive(
                DriveStep(
                    level: levelID(run.level), path: path.points, speedLimit: path.limit,
                    duration: .seconds(driven.seconds))))
    }

    /// Adds a lift; without a run before it the robot is aboard already.
    mutating func add(_ car: RouteCar, before: RouteLayout?, after: RouteLayout) {
        guard let exit = after.exit else { return }
        let outward = after.run.point(at: exit.plane) - car.position
        let cabin = Pose2D(car.position, yaw: atan2(outward.y, outward.x))
        var hall = cabin
        var time = planner.timing.liftDoor.inSeconds
        if car.from != car.to {
            let levels = planner.building.levels
            time = planner.timing.rideSeconds(from: levels[car.from].elevation, to: levels[car.to].elevation)
        }
        if let before, let boarding = before.boarding {
            let place = before.run.point(at: boarding.hold)
            let inward = before.run.point(at: boarding.plane) - place
            hall = Pose2D(place, yaw: atan2(inward.y, inward.x))
            let path = before.run.path(from: boarding.hold, to: before.run.length)
            let entered = planner.kinematics.pathTime(path.points, from: heading, limit: path.limit)
            time += planner.timing.boardingSeconds + entered.seconds
            heading = entered.heading
            count(before.run.length - boarding.hold, 0)
        }
        time += planner.kinematics.turnTime(from: heading, to: cabin.yaw)
        let path = after.run.path(from: 0, to: exit.clear)
        let left = planner.kinematics.pathTime(path.points, from: cabin.yaw, limit: path.limit)
        time += left.seconds
        heading = left.heading
        count(exit.clear, time)
        let boardingPosts = before?.boarding?.posts ?? posts(of: car) ?? exit.posts
        steps.append(
            .lift(
                LiftStep(
                    lift: car.lift, from: levelID(car.from), to: levelID(car.to), hallPose: hall, cabinPose: cabin,
                    exitPose: Pose2D(after.run.point(at: exit.clear), yaw: after.run.course(at: exit.clear)),
                    boardingPosts: boardingPosts, exitPosts: exit.posts, duration: .seconds(time))))
    }

    /// The posts through which a robot that is aboard came in, as far as that is known.
    private func posts(of car: RouteCar) -> [Point2D]? {
        planner.building.lifts[car.lift]?.doors[levelID(car.from)]?.first.map { [$0.a, $0.b] }
    }

    private func levelID(_ level: Int) -> LevelID { planner.building.levels[level].id }

    private mutating func count(_ metres: Double, _ time: Double) {
        length += metres
        seconds += time
    }
}

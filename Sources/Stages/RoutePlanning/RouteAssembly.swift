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
    func assemble(_ way: RouteWay, pose: Pose2D, clock: RouteClock) -> Route {
        let parts = parts(of: way)
        let layouts = parts.indices.map { index -> RouteLayout? in
            guard case .run(let run) = parts[index] else { return nil }
            return RouteLayout(
                run, in: building, from: index > 0 ? parts[index - 1].car : nil,
                to: index + 1 < parts.count ? parts[index + 1].car : nil, isFirst: index == 0)
        }
        var assembly = RouteAssembly(planner: self, clock: clock, heading: pose.yaw)
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
        var cut = RouteCut(graph: graph, start: way.start)
        for hop in way.hops {
            let arc = graph.arcs[hop.arc]
            let next = Int(arc.head)
            if case .ride = graph.gates[arc.gate].kind {
                cut.ride(to: next)
            } else {
                let door: DoorID? = if case .door(let door) = graph.gates[arc.gate].kind { door } else { nil }
                cut.drive(to: next, limit: arc.limit == 0 ? nil : graph.limits[Int(arc.limit)], door: door)
            }
        }
        return cut.parts
    }
}

/// A way, while it is cut into runs and cars.
private struct RouteCut {
    private let graph: LaneGraph
    private var closed: [RoutePart] = []
    private var run: RouteRun

    init(graph: LaneGraph, start: RouteStart) {
        self.graph = graph
        run = RouteRun(level: graph.vertex(start.node).level, at: start.points[0])
        for point in start.points.dropFirst() { run.append(point, limit: start.speedLimit, door: start.door) }
        close(at: start.node)
    }

    mutating func drive(to node: Int, limit: Double?, door: DoorID?) {
        run.append(graph.positions[node], limit: limit, door: door)
        close(at: node)
    }

    mutating func ride(to node: Int) {
        let level = graph.vertex(node).level
        if case .car(var car) = closed.last {
            car.to = level
            car.position = graph.positions[node]
            closed[closed.count - 1] = .car(car)
        }
        run = RouteRun(level: level, at: graph.positions[node])
    }

    /// Ends the run in a car, where the node lies in one.
    private mutating func close(at node: Int) {
        guard let lift = graph.cabins[UInt32(node)] else { return }
        let (level, position) = (graph.vertex(node).level, graph.positions[node])
        if run.length > 0 { closed.append(.run(run)) }
        closed.append(.car(RouteCar(lift: lift, from: level, to: level, position: position)))
        run = RouteRun(level: level, at: position)
    }

    /// All parts, the last run included.
    var parts: [RoutePart] { run.length > 0 ? closed + [.run(run)] : closed }
}

/// Steps, while they are put together.
struct RouteAssembly {
    let planner: RoutePlanner
    let clock: RouteClock
    /// The heading after the last step.
    private var heading: Double
    private var steps: [RouteStep] = []
    private var length = 0.0
    private var seconds = 0.0

    init(planner: RoutePlanner, clock: RouteClock, heading: Double) {
        self.planner = planner
        self.clock = clock
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
            // The search has asked already: it never opens is no answer here.
            let asking = clock.opening(door.id, at: seconds)
            let time = (asking?.seconds ?? 0) + crossed.seconds
            count(passage.clear - passage.hold, time)
            steps.append(
                .door(
                    DoorStep(
                        door: door.id, level: levelID(run.level), holdPose: Pose2D(hold, yaw: facing),
                        clearPose: Pose2D(run.point(at: passage.clear), yaw: run.course(at: passage.clear)),
                        posts: passage.posts, duration: .seconds(time), access: asking?.access)))
            cursor = passage.clear
        }
        drive(run, from: cursor, to: layout.boarding?.hold ?? run.length)
    }

    /// Drives, one for each stretch of one limit.
    private mutating func drive(_ run: RouteRun, from start: Double, to end: Double) {
        var cursor = start
        for stretch in run.stretches(from: start, to: end)
        where stretch - cursor > RouteClearance.drive || stretch >= end {
            drive(run, along: cursor...max(cursor, stretch))
            cursor = stretch
        }
    }

    private mutating func drive(_ run: RouteRun, along stretch: ClosedRange<Double>) {
        let (start, end) = (stretch.lowerBound, stretch.upperBound)
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
        var time = 0.0
        var access: FacilityAccessKind?
        if let before, let boarding = before.boarding {
            let place = before.run.point(at: boarding.hold)
            let inward = before.run.point(at: boarding.plane) - place
            hall = Pose2D(place, yaw: atan2(inward.y, inward.x))
            let path = before.run.path(from: boarding.hold, to: before.run.length)
            let entered = planner.kinematics.pathTime(path.points, from: heading, limit: path.limit)
            let asking = clock.boarding(car.lift, level: car.from, at: seconds)
            access = asking?.access
            time = (asking?.seconds ?? 0) + entered.seconds
            heading = entered.heading
            count(before.run.length - boarding.hold, 0)
        }
        if car.from != car.to {
            time += clock.ride(car.lift, from: car.from, to: car.to, at: seconds + time).mean
        } else if before == nil {
            time += planner.carDoorSeconds(of: car.lift)
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
                    boardingPosts: boardingPosts, exitPosts: exit.posts, duration: .seconds(time), access: access)))
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

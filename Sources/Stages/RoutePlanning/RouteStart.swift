import BuildingMap
import RobotModel

/// A first move: from where the robot stands to a node of the graph.
struct RouteStart: Sendable {
    /// The node at which the graph is entered.
    let node: Int
    /// Where the robot's front looks before it moves, radians.
    let heading: Double
    /// From the robot to the node; only the node's point when the robot is at it or in a lift's car.
    let points: [Point2D]
    /// Along the lane, if it is a lane: its limit, and the door that is crossed on the way to the node.
    var lane: LaneReference?
    var speedLimit: Double?
    var door: DoorID?
    /// The lift that the lane boards.
    var lift: LiftID?
}

/// A way that was found.
struct RouteWay: Sendable {
    let start: RouteStart
    let source: RouteSearch.Source
    let hops: [RouteSearch.Hop]
}

extension RoutePlanner {
    /// The ways onto the graph from a pose: the cabin's vertex in a lift's car, the vertex that the robot stands at,
    /// otherwise both directions of the nearest lane that no wall and no door separates from it.
    func starts(of pose: Pose2D, on levelIndex: Int) throws(RouteError) -> [RouteStart] {
        let level = building.levels[levelIndex]
        let point = pose.position
        if let lift = building.lift(containing: point, on: level.id),
            let vertex = building.cabinVertex(of: lift.id, on: level.id)
        {
            return [start(at: graph.node(levelIndex, vertex), heading: pose.yaw)]
        }
        let doors = building.doors(on: level.id)
        let foot = try foot(of: point, on: levelIndex, doors)
        var starts: [RouteStart] = []
        for number in lanes[levelIndex].lanes(near: foot) {
            let lane = level.lanes[number]
            guard level.segment(of: lane).distance(to: foot) < 1e-6 else { continue }
            let end = level.vertices[lane.to].position
            let rest = Segment(foot, end)
            let node = graph.node(levelIndex, lane.to)
            // From a vertex on, the search itself knows every lane.
            if rest.length < 1e-6, point.distance(to: foot) < 1e-6 { return [start(at: node, heading: pose.yaw)] }
            starts.append(
                RouteStart(
                    node: node, heading: pose.yaw, points: lead(from: point, onto: rest, on: level) + [end],
                    lane: LaneReference(level: level.id, from: lane.from, to: lane.to),
                    speedLimit: lane.limit(topSpeed: kinematics.speed),
                    door: doors.first { $0.id == lane.door && rest.crossing($0.segment) != nil }?.id,
                    lift: graph.cabins[UInt32(graph.node(levelIndex, lane.from))] == nil
                        ? level.vertices[lane.to].lift : nil))
        }
        return starts
    }

    func start(at node: Int, heading: Double) -> RouteStart {
        RouteStart(node: node, heading: heading, points: [graph.positions[node]])
    }

    /// A first move as the search wants it: with its time, and the straight run at its end; nil where a door or a lift on
    /// it never opens.
    func source(_ start: RouteStart, clock: RouteClock) -> RouteSearch.Source? {
        let driven = kinematics.pathTime(start.points, from: start.heading, limit: start.speedLimit)
        var source = RouteSearch.Source(
            node: start.node, heading: driven.heading, seconds: driven.seconds, run: driven.run,
            limit: UInt32(start.speedLimit.flatMap(graph.limits.firstIndex) ?? 0))
        if let door = start.door {
            guard let asking = clock.opening(door, at: 0) else { return nil }
            source.seconds += asking.seconds
        }
        if let lift = start.lift {
            guard let asking = clock.boarding(lift, level: graph.vertex(start.node).level, at: 0) else { return nil }
            source.seconds += asking.seconds
            source.run = 0
        }
        return source
    }

    /// The nearest point of the lanes that no wall and no door separates from a point.
    private func foot(of point: Point2D, on levelIndex: Int, _ doors: [Door]) throws(RouteError) -> Point2D {
        let level = building.levels[levelIndex]
        let byDistance = lanes[levelIndex].lanes(near: point)
            .map { (lane: $0, distance: level.segment(of: level.lanes[$0]).distance(to: point)) }
            .sorted { ($0.distance, $0.lane) < ($1.distance, $1.lane) }
        for (lane, distance) in byDistance where distance <= Self.reach {
            let segment = level.segment(of: level.lanes[lane])
            let foot = segment.point(at: segment.share(nearest: point))
            // On the lane itself there is nothing to separate.
            if distance < 0.05 { return foot }
            let way = Segment(point, foot)
            if !level.wallStands(between: point, and: foot), !doors.contains(where: { way.crossing($0.segment) != nil })
            {
                return foot
            }
        }
        throw .offGraph(level.id, nearest: level.lanes.map { level.segment(of: $0).distance(to: point) }.min())
    }

    /// From the robot's place onto a lane: aslant ahead where no wall is in between, otherwise the shortest way.
    ///
    /// Two metres along for each metre aside is a bend of 27°: a robot that stands a little beside its lane, perhaps in a
    /// doorway, does not turn across it first.
    private func lead(from point: Point2D, onto rest: Segment, on level: Level) -> [Point2D] {
        let aside = point.distance(to: rest.a)
        guard aside >= 0.05 else { return [rest.a] }
        let ahead = rest.length > 0 ? rest.point(at: min(2 * aside / rest.length, 1)) : rest.a
        return level.wallStands(between: point, and: ahead) ? [point, rest.a] : [point, ahead]
    }
}

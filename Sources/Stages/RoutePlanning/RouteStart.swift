import BuildingMap
import RobotModel

/// A first move: from where the robot stands to a node of the graph.
struct RouteStart: Sendable {
    /// The node at which the graph is entered.
    let node: Int
    let seconds: Double
    /// From the robot to the node; only the node's point when the robot is in a lift's car.
    let points: [Point2D]
    /// Along the lane, if it is a lane: its limit and the door that is crossed on the way to the node.
    let lane: LaneReference?
    let speedLimit: Double?
    let door: DoorID?
}

/// A way that was found.
struct RouteWay: Sendable {
    let start: RouteStart
    let edges: [RouteGraph.Edge]
}

extension RoutePlanner {
    /// The ways onto the graph from a point: the cabin's vertex in a lift's car, otherwise both directions of the nearest
    /// lane that no wall and no door separates from the point.
    func starts(of point: Point2D, on levelIndex: Int) throws(RouteError) -> [RouteStart] {
        let level = building.levels[levelIndex]
        if let lift = building.lift(containing: point, on: level.id),
            let vertex = building.cabinVertex(of: lift.id, on: level.id)
        {
            return [
                RouteStart(
                    node: graph.node(levelIndex, vertex), seconds: 0, points: [level.vertices[vertex].position],
                    lane: nil, speedLimit: nil, door: nil)
            ]
        }
        let doors = building.doors(on: level.id)
        let byDistance = level.lanes.map { level.segment(of: $0) }
            .map { (segment: $0, distance: $0.distance(to: point)) }
            .sorted { $0.distance < $1.distance }
        let joined = byDistance.first { lane in
            guard lane.distance <= Self.reach else { return false }
            let foot = lane.segment.point(at: lane.segment.share(nearest: point))
            // On the lane itself there is nothing to separate.
            if lane.distance < 0.05 { return true }
            let way = Segment(point, foot)
            return !level.wallStands(between: point, and: foot)
                && !doors.contains { way.crossing($0.segment) != nil }
        }
        guard let joined else { throw .offGraph(level.id, nearest: byDistance.first?.distance) }
        let foot = joined.segment.point(at: joined.segment.share(nearest: point))
        return level.lanes.filter { level.segment(of: $0).distance(to: foot) < 1e-6 }.map { lane in
            let end = level.vertices[lane.to].position
            let rest = Segment(foot, end)
            let lead = lead(from: point, onto: rest, on: level)
            let crossed = doors.first { $0.id == lane.door && rest.crossing($0.segment) != nil }
            let length = rest.length + point.distance(to: foot)
            var seconds = length / min(kinematics.speed, lane.speedLimit ?? .infinity)
            if crossed != nil { seconds += timing.doorOpening.inSeconds }
            if level.vertices[lane.to].lift != nil { seconds += timing.boardingSeconds }
            return RouteStart(
                node: graph.node(levelIndex, lane.to), seconds: seconds, points: lead + [end],
                lane: LaneReference(level: level.id, from: lane.from, to: lane.to), speedLimit: lane.speedLimit,
                door: crossed?.id)
        }
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

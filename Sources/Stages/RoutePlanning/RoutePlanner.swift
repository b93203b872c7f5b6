public import BuildingMap
public import RobotModel

/// Finds the fastest way through a building's lanes, doors and lifts, as steps to be done one after the other.
///
///     let planner = RoutePlanner(building: building, kinematics: RouteKinematics(), timing: FacilityTiming())
///     let route = try planner.route(from: pose, on: "L1", to: "suite_301")
///
/// The search minimises lane lengths over their speeds, plus what doors and lifts take; the route's own times count
/// accelerations and turns as well. A value without state: plan anew whenever
/// something changes.
public struct RoutePlanner: Sendable {
    public let building: Building
    public let kinematics: RouteKinematics
    public let timing: FacilityTiming
    let graph: RouteGraph

    /// Metres from which a lane is still joined.
    public static let reach = 3.0

    public init(
        building: Building, kinematics: RouteKinematics = RouteKinematics(), timing: FacilityTiming = FacilityTiming()
    ) {
        self.building = building
        self.kinematics = kinematics
        self.timing = timing
        graph = RouteGraph(building, kinematics, timing)
    }

    /// The fastest route from a pose (map frame, metres) on a level to a place.
    ///
    /// The robot may stand anywhere within 3 m of a lane that no wall separates it from; the route starts with driving
    /// to that lane. In the doorway of a door the route starts with a `DoorStep` whose `holdPose` is where the robot
    /// stands. In a lift's car it starts with a `LiftStep` whose `hallPose` equals its `cabinPose`: the robot is aboard
    /// already; such a step may also have the same level in `from` and `to`: let me out here.
    ///
    /// The heading at the place itself is not part of the route (`finalHeading(at:)`). Where the robot already is at the
    /// place, the route has no steps.
    public func route(
        from pose: Pose2D, on level: LevelID, to place: PlaceID, avoiding closures: RouteClosures = .none
    ) throws(RouteError) -> Route {
        guard let levelIndex = building.levels.firstIndex(where: { $0.id == level }) else {
            throw .unknownLevel(level, known: building.levels.map(\.id))
        }
        guard let goal = building.place(place),
            let goalLevel = building.levels.firstIndex(where: { $0.id == goal.level })
        else {
            throw .unknownPlace(place, known: building.places.map(\.place.id))
        }
        let goalNode = graph.node(goalLevel, goal.place.vertex)
        if let lift = graph.nodes[goalNode].lift { throw .insideLift(place, lift) }
        let starts = try starts(of: pose.position, on: levelIndex)
        if let way = fastest(from: starts, to: goalNode, avoiding: closures) {
            return assemble(way, pose: pose)
        }
        guard let open = fastest(from: starts, to: goalNode, avoiding: .none) else {
            throw .unreachable(place, blockedBy: [])
        }
        throw .unreachable(place, blockedBy: obstacles(on: open, closures))
    }

    /// The heading in which to stand at a place, radians in the map frame, if the building file gives one.
    public func finalHeading(at place: PlaceID) -> Double? { building.place(place)?.place.yaw }

    // MARK: Search

    private func fastest(
        from starts: [RouteStart], to goal: Int, avoiding closures: RouteClosures
    ) -> RouteWay? {
        let open = starts.filter { start in
            !(start.door.map(closures.doors.contains) ?? false) && !(start.lane.map(closures.lanes.contains) ?? false)
        }
        let found = graph.fastest(from: open.map { ($0.node, $0.seconds) }, to: goal) { edge in
            obstacle(of: edge, closures) == nil
        }
        return found.map { RouteWay(start: open[$0.start], edges: $0.edges) }
    }

    /// What closes an edge, if anything does. Out of a lift's car leads always a way, even when the lift is out of
    /// service.
    private func obstacle(of edge: RouteGraph.Edge, _ closures: RouteClosures) -> RouteError.Obstacle? {
        let (from, to) = (graph.nodes[edge.from], graph.nodes[edge.to])
        switch edge.kind {
        case .ride(let lift): return closures.lifts.contains(lift) ? .lift(lift) : nil
        case .lane(let door):
            if let door, closures.doors.contains(door) { return .door(door) }
            if from.lift == nil, let lift = to.lift, closures.lifts.contains(lift) { return .lift(lift) }
            let lane = LaneReference(level: building.levels[from.level].id, from: from.vertex, to: to.vertex)
            return closures.lanes.contains(lane) ? .lane(lane) : nil
        }
    }

    private func obstacles(on way: RouteWay, _ closures: RouteClosures) -> [RouteError.Obstacle] {
        var found: [RouteError.Obstacle] = []
        if let door = way.start.door, closures.doors.contains(door) { found.append(.door(door)) }
        if let lane = way.start.lane, closures.lanes.contains(lane) { found.append(.lane(lane)) }
        for obstacle in way.edges.compactMap({ obstacle(of: $0, closures) }) where !found.contains(obstacle) {
            found.append(obstacle)
        }
        return found
    }
}

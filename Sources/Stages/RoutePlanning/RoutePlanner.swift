public import BuildingMap
public import RobotModel

/// Finds the fastest way through a building's lanes, doors and lifts, as steps to be done one after the other.
///
///     let planner = RoutePlanner(building: building, kinematics: RouteKinematics(), timing: FacilityTiming())
///     let route = try planner.route(from: pose, on: "L1", to: "suite_301")
///
/// The search counts accelerations, turns and stops, speed limits, doors and lifts in time: their hours and rights, what
/// they have taken so far at that hour, and where a car is. A value without state: plan anew whenever something changes.
public struct RoutePlanner: Sendable {
    public let building: Building
    public let kinematics: RouteKinematics
    public let timing: FacilityTiming
    /// What is known of the site's doors and lifts.
    public let facilities: SiteFacilities
    /// The doors and lifts that this robot has no right to use.
    public let forbidden: RouteClosures
    public let rules: RouteRules
    let graph: LaneGraph
    let bound: TimeBound
    let lanes: [LaneIndex]

    /// Metres from which a lane is still joined.
    public static let reach = 3.0

    /// `robot` is the name by which the site's people know it, for access rights; nil has every right.
    public init(
        building: Building, kinematics: RouteKinematics = RouteKinematics(), timing: FacilityTiming = FacilityTiming(),
        facilities: SiteFacilities = SiteFacilities(), robot: String? = nil, rules: RouteRules = .doorstep
    ) {
        self.building = building
        self.kinematics = kinematics
        self.timing = timing
        self.facilities = facilities
        self.rules = rules
        forbidden = robot.map(facilities.forbidden) ?? .none
        let graph = LaneGraph(building, rules: rules, topSpeed: kinematics.speed)
        bound = TimeBound(velocities: graph.velocities(speed: kinematics.speed))
        self.graph = graph
        lanes = building.levels.map { LaneIndex($0, reach: Self.reach) }
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
        var workspace = RouteWorkspace()
        return try route(
            from: pose, on: level, to: place, under: RouteConditions(closures: closures), in: &workspace)
    }

    /// The same under the conditions of the moment, in memory that is kept from one search to the next.
    public func route(
        from pose: Pose2D, on level: LevelID, to place: PlaceID, under conditions: RouteConditions,
        in workspace: inout RouteWorkspace
    ) throws(RouteError) -> Route {
        let way = try way(from: pose, on: level, to: place, under: conditions, in: &workspace)
        return assemble(way, pose: pose, clock: RouteClock(planner: self, conditions: conditions))
    }

    /// The heading in which to stand at a place, radians in the map frame, if the building file gives one.
    public func finalHeading(at place: PlaceID) -> Double? { building.place(place)?.place.yaw }

    // MARK: Search

    func way(
        from pose: Pose2D, on level: LevelID, to place: PlaceID, under conditions: RouteConditions,
        in workspace: inout RouteWorkspace
    ) throws(RouteError) -> RouteWay {
        guard let levelIndex = levelIndex(level) else { throw .unknownLevel(level, known: building.levels.map(\.id)) }
        let goal = try node(of: place)
        let starts = try starts(of: pose, on: levelIndex)
        return try way(from: starts, to: goal, named: place, under: conditions, in: &workspace)
    }

    func way(
        from starts: [RouteStart], to goal: Int, named place: PlaceID, under conditions: RouteConditions,
        in workspace: inout RouteWorkspace
    ) throws(RouteError) -> RouteWay {
        if let way = fastest(from: starts, to: goal, under: conditions, in: &workspace) { return way }
        guard let open = fastest(from: starts, to: goal, under: conditions, avoiding: .none, in: &workspace) else {
            throw .unreachable(place, blockedBy: [])
        }
        throw .unreachable(place, blockedBy: obstacles(on: open, closures(under: conditions)))
    }

    func fastest(
        from starts: [RouteStart], to goal: Int, under conditions: RouteConditions, in workspace: inout RouteWorkspace
    ) -> RouteWay? {
        fastest(
            from: starts, to: goal, under: conditions, avoiding: closures(under: conditions), in: &workspace)
    }

    /// What must not be used, and what this robot may not use.
    private func closures(under conditions: RouteConditions) -> RouteClosures {
        var closures = conditions.allClosures
        closures.formUnion(forbidden)
        return closures
    }

    /// The node of a place outside of lifts.
    func node(of place: PlaceID) throws(RouteError) -> Int {
        guard let found = building.place(place), let level = levelIndex(found.level) else {
            throw .unknownPlace(place, known: building.places.map(\.place.id))
        }
        let node = graph.node(level, found.place.vertex)
        if let lift = graph.cabins[UInt32(node)] { throw .insideLift(place, lift) }
        return node
    }

    private func fastest(
        from starts: [RouteStart], to goal: Int, under conditions: RouteConditions, avoiding closures: RouteClosures,
        in workspace: inout RouteWorkspace
    ) -> RouteWay? {
        let clock = RouteClock(planner: self, conditions: conditions)
        var open: [RouteStart] = []
        var sources: [RouteSearch.Source] = []
        for start in starts {
            if let door = start.door, closures.doors.contains(door) { continue }
            if let lane = start.lane, closures.lanes.contains(lane) { continue }
            if let lift = start.lift, closures.lifts.contains(lift) { continue }
            guard let source = source(start, clock: clock) else { continue }
            open.append(start)
            sources.append(source)
        }
        let search = RouteSearch(graph: graph, bound: bound, kinematics: kinematics, clock: clock)
        guard let found = search.fastest(from: sources, to: goal, closed: closures, in: &workspace) else { return nil }
        return RouteWay(start: open[found.source], source: sources[found.source], hops: found.hops)
    }

    // MARK: What is closed

    /// What closes an arc, if anything does. Out of a lift's car leads always a way, even when the lift is out of
    /// service.
    private func obstacle(of arc: Int, from node: Int, _ closures: RouteClosures) -> RouteError.Obstacle? {
        switch graph.gates[graph.arcs[arc].gate].kind {
        case .boarding(let lift, _), .ride(let lift, _, _):
            return closures.lifts.contains(lift) ? .lift(lift) : nil
        case .door(let door) where closures.doors.contains(door): return .door(door)
        case .none, .door, .exit, .dock, .mockLift: break
        }
        let (from, to) = (graph.vertex(node), graph.vertex(Int(graph.arcs[arc].head)))
        let lane = LaneReference(level: building.levels[from.level].id, from: from.vertex, to: to.vertex)
        return closures.lanes.contains(lane) ? .lane(lane) : nil
    }

    private func obstacles(on way: RouteWay, _ closures: RouteClosures) -> [RouteError.Obstacle] {
        var found: [RouteError.Obstacle] = []
        if let door = way.start.door, closures.doors.contains(door) { found.append(.door(door)) }
        if let lane = way.start.lane, closures.lanes.contains(lane) { found.append(.lane(lane)) }
        if let lift = way.start.lift, closures.lifts.contains(lift) { found.append(.lift(lift)) }
        var node = way.start.node
        for hop in way.hops {
            if let obstacle = obstacle(of: hop.arc, from: node, closures), !found.contains(obstacle) {
                found.append(obstacle)
            }
            node = Int(graph.arcs[hop.arc].head)
        }
        return found
    }
}

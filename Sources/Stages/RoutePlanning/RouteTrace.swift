import BuildingMap
public import RobotModel

/// A way as the search found it: vertex by vertex in time, for people and for comparing with others.
///
/// `Route` is the same way as steps for the robot to do.
public struct RouteTrace: Hashable, Sendable {
    /// A vertex of a level.
    public struct Vertex: Hashable, Sendable {
        public var level: LevelID
        public var index: Int

        public init(level: LevelID, index: Int) {
            self.level = level
            self.index = index
        }
    }

    /// A vertex on the way.
    public struct Waypoint: Hashable, Sendable {
        public var vertex: Vertex
        /// Map frame, metres.
        public var position: Point2D
        /// Seconds from the start at which the robot stands there, had it to stop.
        public var seconds: Double
    }

    /// A door, a lift's car or a ride on the way.
    public struct Passage: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            case door(DoorID, FacilityAccessKind)
            /// A lift's car is waited for and entered.
            case boarding(LiftID, FacilityAccessKind)
            case ride(LiftID, from: LevelID, to: LevelID)
        }

        public var kind: Kind
        /// Seconds from the start to the end of the waypoint before, and to the one behind.
        public var from: Double
        public var to: Double
        /// Seconds of them that the facility itself takes, in the mean.
        public var waiting: Double
    }

    public var waypoints: [Waypoint]
    public var passages: [Passage]
    /// Metres driven.
    public var length: Double
    /// Seconds.
    public var seconds: Double

    /// The levels in the order in which they are passed.
    public var levels: [LevelID] {
        waypoints.reduce(into: []) { levels, waypoint in
            if levels.last != waypoint.vertex.level { levels.append(waypoint.vertex.level) }
        }
    }

    /// The lifts in the order in which they are ridden.
    public var lifts: [LiftID] {
        passages.compactMap { if case .boarding(let lift, _) = $0.kind { lift } else { nil } }
    }
}

extension RoutePlanner {
    /// The fastest way from a place to a place, vertex by vertex; it starts in a heading (radians, map frame).
    public func trace(
        from start: PlaceID, heading: Double = 0, to goal: PlaceID, under conditions: RouteConditions = .usual,
        in workspace: inout RouteWorkspace
    ) throws(RouteError) -> RouteTrace {
        let starts = [self.start(at: try node(of: start), heading: heading)]
        let way = try way(from: starts, to: node(of: goal), named: goal, under: conditions, in: &workspace)
        return trace(way, conditions)
    }

    /// The fastest way from a vertex to a vertex; nil where there is none.
    public func trace(
        from start: RouteTrace.Vertex, heading: Double = 0, to goal: RouteTrace.Vertex,
        under conditions: RouteConditions = .usual, in workspace: inout RouteWorkspace
    ) -> RouteTrace? {
        guard let from = levelIndex(start.level), let to = levelIndex(goal.level) else { return nil }
        let starts = [self.start(at: graph.node(from, start.index), heading: heading)]
        let goal = graph.node(to, goal.index)
        return fastest(from: starts, to: goal, under: conditions, in: &workspace).map { trace($0, conditions) }
    }

    private func trace(_ way: RouteWay, _ conditions: RouteConditions) -> RouteTrace {
        let clock = RouteClock(planner: self, conditions: conditions)
        var trace = RouteTrace(waypoints: [], passages: [], length: 0, seconds: way.source.seconds)
        trace.waypoints.reserveCapacity(way.hops.count + 1)
        trace.waypoints.append(waypoint(way.start.node, at: way.source.seconds))
        var node = way.start.node
        for hop in way.hops {
            let arc = graph.arcs[hop.arc]
            if arc.gate != 0 {
                trace.passages += passage(graph.gates[arc.gate], from: trace.seconds, to: hop.time, clock)
            }
            trace.length += graph.positions[node].distance(to: graph.positions[Int(arc.head)])
            trace.seconds = hop.time
            node = Int(arc.head)
            trace.waypoints.append(waypoint(node, at: hop.time))
        }
        return trace
    }

    private func waypoint(_ node: Int, at seconds: Double) -> RouteTrace.Waypoint {
        let (level, vertex) = graph.vertex(node)
        return RouteTrace.Waypoint(
            vertex: RouteTrace.Vertex(level: building.levels[level].id, index: vertex), position: graph.positions[node],
            seconds: seconds)
    }

    private func passage(_ gate: Gate, from: Double, to: Double, _ clock: RouteClock) -> [RouteTrace.Passage] {
        let waiting = (clock.seconds(gate, at: from, afterRide: true) ?? 0) + clock.secondsAfter(gate)
        let kind: RouteTrace.Passage.Kind
        switch gate.kind {
        case .door(let door): kind = .door(door, clock.opening(door, at: from)?.access ?? .interface)
        case .boarding(let lift, let level):
            kind = .boarding(lift, clock.boarding(lift, level: level, at: from)?.access ?? .interface)
        case .ride(let lift, let a, let b): kind = .ride(lift, from: building.levels[a].id, to: building.levels[b].id)
        case .none, .exit, .dock, .mockLift: return []
        }
        return [RouteTrace.Passage(kind: kind, from: from, to: to, waiting: waiting)]
    }
}

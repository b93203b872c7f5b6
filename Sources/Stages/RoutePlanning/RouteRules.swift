/// Whose rules a route is computed by.
public enum RouteRules: Hashable, Sendable {
    /// The robot's own: it holds before a door and goes on behind it; a lift takes what the site and experience say.
    case doorstep
    /// Open-RMF's planner with its constants, for comparison.
    ///
    /// A door: 4 s to open, from a stand at the lane's start, and 4 s to close after a stand at its end. A lift: 4 s of
    /// session before the lane into the car, 1 s from one of its waypoints to the next one whatever the distance, 4 s of
    /// door before the lane out. A dock: 5 s. The waypoints of a lift are brought to their mean.
    /// Source: rmf_fleet_adapter, `agv/parse_graph.cpp`; rmf_traffic, `agv/planning/Supergraph.cpp`.
    case openRMF

    /// Open-RMF's times, seconds.
    enum OpenRMF {
        static let doorOpen = 4.0
        static let doorClose = 4.0
        static let liftSession = 4.0
        static let liftMove = 1.0
        static let liftDoor = 4.0
        static let dock = 5.0
    }
}

import BuildingMap
import RobotModel

/// The lanes and lifts of a building as one graph in time.
struct RouteGraph: Sendable {
    /// A vertex of a level.
    struct Node: Sendable {
        let level: Int
        let vertex: Int
        let position: Point2D
        /// The lift in whose car it lies.
        let lift: LiftID?
    }

    /// A way from one node to another.
    struct Edge: Sendable {
        enum Kind: Hashable, Sendable {
            /// A lane, with the door that it crosses.
            case lane(DoorID?)
            /// A ride in a lift.
            case ride(LiftID)
        }

        let from: Int
        let to: Int
        let kind: Kind
        let speedLimit: Double?
        let seconds: Double
    }

    private(set) var nodes: [Node] = []
    private(set) var edges: [[Edge]] = []
    private var firstNode: [Int] = []

    init(_ building: Building, _ kinematics: RouteKinematics, _ timing: FacilityTiming) {
        var cabins: [LiftID: [Int]] = [:]
        for (index, level) in building.levels.enumerated() {
            firstNode.append(nodes.count)
            for (number, vertex) in level.vertices.enumerated() {
                if let lift = vertex.lift { cabins[lift, default: []].append(nodes.count) }
                nodes.append(Node(level: index, vertex: number, position: vertex.position, lift: vertex.lift))
            }
        }
        edges = nodes.map { _ in [] }
        for (index, level) in building.levels.enumerated() {
            for lane in level.lanes {
                let (from, to) = (node(index, lane.from), node(index, lane.to))
                var seconds = level.segment(of: lane).length / min(kinematics.speed, lane.speedLimit ?? .infinity)
                if lane.door != nil { seconds += timing.doorOpening.inSeconds }
                if nodes[from].lift == nil, nodes[to].lift != nil { seconds += timing.boardingSeconds }
                edges[from].append(
                    Edge(from: from, to: to, kind: .lane(lane.door), speedLimit: lane.speedLimit, seconds: seconds))
            }
        }
        for (lift, cabins) in cabins {
            for from in cabins {
                for to in cabins where nodes[to].level != nodes[from].level {
                    let seconds = timing.rideSeconds(
                        from: building.levels[nodes[from].level].elevation,
                        to: building.levels[nodes[to].level].elevation)
                    edges[from].append(Edge(from: from, to: to, kind: .ride(lift), speedLimit: nil, seconds: seconds))
                }
            }
        }
        // The order of a dictionary is no reason to prefer one route over another.
        for index in edges.indices { edges[index].sort { $0.to < $1.to } }
    }

    /// The node of a vertex.
    func node(_ level: Int, _ vertex: Int) -> Int { firstNode[level] + vertex }

    /// The fastest chain of edges from any of some starts (node and seconds to get there) to a goal, as the index of the
    /// start and the edges; nil when there is none. Edges for which `isOpen` is false are not used.
    ///
    /// Dijkstra with a plain scan for the nearest node: buildings have some hundred nodes.
    func fastest(
        from starts: [(node: Int, seconds: Double)], to goal: Int, isOpen: (Edge) -> Bool
    ) -> (start: Int, edges: [Edge])? {
        var seconds = [Double](repeating: .infinity, count: nodes.count)
        var done = [Bool](repeating: false, count: nodes.count)
        var arrival = [Edge?](repeating: nil, count: nodes.count)
        var origin = [Int](repeating: -1, count: nodes.count)
        for (index, start) in starts.enumerated() where start.seconds < seconds[start.node] {
            seconds[start.node] = start.seconds
            origin[start.node] = index
        }
        while true {
            var nearest = -1
            for node in nodes.indices where !done[node] && seconds[node] < .infinity {
                if nearest < 0 || seconds[node] < seconds[nearest] { nearest = node }
            }
            if nearest < 0 { return nil }
            if nearest == goal { break }
            done[nearest] = true
            for edge in edges[nearest] where isOpen(edge) && seconds[nearest] + edge.seconds < seconds[edge.to] {
                seconds[edge.to] = seconds[nearest] + edge.seconds
                arrival[edge.to] = edge
                origin[edge.to] = origin[nearest]
            }
        }
        var way: [Edge] = []
        var node = goal
        while let edge = arrival[node] {
            way.append(edge)
            node = edge.from
        }
        return (origin[goal], way.reversed())
    }
}

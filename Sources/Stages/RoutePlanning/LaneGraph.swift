import BuildingMap
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A building's lanes and lifts as one compact graph: a million nodes fit, and a search walks straight through memory.
///
/// Nodes are the vertices of all levels, level by level; the arcs that leave node `n` are `firstArc[n]..<firstArc[n + 1]`
/// (compressed rows). All ids are 32-bit. Lengths and courses are single precision: a search's sums are good to a tenth
/// of a millimetre a kilometre, and `RouteAssembly` computes a route's own times from the vertices again.
struct LaneGraph: Sendable {
    /// A directed lane, or a ride.
    struct Arc: Sendable {
        /// The node at its end.
        let head: UInt32
        /// The gate in the lower 30 bits (0 is none), above it what the robot's front may look at.
        private let gateAndFacing: UInt32
        /// Metres; 0 for a ride.
        let length: Float
        /// The direction of the lane, radians.
        let course: Float
        /// The number of its speed limit; 0 is none.
        let limit: UInt32

        init(head: Int, gate: Int, facing: Facing = .any, length: Double, course: Double, limit: Int = 0) {
            precondition(gate < 1 << 30, "more than a billion gates")
            self.head = UInt32(head)
            gateAndFacing = UInt32(gate) | facing.rawValue << 30
            self.length = Float(length)
            self.course = Float(course)
            self.limit = UInt32(limit)
        }

        @inline(__always) var gate: Int { Int(gateAndFacing & 0x3FFF_FFFF) }
        @inline(__always) var facing: Facing { Facing(rawValue: gateAndFacing >> 30) ?? .any }
    }

    /// How the robot may face on a lane.
    enum Facing: UInt32, Sendable {
        case any, forward, backward
    }

    private(set) var positions: [Point2D] = []
    private(set) var firstArc: [UInt32] = [0]
    private(set) var arcs: [Arc] = []
    /// Doors, car doors and rides; the first one stands for none.
    private(set) var gates: [Gate] = [.none]
    /// The distinct speed limits, m/s; the first one stands for none.
    private(set) var limits: [Double] = [.infinity]
    /// The first node of each level, and one more.
    private(set) var firstNode: [Int] = [0]
    /// The arcs through each door, and those that board or ride each lift.
    private(set) var doorArcs: [DoorID: [UInt32]] = [:]
    private(set) var liftArcs: [LiftID: [UInt32]] = [:]
    /// The lift in whose car a node lies.
    private(set) var cabins: [UInt32: LiftID] = [:]

    /// `topSpeed` (m/s) is for limits that are shares of it.
    init(_ building: Building, rules: RouteRules, topSpeed: Double) {
        for level in building.levels {
            positions += level.vertices.lazy.map(\.position)
            firstNode.append(positions.count)
        }
        let cabinNodes = cabinNodes(building)
        if rules == .openRMF { centre(cabinNodes) }
        var rows = Rows(nodes: positions.count)
        for (index, level) in building.levels.enumerated() {
            for lane in level.lanes { rows.count(node(index, lane.from)) }
        }
        let rides = rides(in: building, cabinNodes, rules: rules)
        for ride in rides { rows.count(ride.from) }
        firstArc = rows.close()
        arcs = Array(repeating: Arc(head: 0, gate: 0, length: 0, course: 0), count: Int(firstArc.last ?? 0))
        for (index, level) in building.levels.enumerated() {
            let openings = Openings(building, level: index)
            for lane in level.lanes { add(lane, on: index, openings, rules, topSpeed, to: &rows) }
        }
        for ride in rides {
            gates.append(Gate(.ride(ride.lift, from: ride.levels.from, to: ride.levels.to)))
            place(Arc(head: ride.to, gate: gates.count - 1, length: 0, course: 0), from: ride.from, to: &rows)
        }
    }

    /// The node of a vertex.
    func node(_ level: Int, _ vertex: Int) -> Int { firstNode[level] + vertex }

    /// The level of a node, and its vertex there.
    func vertex(_ node: Int) -> (level: Int, vertex: Int) {
        let level = (firstNode.firstIndex { $0 > node } ?? firstNode.count) - 1
        return (level, node - firstNode[level])
    }

    /// The arcs that leave a node.
    @inline(__always)
    func arcs(from node: Int) -> Range<Int> { Int(firstArc[node])..<Int(firstArc[node + 1]) }

    /// The arcs between two vertices of a level.
    func arcs(of lane: LaneReference, in building: Building) -> [UInt32] {
        guard let level = building.levels.firstIndex(where: { $0.id == lane.level }) else { return [] }
        let count = building.levels[level].vertices.count
        guard (0..<count).contains(lane.from), (0..<count).contains(lane.to) else { return [] }
        let head = UInt32(node(level, lane.to))
        return arcs(from: node(level, lane.from)).filter { arcs[$0].head == head }.map(UInt32.init)
    }

    // MARK: Making

    private mutating func add(
        _ lane: Lane, on level: Int, _ openings: Openings, _ rules: RouteRules, _ topSpeed: Double, to rows: inout Rows
    ) {
        let (from, to) = (node(level, lane.from), node(level, lane.to))
        let along = positions[to] - positions[from]
        var slot = 0
        let segment = Segment(positions[from], positions[to])
        let lifts = (from: cabins[UInt32(from)], to: cabins[UInt32(to)])
        let gate =
            rules == .openRMF
            ? openings.openRMFGate(on: segment, lane, from: lifts.from, to: lifts.to)
            : openings.gate(on: segment, lane, from: lifts.from, to: lifts.to)
        if let gate {
            slot = gates.count
            gates.append(gate)
        }
        place(
            Arc(
                head: to, gate: slot, facing: lane.facing, length: along.length, course: atan2(along.y, along.x),
                limit: number(ofLimit: lane.limit(topSpeed: topSpeed))),
            from: from, to: &rows)
    }

    /// The number of a speed limit; a building has a handful of them.
    mutating func number(ofLimit limit: Double?) -> Int {
        guard let limit else { return 0 }
        if let known = limits.firstIndex(of: limit) { return known }
        limits.append(limit)
        return limits.count - 1
    }

    private mutating func place(_ arc: Arc, from node: Int, to rows: inout Rows) {
        let slot = rows.take(node)
        arcs[slot] = arc
        switch gates[arc.gate].kind {
        case .door(let door): doorArcs[door, default: []].append(UInt32(slot))
        case .boarding(let lift, _), .ride(let lift, _, _): liftArcs[lift, default: []].append(UInt32(slot))
        case .none, .exit, .dock, .mockLift: break
        }
    }

    /// The nodes in each lift's car, in the order of the map's file.
    private mutating func cabinNodes(_ building: Building) -> [(lift: LiftID, nodes: [Int])] {
        var nodes: [LiftID: [Int]] = [:]
        for id in building.levelOrder {
            guard let index = building.levels.firstIndex(where: { $0.id == id }) else { continue }
            for (number, vertex) in building.levels[index].vertices.enumerated() {
                guard let lift = vertex.lift else { continue }
                cabins[UInt32(node(index, number))] = lift
                nodes[lift, default: []].append(node(index, number))
            }
        }
        // The order of a dictionary is no reason to prefer one route over another.
        return nodes.map { (lift: $0.key, nodes: $0.value) }.sorted { $0.lift < $1.lift }
    }

    /// Brings the waypoints of each lift to their mean, as Open-RMF does before it plans (`parse_graph.cpp`).
    private mutating func centre(_ cabinNodes: [(lift: LiftID, nodes: [Int])]) {
        for (_, nodes) in cabinNodes {
            let mean = nodes.reduce(Point2D(0, 0)) { $0 + positions[$1] } * (1 / Double(nodes.count))
            for node in nodes { positions[node] = mean }
        }
    }

    private struct Ride {
        let lift: LiftID
        let from: Int
        let to: Int
        let levels: (from: Int, to: Int)
    }

    /// The rides of every lift: between any two levels, or, as Open-RMF has it, between consecutive waypoints only.
    private func rides(
        in building: Building, _ cabinNodes: [(lift: LiftID, nodes: [Int])], rules: RouteRules
    ) -> [Ride] {
        var rides: [Ride] = []
        for (lift, nodes) in cabinNodes {
            for (i, from) in nodes.enumerated() {
                for (j, to) in nodes.enumerated() {
                    let levels = (from: vertex(from).level, to: vertex(to).level)
                    guard rules == .openRMF ? abs(i - j) == 1 : levels.from != levels.to else { continue }
                    rides.append(Ride(lift: lift, from: from, to: to, levels: levels))
                }
            }
        }
        return rides
    }
}

/// Compressed rows while they are filled: first counted, then taken slot by slot.
private struct Rows {
    private var next: [UInt32]

    init(nodes: Int) { next = Array(repeating: 0, count: nodes + 1) }

    mutating func count(_ node: Int) { next[node + 1] += 1 }

    /// Ends the counting: the first slot of each node, and one more.
    mutating func close() -> [UInt32] {
        for index in 1..<next.count { next[index] += next[index - 1] }
        return next
    }

    mutating func take(_ node: Int) -> Int {
        defer { next[node] += 1 }
        return Int(next[node])
    }
}

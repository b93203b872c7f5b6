import BuildingMap
import RobotModel

/// A place that cannot be driven to, or away from, from where most of the building is.
struct UnreachablePlace {
    var level: LevelID
    var place: PlaceID
    /// In words, to follow the place's name.
    var why: String

    /// What a person can do about it.
    static let hint = "draw a lane, make one bidirectional, or move the place to another graph"
}

/// The places of a building that cannot be used.
///
/// "Most" of it is the largest part of the graph in which every vertex can be reached from every other (a strongly
/// connected component); lifts connect the levels on which they have a waypoint.
func unreachablePlaces(in building: Building) -> [UnreachablePlace] {
    let graph = ReachabilityGraph(building)
    guard let home = graph.largestComponent() else { return [] }
    let reached = graph.reached(from: home, graph.next)
    let leading = graph.reached(from: home, graph.previous)
    var found: [UnreachablePlace] = []
    for (first, level) in zip(graph.firstNode, building.levels) {
        for place in level.places.values where !reached[first + place.vertex] || !leading[first + place.vertex] {
            let why =
                switch (reached[first + place.vertex], leading[first + place.vertex]) {
                case (false, false): "no lane connects it with the rest of the building"
                case (false, _): "no lane leads there"
                default: "no lane leads away from there"
                }
            found.append(UnreachablePlace(level: level.id, place: place.id, why: "cannot be used: \(why)"))
        }
    }
    return found.sorted { ($0.level, $0.place) < ($1.level, $1.place) }
}

/// The lanes and lift rides of a building as bare numbers: a graph can have a million nodes.
private struct ReachabilityGraph {
    var firstNode: [Int] = []
    var next: Neighbours
    var previous: Neighbours

    /// Each node's neighbours, one node's after another's.
    struct Neighbours {
        private var first: [Int32]
        private var nodes: [Int32]

        init(count: Int, _ edges: [(from: Int32, to: Int32)]) {
            first = [Int32](repeating: 0, count: count + 1)
            for edge in edges { first[Int(edge.from) + 1] += 1 }
            for node in 0..<count { first[node + 1] += first[node] }
            var free = first
            nodes = [Int32](repeating: 0, count: edges.count)
            for edge in edges {
                nodes[Int(free[Int(edge.from)])] = edge.to
                free[Int(edge.from)] += 1
            }
        }

        var count: Int { first.count - 1 }
        subscript(node: Int) -> ArraySlice<Int32> { nodes[Int(first[node])..<Int(first[node + 1])] }
    }

    init(_ building: Building) {
        var count = 0
        for level in building.levels {
            firstNode.append(count)
            count += level.vertices.count
        }
        var edges: [(from: Int32, to: Int32)] = []
        edges.reserveCapacity(building.levels.reduce(0) { $0 + $1.lanes.count })
        var cabins: [LiftID: Int] = [:]
        for (first, level) in zip(firstNode, building.levels) {
            for lane in level.lanes { edges.append((Int32(first + lane.from), Int32(first + lane.to))) }
            for (index, vertex) in level.vertices.enumerated() {
                guard let lift = vertex.lift else { continue }
                if let other = cabins[lift] {
                    edges.append((Int32(other), Int32(first + index)))
                    edges.append((Int32(first + index), Int32(other)))
                }
                cabins[lift] = first + index
            }
        }
        next = Neighbours(count: count, edges)
        previous = Neighbours(count: count, edges.map { ($0.to, $0.from) })
    }

    /// Every node that can be reached from one along `edges`, itself among them.
    func reached(from start: Int, _ edges: Neighbours) -> [Bool] {
        var seen = [Bool](repeating: false, count: edges.count)
        seen[start] = true
        var open = [start]
        while let node = open.popLast() {
            for neighbour in edges[node] where !seen[Int(neighbour)] {
                seen[Int(neighbour)] = true
                open.append(Int(neighbour))
            }
        }
        return seen
    }

    /// A node of the largest strongly connected component; nil without nodes.
    ///
    /// Source: Kosaraju's algorithm; Sharir, "A strong-connectivity algorithm and its applications in data flow
    /// analysis", 1981. Without recursion, for the sake of large graphs.
    func largestComponent() -> Int? {
        var component = [Bool](repeating: false, count: next.count)
        var best: (node: Int, size: Int)?
        for start in finishOrder().reversed() where !component[start] {
            var size = 0
            component[start] = true
            var open = [start]
            while let node = open.popLast() {
                size += 1
                for neighbour in previous[node] where !component[Int(neighbour)] {
                    component[Int(neighbour)] = true
                    open.append(Int(neighbour))
                }
            }
            if size > best?.size ?? 0 { best = (start, size) }
        }
        return best?.node
    }

    /// The nodes in the order in which a depth-first search leaves them.
    private func finishOrder() -> [Int] {
        var order: [Int] = []
        var seen = [Bool](repeating: false, count: next.count)
        for start in 0..<next.count where !seen[start] {
            seen[start] = true
            var open: [(node: Int, rest: ArraySlice<Int32>)] = [(start, next[start])]
            while !open.isEmpty {
                guard let neighbour = open[open.count - 1].rest.popFirst().map(Int.init) else {
                    order.append(open.removeLast().node)
                    continue
                }
                guard !seen[neighbour] else { continue }
                seen[neighbour] = true
                open.append((neighbour, next[neighbour]))
            }
        }
        return order
    }
}

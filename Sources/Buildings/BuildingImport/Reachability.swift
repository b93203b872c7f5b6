public import BuildingMap
public import RobotModel

/// A warning for every place that cannot be driven to, or away from, from where most of the building is.
///
/// "Most" is the largest part of the graph in which every vertex can be reached from every other (a strongly connected
/// component); lifts connect the levels on which they have a waypoint.
public func unreachablePlaces(in building: Building, file: String) -> [RobotError] {
    let graph = ReachabilityGraph(building)
    guard let home = graph.largestComponent() else { return [] }
    let reached = graph.reached(from: home, \.next)
    let leading = graph.reached(from: home, \.previous)
    var found: [RobotError] = []
    for (levelIndex, level) in building.levels.enumerated() {
        for place in level.places.values.sorted(by: { $0.id < $1.id }) {
            let node = graph.firstNode[levelIndex] + place.vertex
            guard !reached[node] || !leading[node] else { continue }
            let what =
                switch (reached[node], leading[node]) {
                case (false, false): "no lane connects it with the rest of the building"
                case (false, _): "no lane leads there"
                default: "no lane leads away from there"
                }
            found.append(
                RobotError(
                    .invalidFile, "place '\(place.id)' on level \(level.id) cannot be used: \(what)",
                    at: SourceLocation(file: file, line: 1, column: 1),
                    hint: "draw a lane, make one bidirectional, or move the place to another graph"))
        }
    }
    return found
}

/// The lanes and lift rides of a building as bare numbers.
private struct ReachabilityGraph {
    var firstNode: [Int] = []
    var next: [[Int32]] = []
    var previous: [[Int32]] = []

    init(_ building: Building) {
        var count = 0
        for level in building.levels {
            firstNode.append(count)
            count += level.vertices.count
        }
        next = [[Int32]](repeating: [], count: count)
        previous = next
        var cabins: [LiftID: Int] = [:]
        for (levelIndex, level) in building.levels.enumerated() {
            let first = firstNode[levelIndex]
            for lane in level.lanes { add(first + lane.from, first + lane.to) }
            for (index, vertex) in level.vertices.enumerated() {
                guard let lift = vertex.lift else { continue }
                if let other = cabins[lift] {
                    add(other, first + index)
                    add(first + index, other)
                }
                cabins[lift] = first + index
            }
        }
    }

    private mutating func add(_ from: Int, _ to: Int) {
        next[from].append(Int32(to))
        previous[to].append(Int32(from))
    }

    /// Every node that can be reached from one, itself among them.
    func reached(from start: Int, _ neighbours: KeyPath<ReachabilityGraph, [[Int32]]>) -> [Bool] {
        let edges = self[keyPath: neighbours]
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
    /// analysis", 1981. Without recursion, since a graph can have a million nodes.
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
        for start in next.indices where !seen[start] {
            seen[start] = true
            var open: [(node: Int, tried: Int)] = [(start, 0)]
            while let top = open.last {
                guard top.tried < next[top.node].count else {
                    order.append(top.node)
                    open.removeLast()
                    continue
                }
                open[open.count - 1].tried += 1
                let neighbour = Int(next[top.node][top.tried])
                guard !seen[neighbour] else { continue }
                seen[neighbour] = true
                open.append((neighbour, 0))
            }
        }
        return order
    }
}

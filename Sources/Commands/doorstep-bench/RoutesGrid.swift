import BuildingMap
import RobotModel

/// The graph of nav2_route's benchmark: a square of nodes a metre apart, each joined to its neighbours in both directions.
///
/// Source: ros-navigation/navigation2, `nav2_route/test/performance_benchmarking.cpp` (`createGraph`).
struct RoutesGrid {
    let side: Int

    init(nodes: Int) { side = Int(Double(nodes).squareRoot().rounded()) }

    var building: Building {
        var vertices: [Vertex] = []
        var lanes: [Lane] = []
        vertices.reserveCapacity(side * side)
        lanes.reserveCapacity(4 * side * side)
        for y in 0..<side {
            for x in 0..<side {
                let node = y * side + x
                vertices.append(Vertex(position: Point2D(Double(x), Double(y))))
                if x > 0 { lanes += [Lane(from: node, to: node - 1), Lane(from: node - 1, to: node)] }
                if y > 0 { lanes += [Lane(from: node, to: node - side), Lane(from: node - side, to: node)] }
            }
        }
        let level = Level(id: "L1", elevation: 0, vertices: vertices, lanes: lanes)
        return Building(name: "grid", levels: [level], doors: [:], lifts: [:])
    }

    /// The same with a share of the lanes gone, so that straight ways end: what a drawn map is rather like.
    func broken(_ building: Building, share: Double, seed: UInt64) -> Building {
        var random = SeededRandom(seed: seed)
        var building = building
        building.levels[0].lanes.removeAll { _ in Double.random(in: 0..<1, using: &random) < share }
        return building
    }

    /// The nodes of opposite corners, then pairs drawn from all nodes.
    func pairs(_ count: Int, seed: UInt64) -> [(from: Int, to: Int)] {
        var random = SeededRandom(seed: seed)
        return [(0, side * side - 1)]
            + (1..<max(count, 1)).map { _ in
                (Int.random(in: 0..<side * side, using: &random), Int.random(in: 0..<side * side, using: &random))
            }
    }
}

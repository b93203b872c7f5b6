public import BuildingMap
import RobotModel

extension NavigationGraph {
    /// The graph of a building that came from another format, for writing it in Open-RMF's form.
    ///
    /// What that form cannot say is left out: walls, elevations, a limit as a share of the top speed.
    public init(_ building: Building) {
        self.init(
            buildingName: building.name, crsName: nil, offset: nil,
            levels: building.levelOrder.compactMap { id in building.level(id).map(Level.init) },
            lifts: building.lifts.mapValues { ($0.pose, width: $0.width, depth: $0.depth) },
            doors: building.doors.mapValues { ($0.a, $0.b, $0.level) })
    }
}

extension NavigationGraph.Level {
    fileprivate init(_ level: BuildingMap.Level) {
        var chargers: Set<Int> = []
        for place in level.places.values where place.isCharger { chargers.insert(place.vertex) }
        var headings: [Int: Double] = [:]
        for place in level.places.values { headings[place.vertex] = place.yaw }
        id = level.id
        vertices = level.vertices.enumerated().map { index, vertex in
            var parameters = vertex.parameters.mapValues { ParameterValue.string($0) }
            if chargers.contains(index) { parameters["is_charger"] = .bool(true) }
            if let yaw = headings[index] { parameters["yaw"] = .double(yaw) }
            return NavigationGraph.Vertex(
                position: vertex.position, name: vertex.name, lift: vertex.lift, parameters: parameters)
        }
        lanes = level.lanes.map { NavigationGraph.Lane(lane: $0, isBidirectional: true) }
    }
}

extension MapFile {
    /// The navigation graph of an index, in Open-RMF's sense, whatever the format.
    public func navigationGraph(_ index: Int = 0) -> NavigationGraph {
        switch self {
        case .building(let file): file.navigationGraph(index)
        case .navigationGraph(let graph): graph
        case .graph(let building): NavigationGraph(building)
        }
    }
}

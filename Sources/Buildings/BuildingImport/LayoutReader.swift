import BuildingMap
import RobotModel
import StructuredText

#if canImport(Glibc)
    import Glibc
#endif

/// Reads the Layout Interchange Format (LIF) of VDA 5050: layouts with nodes, directed edges and stations.
///
/// - A layout is a level, named by its `layoutLevelId` (layouts with the same one are drawn together), or by its
///   `layoutId` where that is missing. LIF has no elevations: see `Building.assumedStoreyHeight`; levels whose names are
///   whole numbers come in their order, others in the file's.
/// - A node is a place under its `nodeId`; a station one more under its `stationId`, at its first interaction node.
/// - LIF has no lifts, but edges that end on a node of another layout: "it will disappear off the map of the departure
///   floor and spawn in the related lift node on the map of the target floor". Nodes that such edges connect are the
///   waypoints of one lift, named after the first of them: `lift_<nodeId>`. The edges themselves are no lanes. A
///   lift goes both ways, whatever the directions of these edges.
/// - What a node or an edge says for one vehicle type counts for that one: `vehicleType` picks it by its number, in the
///   order in which they appear. Edges that say nothing for it are not its.
///
/// Source: VDMA, "LIF – Layout Interchange Format", version 1.0.0, March 2024.
struct LayoutReader {
    private(set) var building: Building
    private var vehicleType: String?
    private var nodes: [String: (level: Int32, vertex: Int32)] = [:]
    private var transitions: [(from: String, to: String)] = []

    init(_ root: JSONField, vehicleType number: Int) {
        let about = root.optional("metaInformation")
        building = Building(
            name: about?.optional("projectIdentification")?.textValue ?? "", levels: [], doors: [:], lifts: [:])
        let layouts = root.required("layouts").list()
        chooseVehicleType(number, root, layouts)
        for layout in layouts { addNodes(of: layout) }
        for layout in layouts { addEdges(of: layout) }
        for layout in layouts { layout.optional("stations")?.forEach { addStation($0) } }
        addLifts(root)
        orderLevels()
        if root.isFileSound { warnOfUnreachable(layouts) }
    }

    private func warnOfUnreachable(_ layouts: [JSONField]) {
        let unreachable = Dictionary(unreachablePlaces(in: building).map { ($0.place, $0.why) }) { first, _ in first }
        if unreachable.isEmpty { return }
        for layout in layouts {
            layout.optional("nodes")?.forEach { node in
                guard let id = node.optional("nodeId"), let why = unreachable[PlaceID(id.string())] else { return }
                id.warn("node '\(id.string())' \(why)", hint: UnreachablePlace.hint)
            }
        }
    }

    private mutating func chooseVehicleType(_ number: Int, _ root: JSONField, _ layouts: [JSONField]) {
        var types: [String] = []
        /// Whether the type that is looked for has been seen.
        func look(_ properties: JSONField?) -> Bool {
            properties?.forEach { one in
                guard let type = one.optional("vehicleTypeId")?.textValue, !types.contains(type) else { return }
                types.append(type)
            }
            return types.count > number
        }
        for layout in layouts where types.count <= number {
            layout.optional("nodes")?.forEachUntil { look($0.optional("vehicleTypeNodeProperties")) }
            layout.optional("edges")?.forEachUntil { look($0.optional("vehicleTypeEdgeProperties")) }
        }
        if types.indices.contains(number) {
            vehicleType = types[number]
        } else if !types.isEmpty {
            root.reject(
                "there is no vehicle type \(number)",
                expected: "0 to \(types.count - 1): \(types.joined(separator: ", "))")
        }
    }

    // MARK: Nodes and edges

    private mutating func addNodes(of layout: JSONField) {
        let level = level(of: layout)
        layout.required("nodes").forEach { node in
            let field = node.required("nodeId")
            let id = field.string()
            let index = building.levels[level].vertices.count
            guard nodes[id] == nil else {
                field.reject("node '\(id)' is there twice", expected: "a nodeId of its own in the whole file")
                return
            }
            nodes[id] = (Int32(level), Int32(index))
            let place = node.required("nodePosition")
            let position = Point2D(place.required("x").coordinate(), place.required("y").coordinate())
            let mine = properties(node.optional("vehicleTypeNodeProperties"))
            building.levels[level].vertices.append(Vertex(position: position, name: id))
            building.levels[level].places[PlaceID(id)] = Place(
                id: PlaceID(id), position: position, vertex: index, yaw: mine?.optional("theta")?.double(),
                isCharger: mine.map(charges) ?? false)
        }
    }

    /// The level of a layout, by index.
    private mutating func level(of layout: JSONField) -> Int {
        let named = layout.optional("layoutLevelId")?.textValue ?? ""
        let id = LevelID(named.isEmpty ? layout.required("layoutId").string() : named)
        if let index = building.levels.firstIndex(where: { $0.id == id }) { return index }
        building.levels.append(Level(id: id, elevation: 0))
        return building.levels.count - 1
    }

    /// What a list of properties says for the chosen vehicle type.
    private func properties(_ list: JSONField?) -> JSONField? {
        var found: JSONField?
        list?.forEach { one in
            if found == nil, one.optional("vehicleTypeId")?.textValue == vehicleType { found = one }
        }
        return found
    }

    private func charges(_ properties: JSONField) -> Bool {
        var charges = false
        properties.optional("actions")?.forEach { action in
            if action.optional("actionType")?.textValue == "startCharging" { charges = true }
        }
        return charges
    }

    private mutating func addEdges(of layout: JSONField) {
        layout.required("edges").forEach { edge in
            guard let start = node(edge.required("startNodeId")), let end = node(edge.required("endNodeId")) else {
                return
            }
            let mine = properties(edge.optional("vehicleTypeEdgeProperties"))
            if vehicleType != nil, mine == nil { return }
            guard start.place.level == end.place.level else {
                transitions.append((start.id, end.id))
                return
            }
            var lane = Lane(from: Int(start.place.vertex), to: Int(end.place.vertex))
            lane.speedLimit = mine?.optional("maxSpeed")?.speedLimit()
            lane.orientation = mine.flatMap(orientation)
            building.levels[Int(start.place.level)].lanes.append(lane)
        }
    }

    private func node(_ field: JSONField) -> (id: String, place: (level: Int32, vertex: Int32))? {
        guard field.isPresent else { return nil }
        let id = field.string()
        if let place = nodes[id] { return (id, place) }
        field.reject("there is no node '\(id)'", expected: "the nodeId of a node of a layout")
        return nil
    }

    /// Along the edge or against it; an orientation in the building's frame is no constraint of ours.
    private func orientation(_ properties: JSONField) -> Lane.Orientation? {
        guard let angle = properties.optional("vehicleOrientation")?.double(),
            properties.optional("orientationType")?.textValue ?? "TANGENTIAL" == "TANGENTIAL"
        else { return nil }
        // 90° beside the lane is for vehicles that drive sideways.
        if abs(cos(angle)) < 0.5 { return nil }
        return cos(angle) > 0 ? .forward : .backward
    }

    private mutating func addStation(_ station: JSONField) {
        let id = station.required("stationId").string()
        let members = station.required("interactionNodeIds").list()
        guard let first = members.first, let node = node(first) else {
            if members.isEmpty { station.reject("station '\(id)' has no interaction node", expected: "a nodeId") }
            return
        }
        let level = Int(node.place.level)
        guard nodes[id] == nil, building.levels[level].places[PlaceID(id)] == nil,
            var place = building.levels[level].places[PlaceID(node.id)]
        else { return }
        place.id = PlaceID(id)
        building.levels[level].places[place.id] = place
    }

    // MARK: Lifts and levels

    private mutating func addLifts(_ root: JSONField) {
        var group: [String: String] = [:]
        var members: [String: [String]] = [:]
        for (from, to) in transitions {
            let (a, b) = (group[from] ?? from, group[to] ?? to)
            if members[a] == nil { members[a] = [a] }
            if members[b] == nil { members[b] = [b] }
            group[a] = group[a] ?? a
            group[b] = group[b] ?? b
            guard a != b, let moved = members.removeValue(forKey: b) else { continue }
            members[a, default: []] += moved
            for node in moved { group[node] = a }
        }
        for (first, stack) in members {
            let lift = LiftID("lift_\(first)")
            var points: [Point2D] = []
            for id in stack {
                guard let place = nodes[id] else { continue }
                building.levels[Int(place.level)].vertices[Int(place.vertex)].lift = lift
                points.append(building.levels[Int(place.level)].vertices[Int(place.vertex)].position)
            }
            let apart = points.map { $0.distance(to: points[0]) }.max() ?? 0
            if apart > LiftStacks.tolerance {
                root.warn(
                    "the nodes \(stack.joined(separator: ", ")) of one lift are \((apart * 100).rounded() / 100) m apart: "
                        + "the layouts have frames of their own",
                    expected: "nodes above one another, in one common frame",
                    hint: "a robot's map needs one frame for all levels; routes and their times are right without")
            }
        }
        building.addAssumedLifts()
    }

    private mutating func orderLevels() {
        let numbers = building.levels.compactMap { Int($0.id.rawValue) }
        building.levelOrder = building.levels.map(\.id)
        if numbers.count == building.levels.count {
            building.levels.sort { Int($0.id.rawValue) ?? 0 < Int($1.id.rawValue) ?? 0 }
        }
        for index in building.levels.indices {
            building.levels[index].elevation = Double(index) * Building.assumedStoreyHeight
        }
    }
}

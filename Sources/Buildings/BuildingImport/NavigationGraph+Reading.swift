import BuildingMap
public import RobotModel
public import StructuredText

extension NavigationGraph {
    /// Reads a navigation graph's file, as Open-RMF's `building_map_generator nav` writes it.
    ///
    /// Throws `FileProblems` for all that its planner refuses, or would trip over: a vertex that is not there, a name
    /// that is used twice, a lift that is not declared, a lane from one lift into another, waypoints of a lift that do not
    /// stand above one another. What is only odd is appended to `warnings`.
    public init(file: String, text: String, warnings: inout [RobotError]) throws(FileProblems) {
        if text.utf8.count > GraphLists.worthwhile, let graph = Self.large(file, Array(text.utf8), &warnings) {
            self = graph
            return
        }
        self = try YAMLReader.read(file: file, text: text, limit: MapFile.maximumTextLength, warnings: &warnings) {
            NavigationGraph($0)
        }
    }

    /// A large graph in a plain shape, and right in all; nil otherwise.
    static func large(_ file: String, _ bytes: [UInt8], _ warnings: inout [RobotError]) -> NavigationGraph? {
        let lists = GraphLists(bytes)
        guard !lists.vertices.isEmpty else { return nil }
        var own: [RobotError] = []
        let limit = MapFile.maximumTextLength
        let graph = try? YAMLReader.read(file: file, text: lists.rest, limit: limit, warnings: &own) {
            NavigationGraph($0)
        }
        guard var graph, !graph.levels.isEmpty else { return nil }
        for index in graph.levels.indices {
            let id = graph.levels[index].id
            // A list that was not plain has been read with the rest: without the other one it cannot be checked.
            guard let vertices = lists.vertices[id], let lanes = lists.lanes[id] else {
                if graph.levels[index].vertices.isEmpty, graph.levels[index].lanes.isEmpty { continue }
                return nil
            }
            graph.levels[index].vertices = vertices
            graph.levels[index].lanes = lanes
        }
        guard graph.isConsistent else { return nil }
        warnings += own
        for place in unreachablePlaces(in: graph.building()).prefix(100) {
            warnings.append(
                RobotError(
                    .invalidFile, "place '\(place.place)' \(place.why)",
                    at: SourceLocation(file: file, line: 1, column: 1),
                    hint: UnreachablePlace.hint))
        }
        return graph
    }

    /// Whether the planner would take the graph: what `init(_: Field)` says with lines, without them.
    private var isConsistent: Bool {
        var names: Set<String> = []
        var stacks: [LiftID: [Point2D]] = [:]
        for level in levels {
            for vertex in level.vertices {
                if !vertex.name.isEmpty, !names.insert(vertex.name).inserted { return false }
                guard let lift = vertex.lift else { continue }
                guard lifts[lift] != nil else { return false }
                stacks[lift, default: []].append(vertex.position)
            }
            for lane in level.lanes {
                guard lane.lane.from < level.vertices.count, lane.lane.to < level.vertices.count else { return false }
                let (a, b) = (level.vertices[lane.lane.from].lift, level.vertices[lane.lane.to].lift)
                if a != nil, b != nil, a != b { return false }
            }
        }
        return stacks.values.allSatisfy { stack in
            stack.allSatisfy { a in stack.allSatisfy { a.distance(to: $0) <= LiftStacks.tolerance } }
        }
    }

    init(_ root: Field) {
        _ = root.entries()
        buildingName = root.optional("building_name")?.stringOrEmpty() ?? ""
        crsName = root.optional("crs_name").map { $0.stringOrEmpty() }
        offset = root.optional("offset").map { field in
            let numbers = field.doubles(count: 2)
            return Point2D(numbers[0], numbers[1])
        }
        lifts = [:]
        let declaredLifts = root.optional("lifts")
        for (name, lift) in declaredLifts?.entriesOrEmpty() ?? [] {
            let position = lift.required("position").doubles(
                count: 3, in: -MapBounds.farthest...MapBounds.farthest)
            let size = lift.required("dims").doubles(count: 2, in: 0...MapBounds.farthest, unit: "metres")
            lifts[LiftID(name)] = (
                Pose2D(Point2D(position[0], position[1]), yaw: position[2]), width: size[0], depth: size[1]
            )
        }
        doors = [:]
        for (name, door) in root.optional("doors")?.entriesOrEmpty() ?? [] {
            let ends = door.required("endpoints").list { $0.point() }
            guard ends.count == 2 else {
                door.reject("door '\(name)' has \(ends.count) endpoints", expected: "[[x, y], [x, y]]")
                continue
            }
            doors[DoorID(name)] = (
                ends[0], ends[1], LevelID(door.required("map").stringOrEmpty())
            )
        }
        levels = []
        var names = NameBook(kind: "waypoint", scope: "graph")
        var stacks = LiftStacks()
        var placeFields: [PlaceID: Field] = [:]
        for (name, level) in root.required("levels").entries() {
            let fields = level.optional("vertices")?.listOrEmpty() ?? []
            let vertices = fields.map(Vertex.init)
            for (vertex, field) in zip(vertices, fields) {
                names.note(vertex.name, at: field)
                placeFields[PlaceID(vertex.name)] = field
                guard let lift = vertex.lift else { continue }
                stacks.add(vertex.position, of: lift, on: LevelID(name), field)
                if declaredLifts != nil, lifts[lift] == nil {
                    field.reject(
                        "lift '\(lift)' is not declared", expected: "its position and dims under lifts",
                        hint: "generate the graph anew with the present version of rmf_building_map_tools")
                }
            }
            let lanes = (level.optional("lanes")?.listOrEmpty() ?? []).compactMap { Lane($0, vertices: vertices) }
            levels.append(Level(id: LevelID(name), vertices: vertices, lanes: lanes))
        }
        stacks.check()
        guard root.isFileSound else { return }
        for place in unreachablePlaces(in: building()) {
            placeFields[place.place]?.warn("place '\(place.place)' \(place.why)", hint: UnreachablePlace.hint)
        }
    }
}

extension NavigationGraph.Vertex {
    /// Reads `[x, y, {name: …, parameters}]`.
    fileprivate init(_ field: Field) {
        let parts = field.list()
        guard parts.count >= 2 else {
            field.reject("a vertex has \(parts.count) elements", expected: "[x, y, {name: …}]")
            self.init(position: Point2D(0, 0), name: "", lift: nil, parameters: [:])
            return
        }
        self.init(
            position: Point2D(parts[0].coordinate(), parts[1].coordinate()), name: "", lift: nil, parameters: [:])
        for (key, value) in parts.count > 2 ? parts[2].entriesOrEmpty() : [] {
            switch key {
            case "name":
                name = value.stringOrEmpty()
                if case .int = ParameterValue(untyped: value) { nameIsNumber = true }
            case "lift": lift = value.stringOrEmpty().isEmpty ? nil : LiftID(value.stringOrEmpty())
            default: parameters[key] = ParameterValue(untyped: value)
            }
        }
    }
}

extension NavigationGraph.Lane {
    /// Reads `[from, to, {parameters}]`; nil after a recorded problem.
    fileprivate init?(_ field: Field, vertices: [NavigationGraph.Vertex]) {
        let parts = field.list()
        guard parts.count >= 2, !vertices.isEmpty else {
            field.reject(
                vertices.isEmpty ? "a lane on a level without vertices" : "a lane has \(parts.count) elements",
                expected: "[from, to, {…}]")
            return nil
        }
        let ends = 0...(vertices.count - 1)
        let (from, to) = (parts[0].int(in: ends), parts[1].int(in: ends))
        self.init(lane: Lane(from: from, to: to), isBidirectional: true)
        for (key, value) in parts.count > 2 ? parts[2].entriesOrEmpty() : [] { read(key, value) }
        if let a = vertices[from].lift, let b = vertices[to].lift, a != b {
            field.reject(
                "a lane leads from lift '\(a)' into lift '\(b)'", expected: "both ends in one lift, or one outside",
                hint: "let it lead through the hall")
        }
    }

    private mutating func read(_ key: String, _ value: Field) {
        let word = value.text
        switch key {
        case "door_name": lane.door = word.map { DoorID($0) }
        case "orientation_constraint":
            lane.orientation = word.map { _ in
                BuildingMap.Lane.Orientation(rawValue: value.choice(of: ["forward", "backward"])) ?? .forward
            }
        case "speed_limit": lane.speedLimit = value.speedLimit()
        case "is_bidirectional": isBidirectional = value.bool()
        case "mutex": lane.extras.mutex = word
        case "dock_name": lane.extras.dock = word
        case "undock_name": lane.extras.undock = word
        case "demo_mock_lift_name": lane.extras.mockLift = word
        case "demo_mock_floor_name": lane.extras.mockLevel = word
        default: value.warn("unknown key '\(key)' of a lane", expected: "a key of Open-RMF's navigation graphs")
        }
    }
}

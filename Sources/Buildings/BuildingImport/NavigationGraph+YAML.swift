import BuildingMap
import RobotModel

extension NavigationGraph {
    /// The graph as Open-RMF's generator writes it: the same keys in the same order (sorted, as PyYAML's `dump` does),
    /// lists of plain values in one line, others in lines of their own.
    ///
    /// Numbers have the digits that give the same number again.
    public func yaml() -> String {
        var text = "building_name: \(yamlScalar(buildingName))\n"
        if let crsName { text += "crs_name: \(yamlScalar(crsName))\n" }
        text += section("doors", doors.map { (yamlKey($0.key.rawValue), $0.value) }) { door in
            "    endpoints:\n    - \(list([door.a.x, door.a.y]))\n    - \(list([door.b.x, door.b.y]))\n"
                + "    map: \(yamlKey(door.level.rawValue))\n"
        }
        text += section("levels", levels.map { (yamlKey($0.id.rawValue), $0) }, write)
        text += section("lifts", lifts.map { (yamlKey($0.key.rawValue), $0.value) }) { lift in
            let pose = lift.pose
            return "    dims: \(list([lift.width, lift.depth]))\n"
                + "    position: \(list([pose.position.x, pose.position.y, pose.yaw]))\n"
        }
        if let offset { text += "offset: \(list([offset.x, offset.y]))\n" }
        return text
    }

    private func section<Value>(_ name: String, _ parts: [(key: String, value: Value)], _ body: (Value) -> String)
        -> String
    {
        if parts.isEmpty { return "\(name): {}\n" }
        return parts.sorted { $0.key < $1.key }.reduce(into: "\(name):\n") { $0 += "  \($1.key):\n" + body($1.value) }
    }

    private func write(_ level: Level) -> String {
        var text = level.lanes.isEmpty ? "    lanes: []\n" : "    lanes:\n"
        for lane in level.lanes {
            text += "    - - \(lane.lane.from)\n      - \(lane.lane.to)\n      - \(mapping(lane.yamlEntries))\n"
        }
        text += level.vertices.isEmpty ? "    vertices: []\n" : "    vertices:\n"
        for vertex in level.vertices {
            let position = vertex.position
            text += "    - - \(yamlNumber(position.x))\n      - \(yamlNumber(position.y))\n"
            text += "      - \(mapping(vertex.yamlEntries))\n"
        }
        return text
    }

    private func list(_ numbers: [Double]) -> String { "[" + numbers.map(yamlNumber).joined(separator: ", ") + "]" }

    private func mapping(_ entries: [(key: String, value: String)]) -> String {
        "{" + entries.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }
}

extension NavigationGraph.Lane {
    fileprivate var yamlEntries: [(key: String, value: String)] {
        var entries: [(key: String, value: String)] = []
        func add(_ key: String, _ word: String?) { if let word { entries.append((key, yamlKey(word))) } }
        add("door_name", lane.door?.rawValue)
        add("orientation_constraint", lane.orientation?.rawValue)
        if let limit = lane.speedLimit { entries.append(("speed_limit", yamlNumber(limit))) }
        let extras = lane.extras
        add("mutex", extras.mutex)
        add("demo_mock_floor_name", extras.mockLevel)
        add("demo_mock_lift_name", extras.mockLift)
        add("dock_name", extras.dock)
        add("undock_name", extras.undock)
        if !isBidirectional { entries.append(("is_bidirectional", "false")) }
        return entries
    }
}

extension NavigationGraph.Vertex {
    fileprivate var yamlEntries: [(key: String, value: String)] {
        var entries = parameters.map { (key: yamlKey($0.key), value: $0.value.yaml) }
        entries.append(("name", nameIsNumber ? name : yamlScalar(name)))
        if let lift { entries.append(("lift", yamlKey(lift.rawValue))) }
        return entries
    }
}

extension ParameterValue {
    /// As YAML gives it back in its own type.
    var yaml: String {
        switch self {
        case .string(let text): yamlScalar(text)
        case .int(let number): "\(number)"
        case .double(let number): yamlNumber(number)
        case .bool(let truth): "\(truth)"
        }
    }
}

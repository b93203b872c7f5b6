import RobotModel

extension BuildingFile {
    /// The building as a file in metres (`cartesian_meters`): what a robot reads and what Open-RMF's generator makes
    /// graphs of, whatever it was drawn in. All levels are in the common frame.
    ///
    /// Floors, models, and what else only simulations and the editor look at, are not part of it.
    public func yamlInMeters() -> String {
        var text = "name: \(yamlScalar(name))\ncoordinate_system: cartesian_meters\n"
        text += "parameters:\n"
        if let crsName { text += "  generate_crs: [1, \(yamlScalar(crsName))]\n" }
        text += "  offset_x: [3, \(yamlNumber(offset?.x ?? 0))]\n  offset_y: [3, \(yamlNumber(offset?.y ?? 0))]\n"
        text += "levels:\n"
        for level in levels { text += yaml(of: level) }
        text += lifts.isEmpty ? "lifts: {}\n" : "lifts:\n"
        for lift in lifts { text += yaml(of: lift) }
        return text
    }

    private func yaml(of level: LevelDrawing) -> String {
        var text = "  \(yamlKey(level.id.rawValue)):\n    elevation: \(yamlNumber(level.elevation))\n"
        text += level.vertices.isEmpty ? "    vertices: []\n" : "    vertices:\n"
        for vertex in level.vertices {
            let name = vertex.nameIsNumber ? vertex.name : vertex.name.isEmpty ? "\"\"" : yamlScalar(vertex.name)
            text += "      - [\(yamlNumber(vertex.position.x)), \(yamlNumber(vertex.position.y)), 0, \(name)"
            text += vertex.parameters.isEmpty ? "]\n" : ", \(yaml(of: vertex.parameters))]\n"
        }
        for (key, edges) in [("lanes", level.lanes), ("doors", level.doors), ("walls", level.walls)] {
            text += edges.isEmpty ? "    \(key): []\n" : "    \(key):\n"
            for edge in edges {
                text += "      - [\(edge.start), \(edge.end), \(yaml(of: edge.parameters))]\n"
            }
        }
        return text
    }

    private func yaml(of parameters: [String: ParameterValue]) -> String {
        let entries = parameters.sorted { $0.key < $1.key }.map { "\(yamlKey($0.key)): \($0.value.typedYAML)" }
        return "{" + entries.joined(separator: ", ") + "}"
    }

    private func yaml(of lift: LiftDrawing) -> String {
        let pose = lift.pose
        var text = "  \(yamlKey(lift.id.rawValue)):\n"
        text += "    x: \(yamlNumber(pose.position.x))\n    y: \(yamlNumber(pose.position.y))\n"
        text += "    yaw: \(yamlNumber(pose.yaw))\n    width: \(yamlNumber(lift.width))\n"
        text += "    depth: \(yamlNumber(lift.depth))\n"
        if let level = lift.lowestLevel { text += "    lowest_floor: \(yamlKey(level.rawValue))\n" }
        if let level = lift.highestLevel { text += "    highest_floor: \(yamlKey(level.rawValue))\n" }
        text += lift.levelDoors.isEmpty ? "    level_doors: {}\n" : "    level_doors:\n"
        for (level, doors) in lift.levelDoors {
            text += "      \(yamlKey(level.rawValue)): [\(doors.map(yamlKey).joined(separator: ", "))]\n"
        }
        text += lift.doors.isEmpty ? "    doors: {}\n" : "    doors:\n"
        for (name, door) in lift.doors.sorted(by: { $0.key < $1.key }) {
            text += "      \(yamlKey(name)): {door_type: 2, x: \(yamlNumber(door.center.x)), "
            text += "y: \(yamlNumber(door.center.y)), width: \(yamlNumber(door.width)), "
            text += "motion_axis_orientation: \(yamlNumber(door.axis))}\n"
        }
        return text
    }
}

extension ParameterValue {
    /// `[type, value]`, as building files have it.
    fileprivate var typedYAML: String {
        let type =
            switch self {
            case .string: 1
            case .int: 2
            case .double: 3
            case .bool: 4
            }
        return "[\(type), \(yaml)]"
    }
}

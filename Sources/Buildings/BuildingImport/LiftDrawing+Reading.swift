import RobotModel
import StructuredText

extension BuildingFile.LiftDrawing {
    /// Reads a lift; `meters` brings the position, as drawn (y up), into the common frame.
    init(
        id: LiftID, _ field: Field, flip: Double, levels: [BuildingFile.LevelDrawing], meters: (Point2D) -> Point2D?
    ) {
        field.warnUnknownKeys(of: "a lift", known: Self.keys)
        self.id = id
        let drawn = Point2D(field.required("x").double(), flip * field.required("y").double())
        // The yaw is that of the common frame: Open-RMF does not turn it with the level.
        let place = meters(drawn) ?? Point2D(0, 0)
        if !MapBounds.contain(place) {
            field.reject(
                "the lift lies at (\(place.x), \(place.y)) m", expected: MapBounds.places, hint: MapBounds.placeHint)
        }
        pose = Pose2D(place, yaw: field.required("yaw").double())
        width = field.required("width").double(in: 0.1...100, unit: "metres")
        depth = field.required("depth").double(in: 0.1...100, unit: "metres")
        func level(_ key: String) -> LevelID? {
            guard let floor = field.optional(key), !floor.stringOrEmpty().isEmpty else { return nil }
            if let level = levels.first(where: { $0.id.rawValue == floor.stringOrEmpty() }) { return level.id }
            floor.rejectLevel(floor.stringOrEmpty(), levels)
            return nil
        }
        lowestLevel = level("lowest_floor")
        highestLevel = level("highest_floor")
        doors = [:]
        for (name, door) in field.optional("doors")?.entriesOrEmpty() ?? [] {
            door.warnUnknownKeys(of: "a lift's door", known: Self.doorKeys)
            doors[name] = BuildingFile.LiftDoorDrawing(
                center: Point2D(door.required("x").coordinate(), door.required("y").coordinate()),
                width: door.required("width").double(in: 0.1...20, unit: "metres"),
                axis: door.optional("motion_axis_orientation")?.double() ?? 0)
        }
        levelDoors = []
        for (name, list) in field.optional("level_doors")?.entriesOrEmpty() ?? [] {
            if !levels.contains(where: { $0.id.rawValue == name }) { list.rejectLevel(name, levels) }
            levelDoors.append((LevelID(name), doorNames(list, on: name)))
        }
    }

    /// The names of a level's doors, each of which the lift must have.
    private func doorNames(_ list: Field, on level: String) -> [String] {
        let names = list.listOrEmpty().map { $0.string() }
        if names.isEmpty {
            list.reject(
                "lift '\(id)' serves level \(level) without a door", expected: "the name of a door of the lift",
                hint: "name a door, or remove the level from level_doors")
        }
        for door in names where doors[door] == nil {
            list.reject(
                "lift '\(id)' has no door '\(door)'",
                expected: doors.isEmpty ? nil : "one of " + doors.keys.sorted().joined(separator: ", "))
        }
        return names
    }

    private static let keys = [
        "depth", "doors", "highest_floor", "initial_floor_name", "level_doors", "lowest_floor", "plugins",
        "reference_floor_name", "width", "x", "y", "yaw",
    ]
    private static let doorKeys = ["door_type", "motion_axis_orientation", "width", "x", "y"]
}

extension Field {
    fileprivate func rejectLevel(_ name: String, _ levels: [BuildingFile.LevelDrawing]) {
        reject(
            "level '\(name)' does not exist", expected: "one of " + levels.map(\.id.rawValue).joined(separator: ", "))
    }
}

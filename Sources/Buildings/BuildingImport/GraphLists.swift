import BuildingMap
import RobotModel

/// The long lists of a navigation graph's file, read without building a tree of YAML nodes.
///
/// A graph of a million waypoints has some ten million lines, each of which would become a node of a hundred bytes and
/// more. The lists of vertices and lanes have one of two plain shapes, those of PyYAML and of people:
///
///     - - 15.4                        - [15.4, -31.5, {name: lobby}]
///       - -31.5
///       - {name: lobby}
///
/// They are cut out of the text and read here; what is left is read as any other YAML. A list with anything else in it
/// (another shape, a comment, an anchor, a mistake) is left where it is, for the reader that says what is wrong.
struct GraphLists {
    /// The file without the lists that have been read, in whose place stands `[]`; the lines keep their numbers.
    private(set) var rest = ""
    private(set) var vertices: [LevelID: [NavigationGraph.Vertex]] = [:]
    private(set) var lanes: [LevelID: [NavigationGraph.Lane]] = [:]

    /// Below this many bytes a tree is no burden.
    static let worthwhile = 1 << 18

    init(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { read(PlainLines($0)) } }

    private mutating func read(_ source: PlainLines) {
        var lines = source
        var level: LevelID?
        var isInLevels = false
        while let line = lines.next() {
            if line.indent == 0 { isInLevels = lines.text(line) == "levels:" }
            if isInLevels, line.indent == 2 { level = lines.key(line).map { LevelID($0) } }
            if isInLevels, let level, line.indent == 4, let key = lines.key(line), take(key, level, &lines) {
                rest += "    \(key): []\n"
            } else {
                rest += lines.whole(line) + "\n"
            }
        }
    }

    /// Reads the list that follows its key; false, with `lines` where they were, when it is not of a plain shape.
    private mutating func take(_ key: String, _ level: LevelID, _ lines: inout PlainLines) -> Bool {
        var ahead = lines
        var passed = 0
        var vertexList: [NavigationGraph.Vertex] = []
        var laneList: [NavigationGraph.Lane] = []
        guard key == "vertices" || key == "lanes" else { return false }
        while let item = ahead.item(&passed) {
            switch (item, key) {
            case (.broken, _): return false
            case (.item(let x, let y, let entries), "vertices"):
                guard let vertex = NavigationGraph.Vertex(x, y, entries) else { return false }
                vertexList.append(vertex)
            case (.item(let from, let to, let entries), _):
                guard let lane = NavigationGraph.Lane(from, to, entries) else { return false }
                laneList.append(lane)
            }
        }
        guard passed > 0 else { return false }
        if key == "vertices" { vertices[level] = vertexList } else { lanes[level] = laneList }
        lines = ahead
        // What was cut out keeps its lines, for the places in messages about what follows.
        rest += String(repeating: "\n", count: passed)
        return true
    }
}

extension NavigationGraph.Vertex {
    fileprivate init?(_ x: Substring, _ y: Substring, _ entries: [PlainLines.Entry]) {
        guard let x = Double(x), let y = Double(y) else { return nil }
        guard MapBounds.contain(Point2D(x, y)) else { return nil }
        self.init(position: Point2D(x, y), name: "", lift: nil, parameters: [:])
        for entry in entries {
            switch entry.key {
            case "name":
                name = entry.text
                if case .int = entry.value { nameIsNumber = true }
            case "lift": lift = entry.text.isEmpty ? nil : LiftID(entry.text)
            default: parameters[entry.key] = entry.value
            }
        }
    }
}

extension NavigationGraph.Lane {
    fileprivate init?(_ from: Substring, _ to: Substring, _ entries: [PlainLines.Entry]) {
        guard let from = UInt32(from), let to = UInt32(to) else { return nil }
        self.init(lane: Lane(from: Int(from), to: Int(to)), isBidirectional: true)
        for entry in entries {
            // As in other YAML, an empty text is none.
            let word = entry.text.isEmpty ? nil : entry.text
            switch entry.key {
            case "door_name": lane.door = word.map { DoorID($0) }
            case "orientation_constraint":
                lane.orientation = word.flatMap(Lane.Orientation.init(rawValue:))
                if lane.orientation == nil, word != nil { return nil }
            case "speed_limit":
                guard let limit = entry.value.double, MapBounds.isLimit(limit) else { return nil }
                lane.speedLimit = limit > 0 ? limit : nil
            case "is_bidirectional":
                guard let truth = entry.value.bool else { return nil }
                isBidirectional = truth
            case "mutex": lane.extras.mutex = word
            case "dock_name": lane.extras.dock = word
            case "undock_name": lane.extras.undock = word
            case "demo_mock_lift_name": lane.extras.mockLift = word
            case "demo_mock_floor_name": lane.extras.mockLevel = word
            default: return nil
            }
        }
    }
}

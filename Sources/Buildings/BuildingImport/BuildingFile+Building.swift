public import BuildingMap
import RobotModel
public import StructuredText

#if canImport(Glibc)
    import Glibc
#endif

/// Reads an Open-RMF building file into the robot's building; `graph` selects the lanes.
///
/// The map frame is the reference level's drawing in metres, y up; every level is brought into it. Vertices and lanes are
/// those of Open-RMF's navigation graph, in its order. Occupancy maps are not part of a building file (`loadSite`).
/// Throws `FileProblems`: everything that is wrong with the file.
public func readBuilding(at path: String, graph: Int = 0) throws(FileProblems) -> Building {
    try BuildingFile(path: path).building(graph: graph)
}

extension BuildingFile {
    /// The robot's building, with the lanes of one navigation graph.
    public func building(graph index: Int = 0) -> Building {
        let graph = navigationGraph(index)
        var doors: [DoorID: Door] = [:]
        for level in levels {
            for door in level.doors {
                let id = DoorID(door.name)
                guard let posts = graph.doors[id] else { continue }
                doors[id] = Door(
                    id: id, level: level.id, a: posts.a, b: posts.b,
                    kind: Door.Kind(rawValue: door.parameters["type"]?.string ?? "") ?? .unknown, isGlass: door.isGlass)
            }
        }
        let levels = zip(self.levels, graph.levels).map(Self.level).sorted { $0.elevation < $1.elevation }
        return Building(
            name: name, levels: levels, doors: doors,
            lifts: Dictionary(uniqueKeysWithValues: lifts.map { ($0.id, $0.lift) }))
    }

    private static func level(_ drawing: LevelDrawing, _ graph: NavigationGraph.Level) -> Level {
        let walls = drawing.walls.map { wall in
            Wall(
                drawing.transform.apply(drawing.vertices[wall.start].position),
                drawing.transform.apply(drawing.vertices[wall.end].position),
                material: wall.isGlass ? .glass : .solid)
        }
        var places: [PlaceID: Place] = [:]
        for (index, vertex) in graph.vertices.enumerated() where !vertex.name.isEmpty {
            let id = PlaceID(vertex.name)
            places[id] = Place(
                id: id, position: vertex.position, vertex: index, yaw: vertex.parameters["yaw"]?.double,
                isCharger: vertex.parameters["is_charger"]?.bool ?? false)
        }
        return Level(
            id: drawing.id, elevation: drawing.elevation, walls: walls,
            vertices: graph.vertices.map { vertex in
                Vertex(
                    position: vertex.position, name: vertex.name, lift: vertex.lift,
                    parameters: vertex.parameters.mapValues(\.description))
            },
            lanes: graph.lanes.map { Lane(from: $0.from, to: $0.to, door: $0.door, speedLimit: $0.speedLimit) },
            places: places)
    }
}

extension BuildingFile.LiftDrawing {
    /// The lift in the common frame, with the posts of its doors.
    fileprivate var lift: Lift {
        var served: [LevelID: [LiftDoor]] = [:]
        for (level, names) in levelDoors {
            served[level] = names.compactMap { name in
                guard let door = doors[name] else { return nil }
                let half = Point2D(cos(door.axis), sin(door.axis)) * (door.width / 2)
                return LiftDoor(
                    name: name, a: pose.transform(door.center - half), b: pose.transform(door.center + half))
            }
        }
        return Lift(id: id, pose: pose, width: width, depth: depth, doors: served)
    }
}

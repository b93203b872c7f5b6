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
///
/// `readMap` reads the other formats too, and tells what is odd.
public func readBuilding(at path: String, graph: Int = 0) throws(FileProblems) -> Building {
    try BuildingFile(path: path).building(graph: graph)
}

extension BuildingFile {
    /// The robot's building, with the lanes of one navigation graph.
    public func building(graph index: Int = 0) -> Building {
        let graph = navigationGraph(index)
        var building = graph.building()
        for (place, drawing) in levels.enumerated() {
            building.levels[place].elevation = drawing.elevation
            building.levels[place].walls = drawing.walls.map { wall in
                Wall(
                    drawing.vertices[wall.start].position,
                    drawing.vertices[wall.end].position,
                    material: wall.isGlass ? .glass : .solid)
            }
            for door in drawing.doors {
                let kind = Door.Kind(rawValue: door.parameters["type"]?.word ?? "") ?? .unknown
                building.doors[DoorID(door.name)]?.kind = kind
                building.doors[DoorID(door.name)]?.isGlass = door.isGlass
            }
        }
        building.levels.sort { $0.elevation < $1.elevation }
        // Its file of a graph is sorted by keys (PyYAML's `dump`).
        building.levelOrder = levels.map(\.id).sorted()
        building.lifts = Dictionary(uniqueKeysWithValues: lifts.map { ($0.id, $0.lift) })
        return building
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

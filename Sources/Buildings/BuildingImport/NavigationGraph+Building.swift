public import BuildingMap
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

extension NavigationGraph {
    /// The robot's building, as far as a graph tells it.
    ///
    /// A graph has no walls and no elevations: levels come one storey (`Building.assumedStoreyHeight`) above another, in
    /// the order of the file. A lift's doors are where lanes enter its car. A door without posts (older graphs name doors
    /// on lanes only) stands across the middle of its lane.
    public func building() -> Building {
        var building = Building(
            name: buildingName, levels: levels.enumerated().map(level), doors: [:], lifts: [:],
            levelOrder: levels.map(\.id))
        for (id, door) in doors {
            building.doors[id] = Door(id: id, level: door.level, a: door.a, b: door.b)
        }
        for (id, lift) in lifts {
            building.lifts[id] = Lift(id: id, pose: lift.pose, width: lift.width, depth: lift.depth, doors: [:])
        }
        building.addAssumedDoors()
        building.addAssumedLifts()
        return building
    }

    private func level(_ index: Int, _ graph: Level) -> BuildingMap.Level {
        var places: [PlaceID: Place] = [:]
        for (number, vertex) in graph.vertices.enumerated() where !vertex.name.isEmpty {
            let id = PlaceID(vertex.name)
            places[id] = Place(
                id: id, position: vertex.position, vertex: number, yaw: vertex.parameters["yaw"]?.double,
                isCharger: vertex.parameters["is_charger"]?.bool ?? false)
        }
        return BuildingMap.Level(
            id: graph.id, elevation: Double(index) * Building.assumedStoreyHeight,
            vertices: graph.vertices.map { vertex in
                BuildingMap.Vertex(
                    position: vertex.position, name: vertex.name, lift: vertex.lift,
                    parameters: vertex.parameters.mapValues(\.description))
            },
            lanes: graph.lanes.map(\.lane), places: places)
    }
}

extension Building {
    /// Metres from one level to the next where a format has no elevations: a usual storey of offices and hotels. It
    /// enters the riding time of lifts and nothing else.
    public static let assumedStoreyHeight = 4.0
    /// Metres along each side of a lift's car where a format does not tell: room for a robot and its turn.
    static let assumedCarSize = 1.6
    /// Metres between the posts of a door where a format does not tell: a usual door.
    static let assumedDoorWidth = 0.9

    /// Doors that lanes name and the file does not place.
    mutating func addAssumedDoors() {
        for level in levels {
            for lane in level.lanes {
                guard let id = lane.door, doors[id] == nil else { continue }
                let segment = level.segment(of: lane)
                let along = segment.b - segment.a
                guard along.length > 0 else { continue }
                let half = Point2D(-along.y, along.x) * (Self.assumedDoorWidth / 2 / along.length)
                doors[id] = Door(id: id, level: level.id, a: segment.middle - half, b: segment.middle + half)
            }
        }
    }

    /// Lifts that vertices name and the file does not describe, and the car doors of every lift that has none.
    mutating func addAssumedLifts() {
        var cabins: [LiftID: [Point2D]] = [:]
        for level in levels {
            for vertex in level.vertices {
                if let lift = vertex.lift { cabins[lift, default: []].append(vertex.position) }
            }
        }
        for (id, points) in cabins {
            let middle = points.reduce(Point2D(0, 0), +) * (1 / Double(points.count))
            var lift =
                lifts[id]
                ?? Lift(
                    id: id, pose: Pose2D(middle, yaw: 0), width: Self.assumedCarSize, depth: Self.assumedCarSize,
                    doors: [:])
            for level in levels where lift.doors[level.id] == nil {
                let doors = lift.assumedDoors(on: level)
                if !doors.isEmpty { lift.doors[level.id] = doors }
            }
            lifts[id] = lift
        }
    }
}

extension Lift {
    /// The sides of the car through which lanes of a level lead, with a door in each.
    func assumedDoors(on level: Level) -> [LiftDoor] {
        let (w, d) = (width / 2, depth / 2)
        let corners = [Point2D(w, -d), Point2D(w, d), Point2D(-w, d), Point2D(-w, -d)].map(pose.transform)
        let sides = corners.indices.map { Segment(corners[$0], corners[($0 + 1) % corners.count]) }
        var middles: [Int: Double] = [:]
        for lane in level.lanes {
            let inside = (level.vertices[lane.from].lift == id, level.vertices[lane.to].lift == id)
            guard inside.0 != inside.1 else { continue }
            let way = level.segment(of: lane)
            for (number, side) in sides.enumerated() where middles[number] == nil {
                middles[number] = side.crossing(way)
            }
        }
        return middles.sorted { $0.key < $1.key }.map { number, share in
            let side = sides[number]
            let width = min(Building.assumedDoorWidth, side.length)
            let half = width / 2 / side.length
            let middle = min(max(share, half), 1 - half)
            return LiftDoor(
                name: "side_\(number + 1)", a: side.point(at: middle - half), b: side.point(at: middle + half))
        }
    }
}

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
    ///
    /// Where the level's waypoint lies beside the car, as it does in a layout with a frame of its own, the car is taken to
    /// be around the waypoint there.
    func assumedDoors(on level: Level) -> [LiftDoor] {
        var middles: [Int: (side: Segment, share: Double)] = [:]
        for lane in level.lanes {
            let (from, to) = (level.vertices[lane.from], level.vertices[lane.to])
            guard (from.lift == id) != (to.lift == id) else { continue }
            let (cabin, hall) = from.lift == id ? (from.position, to.position) : (to.position, from.position)
            let length = hall.distance(to: cabin)
            guard length > 0 else { continue }
            // As far as the way out leads through the car, also when the first waypoint outside is still in it.
            let way = Segment(cabin, cabin + (hall - cabin) * ((width + depth) / length))
            for (number, side) in sides(around: cabin).enumerated() where middles[number] == nil {
                middles[number] = side.crossing(way).map { (side, $0) }
            }
        }
        return middles.sorted { $0.key < $1.key }.map { number, middle in
            let half = min(Building.assumedDoorWidth, middle.side.length) / 2 / middle.side.length
            let share = min(max(middle.share, half), 1 - half)
            return LiftDoor(
                name: "side_\(number + 1)", a: middle.side.point(at: share - half),
                b: middle.side.point(at: share + half))
        }
    }

    /// The four sides of the car, which holds a point.
    private func sides(around point: Point2D) -> [Segment] {
        let pose = contains(point) ? self.pose : Pose2D(point, yaw: self.pose.yaw)
        let (w, d) = (width / 2, depth / 2)
        let corners = [Point2D(w, -d), Point2D(w, d), Point2D(-w, d), Point2D(-w, -d)].map(pose.transform)
        return corners.indices.map { Segment(corners[$0], corners[($0 + 1) % corners.count]) }
    }
}

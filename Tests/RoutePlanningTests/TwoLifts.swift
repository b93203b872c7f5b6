import BuildingMap
import RobotModel

/// Two levels, 4 m apart; from `desk` a near lift 6 m to the west and a far one 9 m to the east, and `suite` in the middle
/// above `desk`.
func twoLifts() -> Building {
    func level(_ id: LevelID, _ elevation: Double, place: PlaceID) -> Level {
        let points = [Point2D(0, 0), Point2D(-6, 0), Point2D(9, 0), Point2D(-6, 3), Point2D(9, 3)]
        let pairs = [(0, 1), (0, 2), (1, 3), (2, 4)]
        let vertices = points.enumerated().map { index, point in
            Vertex(
                position: point, name: index == 0 ? place.rawValue : "",
                lift: index == 3 ? "near" : index == 4 ? "far" : nil)
        }
        return Level(
            id: id, elevation: elevation, vertices: vertices,
            lanes: pairs.flatMap { [Lane(from: $0, to: $1), Lane(from: $1, to: $0)] },
            places: [place: Place(id: place, position: points[0], vertex: 0)])
    }
    func lift(_ id: LiftID, x: Double) -> Lift {
        let door = LiftDoor(name: "door", a: Point2D(x - 0.5, 2), b: Point2D(x + 0.5, 2))
        return Lift(
            id: id, pose: Pose2D(x: x, y: 3), width: 2, depth: 2, doors: ["L1": [door], "L2": [door]])
    }
    return Building(
        name: "two lifts", levels: [level("L1", 0, place: "desk"), level("L2", 4, place: "suite")], doors: [:],
        lifts: ["near": lift("near", x: -6), "far": lift("far", x: 9)])
}

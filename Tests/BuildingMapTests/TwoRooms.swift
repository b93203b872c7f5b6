import BuildingMap
import RobotModel

/// Two rooms of 2 × 2 m side by side, a door of 1 m between them, a glass front of 1 m in the first one's west wall, and
/// a closed closet in a corner of the second.
func twoRooms() -> Building {
    func wall(_ a: (Double, Double), _ b: (Double, Double), _ material: Wall.Material = .solid) -> Wall {
        Wall(Point2D(a.0, a.1), Point2D(b.0, b.1), material: material)
    }
    let walls = [
        wall((0, 0), (4, 0)), wall((4, 0), (4, 2)), wall((4, 2), (0, 2)), wall((0, 2), (0, 1.5)),
        wall((0, 1.5), (0, 0.5), .glass), wall((0, 0.5), (0, 0)), wall((2, 0), (2, 2)),
        wall((3.5, 2), (3.5, 1.5)), wall((3.5, 1.5), (4, 1.5)),
    ]
    let level = Level(
        id: "L1", elevation: 0, walls: walls,
        vertices: [
            Vertex(position: Point2D(1, 1), name: "here"), Vertex(position: Point2D(3, 1), name: "there"),
        ],
        lanes: [Lane(from: 0, to: 1, door: "between"), Lane(from: 1, to: 0, door: "between")],
        places: [
            "here": Place(id: "here", position: Point2D(1, 1), vertex: 0, yaw: 0.5),
            "there": Place(id: "there", position: Point2D(3, 1), vertex: 1),
        ])
    let door = Door(id: "between", level: "L1", a: Point2D(2, 0.5), b: Point2D(2, 1.5), kind: .sliding)
    return Building(name: "two rooms", levels: [level], doors: ["between": door], lifts: [:])
}

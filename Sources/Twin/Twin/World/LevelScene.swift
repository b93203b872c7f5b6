package import BuildingMap
package import RobotModel

/// Everything that stands or swings on one level.
package final class LevelScene {
    /// What never moves: walls, the lifts' cars, furniture, the box and its vehicle.
    package let standing: EdgeGrid
    package let doors: [DoorBody]
    package let lifts: [LiftBody]
    /// The leaves of doors and lifts as they are now.
    package private(set) var leaves: [Edge] = []

    package init(_ level: Level, doors: [DoorBody], lifts: [LiftBody], furniture: [Furniture], extra: [Edge]) {
        var segments = level.walls.map { Edge($0.a, $0.b, isGlass: $0.material == .glass) }
        for lift in lifts { segments += lift.walls }
        for thing in furniture { segments += thing.outline }
        standing = EdgeGrid(segments + extra)
        self.doors = doors
        self.lifts = lifts
        refresh(level.id)
    }

    /// Takes the leaves anew after a door or a lift has moved.
    package func refresh(_ level: LevelID) {
        leaves = doors.flatMap { $0.leaves(at: $0.opening) } + lifts.flatMap { $0.leaves(on: level) }
    }
}

extension Furniture {
    /// The outline on the floor; a round thing as a polygon of sixteen edges.
    var outline: [Edge] {
        switch shape {
        case .box(let length, let width):
            return rectangle(of: pose, length: length, width: width, kind: .furniture)
        case .round(let radius):
            let corners = (0..<16).map { index in
                pose.composed(with: Pose2D(yaw: Double(index) * .pi / 8)).transform(Point2D(radius, 0))
            }
            return corners.indices.map { Edge(corners[$0], corners[($0 + 1) % 16], kind: .furniture) }
        }
    }
}

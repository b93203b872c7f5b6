import BuildingMap
import Control
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The level on which the robot is: walls, doors and lifts as they report themselves, the way ahead, the robot where it
/// believes to be, and the people and the box where they really are.
struct LevelView {
    /// The hull, metres.
    private static let hull = (length: 0.66, width: 0.52)
    private static let personRadius = 0.22

    let level: Level
    let lifts: [Lift]
    let doors: [Door]
    private let bounds: (lower: Point2D, upper: Point2D)

    /// nil for a level that the building does not have.
    init?(_ id: LevelID, in building: Building) {
        guard let level = building.level(id), let bounds = level.bounds else { return nil }
        self.level = level
        self.bounds = bounds
        lifts = building.lifts.values.filter { $0.doors[id] != nil }.sorted { $0.id < $1.id }
        doors = building.doors(on: id)
    }

    /// Rows that the level takes when it may be so wide.
    func rows(inColumns columns: Int) -> Int {
        let size = bounds.upper - bounds.lower
        return Int((size.y * Double(columns * 2 - 2) / size.x / 4).rounded(.up)) + 1
    }

    /// Draws the level as large as it fits, in the middle.
    func draw(
        _ status: RobotStatus, truth: TruthSample?, into frame: inout Frame, row: Int, column: Int, columns: Int,
        rows: Int
    ) {
        guard columns > 8, rows > 3 else { return }
        let size = bounds.upper - bounds.lower
        let scale = min(Double(columns * 2 - 2) / size.x, Double(rows * 4 - 2) / size.y)
        let left = (Double(columns * 2) - size.x * scale) / 2
        let top = (Double(rows * 4) - size.y * scale) / 2
        let pen = Pen(scale: scale, left: left, top: top, lower: bounds.lower, upper: bounds.upper)
        var dots = Braille(columns: columns, rows: rows)
        drawBuilding(status, pen, &dots)
        drawRoute(status, pen, &dots)
        drawTruth(truth, pen, &dots)
        let outline = [(1.0, 1.0), (1, -1), (-1, -1), (-1, 1)].map { x, y in
            pen(status.place.pose.transform(Point2D(x * Self.hull.length / 2, y * Self.hull.width / 2)))
        }
        dots.polygon(outline, .robot)
        dots.draw(into: &frame, row: row, column: column)
        drawLabels(status, truth, pen, &frame, row: row, column: column, isLarge: columns >= 48)
    }

    private func drawBuilding(_ status: RobotStatus, _ pen: Pen, _ dots: inout Braille) {
        for wall in level.walls {
            dots.line(pen(wall.a), pen(wall.b), wall.material == .glass ? .glass : .wall)
        }
        for lift in lifts {
            let (w, d) = (lift.width / 2 - 0.08, lift.depth / 2 - 0.08)
            let state = status.lifts.first { $0.id == lift.id.rawValue }
            if state?.level == level.id.rawValue {
                let corners = [Point2D(-w, -d), Point2D(w, -d), Point2D(w, d), Point2D(-w, d)]
                dots.polygon(corners.map { pen(lift.pose.transform($0)) }, .lift)
            }
            for door in lift.doors[level.id] ?? [] {
                let isHere = state?.level == level.id.rawValue
                draw(door.a, door.b, mode: isHere ? state?.door ?? "" : "closed", pen, &dots)
            }
        }
        for door in doors {
            draw(door.a, door.b, mode: status.doors.first { $0.id == door.id.rawValue }?.mode ?? "", pen, &dots)
        }
    }

    /// A door: closed over its whole width, open at its posts only.
    private func draw(_ a: Point2D, _ b: Point2D, mode: String, _ pen: Pen, _ dots: inout Braille) {
        let (share, ink): (Double, Ink) =
            switch mode {
            case "open": (0.15, .good)
            case "moving": (0.35, .warning)
            case "closed": (0.5, .alert)
            default: (0.5, .faint)
            }
        dots.line(pen(a), pen(a + (b - a) * share), ink)
        dots.line(pen(b), pen(b + (a - b) * share), ink)
    }

    /// What is ahead of the robot.
    private func drawRoute(_ status: RobotStatus, _ pen: Pen, _ dots: inout Braille) {
        let route = status.place.route
        guard route.count > 1 else { return }
        let position = status.place.pose.position
        let legs = zip(route, route.dropFirst()).map { Segment($0, $1) }
        let nearest = legs.indices.min { legs[$0].distance(to: position) < legs[$1].distance(to: position) } ?? 0
        let start = legs[nearest].point(at: legs[nearest].share(nearest: position))
        for (a, b) in zip([start] + route[(nearest + 1)...], route[(nearest + 1)...]) {
            dots.line(pen(a), pen(b), .route, gap: 2)
        }
    }

    private func drawTruth(_ truth: TruthSample?, _ pen: Pen, _ dots: inout Braille) {
        guard let truth, truth.level == level.id.rawValue else { return }
        for person in truth.people {
            let ring = (0..<8).map { index in
                let angle = Double(index) * .pi / 4
                return pen(person + Point2D(cos(angle), sin(angle)) * Self.personRadius)
            }
            dots.polygon(ring, .person)
        }
        // Half of the box's front, to each side of its middle.
        if let box = truth.box {
            dots.line(pen(box.transform(Point2D(0, -0.4))), pen(box.transform(Point2D(0, 0.4))), .warning)
        }
    }

    private func drawLabels(
        _ status: RobotStatus, _ truth: TruthSample?, _ pen: Pen, _ frame: inout Frame, row: Int, column: Int,
        isLarge: Bool
    ) {
        func label(_ text: String, at point: Point2D, _ ink: Ink, isCentred: Bool = false) {
            let dot = pen(point)
            let first = Int(dot.x) / 2 - (isCentred ? text.count / 2 : 0)
            frame.put(text, row: row + Int(dot.y) / 4, column: column + first, ink: ink)
        }
        if isLarge {
            // The robot itself is in the place of the label of a place where it stands.
            let position = status.place.pose.position
            for place in level.places.values where place.position.distance(to: position) > 1.2 {
                label("·\(place.id)", at: place.position, .faint)
            }
        }
        for lift in lifts {
            guard let state = status.lifts.first(where: { $0.id == lift.id.rawValue }) else { continue }
            let motion = ["up": "↑", "down": "↓"][state.motion] ?? ""
            label(state.level + motion, at: lift.pose.position, .lift, isCentred: true)
        }
        if let truth, truth.level == level.id.rawValue {
            for person in truth.people { label("●", at: person, .person) }
        }
        let eighth = Int((status.place.pose.yaw / (.pi / 4)).rounded()) & 7
        label(String(Array("→↗↑↖←↙↓↘")[eighth]), at: status.place.pose.position, .robot)
    }
}

/// From the building's metres to the drawing's dots.
private struct Pen {
    let scale: Double
    let left: Double
    let top: Double
    let lower: Point2D
    let upper: Point2D

    func callAsFunction(_ p: Point2D) -> Point2D {
        Point2D(left + (p.x - lower.x) * scale, top + (upper.y - p.y) * scale)
    }
}

import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// One level's part of a picture: where its metres lie in the picture's pixels, and what is drawn of it.
struct LevelPicture {
    private typealias Stroke = SVGCanvas.Stroke

    /// The colours of a picture, by what they stand for.
    enum Colour {
        static let wall = "#202020"
        static let glass = "#4090ff"
        static let lane = "#b4b4b4"
        static let door = "#a85a1c"
        static let lift = "#1f8a3a"
        static let liftFloor = "#dff3e3"
        static let place = "#c81e1e"
        static let charger = "#e0a800"
        static let route = "#ff7a00"
        static let text = "#303030"
    }

    let building: Building
    let level: Level
    /// Pixels a metre.
    let scale: Double
    /// The picture's pixel of the level's upper left corner.
    let corner: Point2D
    /// Metres: the level's smallest x and largest y.
    private let origin: Point2D
    /// Pixels.
    let size: Point2D

    /// `bounds` are those of the level, or of the whole building, metres.
    init(_ building: Building, _ level: Level, bounds: (lower: Point2D, upper: Point2D), scale: Double, corner: Point2D)
    {
        self.building = building
        self.level = level
        self.scale = scale
        self.corner = corner
        origin = Point2D(bounds.lower.x, bounds.upper.y)
        size = Point2D(bounds.upper.x - bounds.lower.x, bounds.upper.y - bounds.lower.y) * scale
    }

    /// A point of the map frame as a pixel.
    func pixel(_ p: Point2D) -> Point2D { corner + Point2D(p.x - origin.x, origin.y - p.y) * scale }

    /// Draws the level, with a route's part on it.
    func draw(on canvas: inout SVGCanvas, route: Route?) {
        drawLifts(on: &canvas)
        drawLanes(on: &canvas)
        for wall in level.walls {
            let colour = wall.material == .glass ? Colour.glass : Colour.wall
            canvas.line(pixel(wall.a), pixel(wall.b), Stroke(colour: colour, width: 2))
        }
        for door in building.doors(on: level.id) {
            canvas.line(pixel(door.a), pixel(door.b), Stroke(colour: Colour.door, width: 4))
            if door.isGlass { canvas.line(pixel(door.a), pixel(door.b), Stroke(colour: Colour.glass, width: 1.5)) }
        }
        for path in route?.paths(on: level.id) ?? [] { draw(path: path, on: &canvas) }
        drawPlacesAndLabels(on: &canvas, route: route)
    }

    private func drawLifts(on canvas: inout SVGCanvas) {
        for lift in building.lifts.values.sorted(by: { $0.id < $1.id }) where lift.doors[level.id] != nil {
            let (w, d) = (lift.width / 2, lift.depth / 2)
            let corners = [Point2D(-w, -d), Point2D(w, -d), Point2D(w, d), Point2D(-w, d)]
            let pixels = corners.map { pixel(lift.pose.transform($0)) }
            canvas.polygon(pixels, fill: Colour.liftFloor, Stroke(colour: Colour.lift, width: 1))
            for door in lift.doors[level.id] ?? [] {
                canvas.line(pixel(door.a), pixel(door.b), Stroke(colour: Colour.lift, width: 4))
            }
        }
    }

    /// A lane for one direction only has an arrow in its middle; one with a prescribed orientation is dashed.
    private func drawLanes(on canvas: inout SVGCanvas) {
        struct Ends: Hashable { var from: Int, to: Int }
        let all = Set(level.lanes.map { Ends(from: $0.from, to: $0.to) })
        for lane in level.lanes {
            let isBothWays = all.contains(Ends(from: lane.to, to: lane.from))
            if isBothWays, lane.from > lane.to { continue }
            let a = pixel(level.vertices[lane.from].position)
            let b = pixel(level.vertices[lane.to].position)
            canvas.line(a, b, Stroke(colour: Colour.lane, width: 1.6, dash: lane.orientation == nil ? nil : "5,4"))
            guard !isBothWays, a.distance(to: b) > 10 else { continue }
            let direction = atan2(b.y - a.y, b.x - a.x)
            let tip = (a + b) * 0.5 + Point2D(cos(direction), sin(direction)) * 4
            canvas.arrowhead(at: tip, direction: direction, size: 8, fill: "#808080")
        }
        for vertex in level.vertices where vertex.name.isEmpty {
            canvas.dot(pixel(vertex.position), radius: 1.8, fill: "#9a9a9a")
        }
    }

    private func draw(path: [Point2D], on canvas: inout SVGCanvas) {
        let pixels = path.map(pixel)
        canvas.polyline(pixels, Stroke(colour: Colour.route, width: 4))
        for (a, b) in zip(pixels, pixels.dropFirst()) where a.distance(to: b) > 36 {
            let direction = atan2(b.y - a.y, b.x - a.x)
            let tip = (a + b) * 0.5 + Point2D(cos(direction), sin(direction)) * 6
            canvas.arrowhead(at: tip, direction: direction, size: 13, fill: Colour.route)
        }
    }

    // MARK: Places and labels

    private func linesToAvoid(_ route: Route?) -> [Segment] {
        let paths = route?.paths(on: level.id) ?? []
        return paths.flatMap { zip($0, $0.dropFirst()).map { Segment($0, $1) } }
            + building.doors(on: level.id).map(\.segment) + level.walls.map(\.segment)
    }

    private func drawPlacesAndLabels(on canvas: inout SVGCanvas, route: Route?) {
        var labels = LabelPlacer(width: corner.x + size.x, height: corner.y + size.y)
        let places = level.places.values.sorted { $0.id < $1.id }
        for place in places {
            let mark = pixel(place.position)
            if let yaw = place.yaw {
                let tip = mark + Point2D(cos(yaw), -sin(yaw)) * 14
                canvas.line(mark, tip, Stroke(colour: Colour.place, width: 2))
            }
            let ring = place.isCharger ? Stroke(colour: Colour.charger, width: 3) : nil
            canvas.dot(mark, radius: 4, fill: Colour.place, ring)
            labels.avoid(mark, radius: 6)
        }
        for line in linesToAvoid(route) { labels.avoid(from: pixel(line.a), to: pixel(line.b)) }
        func label(_ words: String, _ mark: Point2D, _ colour: String, size: Double, isOptional: Bool) {
            let spot = labels.place(words, beside: mark, gap: 8, size: size, isOptional: isOptional)
            if let spot { canvas.text(words, at: spot, size: size, colour: colour) }
        }
        for lift in building.lifts.values.sorted(by: { $0.id < $1.id }) where lift.doors[level.id] != nil {
            label(lift.id.rawValue, pixel(lift.pose.position), Colour.lift, size: 12, isOptional: false)
        }
        for place in places {
            label(place.id.rawValue, pixel(place.position), Colour.place, size: 12, isOptional: false)
        }
        for door in building.doors(on: level.id) {
            label(door.id.rawValue, pixel(door.segment.middle), Colour.door, size: 9, isOptional: true)
        }
    }
}

extension Route {
    /// The polylines of the route on a level, in order.
    func paths(on level: LevelID) -> [[Point2D]] {
        steps.compactMap { step in
            switch step {
            case .drive(let drive):
                drive.level == level ? drive.path : nil
            case .door(let door):
                door.level == level ? [door.holdPose.position, door.clearPose.position] : nil
            case .lift(let lift):
                switch level {
                case lift.from: [lift.hallPose.position, lift.cabinPose.position]
                case lift.to: [lift.cabinPose.position, lift.exitPose.position]
                default: nil
                }
            }
        }
    }
}

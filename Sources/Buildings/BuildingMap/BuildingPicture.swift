public import RobotModel

/// Levels side by side in one picture, with titles, a scale and a legend, and a route that goes from level to level.
struct BuildingPicture {
    private typealias Colour = LevelPicture.Colour
    private typealias Stroke = SVGCanvas.Stroke

    /// Pixels around and between the levels, and for a title above each.
    private static let gap = 32.0
    private static let title = 30.0
    private static let legend = 54.0

    private let levels: [LevelPicture]
    private let route: Route?
    private let size: Point2D
    private let scale: Double

    /// `scale` in pixels a metre. Levels come in rows of `columns`; nil without any that has an extent.
    init?(_ building: Building, levels chosen: [Level], route: Route?, scale: Double, columns: Int) {
        let extents = chosen.compactMap { level in building.bounds(of: level).map { (level, $0) } }
        // One height for all, so that what lies side by side in the picture has the same y in the building.
        guard let bottom = extents.map(\.1.lower.y).min(), let top = extents.map(\.1.upper.y).max() else { return nil }
        let drawn = extents.map { ($0, (lower: Point2D($1.lower.x, bottom), upper: Point2D($1.upper.x, top))) }
        var pictures: [LevelPicture] = []
        var corner = Point2D(Self.gap, Self.gap + Self.title)
        var rowHeight = 0.0
        var width = 0.0
        for (index, (level, bounds)) in drawn.enumerated() {
            if index > 0, index % columns == 0 {
                corner = Point2D(Self.gap, corner.y + rowHeight + Self.gap + Self.title)
                rowHeight = 0
            }
            let picture = LevelPicture(building, level, bounds: bounds, scale: scale, corner: corner)
            pictures.append(picture)
            rowHeight = max(rowHeight, picture.size.y)
            corner.x += picture.size.x + 2 * Self.gap
            width = max(width, corner.x - Self.gap)
        }
        levels = pictures
        self.route = route
        self.scale = scale
        // The legend needs room too.
        size = Point2D(max(width, 560), corner.y + rowHeight + Self.gap + Self.legend)
    }

    /// The picture as SVG.
    func svg() -> String {
        var canvas = SVGCanvas()
        for picture in levels {
            picture.draw(on: &canvas, route: route)
            let metres = (picture.level.elevation * 10).rounded() / 10
            canvas.text(
                "\(picture.level.id)   \(metres) m", at: picture.corner - Point2D(0, 14), size: 15, colour: Colour.text,
                isBold: true)
        }
        if let route {
            drawRides(of: route, on: &canvas)
            drawEnds(of: route, on: &canvas)
        }
        drawLegend(on: &canvas)
        return canvas.svg(width: size.x, height: size.y)
    }

    /// A ride is a dashed curve from the car on one level to the car on the other.
    private func drawRides(of route: Route, on canvas: inout SVGCanvas) {
        for case .lift(let ride) in route.steps {
            guard let from = levels.first(where: { $0.level.id == ride.from }),
                let to = levels.first(where: { $0.level.id == ride.to })
            else { continue }
            let (a, b) = (from.pixel(ride.cabinPose.position), to.pixel(ride.cabinPose.position))
            let along = b - a
            let bow = Point2D(along.y, -along.x) * (along.x < 0 ? -0.12 : 0.12)
            let control = (a + b) * 0.5 + bow
            canvas.curve(a, control, b, Stroke(colour: Colour.route, width: 2.5, dash: "7,6"))
            for end in [a, b] { canvas.dot(end, radius: 5, fill: "white", Stroke(colour: Colour.route, width: 2.5)) }
            let words = "\(ride.lift): \(ride.from) to \(ride.to)"
            let middle = (a + b) * 0.25 + control * 0.5
            canvas.text(words, at: middle + Point2D(-40, -6), size: 12, colour: Colour.route, isBold: true)
        }
    }

    private func drawEnds(of route: Route, on canvas: inout SVGCanvas) {
        for (end, fill) in [(route.steps.first?.start, "white"), (route.steps.last?.end, Colour.route)] {
            guard let end, let picture = levels.first(where: { $0.level.id == end.level }) else { continue }
            canvas.dot(picture.pixel(end.position), radius: 7, fill: fill, Stroke(colour: Colour.route, width: 3))
        }
    }

    private func drawLegend(on canvas: inout SVGCanvas) {
        let y = size.y - 24
        var x = Self.gap
        func entry(_ words: String, _ mark: (inout SVGCanvas, Point2D) -> Void) {
            mark(&canvas, Point2D(x, y))
            canvas.text(words, at: Point2D(x + 26, y + 4), size: 11, colour: Colour.text)
            x += 26 + Double(words.count) * 6.8 + 14
        }
        func stroke(_ colour: String, _ width: Double) -> (inout SVGCanvas, Point2D) -> Void {
            { $0.line($1, $1 + Point2D(20, 0), Stroke(colour: colour, width: width)) }
        }
        entry("wall", stroke(Colour.wall, 2))
        entry("glass", stroke(Colour.glass, 2))
        entry("lane") { canvas, point in
            canvas.line(point, point + Point2D(20, 0), Stroke(colour: Colour.lane, width: 1.6))
        }
        entry("one way") { canvas, point in
            canvas.line(point, point + Point2D(20, 0), Stroke(colour: Colour.lane, width: 1.6))
            canvas.arrowhead(at: point + Point2D(14, 0), direction: 0, size: 8, fill: "#808080")
        }
        entry("door", stroke(Colour.door, 4))
        entry("lift", stroke(Colour.lift, 4))
        entry("place") { $0.dot($1 + Point2D(12, 0), radius: 4, fill: Colour.place) }
        entry("charger") {
            $0.dot($1 + Point2D(12, 0), radius: 4, fill: Colour.place, Stroke(colour: Colour.charger, width: 3))
        }
        if route != nil { entry("route", stroke(Colour.route, 4)) }
        drawScale(on: &canvas)
    }

    /// A bar of a round length, about a tenth of the picture.
    private func drawScale(on canvas: inout SVGCanvas) {
        let lengths = [1.0, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
        let length = lengths.last { $0 * scale <= max(size.x / 8, 60) } ?? 1
        let start = Point2D(Self.gap, size.y - Self.legend + 8)
        let end = start + Point2D(length * scale, 0)
        let stroke = Stroke(colour: Colour.text, width: 1.5)
        canvas.line(start, end, stroke)
        for tick in [start, end] { canvas.line(tick - Point2D(0, 4), tick + Point2D(0, 4), stroke) }
        canvas.text("\(Int(length)) m", at: end + Point2D(8, 4), size: 11, colour: Colour.text)
    }
}

extension RouteStep {
    fileprivate var start: (level: LevelID, position: Point2D)? {
        switch self {
        case .drive(let drive): drive.path.first.map { (drive.level, $0) }
        case .door(let door): (door.level, door.holdPose.position)
        case .lift(let lift): (lift.from, lift.hallPose.position)
        }
    }

    fileprivate var end: (level: LevelID, position: Point2D)? {
        switch self {
        case .drive(let drive): drive.path.last.map { (drive.level, $0) }
        case .door(let door): (door.level, door.clearPose.position)
        case .lift(let lift): (lift.to, lift.exitPose.position)
        }
    }
}

extension Building {
    /// The smallest rectangle around all that is drawn of a level, metres.
    fileprivate func bounds(of level: Level) -> (lower: Point2D, upper: Point2D)? {
        guard var box = level.bounds else { return nil }
        for point in doors(on: level.id).flatMap({ [$0.a, $0.b] })
            + lifts.values.flatMap({ lift -> [Point2D] in
                guard lift.doors[level.id] != nil else { return [] }
                let (w, d) = (lift.width / 2, lift.depth / 2)
                return [Point2D(-w, -d), Point2D(w, -d), Point2D(w, d), Point2D(-w, d)].map(lift.pose.transform)
            })
        {
            box.lower = Point2D(min(box.lower.x, point.x), min(box.lower.y, point.y))
            box.upper = Point2D(max(box.upper.x, point.x), max(box.upper.y, point.y))
        }
        return box
    }

    /// A picture of levels side by side, by rising elevation: walls black, glass blue, lanes grey, doors brown, lifts
    /// green, places red with their headings, and, if given, a route orange, its rides dashed from level to level.
    ///
    /// - Parameters:
    ///   - levels: Which levels; all when left out. nil is given back when one does not exist, or nothing is drawn.
    ///   - scale: Pixels a metre; when left out, a level fits into some 900 pixels.
    public func renderSVG(levels: [LevelID]? = nil, route: Route? = nil, scale: Double? = nil) -> String? {
        let chosen = levels.map { $0.compactMap(level) } ?? self.levels
        guard chosen.count == levels?.count ?? chosen.count else { return nil }
        let extent = chosen.compactMap(bounds).map { max($0.upper.x - $0.lower.x, $0.upper.y - $0.lower.y) }.max() ?? 0
        let fitting = min(max(900 / max(extent, 1), 0.5), 60)
        // Some few levels stand in a row, as in a section through the building.
        let columns = chosen.count <= 4 ? 4 : 3
        return BuildingPicture(self, levels: chosen, route: route, scale: scale ?? fitting, columns: columns)?.svg()
    }

    /// A picture of one level; nil for one that does not exist.
    public func renderSVG(_ id: LevelID, route: Route? = nil, scale: Double? = nil) -> String? {
        renderSVG(levels: [id], route: route, scale: scale)
    }
}

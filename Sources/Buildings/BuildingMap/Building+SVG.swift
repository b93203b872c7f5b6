public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

extension Building {
    /// A picture of a level: walls black, glass blue, lanes grey, doors brown, lifts green, places red with their
    /// headings, and, if given, a route's part on this level orange. nil for a level that does not exist.
    ///
    /// `scale` is in pixels a metre. Distances in the SVG are metres, turned over so that y points up.
    public func renderSVG(_ id: LevelID, route: Route? = nil, scale: Double = 50) -> String? {
        guard let level = level(id), let bounds = level.bounds else { return nil }
        let margin = 0.6
        let size = bounds.upper - bounds.lower + Point2D(2 * margin, 2 * margin)
        var picture = SVGPicture(scale: scale, size: size)
        picture.open(viewX: bounds.lower.x - margin, viewY: -bounds.upper.y - margin)
        picture.comment("level \(id), elevation \(level.elevation) m")
        for lane in level.lanes {
            picture.line(level.segment(of: lane), colour: "#bbbbbb", width: 0.04)
        }
        for lift in lifts.values.sorted(by: { $0.id < $1.id }) where lift.doors[id] != nil {
            let (w, d) = (lift.width / 2, lift.depth / 2)
            let corners = [Point2D(-w, -d), Point2D(w, -d), Point2D(w, d), Point2D(-w, d)].map(lift.pose.transform)
            picture.polygon(corners, fill: "#d8f0d8")
            picture.text(lift.id.rawValue, at: lift.pose.transform(Point2D(0, d * 0.6)), colour: "#207020")
            for door in lift.doors[id] ?? [] { picture.line(door.segment, colour: "#30a030", width: 0.1) }
        }
        for wall in level.walls {
            picture.line(wall.segment, colour: wall.material == .glass ? "#4090ff" : "#000000", width: 0.06)
        }
        for door in doors(on: id) {
            picture.line(door.segment, colour: door.isGlass ? "#80c0ff" : "#b06020", width: 0.1)
            picture.text(door.id.rawValue, at: door.segment.middle + Point2D(0.1, 0.2), colour: "#804010")
        }
        for vertex in level.vertices { picture.dot(vertex.position, radius: 0.06, colour: "#888888") }
        for path in route?.paths(on: id) ?? [] { picture.polyline(path, colour: "#ff8000", width: 0.08) }
        for place in level.places.values.sorted(by: { $0.id < $1.id }) {
            picture.dot(place.position, radius: 0.12, colour: "#d02020")
            if let yaw = place.yaw {
                let tip = place.position + Point2D(cos(yaw), sin(yaw)) * 0.5
                picture.line(Segment(place.position, tip), colour: "#d02020", width: 0.05)
            }
            picture.text(place.id.rawValue, at: place.position + Point2D(0.2, 0.2), colour: "#d02020")
        }
        return picture.closed()
    }
}

extension Route {
    /// The polylines of the route on a level, in order.
    fileprivate func paths(on level: LevelID) -> [[Point2D]] {
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

/// Elements of an SVG, with y turned over.
private struct SVGPicture {
    let scale: Double
    let size: Point2D
    private var text = ""

    init(scale: Double, size: Point2D) {
        self.scale = scale
        self.size = size
    }

    mutating func open(viewX: Double, viewY: Double) {
        let view = [viewX, viewY, size.x, size.y].map(number).joined(separator: " ")
        text += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(size.x * scale))\" "
        text += "height=\"\(number(size.y * scale))\" viewBox=\"\(view)\" font-family=\"sans-serif\">\n"
        text += "<rect x=\"\(number(viewX))\" y=\"\(number(viewY))\" width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    }

    mutating func comment(_ words: String) { text += "<!-- \(words) -->\n" }

    mutating func line(_ s: Segment, colour: String, width: Double) {
        polyline([s.a, s.b], colour: colour, width: width)
    }

    mutating func polyline(_ points: [Point2D], colour: String, width: Double) {
        text += "<polyline points=\"\(list(points))\" fill=\"none\" stroke=\"\(colour)\" "
        text += "stroke-width=\"\(number(width))\" stroke-linecap=\"round\"/>\n"
    }

    mutating func polygon(_ points: [Point2D], fill: String) {
        text += "<polygon points=\"\(list(points))\" fill=\"\(fill)\"/>\n"
    }

    mutating func dot(_ p: Point2D, radius: Double, colour: String) {
        text += "<circle cx=\"\(number(p.x))\" cy=\"\(number(-p.y))\" r=\"\(number(radius))\" fill=\"\(colour)\"/>\n"
    }

    mutating func text(_ words: String, at p: Point2D, colour: String) {
        let safe = words.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;"][$0] ?? String($0) }.joined()
        text += "<text x=\"\(number(p.x))\" y=\"\(number(-p.y))\" font-size=\"0.3\" fill=\"\(colour)\">\(safe)</text>\n"
    }

    func closed() -> String { text + "</svg>\n" }

    private func list(_ points: [Point2D]) -> String {
        points.map { "\(number($0.x)),\(number(-$0.y))" }.joined(separator: " ")
    }

    /// Millimetres are enough for a picture.
    private func number(_ x: Double) -> String { "\((x * 1000).rounded() / 1000 + 0)" }
}

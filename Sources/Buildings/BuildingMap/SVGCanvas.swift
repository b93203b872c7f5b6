import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Elements of an SVG in pixels, x to the right and y down.
struct SVGCanvas {
    /// How a line is drawn.
    struct Stroke {
        var colour: String
        /// Pixels.
        var width: Double
        /// "on,off" in pixels; nil for a solid line.
        var dash: String?
    }

    private(set) var elements = ""

    mutating func polyline(_ points: [Point2D], _ stroke: Stroke) {
        elements += "<polyline points=\"\(list(points))\" fill=\"none\" \(attributes(stroke))/>\n"
    }

    mutating func line(_ a: Point2D, _ b: Point2D, _ stroke: Stroke) { polyline([a, b], stroke) }

    mutating func polygon(_ points: [Point2D], fill: String, _ stroke: Stroke? = nil) {
        elements += "<polygon points=\"\(list(points))\" fill=\"\(fill)\" \(stroke.map(attributes) ?? "")/>\n"
    }

    /// A quadratic curve from `a` to `b`, drawn towards `control`.
    mutating func curve(_ a: Point2D, _ control: Point2D, _ b: Point2D, _ stroke: Stroke) {
        let path = "M \(list([a])) Q \(list([control])) \(list([b]))"
        elements += "<path d=\"\(path)\" fill=\"none\" \(attributes(stroke))/>\n"
    }

    mutating func dot(_ center: Point2D, radius: Double, fill: String, _ stroke: Stroke? = nil) {
        elements += "<circle cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" r=\"\(number(radius))\" "
        elements += "fill=\"\(fill)\" \(stroke.map(attributes) ?? "")/>\n"
    }

    /// A triangle whose tip is at a point, looking along a direction (radians, y down).
    mutating func arrowhead(at tip: Point2D, direction: Double, size: Double, fill: String) {
        let along = Point2D(cos(direction), sin(direction))
        let across = Point2D(-along.y, along.x)
        let base = tip - along * size
        polygon([tip, base + across * (size * 0.45), base - across * (size * 0.45)], fill: fill)
    }

    /// Text with a white halo, so that it can be read across lines; `at` is the left end of its base line.
    mutating func text(_ words: String, at point: Point2D, size: Double, colour: String, isBold: Bool = false) {
        let place = "x=\"\(number(point.x))\" y=\"\(number(point.y))\" font-size=\"\(number(size))\""
        let style = "fill=\"\(colour)\"\(isBold ? " font-weight=\"bold\"" : "")"
        let halo = "stroke=\"white\" stroke-width=\"3\" stroke-linejoin=\"round\""
        // The halo is an element of its own: not every viewer paints a stroke below the letters.
        elements += "<text \(place) \(style) \(halo) aria-hidden=\"true\">\(escaped(words))</text>\n"
        elements += "<text \(place) \(style)>\(escaped(words))</text>\n"
    }

    /// The whole picture, in pixels.
    func svg(width: Double, height: Double) -> String {
        let size = "width=\"\(number(width))\" height=\"\(number(height))\""
        let view = "viewBox=\"0 0 \(number(width)) \(number(height))\""
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(view) font-family=\"DejaVu Sans, sans-serif\">\n"
            + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\(elements)</svg>\n"
    }

    private func attributes(_ stroke: Stroke) -> String {
        "stroke=\"\(stroke.colour)\" stroke-width=\"\(number(stroke.width))\" stroke-linecap=\"round\" "
            + "stroke-linejoin=\"round\"" + (stroke.dash.map { " stroke-dasharray=\"\($0)\"" } ?? "")
    }

    private func list(_ points: [Point2D]) -> String {
        points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    }

    /// Hundredths of a pixel are enough.
    private func number(_ x: Double) -> String { "\((x * 100).rounded() / 100 + 0)" }

    private func escaped(_ words: String) -> String {
        words.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;"][$0] ?? String($0) }.joined()
    }
}

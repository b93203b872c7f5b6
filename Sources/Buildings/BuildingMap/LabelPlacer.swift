import RobotModel

/// Finds places for labels where they cover neither each other nor the marks that they belong to.
struct LabelPlacer {
    private struct Box {
        var lower: Point2D
        var upper: Point2D

        func overlap(_ other: Box) -> Double {
            let width = min(upper.x, other.upper.x) - max(lower.x, other.lower.x)
            let height = min(upper.y, other.upper.y) - max(lower.y, other.lower.y)
            return width > 0 && height > 0 ? width * height : 0
        }
    }

    private var taken: [Box] = []
    private let width: Double
    private let height: Double

    /// The room for labels, pixels.
    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// Keeps labels off a mark.
    mutating func avoid(_ center: Point2D, radius: Double) {
        let corner = Point2D(radius, radius)
        taken.append(Box(lower: center - corner, upper: center + corner))
    }

    /// Keeps labels off a line, where they can.
    mutating func avoid(from a: Point2D, to b: Point2D) {
        // A large drawing has more lines than are worth looking at.
        guard taken.count < 20_000 else { return }
        let length = a.distance(to: b)
        guard length.isFinite, length < 60_000 else { return }
        let steps = max(Int(length / 6), 1)
        for step in 0...steps { avoid(a + (b - a) * (Double(step) / Double(steps)), radius: 2) }
    }

    /// The left end of a label's base line beside a mark; nil where `isOptional` and every place is taken.
    ///
    /// The letters of DejaVu Sans are 0.6 of its size wide on average, and 0.75 high.
    mutating func place(
        _ words: String, beside mark: Point2D, gap: Double, size: Double, isOptional: Bool = false
    ) -> Point2D? {
        let length = Double(words.count) * size * 0.6
        let rise = size * 0.75
        let candidates = [
            Point2D(gap, rise / 2), Point2D(-gap - length, rise / 2), Point2D(-length / 2, -gap),
            Point2D(-length / 2, gap + rise), Point2D(gap, -gap), Point2D(gap, gap + rise),
            Point2D(-gap - length, -gap), Point2D(-gap - length, gap + rise),
            Point2D(-length / 2, -gap - 1.5 * size), Point2D(-length / 2, gap + rise + 1.5 * size),
            Point2D(gap, -gap - 1.5 * size), Point2D(-gap - length, gap + rise + 1.5 * size),
        ]
        let boxes = candidates.map { offset in
            let left = mark + offset
            return Box(lower: left - Point2D(1, rise + 1), upper: left + Point2D(length + 1, 2))
        }
        let costs = boxes.map(cost)
        guard let best = costs.indices.min(by: { costs[$0] < costs[$1] }) else { return nil }
        if isOptional, costs[best] > 0 { return nil }
        taken.append(boxes[best])
        return mark + candidates[best]
    }

    /// Square pixels that are covered twice, or lie outside.
    private func cost(_ box: Box) -> Double {
        let inside = Box(lower: Point2D(0, 0), upper: Point2D(width, height)).overlap(box)
        let size = box.upper - box.lower
        return taken.reduce(size.x * size.y - inside) { $0 + $1.overlap(box) }
    }
}

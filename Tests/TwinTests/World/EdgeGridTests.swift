import RobotModel
import Testing
import Twin

struct EdgeGridTests {
    /// A square room of 10 m around the origin.
    private let room = [
        Edge(Point2D(-5, -5), Point2D(5, -5)), Edge(Point2D(5, -5), Point2D(5, 5)),
        Edge(Point2D(5, 5), Point2D(-5, 5)), Edge(Point2D(-5, 5), Point2D(-5, -5)),
    ]

    @Test("a ray in a square room is as long as geometry says")
    func square() {
        let grid = EdgeGrid(room)
        for step in 0..<3600 {
            let angle = Double(step) * .pi / 1800
            let (dx, dy) = (cosine(angle), sine(angle))
            let start = Point2D(1.5, -2.25)
            let toX = dx == 0 ? Double.infinity : ((dx > 0 ? 5 : -5) - start.x) / dx
            let toY = dy == 0 ? Double.infinity : ((dy > 0 ? 5 : -5) - start.y) / dy
            let range = grid.cast(from: start, dx: dx, dy: dy, limit: 18).range
            #expect(abs(range - min(toX, toY)) < 1e-9, "at \(angle) rad")
        }
    }

    @Test("the grid finds exactly what looking at every edge finds")
    func agreesWithAll() {
        var random = SeededRandom(seed: 7)
        func point() -> Point2D {
            Point2D(Double.random(in: -8...8, using: &random), Double.random(in: -8...8, using: &random))
        }
        let edges = (0..<120).map { _ -> Edge in
            let a = point()
            let b = Point2D(
                a.x + Double.random(in: -2...2, using: &random), a.y + Double.random(in: -2...2, using: &random))
            return Edge(a, b)
        }
        let grid = EdgeGrid(edges)
        for _ in 0..<4000 {
            let start = point()
            let angle = Double.random(in: 0..<2 * .pi, using: &random)
            let (dx, dy) = (cosine(angle), sine(angle))
            let all = edges.compactMap { $0.hit(from: start, dx: dx, dy: dy) }.filter { $0 < 18 }.min() ?? 18
            #expect(abs(grid.cast(from: start, dx: dx, dy: dy, limit: 18).range - all) < 1e-9)
        }
    }

    @Test("glass lets the ray through and is reported with it")
    func glass() {
        let grid = EdgeGrid(room + [Edge(Point2D(2, -5), Point2D(2, 5), isGlass: true)])
        let hit = grid.cast(from: Point2D(0, 0), dx: 1, dy: 0, limit: 18)
        #expect(abs(hit.range - 5) < 1e-9)
        #expect(abs((hit.glass?.range ?? 0) - 2) < 1e-9)
        #expect(grid.cast(from: Point2D(0, 0), dx: -1, dy: 0, limit: 18).glass == nil)
    }

    @Test("what is near a point is among what the grid offers")
    func near() {
        let grid = EdgeGrid(room)
        var found: Set<Edge> = []
        grid.forEach(near: Point2D(4.5, 4.5), radius: 0.6) { found.insert($0) }
        #expect(found == [room[1], room[2]])
    }
}

struct HullTests {
    private let hull = Hull(length: 0.66, width: 0.52)

    @Test("gaps are measured from the hull's edge, whichever side or corner is nearest")
    func gaps() {
        #expect(abs(hull.gap(to: Point2D(1, -1), Point2D(1, 1)).distance - 0.67) < 1e-12)
        #expect(abs(hull.gap(to: Point2D(-1, 0.5), Point2D(1, 0.5)).distance - 0.24) < 1e-12)
        let corner = hull.gap(to: Point2D(0.33 + 0.3, 0.26 + 0.4), Point2D(2, 2))
        #expect(abs(corner.distance - 0.5) < 1e-12)
        // A short edge beside a long side: its end is nearest.
        #expect(abs(hull.gap(to: Point2D(0, 0.36), Point2D(0, 1)).distance - 0.10) < 1e-12)
    }

    @Test("an edge that crosses the hull leaves no gap, even when both its ends are outside")
    func crossing() {
        #expect(hull.gap(to: Point2D(-1, 0), Point2D(1, 0.1)).distance == 0)
        #expect(hull.distance(to: Point2D(0.1, 0.1)) == 0)
    }
}

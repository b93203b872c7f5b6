import BuildingMap
import RobotModel
import Testing

struct SegmentTests {
    let segment = Segment(Point2D(0, 0), Point2D(4, 0))

    @Test("a crossing is told as the share of the way, from either side")
    func crossing() {
        #expect(segment.crossing(Segment(Point2D(1, -1), Point2D(1, 1))) == 0.25)
        #expect(segment.crossing(Segment(Point2D(1, 1), Point2D(1, -1))) == 0.25)
        #expect(Segment(Point2D(4, 0), Point2D(0, 0)).crossing(Segment(Point2D(1, -1), Point2D(1, 1))) == 0.75)
    }

    @Test("what ends before the other, or runs beside it, does not cross it")
    func noCrossing() {
        #expect(segment.crossing(Segment(Point2D(5, -1), Point2D(5, 1))) == nil)
        #expect(segment.crossing(Segment(Point2D(1, 0.5), Point2D(1, 1))) == nil)
        #expect(segment.crossing(Segment(Point2D(0, 1), Point2D(4, 1))) == nil)
        #expect(segment.crossing(Segment(Point2D(1, 0), Point2D(3, 0))) == nil)
    }

    @Test("the nearest point is an end where the foot lies outside")
    func nearest() {
        #expect(segment.distance(to: Point2D(1, 2)) == 2)
        #expect(segment.distance(to: Point2D(7, 4)) == 5)
        #expect(segment.share(nearest: Point2D(-3, 1)) == 0)
        #expect(Segment(Point2D(1, 1), Point2D(1, 1)).distance(to: Point2D(1, 3)) == 2)
    }
}

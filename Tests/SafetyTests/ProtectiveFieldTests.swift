import Glibc
import RobotModel
import Safety
import Testing

@Suite("The protective field")
struct ProtectiveFieldTests {
    static func field(_ muting: ProtectiveField.Muting = .none) -> ProtectiveField {
        var field = ProtectiveField(length: 0.66, width: 0.52, mount: Pose2D(), deceleration: 1.2)
        field.muting = muting
        return field
    }

    /// What a field says after two revolutions of 720 beams among points.
    static func judge(
        _ field: ProtectiveField, _ points: [Point2D], _ twist: Twist2D
    ) -> (protective: Bool, warning: Bool) {
        var field = field
        for _ in 0..<2 {
            for (index, point) in points.enumerated() {
                var angle = atan2(point.y, point.x)
                if angle < 0 { angle += 2 * .pi }
                field.take(
                    LaserSample(
                        time: .zero, angle: Float(angle), range: Float(point.length), intensity: 40,
                        startsRevolution: index == 0), twist: twist)
            }
        }
        return field.intrusion
    }

    static func wall(_ a: Point2D, _ b: Point2D) -> [Point2D] {
        let count = max(4, Int(a.distance(to: b) / 0.02))
        return (0...count).map { a + (b - a) * (Double($0) / Double(count)) }
    }

    @Test("a doorway of 1.1 m is no intrusion, at any speed")
    func doorway() {
        let walls =
            Self.wall(Point2D(-3, 0.55), Point2D(3, 0.55)) + Self.wall(Point2D(-3, -0.55), Point2D(3, -0.55))
        for speed in [-0.3, 0.1, 0.5, 0.9] {
            let result = Self.judge(Self.field(), walls, Twist2D(linear: speed))
            #expect(!result.protective && !result.warning)
        }
        // Off its middle by 0.2 m, it is near but not in the way.
        let near = Self.wall(Point2D(-3, 0.33), Point2D(3, 0.33))
        #expect(!Self.judge(Self.field(), near, Twist2D(linear: 0.5)).protective)
        #expect(Self.judge(Self.field(), near, Twist2D(linear: 0.5)).warning)
        #expect(!Self.judge(Self.field(.narrow), near, Twist2D(linear: 0.5)).warning)
    }

    @Test("the field ahead is at least the braking distance, and grows with the speed", arguments: [0.2, 0.5, 0.9])
    func ahead(speed: Double) {
        let braking = speed * 0.1 + speed * speed / 2 / 1.2
        func intrudes(_ gap: Double, _ muting: ProtectiveField.Muting) -> Bool {
            let thing = Self.wall(Point2D(0.33 + gap, -0.1), Point2D(0.33 + gap, 0.1))
            return Self.judge(Self.field(muting), thing, Twist2D(linear: speed)).protective
        }
        for muting in [ProtectiveField.Muting.none, .narrow, .docking] {
            #expect(intrudes(braking, muting))
            #expect(intrudes(0.03, muting))
        }
        #expect(intrudes(braking + 0.09, .none))
        #expect(!intrudes(braking + 0.15, .none))
    }

    @Test("a stop at 0.4 m by the planner's own braking is neither a protective stop nor a warning")
    func planned() {
        for step in 1...90 {
            let speed = Double(step) * 0.01
            let gap = 0.4 + speed * 0.2 + speed * speed / 2 / (0.7 * 1.2)
            let thing = Self.wall(Point2D(0.33 + gap, -0.5), Point2D(0.33 + gap, 0.5))
            let result = Self.judge(Self.field(), thing, Twist2D(linear: speed))
            #expect(!result.protective && !result.warning, "\(speed)")
        }
    }

    @Test("docking at 0.15 m/s may come within a few centimetres, faster may not")
    func docking() {
        let box = Self.wall(Point2D(0.33 + 0.08, -0.2), Point2D(0.33 + 0.08, 0.2))
        #expect(!Self.judge(Self.field(.docking), box, Twist2D(linear: 0.15)).protective)
        #expect(Self.judge(Self.field(.docking), box, Twist2D(linear: 0.3)).protective)
        #expect(Self.judge(Self.field(.none), box, Twist2D(linear: 0.15)).protective)
        let touching = Self.wall(Point2D(0.33 + 0.03, -0.2), Point2D(0.33 + 0.03, 0.2))
        #expect(Self.judge(Self.field(.docking), touching, Twist2D(linear: 0.15)).protective)
    }

    @Test("a robot that stands beside or before something may stand, and drive away from it")
    func away() {
        let ahead = Self.wall(Point2D(0.36, -0.3), Point2D(0.36, 0.3))
        #expect(Self.judge(Self.field(), ahead, .zero) == (false, false))
        #expect(Self.judge(Self.field(), ahead, Twist2D(linear: -0.2)) == (false, false))
        #expect(Self.judge(Self.field(), ahead, Twist2D(linear: 0.2)).protective)
        let behind = Self.wall(Point2D(-0.40, -0.3), Point2D(-0.40, 0.3))
        #expect(Self.judge(Self.field(), behind, Twist2D(linear: 0.5)) == (false, false))
        #expect(Self.judge(Self.field(), behind, Twist2D(linear: -0.2)).protective)
    }

    @Test("a turn on the spot is stopped by what its corners would sweep, not by a wall beside it")
    func turning() {
        let wall = Self.wall(Point2D(-2, 0.5), Point2D(2, 0.5))
        #expect(!Self.judge(Self.field(), wall, Twist2D(angular: 1)).protective)
        // A post right beside the front corner, on the side to which it turns.
        let post = Self.wall(Point2D(0.25, 0.29), Point2D(0.28, 0.31))
        #expect(Self.judge(Self.field(), post, Twist2D(angular: 1)).protective)
        #expect(!Self.judge(Self.field(), post, Twist2D(angular: -1)).protective)
    }

    @Test("in a curve the field bends with the way")
    func curve() {
        let left = Self.wall(Point2D(0.55, 0.3), Point2D(0.60, 0.32))
        #expect(Self.judge(Self.field(), left, Twist2D(linear: 0.7, angular: 1)).protective)
        #expect(!Self.judge(Self.field(), left, Twist2D(linear: 0.7, angular: -1)).protective)
    }

    @Test("one or two points are noise; the robot's own and missing ranges are none")
    func noise() {
        let thing = [Point2D(0.5, 0), Point2D(0.5, 0.02), Point2D(0.5, 0.04)]
        let twist = Twist2D(linear: 0.5)
        #expect(!Self.judge(Self.field(), Array(thing.prefix(2)), twist).protective)
        #expect(Self.judge(Self.field(), thing, twist).protective)
        let own = Self.wall(Point2D(0.2, -0.1), Point2D(0.2, 0.1))
        #expect(!Self.judge(Self.field(), own, twist).protective)
        let nothing = (0..<20).map { _ in Point2D(0, 0) }
        #expect(!Self.judge(Self.field(), nothing, twist).protective)
    }

    @Test("an intrusion is over a revolution after it has gone")
    func over() {
        var field = Self.field()
        func turn(_ points: [Point2D]) {
            for index in 0..<720 {
                let angle = Double(index) * (2 * .pi / 720)
                let point = points.first { abs(atan2($0.y, $0.x) - angle) < 0.004 }
                field.take(
                    LaserSample(
                        time: .zero, angle: Float(angle), range: Float(point?.length ?? 5), intensity: 40,
                        startsRevolution: index == 0), twist: Twist2D(linear: 0.5))
            }
        }
        turn([])
        #expect(!field.intrusion.protective)
        turn(Self.wall(Point2D(0.5, 0.01), Point2D(0.5, 0.1)))
        #expect(field.intrusion.protective)
        turn([])
        turn([])
        #expect(!field.intrusion.protective)
    }

    @Test("the laser's place and heading on the robot count")
    func mount() {
        var field = ProtectiveField(
            length: 0.66, width: 0.52, mount: Pose2D(x: 0.2, y: 0, yaw: .pi), deceleration: 1.2)
        // Straight behind the turned laser is ahead of the robot: at 0.2 + 0.35 m.
        for index in 0..<5 {
            field.take(
                LaserSample(
                    time: .zero, angle: Float(Double.pi + 0.02 * Double(index)), range: 0.35, intensity: 40,
                    startsRevolution: false), twist: Twist2D(linear: 0.5))
        }
        #expect(field.intrusion.protective == true)
    }

    @Test("of two LiDARs either one's points make an intrusion, each from its own mount, and neither's are added up")
    func twoLidars() {
        // One looks ahead from the front edge, the other back from the rear edge.
        func field() -> ProtectiveField {
            ProtectiveField(
                length: 0.66, width: 0.52,
                lidars: [(Pose2D(x: 0.3, y: 0, yaw: 0), 0.05), (Pose2D(x: -0.3, y: 0, yaw: .pi), 0.05)],
                deceleration: 1.2)
        }
        func points(_ field: inout ProtectiveField, _ count: Int, from lidar: Int, range: Float, _ twist: Twist2D) {
            for index in 0..<count {
                field.take(
                    LaserSample(
                        time: .zero, angle: Float(0.02 * Double(index)), range: range, intensity: 40,
                        startsRevolution: false), from: lidar, twist: twist)
            }
        }
        let (forward, back) = (Twist2D(linear: 0.5), Twist2D(linear: -0.5))
        for lidar in 0..<2 {
            var ahead = field()
            points(&ahead, 3, from: lidar, range: 0.15, forward)
            #expect(ahead.intrusion.protective == (lidar == 0))
            var behind = field()
            points(&behind, 3, from: lidar, range: 0.15, back)
            #expect(behind.intrusion.protective == (lidar == 1))
        }
        var noise = field()
        points(&noise, 2, from: 0, range: 0.15, forward)
        points(&noise, 2, from: 1, range: 0.8, forward)
        #expect(!noise.intrusion.protective)
        // A LiDAR that the robot does not have.
        points(&noise, 5, from: 2, range: 0.15, forward)
        #expect(!noise.intrusion.protective)
        // A revolution of one does not end what the other sees.
        var both = field()
        points(&both, 3, from: 0, range: 0.15, forward)
        for _ in 0..<3 {
            both.take(
                LaserSample(time: .zero, angle: 0, range: 3, intensity: 40, startsRevolution: true), from: 1,
                twist: forward)
        }
        #expect(both.intrusion.protective)
    }
}

import Estimation
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct OdometryTests {
    private let radius = 0.085
    private let separation = 0.44

    private func sample(_ left: Double, _ right: Double, at milliseconds: Int64) -> Stamped<WheelState> {
        var wheels = WheelState()
        wheels.leftPosition = left
        wheels.rightPosition = right
        return Stamped(wheels, at: Instant(nanoseconds: milliseconds * 1_000_000))
    }

    @Test("equal wheels drive straight ahead, whatever the counters showed at power-up")
    func straight() {
        var odometry = Odometry(wheelRadius: radius, wheelSeparation: separation)
        odometry.update(sample(100, -40, at: 0))
        for step in 1...100 {
            let angle = Double(step) * 0.1
            odometry.update(sample(100 + angle, -40 + angle, at: Int64(step) * 20))
        }
        #expect(abs(odometry.pose.x - 10 * radius) < 1e-12)
        #expect(abs(odometry.pose.y) < 1e-12)
        #expect(abs(odometry.pose.yaw) < 1e-12)
    }

    @Test("a circle closes, and its middle is where geometry puts it", arguments: [20, 200, 2000])
    func circle(steps: Int) {
        var odometry = Odometry(wheelRadius: radius, wheelSeparation: separation)
        odometry.update(sample(0, 0, at: 0))
        // Left wheel on a circle of 0.78 m, right wheel on one of 1.22 m.
        let left = 2 * Double.pi * 0.78 / radius
        let right = 2 * Double.pi * 1.22 / radius
        for step in 1...steps {
            let share = Double(step) / Double(steps)
            odometry.update(sample(left * share, right * share, at: Int64(step) * 10_000 / Int64(steps)))
            let expected = Pose2D(x: sin(2 * .pi * share), y: 1 - cos(2 * .pi * share), yaw: 2 * .pi * share)
            #expect(odometry.pose.position.distance(to: expected.position) < 1e-9)
            #expect(abs(normalizedAngle(odometry.pose.yaw - expected.yaw)) < 1e-9)
        }
    }

    @Test("a sample read twice, an older one and one that is no number change nothing")
    func repeats() {
        var odometry = Odometry(wheelRadius: radius, wheelSeparation: separation)
        let wasFirst = odometry.update(sample(0, 0, at: 0))
        let wasNew = odometry.update(sample(0.2, 0.3, at: 20))
        #expect(wasFirst && wasNew)
        let pose = odometry.pose
        let wasRepeated = odometry.update(sample(0.25, 0.35, at: 20))
        let wasOlder = odometry.update(sample(0.1, 0.1, at: 10))
        let wasNaN = odometry.update(sample(.nan, 0.4, at: 40))
        #expect(!wasRepeated && !wasOlder && !wasNaN)
        #expect(odometry.pose == pose)
        #expect(odometry.rebases == 0)
    }

    @Test("a counter that jumps is a new zero and not a motion")
    func jump() {
        var odometry = Odometry(wheelRadius: radius, wheelSeparation: separation)
        odometry.update(sample(500, 500, at: 0))
        odometry.update(sample(500.2, 500.2, at: 20))
        let pose = odometry.pose
        odometry.update(sample(0, 0, at: 40))
        #expect(odometry.pose == pose)
        #expect(odometry.rebases == 1)
        odometry.update(sample(0.2, 0.2, at: 60))
        #expect(abs(odometry.pose.x - 2 * 0.2 * radius) < 1e-12)
    }

    @Test("the twist is what the drive's own speeds say")
    func twist() {
        var odometry = Odometry(wheelRadius: radius, wheelSeparation: separation)
        var wheels = WheelState()
        wheels.leftVelocity = 4
        wheels.rightVelocity = 6
        odometry.update(Stamped(wheels, at: .zero))
        #expect(abs(odometry.twist.linear - 5 * radius) < 1e-12)
        #expect(abs(odometry.twist.angular - 2 * radius / separation) < 1e-12)
    }

    @Test("after a pause in the data the motion that the encoders counted is there, also when it is a long turn")
    func gap() {
        var odometry = Odometry(wheelRadius: radius, wheelSeparation: separation)
        odometry.update(sample(0, 0, at: 0))
        let angle = 2.5 * separation / 2 / radius
        odometry.update(sample(-angle, angle, at: 3000))
        #expect(abs(odometry.pose.yaw - 2.5) < 1e-9)
        #expect(odometry.pose.position.length < 1e-12)
        odometry.update(sample(-angle + 1, angle + 1, at: 3500))
        #expect(abs(odometry.pose.x - radius * cos(2.5)) < 1e-9)
        #expect(abs(odometry.pose.y - radius * sin(2.5)) < 1e-9)
    }

    @Test("beside a sample the pose lies on the arc of the present speed, but not far from it")
    func extrapolation() {
        var odometry = Odometry(wheelRadius: radius, wheelSeparation: separation)
        var wheels = WheelState()
        wheels.leftVelocity = (1 - 0.5 * separation) / radius
        wheels.rightVelocity = (1 + 0.5 * separation) / radius
        odometry.update(Stamped(wheels, at: Instant(nanoseconds: 0)))
        let soon = odometry.pose(at: Instant(nanoseconds: 50_000_000))
        #expect(abs(soon.x - sin(0.05)) < 1e-9)
        #expect(abs(soon.y - (1 - cos(0.05))) < 1e-9)
        #expect(abs(soon.yaw - 0.05) < 1e-9)
        #expect(odometry.pose(at: Instant(nanoseconds: 3_000_000_000)).x < 0.11)
        let before = odometry.pose(at: Instant(nanoseconds: -50_000_000))
        #expect(abs(before.x + sin(0.05)) < 1e-9)
        #expect(abs(before.yaw + 0.05) < 1e-9)
    }
}

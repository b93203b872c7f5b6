import Glibc
import Motion
import RobotModel
import Testing

@Suite("Shaping twists in the tick")
struct TwistShaperTests {
    static let limits = DriveSimulation.limits

    @Test("whatever is asked for, speed and acceleration keep their limits")
    func limitsHold() {
        var random = SeededRandom(seed: 3)
        var shaper = TwistShaper(limits: Self.limits)
        var target = Twist2D.zero
        var limit = SpeedLimit.none
        var last = Twist2D.zero
        for tick in 0..<60_000 {
            if tick % 137 == 0 {
                target = Twist2D(
                    linear: Double.random(in: -2...2, using: &random),
                    angular: Double.random(in: -3...3, using: &random))
                let choices: [SpeedLimit] = [.none, .slow(factor: 0.3), .smoothStop, .none]
                limit = choices[Int(random.next() % 4)]
            }
            let twist = shaper.step(target: target, limit: limit, dt: 0.001)
            #expect(abs(twist.linear) <= Self.limits.maxSpeed + 1e-9)
            #expect(abs(twist.angular) <= Self.limits.maxTurnRate + 1e-9)
            #expect(abs(twist.linear - last.linear) <= Self.limits.maxDeceleration * 0.001 + 1e-9)
            #expect(abs(twist.angular - last.angular) <= Self.limits.maxTurnAcceleration * 0.001 + 1e-9)
            if abs(twist.linear) > abs(last.linear) {
                #expect(abs(twist.linear - last.linear) <= Self.limits.maxAcceleration * 0.001 + 1e-9)
            }
            last = twist
        }
    }

    @Test("a stop keeps the curve, and a fast one is shorter")
    func stops() {
        func distance(_ limit: SpeedLimit) -> Double {
            var shaper = TwistShaper(limits: Self.limits)
            shaper.reset(to: Twist2D(linear: 0.8, angular: 0.4))
            var driven = 0.0
            for _ in 0..<2000 {
                let twist = shaper.step(target: Twist2D(linear: 0.8, angular: 0.4), limit: limit, dt: 0.001)
                if twist.linear > 1e-6 { #expect(abs(twist.angular / twist.linear - 0.5) < 1e-9) }
                driven += twist.linear * 0.001
            }
            #expect(shaper.current == .zero)
            return driven
        }
        let smooth = distance(.smoothStop)
        let fast = distance(.fastStop)
        #expect(abs(smooth - 0.8 * 0.8 / 2 / 1.2) < 0.01)
        #expect(fast < 0.55 * smooth)
    }

    @Test("after a reset the first command is what was measured, give or take one tick")
    func reset() {
        var shaper = TwistShaper(limits: Self.limits)
        for _ in 0..<1000 { _ = shaper.step(target: Twist2D(linear: 0.9), limit: .none, dt: 0.001) }
        shaper.reset(to: Twist2D(linear: 0.1, angular: -0.2))
        let twist = shaper.step(target: Twist2D(linear: 0.9), limit: .none, dt: 0.001)
        #expect(abs(twist.linear - 0.1) < 0.001 && abs(twist.angular + 0.2) < 0.003)
    }

    @Test("slow leaves a share of the speed, on the same curve")
    func slow() {
        var shaper = TwistShaper(limits: Self.limits)
        var twist = Twist2D.zero
        for _ in 0..<5000 {
            twist = shaper.step(target: Twist2D(linear: 0.9, angular: 0.45), limit: .slow(factor: 0.3), dt: 0.001)
        }
        #expect(abs(twist.linear - 0.27) < 1e-6)
        #expect(abs(twist.angular - 0.135) < 1e-6)
    }

    @Test("wheel speeds and twists are each other's inverse, and saturation keeps the curve")
    func drive() {
        let drive = DifferentialDrive(wheelRadius: 0.085, wheelSeparation: 0.44, maxWheelSpeed: 12)
        let speeds = drive.wheelSpeeds(for: Twist2D(linear: 0.5, angular: 0.6))
        let twist = drive.twist(left: speeds.left, right: speeds.right)
        #expect(abs(twist.linear - 0.5) < 1e-12 && abs(twist.angular - 0.6) < 1e-12)
        #expect(abs(speeds.right - (0.5 + 0.6 * 0.22) / 0.085) < 1e-12)
        let fast = drive.wheelSpeeds(for: Twist2D(linear: 2, angular: 1))
        #expect(max(abs(fast.left), abs(fast.right)) <= 12 + 1e-12)
        let slowed = drive.twist(left: fast.left, right: fast.right)
        #expect(abs(slowed.angular / slowed.linear - 0.5) < 1e-9)
    }
}

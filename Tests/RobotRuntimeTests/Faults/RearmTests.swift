import BoardFile
import Control
import RobotModel
import RobotRuntime
import Testing
import Twin

/// Power that comes back never makes anything jump: set-points start from where wheels and joints are found.
@Suite("Power that comes back after an emergency stop")
struct RearmTests {
    @Test(
        "starts the arm from where hands have left it and the wheels from a stand, within their slopes",
        arguments: 0..<4)
    func arm(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let rig = try Rig(seed: UInt64(seed), adjustBoard: { $0.home = "kerb" })
        #expect(try await rig.reachForFlap())
        await rig.run(Double.random(in: 0...1.2, using: &random))
        let hands = Hands(rig)
        rig.twin.inject(.emergencyStop)
        await rig.run(0.5)
        // The servos of some joints let go: their power hangs on the same button.
        let limp = (1...6).filter { _ in Bool.random(using: &random) } + [3]
        for id in Set(limp) { rig.twin.inject(.servoAlert(id: id)) }
        await rig.run(0.3)
        hands.turn = (0..<7).map { _ in Double.random(in: -0.3...0.3, using: &random) }
        hands.push = (Double.random(in: -2...2, using: &random), Double.random(in: -2...2, using: &random))
        await rig.run(0.6)
        hands.letGo()
        for id in Set(limp) { rig.twin.clear(.servoAlert(id: id)) }
        rig.twin.clear(.emergencyStop)
        await rig.run(1.5)
        #expect(rig.robot.safety.action == .torqueOff)
        try await rearm(rig, hands)
        #expect(hands.wayOfHands > 0.02)
        #expect(hands.armings > 0)
        #expect(hands.worstArming <= Smooth.goalStep, "a servo takes torque where it stands")
        #expect(hands.greatestGoalStep <= Smooth.goalStep)
        #expect(rig.truth.contacts == 0)
    }

    @Test("starts wheels that were pushed from a stand, within their slopes", arguments: 0..<4)
    func wheels(seed: Int) async throws {
        var random = SeededRandom(seed: 100 + UInt64(seed))
        let rig = try Rig(seed: UInt64(seed))
        #expect(try await rig.driveOff())
        await rig.run(Double.random(in: 0...2, using: &random))
        let hands = Hands(rig)
        rig.twin.inject(.emergencyStop)
        await rig.run(1)
        hands.push = (Double.random(in: -2...2, using: &random), Double.random(in: -2...2, using: &random))
        await rig.run(0.5)
        // Sometimes they still roll when power comes back.
        if Bool.random(using: &random) { hands.letGo() }
        rig.twin.clear(.emergencyStop)
        await rig.run(0.8)
        try await rearm(rig, hands)
    }

    /// Clears, and holds what follows against the slopes.
    private func rearm(_ rig: Rig, _ hands: Hands) async throws {
        let base = rig.board.base
        hands.isRearmed = true
        #expect(await rig.robot.answer(.clear).isDone)
        await rig.run(0.02)
        hands.letGo()
        #expect(await rig.run(6) { $0.status.wheels.enabled })
        await rig.run(3)
        #expect(hands.wheelArmings > 0)
        #expect(hands.worstFirstTarget == 0, "the drive has zero as its set-point when it gets power")
        // Two set-points' worth: the drive is asked 50 times a second, in whole rpm.
        let wheel = (base.maxAcceleration + base.maxTurnAcceleration * base.wheelSeparation / 2) / base.wheelRadius
        #expect(hands.greatestSpeedUp <= wheel * 0.04 + 4 * 0.105)
    }
}

/// Hands on a robot without power, and what its set-points do when it gets its power back.
private final class Hands {
    /// rad/s for each joint that is limp, and for each wheel without power.
    var turn: [Double] = []
    var push = (left: 0.0, right: 0.0)
    var isRearmed = false
    /// Radians that a joint was moved by hand at most.
    private(set) var wayOfHands = 0.0
    private(set) var armings = 0
    /// The greatest distance of a servo's goal from its position when it takes torque.
    private(set) var worstArming = 0.0
    private(set) var greatestGoalStep = 0.0
    private(set) var wheelArmings = 0
    private(set) var worstFirstTarget = 0.0
    /// rad/s: the greatest growth of a wheel's set-point within 20 ms.
    private(set) var greatestSpeedUp = 0.0

    private var torque: [Bool]
    private var goals: [Double]
    private var wasEnabled = true
    private var targets: [(left: Double, right: Double)] = []

    init(_ rig: Rig) {
        torque = rig.twin.world.arm.servos.map(\.torqueEnabled)
        goals = rig.twin.world.arm.servos.map(\.goalPosition)
        rig.watch = { [self] in see($0) }
    }

    func letGo() {
        turn = []
        push = (0, 0)
    }

    private func see(_ rig: Rig) {
        let wheels = rig.twin.world.wheels
        for (index, servo) in rig.twin.world.arm.servos.enumerated() {
            if isRearmed, servo.torqueEnabled {
                if torque[index] {
                    greatestGoalStep = max(greatestGoalStep, abs(servo.goalPosition - goals[index]))
                } else {
                    armings += 1
                    worstArming = max(worstArming, abs(servo.goalPosition - servo.position))
                }
            }
            torque[index] = servo.torqueEnabled
            goals[index] = servo.goalPosition
            if index < turn.count, !servo.torqueEnabled {
                servo.position += turn[index] * 0.001
                wayOfHands += abs(turn[index]) * 0.001
            }
        }
        if !wheels.enabled, push.left != 0 || push.right != 0 {
            (wheels.leftVelocity, wheels.rightVelocity) = push
        }
        if isRearmed, wheels.enabled {
            if !wasEnabled {
                wheelArmings += 1
                worstFirstTarget = max(worstFirstTarget, max(abs(wheels.targetLeft), abs(wheels.targetRight)))
                targets = []
            }
            targets.append((wheels.targetLeft, wheels.targetRight))
            if targets.count > 20 { targets.removeFirst() }
            if let first = targets.first {
                let growth = max(
                    abs(wheels.targetLeft) - abs(first.left), abs(wheels.targetRight) - abs(first.right))
                greatestSpeedUp = max(greatestSpeedUp, growth)
            }
        }
        wasEnabled = wheels.enabled
    }
}

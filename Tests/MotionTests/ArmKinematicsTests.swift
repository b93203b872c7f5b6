import Glibc
import Motion
import RobotModel
import Testing

@Suite("Inverse kinematics")
struct ArmKinematicsTests {
    let kinematics = ArmKinematics(chain: TestArm.chain())

    @Test("of a thousand reachable poses at least 99 % are solved, within 1 mm and 0.5°")
    func random() {
        var random = SeededRandom(seed: 42)
        var solved = 0
        let seed = TestArm.joints("ready")
        for _ in 0..<1000 {
            var joints = JointVector(count: 6)
            for index in 0..<6 {
                let joint = kinematics.chain.joints[index]
                joints[index] = Double.random(in: joint.lower...joint.upper, using: &random)
            }
            let target = kinematics.toolPose(at: joints)
            guard let solution = try? kinematics.solve(target, seed: seed) else { continue }
            // Verified with forward kinematics, by a measure of the test's own.
            let reached = kinematics.chain.toolPose(at: solution)
            let off = (reached.origin - target.origin).length
            let turned = acos(max(-1, min(1, reached.xAxis.dot(target.xAxis))))
            let rolled = acos(max(-1, min(1, reached.yAxis.dot(target.yAxis))))
            if off <= 0.001 && turned <= 0.009 && rolled <= 0.009 && kinematics.isWithinLimits(solution) { solved += 1 }
        }
        #expect(solved >= 990, "\(solved) of 1000")
    }

    @Test("the space before the robot is reached, level and pitched down", arguments: [0.0, 0.35, 0.7])
    func front(down: Double) throws {
        for x in [0.45, 0.55, 0.65, 0.75, 0.85] {
            for z in [0.45, 0.55, 0.65, 0.75, 0.85] {
                let target = TestArm.tool(x, 0, z, down: down)
                let solution = try kinematics.solve(target, seed: TestArm.joints("ready"))
                let (position, angle) = kinematics.error(of: kinematics.toolPose(at: solution), to: target)
                #expect(position < 0.001 && angle < 0.009)
                // No other posture than the one it is in: the arm does not turn round for it.
                #expect(abs(solution[0]) < 0.2, "\(x) \(z): \(solution.array)")
            }
        }
    }

    @Test("the compartment behind is reached from above", arguments: [0.8, 1.2, 1.57])
    func rear(down: Double) throws {
        for z in [0.5, 0.55, 0.6, 0.65, 0.7] {
            let target = TestArm.tool(-0.17, 0, z, down: down, yaw: .pi)
            let solution = try kinematics.solve(target, seed: TestArm.joints("rear"))
            let (position, angle) = kinematics.error(of: kinematics.toolPose(at: solution), to: target)
            #expect(position < 0.001 && angle < 0.009)
            #expect(abs(solution[0] - .pi) < 0.2)
        }
    }

    @Test("a solution near the seed stays near it")
    func near() throws {
        let seed = TestArm.joints("ready")
        var pose = kinematics.toolPose(at: seed)
        pose.origin.z += 0.01
        let solution = try kinematics.solve(pose, seed: seed)
        for joint in 0..<6 { #expect(abs(solution[joint] - seed[joint]) < 0.1) }
    }

    @Test("with a free heading and roll, position and pitch alone are met")
    func pitchOnly() throws {
        // 0.25 m beside the robot, level: the heading follows from where it is.
        let target = TestArm.tool(0.5, 0.25, 0.6, down: 0.4, yaw: 2)
        let solution = try kinematics.solve(
            target, seed: TestArm.joints("ready"), constraint: .positionAndPitch)
        let reached = kinematics.toolPose(at: solution)
        #expect((reached.origin - target.origin).length < 0.001)
        #expect(abs(reached.xAxis.z - target.xAxis.z) < 0.01)
    }

    @Test("what is out of reach is said to be, with how much is left")
    func outOfReach() {
        #expect {
            try kinematics.solve(TestArm.tool(1.6, 0, 0.6, down: 0), seed: TestArm.joints("ready"))
        } throws: { error in
            guard case .outOfReach(let position, _) = error as? ArmFailure else { return false }
            return position > 0.3 && "\(error)".contains("mm")
        }
    }

    @Test("stowed is within the hull and above its deck")
    func stowed() {
        for frame in kinematics.chain.frames(at: TestArm.joints("stowed")) {
            #expect(abs(frame.origin.x) < 0.33 && abs(frame.origin.y) < 0.26)
            #expect(frame.origin.z > 0.45 && frame.origin.z < 1)
        }
    }
}

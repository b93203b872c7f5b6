import Glibc
import Motion
import RobotModel
import Testing

@Suite("Arm trajectories")
struct ArmPlannerTests {
    /// Every joint within its limits of place, speed and acceleration, sampled at 1 kHz; positions without a jump.
    static func check(_ trajectory: ArmTrajectory, _ chain: KinematicChain) {
        var before = trajectory.sample(at: 0)
        let steps = Int(trajectory.duration * 1000) + 20
        var worstSpeed = 0.0
        var worstAcceleration = 0.0
        var worstPlace = 0.0
        var lastVelocity = JointVector(count: trajectory.jointCount)
        for step in 1...steps {
            let now = trajectory.sample(at: Double(step) * 0.001)
            for joint in 0..<trajectory.jointCount {
                let limits = chain.joints[joint]
                worstPlace = max(worstPlace, now[joint] - limits.upper, limits.lower - now[joint])
                let velocity = (now[joint] - before[joint]) / 0.001
                worstSpeed = max(worstSpeed, abs(velocity) / limits.maxVelocity)
                worstAcceleration = max(
                    worstAcceleration, abs(velocity - lastVelocity[joint]) / 0.001 / limits.maxAcceleration)
                lastVelocity[joint] = velocity
            }
            before = now
        }
        #expect(worstPlace <= 1e-6)
        #expect(worstSpeed <= 1.001)
        #expect(worstAcceleration <= 1.01)
    }

    @Test("a posture is reached within the joints' limits", arguments: ["stowed", "ready", "rear"])
    func posture(name: String) throws {
        let planner = TestArm.planner()
        let start = JointVector([0.3, -1.2, 1.5, 0.4, 0.2, -0.5])
        let trajectory = try planner.plan(.posture(name), from: start)
        Self.check(trajectory, planner.kinematics.chain)
        #expect(trajectory.sample(at: 0) == start)
        #expect(trajectory.sample(at: trajectory.duration) == TestArm.joints(name))
        #expect(trajectory.sample(at: trajectory.duration + 5) == TestArm.joints(name))
        #expect(trajectory.velocity(at: trajectory.duration + 5) == JointVector(count: 6))
        // And not slower than it has to be: the farthest joint at its limits, give or take.
        #expect(trajectory.duration < 6)
    }

    @Test("a straight move keeps its line, its orientation and its speed", arguments: [0.05, 0.15, 0.5])
    func straight(speed: Double) throws {
        let planner = TestArm.planner()
        let chain = planner.kinematics.chain
        let start = try planner.kinematics.solve(
            TestArm.tool(0.5, 0, 0.6, down: 0.3), seed: TestArm.joints("ready"))
        let target = TestArm.tool(0.8, 0.05, 0.5, down: 0.3, yaw: 0.05)
        let trajectory = try planner.plan(
            .tool(target, straight: true, speed: speed, untilContact: false), from: start)
        Self.check(trajectory, chain)
        let from = chain.toolPose(at: start).origin
        let along = target.origin - from
        let direction = along * (1 / along.length)
        var last = from
        for step in 1...Int(trajectory.duration * 100) {
            let pose = chain.toolPose(at: trajectory.sample(at: Double(step) * 0.01))
            let offset = pose.origin - from
            let side = offset - direction * offset.dot(direction)
            #expect(side.length < 0.002)
            #expect((pose.origin - last).length / 0.01 <= speed * 1.02)
            #expect(pose.xAxis.dot(target.xAxis) > cos(0.06))
            last = pose.origin
        }
        let end = chain.toolPose(at: trajectory.sample(at: trajectory.duration))
        #expect((end.origin - target.origin).length < 0.001)
    }

    @Test("a hundred random straight moves keep the joints' limits or are refused")
    func randomLines() throws {
        let planner = TestArm.planner()
        var random = SeededRandom(seed: 9)
        var done = 0
        for _ in 0..<100 {
            func place() -> Pose3D {
                TestArm.tool(
                    Double.random(in: 0.45...0.85, using: &random), Double.random(in: -0.2...0.2, using: &random),
                    Double.random(in: 0.45...0.85, using: &random), down: Double.random(in: 0...0.7, using: &random),
                    yaw: Double.random(in: -0.2...0.2, using: &random))
            }
            guard let start = try? planner.kinematics.solve(place(), seed: TestArm.joints("ready")) else { continue }
            guard
                let trajectory = try? planner.plan(
                    .tool(place(), straight: true, speed: 0.3, untilContact: false), from: start)
            else { continue }
            done += 1
            Self.check(trajectory, planner.kinematics.chain)
        }
        #expect(done > 60, "\(done)")
    }

    @Test("a line that leaves the arm's reach is refused")
    func refused() throws {
        let planner = TestArm.planner()
        let start = try planner.kinematics.solve(
            TestArm.tool(0.7, 0, 0.6, down: 0), seed: TestArm.joints("ready"))
        #expect(throws: ArmFailure.self) {
            try planner.plan(
                .tool(TestArm.tool(1.4, 0, 0.6, down: 0), straight: true, speed: 0.2, untilContact: false), from: start)
        }
        #expect(throws: ArmFailure.unknownPosture("wave")) { try planner.plan(.posture("wave"), from: start) }
    }

    @Test("between front and rear nothing of the arm comes near the compartment's lid or the LiDAR")
    func transit() throws {
        // The deck with the closed lid, and the open lid that stands at the compartment's rear edge.
        let keepOuts = [
            KeepOut(name: "deck", lower: Vector3(-0.33, -0.26, 0), upper: Vector3(0.06, 0.26, 0.47)),
            KeepOut(name: "open lid", lower: Vector3(-0.36, -0.17, 0.46), upper: Vector3(-0.29, 0.17, 0.74)),
        ]
        let planner = TestArm.planner(keepOuts: keepOuts)
        let chain = planner.kinematics.chain
        for (a, b) in [
            ("ready", "rear"), ("rear", "ready"), ("stowed", "rear"), ("stowed", "ready"), ("rear", "stowed"),
        ] {
            let trajectory = try planner.plan(.posture(b), from: TestArm.joints(a))
            for step in 0...Int(trajectory.duration * 50) {
                for frame in chain.frames(at: trajectory.sample(at: Double(step) * 0.02)).dropFirst() {
                    #expect(frame.origin.z > 0.5)
                }
            }
        }
    }

    @Test("a move that would go through a keep-out takes a way round it, or says what is in the way")
    func detour() throws {
        let low = JointVector([0, 0.3, 0.6, 0, 0, 0])
        let other = JointVector([1.7, 0.3, 0.6, 0, 0, 0])
        let wall = KeepOut(name: "pillar", lower: Vector3(0.4, 0.3, 0), upper: Vector3(0.6, 0.5, 0.62))
        let free = TestArm.planner()
        let planner = TestArm.planner(keepOuts: [wall])
        let direct = try free.plan(.posture("ready"), from: low)
        let up = try planner.plan(.posture("ready"), from: low)
        #expect(direct.duration == up.duration)
        let pose = free.kinematics.toolPose(at: other)
        let round = try planner.plan(.tool(pose, straight: false, speed: 1, untilContact: false), from: low)
        Self.check(round, planner.kinematics.chain)
        let short = try free.plan(.tool(pose, straight: false, speed: 1, untilContact: false), from: low)
        #expect(round.duration > short.duration * 1.2)
        for step in 0...Int(round.duration * 100) {
            for frame in planner.kinematics.chain.frames(at: round.sample(at: Double(step) * 0.01)) {
                let p = frame.origin
                #expect(!(p.x > 0.4 && p.x < 0.6 && p.y > 0.3 && p.y < 0.5 && p.z < 0.62))
            }
        }
        let cage = KeepOut(name: "cage", lower: Vector3(0.2, 0.1, -1), upper: Vector3(2, 0.15, 3))
        #expect(throws: ArmFailure.collides(with: "cage")) {
            try TestArm.planner(keepOuts: [cage]).plan(
                .tool(pose, straight: false, speed: 1, untilContact: false), from: low)
        }
    }

    @Test("holding stands where the arm is")
    func hold() throws {
        let start = JointVector([0.1, -1, 1, 0, 0, 0, 0.04])
        let trajectory = try TestArm.planner().plan(.hold, from: start)
        #expect(trajectory.duration == 0)
        #expect(trajectory.sample(at: 3).array == Array(start.array.prefix(6)))
    }
}

import Missions
import Motion
import RobotModel
import Testing

/// Every motion that collecting a meal asks for, planned with the real arm of the demonstration's board.
@Suite("The arm's reach")
struct ArmReachTests {
    private static func joint(
        _ name: String, _ origin: Vector3, _ axis: Vector3, _ limit: Double, _ velocity: Double, _ acceleration: Double
    ) -> RevoluteJoint {
        RevoluteJoint(
            name: name, origin: Pose3D(origin: origin), axis: axis, lower: -limit, upper: limit,
            maxVelocity: velocity, maxAcceleration: acceleration)
    }

    private static let chain: KinematicChain = {
        let (x, y, z) = (Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1))
        return KinematicChain(
            joints: [
                joint("shoulder_yaw", Vector3(0.12, 0, 0.46), z, 3.1, 1.6, 4),
                joint("shoulder_pitch", Vector3(0, 0, 0.11), y, 2.0, 1.6, 4),
                joint("elbow_pitch", Vector3(0.30, 0, 0), y, 2.8, 1.8, 5),
                joint("forearm_roll", Vector3(0.10, 0, 0), x, 3.1, 2.2, 6),
                joint("wrist_pitch", Vector3(0.18, 0, 0), y, 2.1, 2.2, 6),
                joint("wrist_roll", Vector3(0.06, 0, 0), x, 3.1, 2.6, 8),
            ], tool: Pose3D(origin: Vector3(0.10, 0, 0)))
    }()

    private static let stowed = [0.0, -1.9, 2.6, 0.0, -0.7, 0.0]

    @Test(
        "wherever in its tolerance the robot docks, the arm can do every motion in one go",
        arguments: [
            Pose2D(), Pose2D(x: 0.02, y: 0.01, yaw: 0.05), Pose2D(x: -0.02, y: -0.01, yaw: -0.06),
            Pose2D(x: 0.01, y: -0.02, yaw: 0.068), Pose2D(x: -0.015, y: 0.02, yaw: 0.068),
            Pose2D(x: 0, y: 0.025, yaw: -0.068),
        ])
    func reaches(_ error: Pose2D) {
        let (outcome, motions) = collect(PaperWorld(), error)
        #expect(outcome == .done)
        #expect(motions > 60)
    }

    @Test("a flap that the latch does not catch at once is pressed again from where the arm is")
    func presses() {
        let world = PaperWorld()
        world.pressesToLatch = 3
        let (outcome, _) = collect(world, Pose2D())
        #expect(outcome == .done)
        #expect(world.view.box?.latched == true)
        #expect(!world.said.contains { $0.contains("does not lock") })
    }

    @Test("a flap that stands ajar can be shut without having worked at the lid before")
    func shutsAjar() {
        let world = PaperWorld()
        world.lidOpens = false
        let (outcome, _) = collect(world, Pose2D())
        #expect(outcome.isFailed)
        #expect(world.view.box?.latched == true)
        #expect(world.log.contains(.lockCompartment(true)))
    }

    /// Collects a meal in a world, every motion of the arm being planned; the box stands `error` beside where it should.
    private func collect(_ world: PaperWorld, _ error: Pose2D) -> (SkillOutcome, Int) {
        let planner = ArmPlanner(chain: Self.chain, postures: ["stowed": Self.stowed])
        let distance = BoxGeometry().dockDistance
        var joints = JointVector(Self.stowed)
        var skill = CollectMeal(
            mission: "m1", order: Paper.mission().collect, box: BoxGeometry(), arm: Paper.arm,
            compartment: Paper.compartment)
        var seen = 0
        let face = Pose2D(x: distance + error.x, y: error.y, yaw: .pi + error.yaw)
        let outcome = run(&skill, in: world) { world in
            world.view.boxSighting = BoxSighting(pose: face, residual: 0.004, time: world.view.now)
            for action in world.log[seen...] {
                guard case .arm(let goal) = action, goal != .hold else { continue }
                do {
                    let trajectory = try planner.plan(goal, from: joints)
                    joints = trajectory.sample(at: trajectory.duration)
                } catch {
                    Issue.record("motion \(seen): \(goal): \(error)")
                }
            }
            seen = world.log.count
        }
        return (outcome, seen)
    }
}

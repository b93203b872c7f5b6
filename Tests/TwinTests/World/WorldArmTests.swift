import BoardFile
import RobotModel
import Testing
import Twin

#if canImport(Glibc)
    import Glibc
#endif

/// The arm's mechanics, by servo goals alone, as the bus would set them.
struct WorldArmTests {
    /// A docked robot with a hand on its arm.
    private final class Rig {
        let board: Board
        let world: World
        let solver: ArmSolver
        var angles: [Double]

        init(_ change: (inout Scenario) -> Void = { _ in }) throws {
            board = try TestSite.board()
            // The face is 0.80 m before the kerb at x = -1; docked, base_link is 0.65 m before the face.
            world = try TestSite.world {
                $0.start = RobotStart(level: "L1", pose: Pose2D(x: -1.15, y: 0, yaw: .pi))
                change(&$0)
            }
            solver = ArmSolver(chain: board.joints.arm)
            angles = world.arm.angles
            for plant in world.arm.plants { plant.torqueEnabled = true }
        }

        func go(to angles: [Double], within seconds: Double = 6) {
            self.angles = angles
            for (index, plant) in world.arm.servos.enumerated() {
                plant.profileVelocity = 1.0
                plant.goalPosition = board.joints.signs[index] * angles[index] + board.joints.offsets[index]
            }
            world.run(seconds)
        }

        /// Moves the tool (base_link) on a straight line; `while` ends it early.
        func line(to goal: Pose3D, speed: Double = 0.15, while goesOn: () -> Bool = { true }) throws {
            let start = board.joints.arm.toolPose(at: JointVector(angles))
            let steps = max(1, Int((goal.origin - start.origin).length / 0.004))
            for step in 1...steps {
                guard goesOn() else { return }
                var pose = goal
                pose.origin = start.origin + (goal.origin - start.origin) * (Double(step) / Double(steps))
                let found = solver.solve(pose)
                angles = try #require(found, "no angles for \(pose.origin), x axis \(pose.xAxis)")
                for (index, plant) in world.arm.servos.enumerated() {
                    plant.profileVelocity = 2
                    plant.goalPosition = board.joints.signs[index] * angles[index] + board.joints.offsets[index]
                }
                world.run(0.004 / speed)
            }
            world.run(0.3)
        }

        func free(to goal: Pose3D) throws {
            let found = solver.solve(goal)
            go(to: try #require(found, "no angles for \(goal.origin), x axis \(goal.xAxis)"))
        }

        func gripper(width: Double) {
            let settings = board.joints.gripper
            world.arm.gripper.goalPosition = (width - settings.closedWidth) / settings.widthPerRadian
            world.arm.gripper.profileVelocity = 1.3
            world.run(1.5)
        }

        /// A pose in front of the face: x out of it, y left of it, z up; pitched downwards.
        func atFace(x: Double, y: Double = 0, z: Double, pitch: Double) -> Pose3D {
            Pose3D(world.pose.relative(world.truth(at: .zero).box ?? Pose2D()))
                .composed(with: Pose3D(origin: Vector3(x, y, z), roll: 0, pitch: pitch, yaw: .pi))
        }

        func onHandle(_ angle: Double, off: Double = 0) -> Pose3D {
            atFace(
                x: 0.28 * sin(angle) + (0.02 + off) * cos(angle),
                z: 0.78 - 0.28 * cos(angle) + (0.02 + off) * sin(angle),
                pitch: angle)
        }

        func unlock() {
            world.boxPlant.access = .granted
            world.run(0.5)
        }

        /// Opens the flap by its handle as far as the spring takes over, and leaves it.
        func openFlap() throws {
            unlock()
            gripper(width: 0.08)
            let ajar = 0.04 / 0.28
            try free(to: onHandle(ajar, off: 0.08))
            try line(to: onHandle(ajar))
            gripper(width: 0)
            for degrees in stride(from: 12.0, through: 48, by: 4) { try line(to: onHandle(degrees * .pi / 180)) }
            gripper(width: 0.08)
            let last = 48 * Double.pi / 180
            var away = onHandle(last)
            away.origin =
                away.origin + Pose3D(world.pose.relative(world.truth(at: .zero).box ?? Pose2D()))
                .rotate(Vector3(sin(last), 0, -cos(last))) * 0.07
            try line(to: away)
            world.run(1.5)
        }
    }

    @Test("a servo follows its profile: no faster, no harder, and exactly to its goal")
    func profile() throws {
        let rig = try Rig()
        let servo = rig.world.arm.servos[0]
        servo.profileVelocity = 1.0
        servo.profileAcceleration = 4.0
        servo.goalPosition = servo.position + 1.0
        let start = servo.position
        var fastest = 0.0
        var hardest = 0.0
        var last = 0.0
        let takes = rig.world.run(
            until: {
                fastest = max(fastest, servo.velocity)
                // The last thousandth of a radian is one step.
                if abs(servo.goalPosition - servo.position) > 0.001 {
                    hardest = max(hardest, abs(servo.velocity - last) / World.step)
                }
                last = servo.velocity
                return servo.position == servo.goalPosition
            }, limit: 5)
        // 1 rad with ramps of a quarter of a second each.
        #expect(abs(try #require(takes) - 1.25) < 0.05)
        #expect(fastest <= 1.0 + 1e-9)
        #expect(hardest < 4.2)
        #expect(servo.position == start + 1.0)
    }

    @Test("without torque, or in a hardware alert, a servo stays where it is and draws nothing")
    func limp() throws {
        let rig = try Rig()
        let servo = rig.world.arm.servos[1]
        let start = servo.position
        rig.world.setAlert(servo: servo.id)
        servo.goalPosition += 0.5
        rig.world.run(1)
        #expect(servo.position == start)
        #expect(servo.current == 0)
        #expect(servo.hardwareError == 0x20)
    }

    @Test("moving freely costs less current than the board file takes for contact")
    func freeMotion() throws {
        // Away from the box, where the arm has room.
        let rig = try Rig { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 1, y: 0)) }
        for posture in ["ready", "rear", "stowed"] {
            let angles = try #require(rig.board.joints.postures[posture])
            for (index, plant) in rig.world.arm.servos.enumerated() { plant.goalPosition = angles[index] }
            rig.world.run(5) {
                for (index, plant) in rig.world.arm.servos.enumerated()
                where abs(plant.current) >= rig.board.joints.contactCurrents[index] {
                    Issue.record("joint \(index) draws \(plant.current) A on the way to \(posture)")
                }
            }
        }
    }

    @Test("the flap pops ajar when the latch opens, and the latch holds a shut flap")
    func latch() throws {
        let rig = try Rig()
        rig.world.run(1)
        #expect(rig.world.boxPlant.flapOpening == 0)
        rig.unlock()
        #expect(!rig.world.boxPlant.latched)
        let box = try #require(rig.world.box)
        #expect(abs(sin(box.angle) * 0.28 - 0.04) < 0.001)
        rig.world.boxPlant.access = .locked
        rig.world.run(2)
        #expect(!rig.world.boxPlant.latched)
    }

    @Test("the fingers close on the handle, carry the flap, and the spring takes it from there")
    func handle() throws {
        let rig = try Rig()
        try rig.openFlap()
        #expect(rig.world.boxPlant.flapOpening > 0.99)
    }

    @Test("fingers that close beside the handle hold nothing")
    func missesHandle() throws {
        let rig = try Rig()
        rig.unlock()
        rig.gripper(width: 0.08)
        let ajar = 0.04 / 0.28
        try rig.free(to: rig.onHandle(ajar, off: 0.09))
        try rig.line(to: rig.onHandle(ajar, off: 0.05))
        rig.gripper(width: 0)
        #expect(abs(rig.world.arm.width) < 0.001)
        #expect(abs(rig.world.arm.gripper.current) < rig.board.joints.gripper.gripCurrent)
        try rig.line(to: rig.onHandle(0.6, off: 0.05))
        #expect(rig.world.boxPlant.flapOpening < 0.15)
    }

    @Test("the grip slips off the handle when the tool leaves its arc")
    func slips() throws {
        let rig = try Rig()
        rig.unlock()
        rig.gripper(width: 0.08)
        let ajar = 0.04 / 0.28
        try rig.free(to: rig.onHandle(ajar, off: 0.08))
        try rig.line(to: rig.onHandle(ajar))
        rig.gripper(width: 0)
        #expect(abs(rig.world.arm.width - BoxBody.handleWidth) < 0.002)
        #expect(abs(rig.world.arm.gripper.current) > rig.board.joints.gripper.gripCurrent)
        var down = rig.onHandle(ajar)
        down.origin.z -= 0.08
        try rig.line(to: down)
        #expect(abs(rig.world.arm.width) < 0.001)
    }

    @Test("the whole of it: meal out of the box, into the compartment, lid and flap shut again")
    func wholeMeal() throws {
        let rig = try Rig()
        let world = rig.world
        try rig.openFlap()
        // In at the meal.
        try rig.free(to: rig.atFace(x: 0.10, z: 0.62, pitch: 0))
        try rig.line(to: rig.atFace(x: -0.12, z: 0.62, pitch: 0))
        #expect(world.meal == .inBox)
        rig.gripper(width: 0)
        #expect(world.meal == .inGripper)
        #expect(abs(world.arm.width - World.mealWidth) < 0.002)
        #expect(abs(world.arm.gripper.current) > rig.board.joints.gripper.gripCurrent)
        try rig.line(to: rig.atFace(x: -0.12, z: 0.64, pitch: 0))
        try rig.line(to: rig.atFace(x: 0.13, z: 0.64, pitch: 0))
        // The lid springs open.
        world.compartment.isUnlocked = true
        world.run(0.7)
        #expect(world.compartment.opening > 0.99)
        world.compartment.isUnlocked = false
        world.run(1)
        #expect(world.compartment.opening > 0.99)
        // Over the compartment, and down.
        rig.go(to: try #require(rig.board.joints.postures["stowed"]))
        func rear(x: Double, z: Double) -> Pose3D {
            let yaw = 3.05
            return Pose3D(origin: Vector3(x, (x - 0.12) * tan(yaw), z), roll: 0, pitch: 1.2, yaw: yaw)
        }
        rig.go(to: try #require(rig.board.joints.postures["rear"]))
        try rig.free(to: rear(x: -0.17, z: 0.74))
        try rig.line(to: rear(x: -0.17, z: 0.40))
        #expect(world.meal == .inGripper)
        rig.gripper(width: 0.08)
        #expect(world.meal == .inCompartment)
        try rig.line(to: rear(x: -0.17, z: 0.74))
        rig.gripper(width: 0)
        // The lid: over its edge, and forward and down until it touches.
        try rig.line(to: rear(x: -0.33, z: 0.76))
        func onLid(_ degrees: Double) -> Pose3D {
            let angle = degrees * .pi / 180
            return rear(x: -0.30 + 0.21 * cos(angle), z: 0.46 + 0.21 * sin(angle))
        }
        for degrees in [98.0, 85, 70, 55, 40, 25, 12] { try rig.line(to: onLid(degrees)) }
        #expect(world.compartment.opening < 0.3)
        #expect(!world.compartment.isLatched)
        func feelsContact() -> Bool {
            world.arm.servos.indices.contains {
                abs(world.arm.servos[$0].current) >= rig.board.joints.contactCurrents[$0]
            }
        }
        #expect(!feelsContact())
        try rig.line(to: onLid(-6), speed: 0.05, while: { !feelsContact() })
        #expect(feelsContact())
        #expect(world.compartment.isLatched)
        #expect(world.compartment.opening == 0)
        try rig.line(to: rear(x: -0.09, z: 0.64))
        world.run(1)
        #expect(world.compartment.opening == 0)
        // The flap, from above, likewise.
        rig.go(to: try #require(rig.board.joints.postures["stowed"]))
        world.boxPlant.access = .locked
        func onFlap(_ degrees: Double) -> Pose3D {
            let bearing = degrees * .pi / 180
            return rig.atFace(
                x: 0.24 * sin(bearing), z: 0.78 - 0.24 * cos(bearing), pitch: min(max(bearing, 0.15), 1.4))
        }
        // The stowed tool is below the open flap: up beside it, then over it.
        rig.go(to: [1.57, -1.9, 2.6, 0, -0.7, 0])
        rig.go(to: [1.57, -1.94, 1.19, 0, 1.35, 0])
        rig.go(to: [0, -1.94, 1.19, 0, 1.35, 0])
        try rig.free(to: onFlap(112))
        for degrees in [95.0, 80, 65, 50, 35, 20, 8] { try rig.line(to: onFlap(degrees)) }
        #expect(!feelsContact())
        try rig.line(to: onFlap(-6), speed: 0.05, while: { !feelsContact() })
        #expect(feelsContact())
        #expect(world.boxPlant.latched)
        #expect(world.boxPlant.flapOpening == 0)
        #expect(world.meal == .inCompartment)
    }

    @Test("a meal that is let go anywhere else lies on the floor")
    func dropped() throws {
        let rig = try Rig()
        try rig.openFlap()
        try rig.free(to: rig.atFace(x: 0.10, z: 0.62, pitch: 0))
        try rig.line(to: rig.atFace(x: -0.12, z: 0.62, pitch: 0))
        rig.gripper(width: 0)
        try rig.line(to: rig.atFace(x: 0.10, z: 0.64, pitch: 0))
        rig.gripper(width: 0.08)
        #expect(rig.world.meal == .onFloor)
    }

    @Test("the face of the box stops the arm, and the joints that push feel it")
    func wall() throws {
        let rig = try Rig()
        try rig.free(to: rig.atFace(x: 0.12, z: 0.42, pitch: 0))
        try rig.line(to: rig.atFace(x: -0.05, z: 0.42, pitch: 0))
        let box = try #require(rig.world.box)
        let tip = box.local(rig.world.toolInWorld.origin)
        #expect(tip.x > World.tipRadius - 0.003)
        #expect(rig.world.arm.isPressing)
        #expect(
            rig.world.arm.servos.indices.contains {
                abs(rig.world.arm.servos[$0].current) > rig.board.joints.contactCurrents[$0]
            })
    }
}

package import BoardFile
package import RobotModel

/// The arm and its gripper: servos, and where they bring the tool.
package final class ArmBody {
    package let servos: [ServoPlant]
    /// Servos beside the arm; nothing hangs on them.
    package let held: [ServoPlant]
    package let gripper: ServoPlant
    private let joints: JointSlot
    private var motors: [ServoBody]
    private var heldMotors: [ServoBody]
    private var gripperMotor = ServoBody()
    private var random: SeededRandom
    /// The frames of the joints and of the tool in `base_link`, at the present angles.
    package private(set) var frames: [Pose3D]
    /// What the tool carries makes the arm heavier.
    package var payload = 0.0
    /// The width of what the fingers have closed on, metres.
    package var heldWidth: Double?
    /// Whether the tip presses on something hard now.
    package private(set) var isPressing = false

    package init(_ joints: JointSlot, random: SeededRandom) {
        self.joints = joints
        self.random = random
        let start = joints.postures["stowed"] ?? joints.arm.joints.map { min(max(0, $0.lower), $0.upper) }
        servos = joints.ids.indices.map { index in
            let plant = ServoPlant(id: joints.ids[index])
            plant.position = joints.signs[index] * start[index] + joints.offsets[index]
            plant.goalPosition = plant.position
            return plant
        }
        held = joints.held.map { ServoPlant(id: $0.id) }
        heldMotors = joints.held.map { _ in ServoBody() }
        gripper = ServoPlant(id: joints.gripper.id)
        motors = joints.ids.map { _ in ServoBody() }
        frames = joints.arm.frames(at: JointVector(start))
    }

    /// All servos of the bus.
    package var plants: [ServoPlant] { servos + held + [gripper] }

    /// The tool centre point in `base_link`.
    package var tool: Pose3D { frames[frames.count - 1] }

    /// The arm's angles, radians.
    package var angles: [Double] { servos.indices.map { angle($0, servos[$0].position) } }

    /// Metres between the fingers.
    package var width: Double { joints.gripper.closedWidth + joints.gripper.widthPerRadian * gripper.position }

    /// The fingers have met something: they stay at its width.
    package func close(on width: Double) {
        heldWidth = width
        gripper.position = (width - joints.gripper.closedWidth) / joints.gripper.widthPerRadian
        gripper.velocity = 0
    }

    private func angle(_ index: Int, _ position: Double) -> Double {
        (position - joints.offsets[index]) * joints.signs[index]
    }

    private func frames(position: (Int) -> Double) -> [Pose3D] {
        var vector = JointVector(count: servos.count)
        for index in servos.indices { vector[index] = angle(index, position(index)) }
        return joints.arm.frames(at: vector)
    }

    /// Moves the arm by one step.
    ///
    /// - Parameter touch: Called with the tool's next pose in `base_link`; answers with the direction into what the
    ///   tip would enter (`base_link`) and whether that is hard, or nil when the way is free.
    package func step(_ dt: Double, touch: (Pose3D) -> (direction: Vector3, isHard: Bool)?) {
        var moves = false
        for index in servos.indices {
            motors[index].plan(servos[index], dt)
            motors[index].contactCurrent = 0
            if motors[index].nextPosition != servos[index].position { moves = true }
        }
        // A pressing arm does not move, but it must be asked whether it still presses.
        if moves {
            var next = frames { motors[$0].nextPosition }
            isPressing = false
            if let contact = touch(next[next.count - 1]) {
                if contact.isHard {
                    isPressing = true
                    stall(against: contact.direction, at: next)
                    next = frames { motors[$0].nextPosition }
                    if let again = touch(next[next.count - 1]), again.isHard {
                        for index in servos.indices { motors[index].stall(servos[index]) }
                        next = frames
                    }
                } else {
                    resist(contact.direction, at: next)
                }
            }
            frames = next
            for index in servos.indices { motors[index].loadCurrent = gravity(on: index) }
        }
        for index in servos.indices {
            motors[index].commit(servos[index], dt, noise: noise())
        }
        for index in held.indices {
            heldMotors[index].plan(held[index], dt)
            heldMotors[index].commit(held[index], dt, noise: noise())
        }
        stepGripper(dt)
    }

    /// A cheap noise of about ±0.05 A.
    private func noise() -> Double {
        let bits = random.next()
        return (Double(bits & 0xFFFF) + Double((bits >> 16) & 0xFFFF)) * (0.05 / 65536) - 0.05
    }

    /// The joints that would bring the tip further in stop; the others slide on.
    private func stall(against direction: Vector3, at next: [Pose3D]) {
        for index in servos.indices {
            let step = angle(index, motors[index].nextPosition) - angle(index, servos[index].position)
            if lever(index, direction, next) * step > 0 { motors[index].stall(servos[index]) }
        }
    }

    /// A spring pushes back on every joint by its lever: 2 N, and 2 Nm an ampere.
    private func resist(_ direction: Vector3, at next: [Pose3D]) {
        for index in servos.indices {
            motors[index].contactCurrent = joints.signs[index] * lever(index, direction, next)
        }
    }

    /// How far the tip moves along `direction` for a radian of a joint, metres.
    private func lever(_ index: Int, _ direction: Vector3, _ frames: [Pose3D]) -> Double {
        let axis = frames[index].rotate(joints.arm.joints[index].axis)
        let arm = frames[frames.count - 1].origin - frames[index].origin
        return axis.cross(arm).dot(direction)
    }

    /// What holding the outer arm up costs a joint, ampere; about 1 A on the shoulder of the stretched arm.
    private func gravity(on index: Int) -> Double {
        let axis = frames[index].rotate(joints.arm.joints[index].axis)
        let arm = frames[frames.count - 1].origin - frames[index].origin
        let moment = axis.cross(Vector3(0, 0, 1)).dot(arm)
        return joints.signs[index] * -moment * (1.3 + payload)
    }

    private func stepGripper(_ dt: Double) {
        gripperMotor.contactCurrent = 0
        gripperMotor.plan(gripper, dt)
        let stop = heldWidth ?? joints.gripper.closedWidth
        let limit = (stop - joints.gripper.closedWidth) / joints.gripper.widthPerRadian
        let widest = (joints.gripper.maxWidth - joints.gripper.closedWidth) / joints.gripper.widthPerRadian
        if gripperMotor.nextPosition < limit {
            gripperMotor.stall(gripper)
            // A gripper's spring gives way: its current rises over a tenth of a radian.
            gripperMotor.contactCurrent = max(-0.8, (gripper.goalPosition - limit) * 8)
        } else if gripperMotor.nextPosition > widest {
            gripperMotor.stall(gripper)
        }
        gripperMotor.commit(gripper, dt, noise: noise() * 0.4)
    }
}

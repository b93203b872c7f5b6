internal import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The motions of the arm at a box and over the compartment, as goals in `base_link`.
///
/// A flap or lid is moved along the arc about its hinge.
struct ArmWork: Sendable {
    let box: BoxGeometry
    let arm: ArmWorkspace
    let compartment: CompartmentShape
    /// The box's face in `base_link`.
    var face = Pose2D()

    init(box: BoxGeometry, arm: ArmWorkspace, compartment: CompartmentShape) {
        self.box = box
        self.arm = arm
        self.compartment = compartment
    }

    var stow: ArmGoal { .posture(arm.stowed) }

    // MARK: At the box

    /// Before the handle, along the tool's own direction, and on it.
    func reachHandle() -> [ArmGoal] {
        let grip = atHandle(box.ajarAngle)
        var before = grip
        before.origin = grip.origin - grip.xAxis * 0.08
        return [free(before), .tool(grip, straight: true, speed: arm.touchSpeed, untilContact: false)]
    }

    /// Out and up about the hinge until the gas spring takes over.
    func swingFlap() -> [ArmGoal] {
        let steps = 8
        return (1...steps).map { step in
            line(atHandle(box.ajarAngle + (letGoAngle - box.ajarAngle) * Double(step) / Double(steps)))
        }
    }

    /// The rest of the swing, for a tool that holds the handle at a point of the face's frame.
    func swingFlap(from tool: Vector3) -> [ArmGoal] {
        let angle =
            atan2(tool.x, box.openingTop - tool.z) - atan2(box.handleStandOff, box.flapLength)
        let done = (angle - box.ajarAngle) / (letGoAngle - box.ajarAngle)
        let goals = swingFlap()
        return Array(goals.suffix(max(1, Int((Double(goals.count) * (1 - done)).rounded(.up)))))
    }

    /// Off the flap's edge, so that the flap swings up past the tool; then away.
    func leaveHandle() -> [ArmGoal] {
        let along = Vector3(sin(letGoAngle), 0, -cos(letGoAngle))
        let off = handle(letGoAngle) + along * 0.05
        return [line(tool(x: off.x, y: 0, z: off.z, pitch: handlePitch(letGoAngle) + 6 * degree)), stow]
    }

    /// Before the opening, and in at the meal, the tool pointing a little upwards so that the elbow stays below the open
    /// flap. `offset` varies the grip: x further in, y sideways, z up.
    func reachMeal(offset: Vector3 = .zero) -> [ArmGoal] {
        let z = box.mealHeight + offset.z
        return [
            free(tool(x: 0.10, y: offset.y, z: z, pitch: mealPitch)),
            line(tool(x: -box.mealDepth - offset.x, y: offset.y, z: z, pitch: mealPitch)),
        ]
    }

    /// Out of the opening, a little lifted, clear of the sill.
    func extractMeal() -> [ArmGoal] {
        let z = box.mealHeight + 0.02
        return [
            line(tool(x: -box.mealDepth, y: 0, z: z, pitch: mealPitch)),
            line(tool(x: 0.13, y: 0, z: z, pitch: mealPitch)), stow,
        ]
    }

    /// The flap shut: over it, on its outer side, and down about the hinge until it touches the frame.
    ///
    /// The way over an open flap leads past the robot's own lid: from before the box it would lead through the flap.
    func shutFlap(from place: ArmPlace) -> [ArmGoal] {
        if place == .flap { return pressFlap() }
        // Bearings from the hinge, and pitches in which the arm reaches them, degrees.
        let way: [(Double, Double)] = [
            (95, 80), (80, 90), (65, 92), (50, 85), (35, 70), (20, 60), (8, 55),
        ]
        let overLid = place == .lid ? leaveLid() : free(offLid)
        return [
            overLid, free(tool(x: 0.30, y: 0, z: box.openingTop + 0.17, pitch: 55 * degree)), line(onFlap(112, 65)),
        ]
            + way.map { line(onFlap($0.0, $0.1)) } + [untilFlapStops]
    }

    /// The flap pressed once more, from where the tool is after shutting it.
    private func pressFlap() -> [ArmGoal] { [line(onFlap(20, 60)), line(onFlap(8, 55)), untilFlapStops] }

    private var untilFlapStops: ArmGoal {
        .tool(onFlap(-4, 50), straight: true, speed: arm.touchSpeed, untilContact: true)
    }

    /// The tool on the flap's outer side; bearing from the hinge and pitch in degrees.
    private func onFlap(_ bearing: Double, _ pitch: Double) -> Pose3D {
        let reach = box.flapLength - 0.04
        let angle = bearing * degree
        return tool(x: reach * sin(angle), y: 0, z: box.openingTop - reach * cos(angle), pitch: pitch * degree)
    }

    /// Back from what the tool touches.
    func backOff(_ tool: Pose3D) -> ArmGoal {
        var pose = tool
        pose.origin = pose.origin - pose.xAxis * 0.06
        return line(pose)
    }

    // MARK: Over the compartment

    /// Over the opening, and down until the meal stands.
    func lowerMeal() -> [ArmGoal] {
        let rest = compartment.center.z - compartment.depth + box.gripAboveBottom + 0.02
        return [free(rear(x: compartment.center.x, z: above)), line(rear(x: compartment.center.x, z: rest))]
    }

    /// Straight up out of the compartment.
    func riseFromMeal() -> [ArmGoal] { [line(rear(x: compartment.center.x, z: above))] }

    /// Over the open lid's edge, behind it, and forward and down about its hinge until it touches; then off it.
    func shutLid() -> [ArmGoal] {
        let hingeX = compartment.lidEdge.x - compartment.length
        let hingeZ = compartment.lidEdge.z
        let reach = compartment.length - 0.05
        func on(_ bearing: Double) -> Pose3D {
            let angle = bearing * degree
            return rear(x: hingeX + reach * cos(angle), z: hingeZ + reach * sin(angle), pitch: bearing < 30 ? 77 : 70)
        }
        let last = ArmGoal.tool(on(-4), straight: true, speed: arm.touchSpeed, untilContact: true)
        return [
            free(rear(x: compartment.center.x, z: above)), line(rear(x: hingeX - 0.03, z: hingeZ + 0.30)),
            line(on(98)),
        ] + [85, 70, 55, 40, 25, 12].map { line(on($0)) } + [last]
    }

    /// Up from the shut lid.
    func leaveLid() -> ArmGoal { line(offLid) }

    private var offLid: Pose3D { rear(x: compartment.lidEdge.x - 0.05, z: compartment.lidEdge.z + 0.18, pitch: 85) }

    // MARK: Poses

    /// Clear of the open lid's edge for the tool, and low enough to pass under an open flap.
    private var above: Double { compartment.center.z + 0.29 }

    private func free(_ pose: Pose3D) -> ArmGoal {
        .tool(pose, straight: false, speed: arm.freeSpeed, untilContact: false)
    }

    private func line(_ pose: Pose3D) -> ArmGoal {
        .tool(pose, straight: true, speed: arm.carrySpeed, untilContact: false)
    }

    /// The tool at a point of the face's frame, `pitch` downwards, in the vertical plane of the arm.
    ///
    /// Not square to the face, but a few degrees off it where the dock is: so the wrist never has to roll, and the arm
    /// passes its wrist's singular posture without noticing.
    private func tool(x: Double, y: Double, z: Double, pitch: Double) -> Pose3D {
        let point = Pose3D(face).transform(Vector3(x, y, z))
        let yaw = atan2(point.y - arm.shoulder.y, point.x - arm.shoulder.x)
        return Pose3D(origin: point, roll: 0, pitch: pitch, yaw: yaw)
    }

    /// The tool on the handle of a flap at an angle.
    private func atHandle(_ angle: Double) -> Pose3D {
        let point = handle(angle)
        return tool(x: point.x, y: 0, z: point.z, pitch: handlePitch(angle))
    }

    /// Where the handle is gripped, in the face's frame.
    private func handle(_ angle: Double) -> Vector3 {
        Vector3(
            box.flapLength * sin(angle) + box.handleStandOff * cos(angle), 0,
            box.openingTop - box.flapLength * cos(angle) + box.handleStandOff * sin(angle))
    }

    /// The tool turns down faster than the flap turns up: near the robot the arm reaches the handle from above only.
    private func handlePitch(_ angle: Double) -> Double { 45 * degree + (angle - box.ajarAngle) * 60 / 56 }

    /// A little beyond the point from which the spring carries the flap.
    private var letGoAngle: Double { box.springAngle + 3 * degree }

    private var mealPitch: Double { -25 * degree }

    private var degree: Double { .pi / 180 }

    /// The tool over the compartment, pointing backwards and down, on the ray of the arm's rear yaw; pitch in degrees.
    private func rear(x: Double, z: Double, pitch: Double = 70) -> Pose3D {
        let y = arm.shoulder.y + (x - arm.shoulder.x) * tan(arm.rearYaw)
        return Pose3D(origin: Vector3(x, y, z), roll: 0, pitch: pitch * degree, yaw: arm.rearYaw)
    }
}

/// Where the arm is, as far as it matters for its next way.
enum ArmPlace: Sendable {
    /// On the robot's own lid, which it has just shut; on the box's flap.
    case lid, flap
    case elsewhere
}

/// Arm goals done one after the other.
struct ArmSequence: Sendable {
    private var goals: [ArmGoal]
    private var index = 0
    private var retries = 0
    /// Whether the first goal has been given.
    var isStarted = false

    init(_ goals: [ArmGoal]) { self.goals = goals }

    /// How a look at the arm ends.
    enum Progress: Hashable {
        case moving
        /// The next goal is to be given.
        case next(ArmGoal)
        case done
        case failed(String)
    }

    /// The first goal, if there is one.
    var first: ArmGoal? { goals.first }
    /// Whether the first of several goals is being done.
    var isAtFirst: Bool { index == 0 && goals.count > 1 }

    /// Looks at the arm and says how to go on. A goal that fails is given once more.
    mutating func look(_ status: ArmStatus) -> Progress {
        switch status {
        case .idle, .moving: return .moving
        case .reached, .contact:
            // Contact that was not asked for is a failure, and the arm reports it as one.
            index += 1
            retries = 0
            return index < goals.count ? .next(goals[index]) : .done
        case .failed(let why):
            retries += 1
            guard retries <= 1, index < goals.count else { return .failed(why) }
            return .next(goals[index])
        }
    }
}

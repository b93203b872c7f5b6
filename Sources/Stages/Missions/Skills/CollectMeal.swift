public import RobotModel

/// Takes a meal out of a delivery box with the arm and stows it in the robot's compartment.
///
/// Docked before, undocked after. The box is held against the order before its code is given away; a meal that cannot be
/// gripped is reported missing; whatever happens, box and compartment are shut before the robot leaves, or somebody is
/// called.
public struct CollectMeal: Skill {
    /// How often the meal is gripped for, each time a little differently.
    static let grasps = [Vector3.zero, Vector3(0.015, 0, 0), Vector3(0, 0, 0.015)]

    let mission: MissionID
    let order: MealCollection
    var work: ArmWork
    var clock = StateClock(CollectState.measuring)
    var sequence = ArmSequence([])
    var armPlace = ArmPlace.elsewhere
    /// Sightings of the face while it is measured.
    private var sightings: [BoxSighting] = []
    /// Where to go on after a restart.
    private let resume: CollectState?
    /// What comes after drawing the arm back.
    var afterRetreat = CollectState.reaching
    var tries = 0
    var grasp = 0
    var codes = 0
    /// Set once the meal is in the compartment, or in the gripper.
    var hasMeal = false
    /// Set once the box's latch has been opened: it has to be shut again.
    var hasOpenedBox = false
    /// Set once the robot's own lid has been opened.
    var hasOpenedLid = false
    /// Set once the meal has slipped out of the fingers: it may lie on the ground.
    var hasSlipped = false
    /// Why the collection has been given up.
    var reason: RobotError?
    public internal(set) var outcome = SkillOutcome.running

    /// - Parameter resume: The state in which a restart interrupted the collection.
    public init(
        mission: MissionID, order: MealCollection, box: BoxGeometry, arm: ArmWorkspace, compartment: CompartmentShape,
        resume: CollectState? = nil
    ) {
        self.mission = mission
        self.order = order
        self.resume = resume
        work = ArmWork(box: box, arm: arm, compartment: compartment)
    }

    public var name: String { "collect" }
    public var stateName: String { clock.state.rawValue }
    public var words: String { "box \(order.box): \(clock.state.words)" }
    public var budget: Duration { clock.budget }
    public var isInterruptible: Bool { [.measuring, .identifying].contains(clock.state) && resume == nil }
    public var remaining: Duration { .seconds(clock.state.secondsLeft) }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        // A restart forgets where the face is; it is looked for straight ahead, at the dock.
        let ahead = view.pose.composed(with: work.box.dockPose.inverse)
        let first: [MissionAction] = [.drive(.stand), .fieldMuting(.docking), .lookForBox(near: ahead)]
        // What the fingers hold they go on holding; only fingers that press feel it.
        return resume?.mayHold ?? false ? first + [.gripper(.grip)] : first
    }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard case .tick = event, outcome == .running else { return [] }
        clock.pass(view)
        switch clock.state {
        case .measuring: return measure(view)
        case .identifying: return identify(view)
        case .unlocking: return unlock(view)
        case .opening: return open(view)
        case .gripping: return grip(view)
        case .watching: return watch(view)
        case .grasping: return graspMeal(view)
        case .releasing: return release(view)
        case .latchingLid: return latchLid(view)
        case .latchingFlap: return latchFlap(view)
        case .undocking: return undock(view)
        case .reaching, .swinging, .leaving, .inserting, .extracting, .lowering, .rising, .shuttingLid, .shuttingFlap,
            .stowing, .retreating:
            return moveArm(view)
        case .finished: return []
        }
    }

    // MARK: Before the arm moves

    private mutating func measure(_ view: WorldView) -> [MissionAction] {
        if let sighting = view.boxSighting, view.isStanding, sighting.time != sightings.last?.time,
            view.now - sighting.time < .seconds(1)
        {
            sightings.append(sighting)
        }
        let isFelt = !(resume?.mayHold ?? false) || clock.isSettled && view.gripper.isSettled
        if sightings.count >= 6, isFelt {
            let count = Double(sightings.count)
            let yaw = sightings[0].pose.yaw
            let turn = sightings.reduce(0) { $0 + normalizedAngle($1.pose.yaw - yaw) } / count
            work.face = Pose2D(
                x: sightings.reduce(0) { $0 + $1.pose.x } / count, y: sightings.reduce(0) { $0 + $1.pose.y } / count,
                yaw: normalizedAngle(yaw + turn))
            return resume.map { goOn(from: $0, view) } ?? enter(.identifying)
        }
        return clock.isLate
            ? giveUp(RobotError(.unavailable, "box \(order.box) is not seen from the dock", hint: "clear the view"))
            : []
    }

    private mutating func identify(_ view: WorldView) -> [MissionAction] {
        if let box = view.box, view.now - box.reported < .seconds(2), box.number != 0 {
            if box.number == order.box, box.order == order.order { return enter(.unlocking) }
            let found = box.number == order.box ? "order \(box.order)" : "box \(box.number)"
            return giveUp(
                RobotError(
                    .wrongBox, "found \(found)", expected: "box \(order.box) with order \(order.order)",
                    hint: "is the right vehicle at the kerb, and the right meal in its box?"))
        }
        return clock.isLate
            ? giveUp(RobotError(.silent, "box \(order.box) does not answer on the radio", hint: "is it switched on?"))
            : []
    }

    private mutating func unlock(_ view: WorldView) -> [MissionAction] {
        guard let box = view.box else {
            return clock.isLate
                ? withdraw(
                    RobotError(.silent, "box \(order.box) has stopped answering", hint: "is it switched on?")) : []
        }
        if !box.latched {
            hasOpenedBox = true
            return enter(.opening)
        }
        if box.access == .denied, clock.isSettled, box.reported > codeGiven + .milliseconds(800) {
            return giveUp(
                RobotError(.refused, "box \(order.box) refuses the code", hint: "ask dispatch for the order's new code")
            )
        }
        if clock.isLate {
            return withdraw(
                RobotError(.deadlinePassed, "box \(order.box) does not unlatch", hint: "look at the box's latch"))
        }
        // The line may swallow a code: it is given again, at most three times.
        if codes < 3, codes == 0 || view.now - codeGiven > .seconds(5) {
            codes += 1
            codeGiven = view.now
            return [.journal(.boxUnlock(mission, box: order.box)), .box(.unlock(code: order.code.revealed))]
        }
        return []
    }

    private var codeGiven = Instant.zero

    /// Gives up, and takes the code back: the box must not open when nobody stands before it any more.
    private mutating func withdraw(_ error: RobotError) -> [MissionAction] {
        [.box(.lock)] + giveUp(error)
    }

    private mutating func open(_ view: WorldView) -> [MissionAction] {
        if view.inputs.contains(.lidOpen) {
            hasOpenedLid = true
            // The coil is let go at once, so that the latch catches as soon as the lid is shut.
            return [.lockCompartment(true)] + enter(.reaching)
        }
        guard clock.isLate else { return [] }
        // The arm is stowed: there is nothing to draw back before the box is shut again.
        let error = RobotError(
            .hardwareAlert, "my compartment does not open", hint: "look at the lid's lock and switch")
        reason = error
        return [.lockCompartment(true), .journal(.lock(mission, true)), .complain(error)] + closeUp(view)
    }

    // MARK: Going on after a restart

    private mutating func goOn(from state: CollectState, _ view: WorldView) -> [MissionAction] {
        hasOpenedBox = view.box.map { !$0.latched } ?? true
        hasOpenedLid = view.inputs.contains(.lidOpen)
        if view.inputs.contains(.loaded) {
            hasMeal = true
            return [.journal(.custody(mission, .robot))]
                + enter(state == .releasing || state == .lowering ? .rising : later(state))
        }
        if view.gripper.isHolding, state.mayHold { return carryOn(from: state, view) }
        switch state {
        case .measuring, .identifying, .unlocking, .opening: return enter(.identifying)
        case .releasing where isOverCompartment(view): return enter(.releasing)
        default:
            // Where the arm stands is not known well enough to go on in the middle: back, and begin again from there.
            // A flap that was let go of half-way falls shut meanwhile.
            afterRetreat = !hasOpenedBox || !hasOpenedLid ? .identifying : .watching
            return enter(.retreating)
        }
    }

    /// With the handle or the meal in the fingers, wherever the arm was stopped: on along the same way.
    private mutating func carryOn(from state: CollectState, _ view: WorldView) -> [MissionAction] {
        let tool = Pose3D(work.face).inverse.transform(view.tool.origin)
        if state == .gripping || state == .swinging { return enter(.swinging, work.swingFlap(from: tool)) }
        hasMeal = true
        let custody = MissionAction.journal(.custody(mission, .arm))
        if state == .lowering {
            return [custody] + enter(.lowering, isOverCompartment(view) ? work.lowerMeal().suffix(1) : work.lowerMeal())
        }
        return [custody] + enter(.extracting, tool.x < 0.02 ? work.extractMeal() : [work.stow])
    }

    private func isOverCompartment(_ view: WorldView) -> Bool {
        view.tool.origin.x < work.compartment.lidEdge.x
    }

    /// The first state from which a loaded robot goes on safely.
    private func later(_ state: CollectState) -> CollectState {
        switch state {
        case .shuttingFlap, .latchingFlap, .stowing, .undocking: hasOpenedLid ? .rising : state
        default: .rising
        }
    }
}

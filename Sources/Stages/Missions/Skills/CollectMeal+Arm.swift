internal import RobotModel

// From the handle to the stowed arm.
extension CollectMeal {
    /// Goes on to a state, with its first actions.
    mutating func enter(_ state: CollectState) -> [MissionAction] {
        clock.enter(state)
        let arm = work.arm
        var first: [MissionAction] = []
        switch state {
        case .opening:
            sequence = ArmSequence([])
            return [.arm(work.stow), .journal(.lock(mission, false)), .lockCompartment(false)]
        case .reaching:
            first = [.gripper(.open(width: arm.openWidth))]
            sequence = ArmSequence(work.reachHandle())
        case .gripping, .grasping: return [.gripper(.grip)]
        case .swinging: sequence = ArmSequence(work.swingFlap())
        case .leaving:
            first = [.gripper(.open(width: arm.openWidth))]
            sequence = ArmSequence(work.leaveHandle())
        case .inserting:
            first = [.gripper(.open(width: arm.openWidth))]
            sequence = ArmSequence(work.reachMeal(offset: Self.grasps[grasp]))
        case .extracting: sequence = ArmSequence(work.extractMeal())
        case .lowering: sequence = ArmSequence(work.lowerMeal())
        case .releasing: return [.gripper(.open(width: arm.openWidth))]
        case .rising: sequence = ArmSequence(work.riseFromMeal())
        case .shuttingLid:
            first = [.gripper(.grip), .journal(.lock(mission, true)), .lockCompartment(true)]
            sequence = ArmSequence(work.shutLid())
        case .shuttingFlap:
            // The latch is told first: it catches when the flap comes home.
            first = [.gripper(.grip), .box(.lock)]
            sequence = ArmSequence(work.shutFlap(from: armPlace))
        case .latchingFlap: return [.box(.lock)]
        case .stowing: sequence = ArmSequence([work.stow])
        case .undocking: return [.drive(.backUp(distance: 0.5)), .lookForBox(near: nil)]
        case .retreating:
            sequence = ArmSequence([])
            return [.gripper(.open(width: arm.openWidth))]
        case .measuring, .identifying, .unlocking, .watching, .latchingLid, .finished: break
        }
        if isArmState(state) || state == .retreating { armPlace = .elsewhere }
        // The fingers open before the arm leaves what they held.
        if state != .leaving, let goal = sequence.first, isArmState(state) {
            sequence.isStarted = true
            first.append(.arm(goal))
        }
        return first
    }

    /// Goes on to a state whose motions are begun in their middle.
    mutating func enter(_ state: CollectState, _ goals: some Sequence<ArmGoal>) -> [MissionAction] {
        _ = enter(state)
        sequence = ArmSequence(Array(goals))
        sequence.isStarted = true
        return sequence.first.map { [.arm($0)] } ?? []
    }

    private func isArmState(_ state: CollectState) -> Bool {
        switch state {
        case .reaching, .swinging, .leaving, .inserting, .extracting, .lowering, .rising, .shuttingLid, .shuttingFlap,
            .stowing:
            true
        default: false
        }
    }

    /// States that are a sequence of arm motions.
    mutating func moveArm(_ view: WorldView) -> [MissionAction] {
        if clock.state == .extracting || clock.state == .lowering, !view.gripper.isHolding, clock.isSettled {
            // It has slipped out of the fingers; the light barrier knows whether it fell into the compartment.
            if view.inputs.contains(.loaded) { return stowed() }
            hasSlipped = true
            return regrasp("the meal slipped out of the gripper")
        }
        if clock.state == .swinging, !view.gripper.isHolding, clock.isSettled, !(view.box?.flapOpen ?? false) {
            return again(.reaching, RobotError(.blocked, "the flap of box \(order.box) does not open", hint: flapHint))
        }
        if clock.isLate { return armFailed("took too long") }
        guard clock.isSettled else { return [] }
        if !sequence.isStarted {
            guard view.gripper.isSettled || clock.spent > .seconds(2) else { return [] }
            // The way back starts where the tool is.
            if clock.state == .retreating { sequence = ArmSequence([work.backOff(view.tool), work.stow]) }
            sequence.isStarted = true
            clock.newGoal()
            return sequence.first.map { [.arm($0)] } ?? []
        }
        switch sequence.look(view.arm) {
        case .moving: return []
        case .next(let goal):
            clock.newGoal()
            return [.arm(goal)]
        case .failed(let why): return armFailed(why)
        case .done: return arrived(view)
        }
    }

    private mutating func arrived(_ view: WorldView) -> [MissionAction] {
        switch clock.state {
        case .reaching: return enter(.gripping)
        case .swinging: return enter(.leaving)
        case .leaving: return enter(.watching)
        case .inserting: return enter(.grasping)
        case .extracting: return enter(.lowering)
        case .lowering: return enter(.releasing)
        case .rising: return enter(.shuttingLid)
        case .shuttingLid:
            armPlace = .lid
            return enter(.latchingLid)
        case .shuttingFlap:
            armPlace = .flap
            return enter(.latchingFlap)
        case .stowing: return enter(.undocking)
        case .retreating:
            if reason != nil { return closeUp(view) }
            if afterRetreat == .watching { return enter(view.box?.flapOpen ?? false ? .inserting : .reaching) }
            return enter(afterRetreat)
        default: return []
        }
    }

    mutating func grip(_ view: WorldView) -> [MissionAction] {
        if clock.isSettled, view.gripper.isHolding { return enter(.swinging) }
        let isEmpty = clock.spent > .milliseconds(500) && view.gripper.isSettled
        guard isEmpty || clock.isLate else { return [] }
        return again(
            .reaching,
            RobotError(.hardwareAlert, "the handle of box \(order.box)'s flap is not in the gripper", hint: flapHint))
    }

    mutating func watch(_ view: WorldView) -> [MissionAction] {
        if view.box?.flapOpen ?? false { return enter(.inserting) }
        guard clock.isLate else { return [] }
        return again(.reaching, RobotError(.blocked, "the flap of box \(order.box) does not open", hint: flapHint))
    }

    private var flapHint: String { "look whether something holds the flap, and whether it stands ajar when unlatched" }

    mutating func graspMeal(_ view: WorldView) -> [MissionAction] {
        if clock.isSettled, view.gripper.isHolding {
            hasMeal = true
            return [.journal(.custody(mission, .arm))] + enter(.extracting)
        }
        let isEmpty = clock.spent > .milliseconds(500) && view.gripper.isSettled
        return isEmpty || clock.isLate ? regrasp("nothing between the fingers") : []
    }

    /// Another grip, a little beside the last one; after the last the meal counts as missing.
    private mutating func regrasp(_ why: String) -> [MissionAction] {
        hasMeal = false
        grasp += 1
        if grasp < Self.grasps.count {
            afterRetreat = .inserting
            return retreat() + [.say("\(why); gripping once more", .warning)]
        }
        return giveUp(
            RobotError(
                .mealMissing, "box \(order.box) has no meal that I can grip: \(why)",
                hint: hasSlipped
                    ? "look on the ground before the box: the meal slipped out of the gripper"
                    : "look into the box; the order may have been left out"))
    }

    mutating func release(_ view: WorldView) -> [MissionAction] {
        if view.inputs.contains(.loaded), view.gripper.isSettled, clock.isSettled { return stowed() }
        if clock.isLate {
            return stick(
                RobotError(
                    .mealMissing, "the meal is not in my compartment after letting go of it",
                    hint: "look where the meal is, put it into the compartment and resume"))
        }
        return []
    }

    private mutating func stowed() -> [MissionAction] {
        hasMeal = true
        return [.journal(.custody(mission, .robot))] + enter(.rising)
    }

    mutating func latchLid(_ view: WorldView) -> [MissionAction] {
        if !view.inputs.contains(.lidOpen) {
            // The arm leaves the lid on its way to the flap, or home.
            return hasOpenedBox ? enter(.shuttingFlap) : enter(.stowing)
        }
        guard clock.spent > .seconds(2) else { return [] }
        tries += 1
        if tries < 3 { return enter(.shuttingLid) }
        return stick(
            RobotError(.hardwareAlert, "my compartment does not shut", hint: "shut the lid by hand and resume"))
    }

    mutating func latchFlap(_ view: WorldView) -> [MissionAction] {
        if let box = view.box, box.latched, !box.flapOpen { return enter(.stowing) }
        guard clock.isLate || clock.spent > .seconds(3) else { return [] }
        tries += 1
        if tries < 3 { return enter(.shuttingFlap) }
        return leaveUnlocked()
    }

    /// The meal is safe; an open box is somebody else's to look after, but never in silence.
    private mutating func leaveUnlocked() -> [MissionAction] {
        if var reason {
            reason.what += "; and the box does not lock"
            reason.hint = [reason.hint, "shut box \(order.box) by hand"].compactMap { $0 }.joined(separator: "; ")
            self.reason = reason
        }
        return [.say("box \(order.box) does not lock; please shut it by hand", .error)] + enter(.stowing)
    }

    mutating func undock(_ view: WorldView) -> [MissionAction] {
        if clock.isSettled, view.drive == .reached {
            clock.enter(.finished)
            outcome = reason.map { .failed($0) } ?? .done
            return [.drive(.stand), .fieldMuting(.none)]
        }
        if clock.isSettled, case .failed(let why) = view.drive {
            return stick(RobotError(.blocked, "cannot undock: \(why)", hint: "clear the way behind the robot"))
        }
        return clock.isLate ? stick(clock.late(words, hint: "clear the way behind the robot")) : []
    }

    // MARK: When it goes wrong

    private mutating func armFailed(_ why: String) -> [MissionAction] {
        let error = RobotError(
            .blocked, "the arm cannot go on \(clock.state.words): \(why)", hint: "clear the arm's way and resume")
        switch clock.state {
        case .retreating where sequence.isAtFirst:
            // The tool cannot go straight back: fold the arm from where it is.
            sequence = ArmSequence([work.stow])
            sequence.isStarted = true
            clock.newGoal()
            return [.arm(work.stow)]
        case .reaching: return again(.reaching, error)
        case .inserting: return again(.inserting, error)
        case .swinging, .leaving: return again(.reaching, error)
        case .shuttingFlap:
            tries += 1
            afterRetreat = .shuttingFlap
            return tries < 3 ? retreat() : leaveUnlocked()
        case .shuttingLid:
            tries += 1
            return tries < 3 ? enter(.shuttingLid) : stick(error)
        // With the meal in the gripper, or with an arm that does not even fold, nothing is safe to try.
        default: return stick(error)
        }
    }

    private mutating func again(_ state: CollectState, _ error: RobotError) -> [MissionAction] {
        tries += 1
        if tries >= 3 { return giveUp(error) }
        afterRetreat = state
        return retreat() + [.say("\(error.what); trying once more", .warning, hint: error.hint)]
    }

    private mutating func retreat() -> [MissionAction] {
        [.arm(.hold)] + enter(.retreating)
    }

    /// Gives the collection up: shuts what was opened, and leaves.
    mutating func giveUp(_ error: RobotError) -> [MissionAction] {
        reason = error
        tries = 0
        if hasOpenedBox || hasOpenedLid { return retreat() + [.complain(error)] }
        return [.complain(error)] + enter(.stowing)
    }

    /// Shuts what was opened.
    mutating func closeUp(_ view: WorldView) -> [MissionAction] {
        if view.inputs.contains(.lidOpen) { return enter(.shuttingLid) }
        if hasOpenedBox { return enter(.shuttingFlap) }
        return enter(.stowing)
    }

    mutating func stick(_ error: RobotError) -> [MissionAction] {
        outcome = .stuck(error)
        return [.drive(.stand), .arm(.hold)]
    }
}

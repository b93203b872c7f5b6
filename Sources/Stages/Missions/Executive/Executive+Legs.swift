internal import BuildingMap
internal import RobotModel

// Which leg follows which, and with what skills.
extension Executive {
    /// One event: what is to be done, and what is to be said about the pose.
    mutating func step(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        let isKnown = knowsPose(view)
        let words = pose.look(view, isKnown: isKnown, error: .lostPose(view, building))
        noteStanding(view)
        return act(event, view, isKnown: isKnown) + words
    }

    /// Lets the skill at work take an event, or finds something to do.
    private mutating func act(_ event: MissionEvent, _ view: WorldView, isKnown: Bool) -> [MissionAction] {
        switch mode {
        case .shutDown: return tend(view)
        case .paused:
            if !isKnown || hasStoodLong(view) { beginsAnew = true }
            return tend(view)
        case .needsHelp(let error):
            if error.code == .notLocalized, view.isTracking, view.safety.action < .hold { return resume(view) }
            return tend(view)
        case .lost, .heldUp: return standBy(view, isKnown: isKnown)
        case .storageFailed(let error, let undone, let since):
            let releases = undone.filter(\.isRelease)
            if hasStoodLong(view), !releases.isEmpty {
                mode = .storageFailed(error, undone: undone.filter { !$0.isRelease }, since: since)
                return releases
            }
            if let facility = skill?.facility, !beginsAnew, keepsFacilityWaiting(view) {
                // Nobody else waits for our disk. The journal still has the session open, which errs on the safe side.
                beginsAnew = true
                return [facility.release]
            }
            guard case .tick = event, view.now - since >= .seconds(10) else { return [] }
            mode = .running
            return undone + goals.restore(view)
        case .recovering: return recover(view)
        case .running: break
        }
        if errand != nil, !isKnown { return standBy(.lost, view) }
        if keepsFacilityWaiting(view) { return standBy(.heldUp, view) }
        if goals.isFreeAgain(view) { return goals.restore(view) }
        if let actions = mindMeal(view) { return actions + tend(view) }
        if let actions = mindLid(view) { return actions + tend(view) }
        if let errand, errand.isCancelled, errand.leg.isOutward, purpose?.isInterruptible ?? true {
            return callOff(errand, view) + tend(view)
        }
        if leavesHomeward(view) { return dropErrand() }
        guard var skill else { return idle(event, view) + tend(view) }
        var actions = skill.handle(event, view)
        self.skill = skill
        note(actions)
        switch skill.outcome {
        case .running: break
        case .done: actions += nextSkills.isEmpty ? advance(view) : startNext(view)
        case .failed(let error): actions += fail(error, view)
        case .stuck(let error):
            mode = .needsHelp(error)
            actions += [.complain(error, lead: "I need help: ")]
        }
        return actions + tend(view)
    }

    /// What is being done: folding the arm is only the beginning of what comes after it.
    var purpose: (any Skill)? { skill is StowArm ? nextSkills.first ?? skill : skill }

    /// Sessions that nobody needs any more are given back, and confirmed ones are forgotten.
    mutating func tend(_ view: WorldView) -> [MissionAction] {
        if case .recovering = mode { return [] }
        let building = building
        return ledger.tend(view, keeping: givesBack(view) ? nil : skill?.facility) {
            building.contains(view.pose, on: view.level, in: $0)
        }
    }

    /// Custody changes with what the skill journals.
    private mutating func note(_ actions: [MissionAction]) {
        for case .journal(.custody(let id, let holder)) in actions where id == errand?.mission?.id {
            errand?.custody = holder
        }
    }

    // MARK: Legs

    /// Begins a leg.
    mutating func begin(_ leg: MissionLeg, _ view: WorldView) -> [MissionAction] {
        errand?.leg = leg
        return begin(skills(for: leg, view), view)
    }

    mutating func begin(_ skills: [any Skill], _ view: WorldView) -> [MissionAction] {
        nextSkills = skills
        if !armIsStowed, !(skills.first is CollectMeal) {
            nextSkills.insert(StowArm(posture: settings.arm.stowed), at: 0)
        }
        return startNext(view)
    }

    private mutating func startNext(_ view: WorldView) -> [MissionAction] {
        if skill is StowArm || skill is CollectMeal { armIsStowed = true }
        goals.forget()
        var next = nextSkills.removeFirst()
        if next is CollectMeal { armIsStowed = false }
        let actions = next.start(view)
        skill = next
        return actions
    }

    /// - Parameter wasOpen: The compartment was open for this hand-over when it was interrupted.
    func skills(for leg: MissionLeg, _ view: WorldView, wasOpen: Bool = false) -> [any Skill] {
        func travel(_ place: PlaceID) -> [any Skill] {
            [Travel(to: place, building: building, motion: settings.motion)]
        }
        guard let mission = errand?.mission else { return travel(settings.home) }
        switch leg {
        case .toCollect: return travel(mission.collect.place)
        case .dock:
            let stand = building.place(mission.collect.place)?.place
            let pose = stand.map { Pose2D($0.position, yaw: $0.yaw ?? view.pose.yaw) }
            return [DockAtBox(box: mission.collect.box, place: pose, geometry: settings.box)]
        case .collect: return [collection(mission, resume: nil)]
        case .toDeliver: return travel(mission.deliver.place)
        case .handOver:
            return [
                handOver(
                    mission, .pin(mission.deliver.pin), .recipient, wait: mission.deliver.noShow.wait, wasOpen: wasOpen)
            ]
        case .toReturn: return travel(returnPlace(mission))
        case .giveBack:
            return [
                returnsToSender(mission)
                    ? handOver(mission, .code(mission.collect.code), .sender, wait: .seconds(600), wasOpen: wasOpen)
                    : handOver(mission, .anyone, .reception, wait: .seconds(600), wasOpen: wasOpen)
            ]
        case .toHome: return travel(settings.home)
        }
    }

    func collection(_ mission: Mission, resume: CollectState?) -> CollectMeal {
        CollectMeal(
            mission: mission.id, order: mission.collect, box: settings.box, arm: settings.arm,
            compartment: settings.compartment, resume: resume)
    }

    func handOver(
        _ mission: Mission, _ access: HandOver.Access, _ receiver: Custody, wait: Duration, isTaken: Bool = false,
        wasOpen: Bool = false
    ) -> HandOver {
        HandOver(
            mission: mission.id, access: access, receiver: receiver, wait: wait, box: settings.box, arm: settings.arm,
            compartment: settings.compartment, isTaken: isTaken, wasOpen: wasOpen)
    }

    /// Called off means back to the sender; otherwise the file says where.
    func returnsToSender(_ mission: Mission) -> Bool {
        errand?.isCancelled ?? false || mission.deliver.noShow.then == .returnToSender
    }

    func returnPlace(_ mission: Mission) -> PlaceID {
        if !returnsToSender(mission), case .leave(let place) = mission.deliver.noShow.then { return place }
        return mission.collect.place
    }

    /// A leg is done.
    private mutating func advance(_ view: WorldView) -> [MissionAction] {
        if skill is StowArm || skill is CollectMeal { armIsStowed = true }
        guard let errand else { return [] }
        if errand.isCancelled, errand.leg.isOutward, errand.leg != .handOver { return callOff(errand, view) }
        switch errand.leg {
        case .toCollect: return begin(.dock, view)
        case .dock: return begin(.collect, view)
        case .collect: return begin(.toDeliver, view)
        case .toDeliver: return begin(.handOver, view)
        case .handOver: return close(.completed, nil, view)
        case .toReturn: return begin(.giveBack, view)
        case .giveBack: return close(errand.isCancelled ? .cancelled : .returned, errand.error, view)
        case .toHome: return dropErrand()
        }
    }

    /// A leg has failed, and the robot is free.
    private mutating func fail(_ error: RobotError, _ view: WorldView) -> [MissionAction] {
        if skill is CollectMeal { armIsStowed = true }
        guard let errand else { return [] }
        switch errand.leg {
        case .toCollect, .dock, .collect: return [.complain(error)] + close(.failed, error, view)
        case .toDeliver, .handOver: return bringBack(error, view)
        // It stays in the compartment; whoever is at home takes it out.
        case .toReturn, .giveBack: return [.complain(error)] + close(.failed, error, view)
        case .toHome:
            homeNotBefore = view.now + .seconds(60)
            return [.complain(error)] + dropErrand()
        }
    }

    /// The meal goes back, or to the other place.
    mutating func bringBack(_ error: RobotError, _ view: WorldView) -> [MissionAction] {
        guard let id = errand?.mission?.id else { return [] }
        errand?.error = error
        return [.drive(.stand), .journal(.state(id, .returning, error)), .complain(error, .warning)]
            + begin(.toReturn, view)
    }

    /// A mission ends.
    mutating func close(_ state: MissionState, _ error: RobotError?, _ view: WorldView) -> [MissionAction] {
        guard let errand, let mission = errand.mission else { return dropErrand() }
        let status = MissionStatus(
            mission: mission.id, state: state, step: state.rawValue, place: mission.deliver.place,
            level: view.level, promised: mission.deliver.promised, custody: errand.custody, error: error,
            waiting: queue.count)
        let news = MissionAction.say(
            "mission \(mission.id) is over: \(state.rawValue)", error == nil ? .notice : .warning)
        return dropErrand() + [.journal(.state(mission.id, state, error)), .status(status), news]
    }

    /// Nothing is under way any more; what comes next is found at the next tick.
    mutating func dropErrand() -> [MissionAction] {
        errand = nil
        skill = nil
        nextSkills = []
        goals.forget()
        return [.drive(.stand), .fieldMuting(.none), .watchDoorway(nil), .lookForBox(near: nil)]
    }
}

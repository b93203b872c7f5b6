internal import RobotModel

// What people and the system ask for: pause, resume, cancel, shutdown; and a journal that cannot be written.
extension Executive {
    mutating func pause(_ view: WorldView) -> [MissionAction] {
        switch mode {
        case .running: beginsAnew = false
        case .lost, .heldUp: beginsAnew = true
        case .recovering:
            // Asked for again as soon as the robot has looked around.
            guard let id = interrupted?.id else { return [] }
            recovered.states[id] = .paused
            return [.journal(.state(id, .paused, nil)), .say("paused")]
        case .paused, .needsHelp, .storageFailed, .shutDown: return []
        }
        mode = .paused
        let entry = errand?.mission.map { [MissionAction.journal(.state($0.id, .paused, nil))] } ?? []
        return goals.suspend(view) + entry + [.say("paused")] + keptFacility
    }

    /// What somebody should know who lets the robot stand in a door or a lift.
    private var keptFacility: [MissionAction] {
        guard let skill, let facility = skill.facility, !skill.isInterruptible else { return [] }
        return [
            .say(
                "I stand in \(facility) and keep it from everybody else", .warning, hint: "let me out: `mission resume`"
            )
        ]
    }

    mutating func resume(_ view: WorldView) -> [MissionAction] {
        switch mode {
        case .paused:
            if beginsAnew { return journalState() + beginAnew(view) }
            mode = .running
            return journalState() + [.say("going on")] + goals.restore(view)
        case .needsHelp:
            mode = .running
            guard let errand, let progress = reporter.lastProgress else {
                // Help was needed before anything could be recovered.
                if recovered.progress != nil || !recovered.states.isEmpty { mode = .recovering }
                recoveryStarted = nil
                let paused = recovered.states.filter { $0.value == .paused }.keys.sorted()
                for id in paused { recovered.states[id] = recovered.cancelled.contains(id) ? .cancelling : .running }
                let hasLooked: [MissionAction] = recovered.damage == nil ? [] : [.journal(.idle)]
                recovered.damage = nil
                return hasLooked + paused.map { .journal(.state($0, recovered.states[$0] ?? .running, nil)) }
            }
            return journalState() + [.say("going on")] + goOn(errand.leg, progress, view)
        case .storageFailed(_, let undone, _):
            mode = .running
            return undone + goals.restore(view)
        case .lost: return [.complain(.lostPose(view, building))]
        case .running, .recovering, .heldUp, .shutDown: return []
        }
    }

    func journalState() -> [MissionAction] {
        guard let errand, let id = errand.mission?.id else { return [] }
        return [.journal(.state(id, state(of: errand), errand.error))]
    }

    /// The state that a mission under way has by itself.
    func state(of errand: Errand) -> MissionState {
        if errand.isCancelled { return .cancelling }
        return errand.leg.isOutward || errand.leg == .toHome ? .running : .returning
    }

    mutating func cancel(_ id: MissionID, _ view: WorldView) -> [MissionAction] {
        if let mission = queue.remove(id) {
            if check?.mission.id == id { check = nil }
            waitingFor = nil
            let status = MissionStatus(
                mission: id, state: .cancelled, step: "cancelled", place: mission.deliver.place, level: view.level,
                promised: mission.deliver.promised, waiting: queue.count)
            return [.journal(.state(id, .cancelled, nil)), .status(status)]
        }
        // Durable before it is acknowledged: a power cut must not turn it into a delivery.
        let order: [MissionAction] = [
            .journal(.state(id, .cancelling, .calledOff)), .say("mission \(id) is called off"),
        ]
        if interrupted?.id == id {
            recovered.cancelled.insert(id)
            // A paused one stays paused, over a restart too.
            let isPaused = recovered.states[id] == .paused
            return isPaused ? order + [.journal(.state(id, .paused, nil))] : order
        }
        guard let errand, errand.mission?.id == id else { return [] }
        guard errand.leg.isOutward, !errand.isCancelled else {
            return [.say("mission \(id) is \(errand.isCancelled ? "called off" : "being brought back") already")]
        }
        self.errand?.isCancelled = true
        self.errand?.error = .calledOff
        guard case .paused = mode else { return order }
        return order + [.journal(.state(id, .paused, nil)), .say("I am paused: `mission resume` lets me leave it")]
    }

    /// Leaves a mission that has been called off: home without the meal, or back to the sender with it.
    mutating func callOff(_ errand: Errand, _ view: WorldView) -> [MissionAction] {
        guard errand.custody == .robot else { return close(.cancelled, .calledOff, view) }
        return [.drive(.stand)] + begin(.toReturn, view)
    }

    mutating func shutDown(_ view: WorldView) -> [MissionAction] {
        let stops = goals.suspend(view)
        var actions: [MissionAction] = [.say(interruption)]
        mode = .shutDown
        for facility in ledger.open {
            if building.contains(view.pose, on: view.level, in: facility) {
                actions.append(
                    .say(
                        "I stand in \(facility): its session stays open, and is in the journal", .warning,
                        hint:
                            "behind a relay box \(facility) lets go of me after 10 s of silence; I ask for it again at the next start"
                    ))
            } else {
                actions += [.say("giving \(facility) back", .info), facility.release]
            }
        }
        let pose: [MissionAction] =
            if case .tracking = view.localization { [.journal(.pose(view.pose, view.level))] } else { [] }
        return stops + actions + pose
    }

    /// What a shutdown interrupts, in words.
    private var interruption: String {
        guard let errand else { return "stopping: nothing is under way" }
        let step = skill?.words ?? errand.leg.rawValue
        guard let id = errand.mission?.id else { return "stopping on the way home, \(step)" }
        return "stopping in mission \(id), \(step); it goes on at the next start"
    }

    mutating func storageFailed(
        _ error: RobotError, _ undone: [MissionAction], _ view: WorldView
    ) -> [MissionAction] {
        if case .shutDown = mode { return [] }
        let isNews: Bool
        var undone = undone
        if case .storageFailed(_, let earlier, _) = mode {
            isNews = false
            undone = earlier + undone
        } else {
            isNews = waitingFor != error
        }
        waitingFor = error
        mode = .storageFailed(error, undone: undone, since: view.now)
        return goals.suspend(view) + (isNews ? [.complain(error, lead: "I stop: ")] : [])
    }
}

internal import RobotModel

// What people and the system ask for: pause, resume, cancel, shutdown; and a journal that cannot be written.
extension Executive {
    mutating func pause(_ view: WorldView) -> [MissionAction] {
        guard case .running = mode else { return [] }
        mode = .paused
        let entry = errand?.mission.map { [MissionAction.journal(.state($0.id, .paused, nil))] } ?? []
        return goals.suspend(view) + entry + [.say("paused")]
    }

    mutating func resume(_ view: WorldView) -> [MissionAction] {
        switch mode {
        case .paused:
            mode = .running
            return journalState() + [.say("going on")] + goals.restore(view)
        case .needsHelp:
            mode = .running
            guard let errand, let progress = reporter.lastProgress else {
                // Help was needed before anything could be recovered.
                if recovered.progress != nil || !recovered.states.isEmpty { mode = .recovering }
                recoveryStarted = nil
                recovered.states = recovered.states.mapValues { $0 == .paused ? .running : $0 }
                return []
            }
            return journalState() + [.say("going on")] + goOn(errand.leg, progress, view)
        case .storageFailed(_, let undone, _):
            mode = .running
            return undone + goals.restore(view)
        case .running, .recovering, .shutDown: return []
        }
    }

    private func journalState() -> [MissionAction] {
        guard let errand, let id = errand.mission?.id else { return [] }
        return [.journal(.state(id, state(of: errand), errand.error))]
    }

    /// The state that a mission under way has by itself.
    func state(of errand: Errand) -> MissionState {
        switch errand.leg {
        case .toReturn, .giveBack: errand.isCancelled ? .cancelling : .returning
        case .toCollect, .dock, .collect, .toDeliver, .handOver, .toHome: .running
        }
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
        guard let errand, errand.mission?.id == id else { return [] }
        guard errand.leg.isOutward else {
            return [.say("mission \(id) is being brought back already")]
        }
        self.errand?.isCancelled = true
        return [.say("mission \(id) is called off")]
    }

    /// Leaves a mission that has been called off: home without the meal, or back to the sender with it.
    mutating func callOff(_ errand: Errand, _ view: WorldView) -> [MissionAction] {
        let error = RobotError(.cancelled, "called off")
        guard errand.custody == .robot, let id = errand.mission?.id else { return close(.cancelled, error, view) }
        self.errand?.error = error
        return [.drive(.stand), .journal(.state(id, .cancelling, error))] + begin(.toReturn, view)
    }

    mutating func shutDown(_ view: WorldView) -> [MissionAction] {
        let stops = goals.suspend(view)
        mode = .shutDown
        var actions: [MissionAction] = []
        for facility in ledger.open {
            if building.contains(view.pose, on: view.level, in: facility) {
                actions.append(.say("I stand in \(facility); its session stays open"))
            } else {
                actions.append(facility.release)
            }
        }
        let pose: [MissionAction] =
            if case .tracking = view.localization { [.journal(.pose(view.pose, view.level))] } else { [] }
        return stops + actions + pose
    }

    mutating func storageFailed(
        _ error: RobotError, _ undone: [MissionAction], _ view: WorldView
    ) -> [MissionAction] {
        if case .shutDown = mode { return [] }
        let isNews: Bool
        if case .storageFailed = mode { isNews = false } else { isNews = waitingFor != error }
        waitingFor = error
        mode = .storageFailed(error, undone: undone, since: view.now)
        return goals.suspend(view) + (isNews ? [.say("I stop: \(error.what)")] : [])
    }
}

public import RobotModel

/// What lies before a delivery, in parts that are as sure as each other.
public struct DeliveryOutlook: Sendable {
    /// The rest of what is being done.
    public var present: Duration
    /// The route's steps after it.
    public var steps: [RouteStep]
    /// Everything else: docking, collecting, ways that have not been planned.
    public var work: Duration
}

// What the robot does, in words and figures.
extension Executive {
    func describe(_ view: WorldView) -> MissionStatus {
        var status = MissionStatus(level: view.level, waiting: queue.count)
        if let errand {
            status.mission = errand.mission?.id
            status.state = errand.mission == nil ? nil : state(of: errand)
            status.place = errand.mission.map { destination(of: errand.leg, $0) } ?? settings.home
            status.promised = errand.mission?.deliver.promised
            status.custody = errand.custody
            status.error = errand.error
            status.step = skill?.words ?? errand.leg.rawValue
            status.eta = eta(errand)
        } else if let mission = interrupted {
            status.mission = mission.id
            status.state = recovered.cancelled.contains(mission.id) ? .cancelling : recovered.states[mission.id]
            status.place = mission.deliver.place
            status.promised = mission.deliver.promised
            status.custody = recovered.custody[mission.id]
        } else if let mission = queue.head(at: view.now) ?? queue.missions.first {
            status.mission = mission.id
            status.state = .queued
            status.step = waitingFor.map { "waiting: \($0.what)" } ?? "getting ready"
            status.promised = mission.deliver.promised
            status.error = waitingFor
            if waitingFor?.code == .noEnergy { status.state = .waitingForEnergy }
        } else {
            status.error = waitingFor
            if let waitingFor, waitingFor.code == .notLocalized { status.step = "waiting: \(waitingFor.what)" }
        }
        switch mode {
        case .running: break
        case .paused:
            status.step = "paused: \(status.step)"
            if status.mission != nil { status.state = .paused }
        case .needsHelp(let error):
            status.step = "needs help: \(error.what)"
            status.error = error
        case .storageFailed(let error, _, _):
            status.step = "stopped: \(error.what)"
            status.error = error
        case .recovering: status.step = "looking around after a restart"
        case .lost: status.step = "has lost its place and looks for it: \(status.step)"
        case .heldUp: status.step = "held up: \(status.step)"
        case .shutDown: status.step = "shutting down"
        }
        if pose.hasAsked, status.mission != nil {
            let error = RobotError.lostPose(view, building)
            status.step = "needs help: \(error.what)"
            status.error = error
        }
        return status
    }

    /// What the meal still has before it, for a forecast; nil where its hand-over cannot be said.
    public var outlook: DeliveryOutlook? {
        guard let errand, let seconds = eta(errand), let skill else { return nil }
        let steps = skill.stepsAhead
        let planned = steps.reduce(Duration.zero) { $0 + $1.duration }
        let present = max(.zero, skill.remaining - planned)
        return DeliveryOutlook(present: present, steps: steps, work: max(.zero, .seconds(seconds) - present - planned))
    }

    /// Seconds until the meal can be handed over: the skill's rest and what comes after it.
    private func eta(_ errand: Errand) -> Double? {
        guard errand.mission != nil, let skill else { return nil }
        let rest = nextSkills.reduce(skill.remaining) { $0 + $1.remaining }.inSeconds
        let toDeliver = errand.toDeliver.inSeconds
        switch errand.leg {
        case .toCollect: return rest + 100 + toDeliver
        case .dock: return rest + 85 + toDeliver
        case .collect: return rest + toDeliver
        case .toDeliver: return rest
        case .handOver: return 0
        case .toReturn, .giveBack, .toHome: return nil
        }
    }
}

internal import BuildingMap
internal import RobotModel

// With nothing under way: is there a mission that can be started, or is it time to go home?
extension Executive {
    /// How long a mission is put off that has no way, or no energy.
    private static var noWayPause: Duration { .seconds(30) }
    private static var noEnergyPause: Duration { .seconds(60) }

    mutating func idle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard view.isTracking else {
            if pose.hasAsked { waitingFor = .lostPose(view, building) }
            return []
        }
        if waitingFor?.code == .notLocalized { waitingFor = nil }
        guard view.safety.action < .hold else { return [] }
        if let mission = queue.head(at: view.now) { return consider(mission, view) }
        if queue.count == 0 { waitingFor = nil }
        check = nil
        guard !isHome(view), view.now >= homeNotBefore else { return [] }
        errand = Errand(mission: nil, leg: .toHome)
        return begin(.toHome, view)
    }

    /// Whether the robot leaves its way home for a mission.
    func leavesHomeward(_ view: WorldView) -> Bool {
        guard let errand, errand.mission == nil, let skill, skill.isInterruptible, !(skill is StowArm) else {
            return false
        }
        return queue.head(at: view.now) != nil
    }

    private func isHome(_ view: WorldView) -> Bool {
        guard let home = building.place(settings.home) else { return true }
        return home.level == view.level && home.place.position.distance(to: view.pose.position) < 0.5
    }

    private mutating func consider(_ mission: Mission, _ view: WorldView) -> [MissionAction] {
        if view.inputs.contains(.loaded) || view.inputs.contains(.lidOpen) {
            let what = view.inputs.contains(.loaded) ? "is not empty" : "is open"
            return putOff(
                mission, until: view.now + .seconds(5),
                RobotError(.unavailable, "my compartment \(what)", hint: "empty the compartment and shut its lid"))
        }
        guard let check, check.mission.id == mission.id, view.now - check.started < .seconds(10) else {
            let check = EnergyCheck(mission, home: settings.home, at: view.now)
            self.check = check
            return check.requests.map { .planRoute($0) }
        }
        if let failure = check.failure { return putOff(mission, until: view.now + Self.noWayPause, failure) }
        guard let needed = check.needed(settings.energy, cruise: settings.motion.cruiseSpeed) else { return [] }
        let available = EnergyCheck.available(view.battery, settings.energy)
        guard needed <= available else {
            let error = RobotError(
                .noEnergy,
                "mission \(mission.id) and the way home take \(oneDigit(needed)) Wh, \(oneDigit(available)) Wh are left",
                hint: "charge the battery")
            let isNews = waitingFor?.code != .noEnergy
            let put = putOff(mission, until: view.now + Self.noEnergyPause, error)
            return isNews
                ? [.journal(.state(mission.id, .waitingForEnergy, error)), .complain(error, .warning)] + put : put
        }
        return start(mission, check, view)
    }

    private mutating func putOff(_ mission: Mission, until: Instant, _ error: RobotError) -> [MissionAction] {
        queue.put(off: mission.id, until: until)
        waitingFor = error
        check = nil
        return []
    }

    private mutating func start(_ mission: Mission, _ check: EnergyCheck, _ view: WorldView) -> [MissionAction] {
        _ = queue.remove(mission.id)
        self.check = nil
        waitingFor = nil
        errand = Errand(mission: mission, leg: .toCollect, custody: .box)
        errand?.toDeliver = check.routes[check.requests[1]]?.duration ?? .seconds(120)
        return [.journal(.state(mission.id, .running, nil)), .say("starting mission \(mission.id)")]
            + begin(.toCollect, view)
    }

    private func oneDigit(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

internal import BuildingMap
internal import RobotModel

// After a restart, or after help: look at the world, then go on at the same step.
extension Executive {
    mutating func recover(_ view: WorldView) -> [MissionAction] {
        let since = recoveryStarted ?? view.now
        recoveryStarted = since
        // Doors, lifts and switches report within a second.
        guard view.safety.action < .hold, view.now - since >= .seconds(1) else { return [] }
        let isInside = inside(recovered.progress?.step, view) != nil
        if !isInside {
            guard case .tracking = view.localization else {
                guard view.now - since >= .seconds(30) else { return [] }
                return ask(
                    RobotError(
                        .notLocalized, "I do not know where I am after the restart",
                        hint: "push the robot to where it was, turned the same way, and resume"))
            }
        }
        let mission =
            recovered.progress?.mission.flatMap { id in recovered.missions.first { $0.id == id } }
            ?? recovered.missions.first { recovered.states[$0.id]?.isUnderWay ?? false }
        if let id = mission?.id, recovered.states[id] == .paused {
            return ask(RobotError(.cancelled, "mission \(id) was paused before the restart", hint: "resume it"))
        }
        mode = .running
        if let mission { _ = queue.remove(mission.id) }
        let leg = recovered.progress?.leg ?? (mission == nil ? .toHome : .toCollect)
        var errand = Errand(mission: mission, leg: mission == nil ? .toHome : leg)
        if let id = mission?.id {
            errand.custody = recovered.custody[id] ?? .box
            errand.isCancelled = recovered.states[id] == .cancelling
        }
        self.errand = errand
        let progress =
            recovered.progress
            ?? MissionProgress(mission: mission?.id, leg: errand.leg, skill: "travel", state: "planning")
        let name = mission.map { "mission \($0.id)" } ?? "the way home"
        let text =
            "back after a restart: I was at \(progress.leg.rawValue) of \(name) (\(progress.skill) \(progress.state))"
        return [.say(isInside ? text + ", and I am in the lift" : text)] + goOn(errand.leg, progress, view)
    }

    private mutating func ask(_ error: RobotError) -> [MissionAction] {
        mode = .needsHelp(error)
        return [.say("I need help: \(error.what)")]
    }

    /// The lift step of a route whose car the robot stands in, if it does.
    private func inside(_ step: RouteStep?, _ view: WorldView) -> LiftStep? {
        guard case .lift(let step) = step, let lift = building.lifts[step.lift] else { return nil }
        return lift.contains(view.pose.position, margin: 0) ? step : nil
    }

    /// Begins a leg again, at the step where it was interrupted.
    mutating func goOn(_ leg: MissionLeg, _ progress: MissionProgress, _ view: WorldView) -> [MissionAction] {
        armIsStowed = false
        let isLoaded = view.inputs.contains(.loaded)
        if let ride = inside(progress.step, view) {
            errand?.leg = leg
            let place = errand?.mission.map { destination(of: leg, $0) } ?? settings.home
            let travel = Travel(to: place, building: building, motion: settings.motion, inside: ride)
            return begin([travel], view)
        }
        guard let mission = errand?.mission else { return begin(.toHome, view) }
        if errand?.custody == .robot, !isLoaded, leg == .toDeliver || leg == .toReturn {
            let error = RobotError(
                .mealMissing, "the meal is not in my compartment any more", hint: "somebody may have taken it out")
            return [.say(error.what)] + close(.failed, error, view)
        }
        if isLoaded, leg == .toCollect || leg == .dock {
            return ask(
                RobotError(
                    .unavailable, "there is something in my compartment before the meal has been collected",
                    hint: "empty the compartment and resume"))
        }
        switch leg {
        case .toCollect, .dock, .toDeliver, .toReturn, .toHome: return begin(leg, view)
        case .collect:
            errand?.leg = leg
            let state = progress.skill == "collect" ? CollectState(rawValue: progress.state) : nil
            return begin([collection(mission, resume: state)], view)
        case .handOver, .giveBack:
            errand?.leg = leg
            guard errand?.custody != .robot || !isLoaded else { return begin(leg, view) }
            // It was taken while nobody looked: the lid is left to see to.
            let receiver: Custody =
                leg == .handOver ? .recipient : (returnsToSender(mission) ? .sender : .reception)
            errand?.custody = receiver
            let skill = handOver(mission, .anyone, receiver, wait: .seconds(60), isTaken: true)
            return [.journal(.custody(mission.id, receiver))] + begin([skill], view)
        }
    }

    /// Where a leg of a mission leads.
    func destination(of leg: MissionLeg, _ mission: Mission) -> PlaceID {
        switch leg {
        case .toCollect, .dock, .collect: mission.collect.place
        case .toDeliver, .handOver: mission.deliver.place
        case .toReturn, .giveBack: returnPlace(mission)
        case .toHome: settings.home
        }
    }
}

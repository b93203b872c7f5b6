internal import BuildingMap
internal import RobotModel

// After a restart, or after help: look at the world, then go on at the same step.
extension Executive {
    mutating func recover(_ view: WorldView) -> [MissionAction] {
        let since = recoveryStarted ?? view.now
        recoveryStarted = since
        // Doors, lifts and switches report within a second.
        guard view.now - since >= .seconds(1) else { return [] }
        let ride = interruptedRide(view)
        // In a car with its door shut no map fits: the ride finds the pose at its end.
        guard ride != nil ? !view.safety.isStanding() : view.isTracking && view.safety.action < .hold else { return [] }
        let mission = interrupted
        if let id = mission?.id, recovered.states[id] == .paused {
            return ask(RobotError(.cancelled, "mission \(id) was paused before the restart", hint: "resume it"))
        }
        mode = .running
        if let mission { _ = queue.remove(mission.id) }
        let leg = recovered.progress?.leg ?? (mission == nil ? .toHome : .toCollect)
        var errand = Errand(mission: mission, leg: mission == nil ? .toHome : leg)
        if let id = mission?.id {
            errand.custody = recovered.custody[id] ?? .box
            errand.isCancelled = recovered.cancelled.contains(id)
            if errand.isCancelled { errand.error = .calledOff }
        }
        self.errand = errand
        let progress =
            recovered.progress
            ?? MissionProgress(mission: mission?.id, leg: errand.leg, skill: "travel", state: "planning")
        let text = "back after a restart: I was \(whereabouts)\(words(progress, mission))"
        return [.say(ride == nil ? text : text + "; I am in the lift")]
            + goOn(errand.leg, progress, riding: ride, view)
    }

    /// Where the journal last saw the robot: "on L1 near kerb, "; empty when it never has.
    private var whereabouts: String {
        guard let pose = recovered.lastPose, let level = recovered.lastLevel else { return "" }
        let near = building.level(level)?.places.values.min {
            $0.position.distance(to: pose.position) < $1.position.distance(to: pose.position)
        }
        return "on \(level)\(near.map { " near \($0.id)" } ?? ""), "
    }

    /// What was interrupted: "on the way to suite_301 with the meal of mission lunch (door entrance: crossing)".
    private func words(_ progress: MissionProgress, _ mission: Mission?) -> String {
        let detail = progress.words.map { " (\($0))" } ?? ""
        guard let mission else { return "on the way home\(detail)" }
        let leg =
            switch progress.leg {
            case .toCollect: "on the way to \(mission.collect.place) for mission \(mission.id)"
            case .dock: "docking at box \(mission.collect.box) for mission \(mission.id)"
            case .collect: "taking the meal of mission \(mission.id) out of box \(mission.collect.box)"
            case .toDeliver: "on the way to \(mission.deliver.place) with the meal of mission \(mission.id)"
            case .handOver: "handing the meal of mission \(mission.id) over at \(mission.deliver.place)"
            case .toReturn: "bringing the meal of mission \(mission.id) back to \(returnPlace(mission))"
            case .giveBack: "giving the meal of mission \(mission.id) back at \(returnPlace(mission))"
            case .toHome: "on the way home after mission \(mission.id)"
            }
        return leg + detail
    }

    /// The ride that the restart interrupted with the robot in the car. While it rode, the journal is surer of that than
    /// any scan: the level may be another one by now, and levels look alike.
    func interruptedRide(_ view: WorldView) -> LiftStep? {
        guard let progress = recovered.progress, case .lift(let step) = progress.step else { return nil }
        return progress.isRiding ? step : inside(progress.step, view)
    }

    private mutating func ask(_ error: RobotError) -> [MissionAction] {
        mode = .needsHelp(error)
        return [.complain(error, lead: "I need help: ")]
    }

    /// The lift step of a route whose car the robot stands in, if it does.
    func inside(_ step: RouteStep?, _ view: WorldView) -> LiftStep? {
        guard case .lift(let step) = step, let lift = building.lifts[step.lift] else { return nil }
        return lift.contains(view.pose.position, margin: 0) ? step : nil
    }

    /// Begins a leg again, at the step where it was interrupted; nothing is left over of the skill that was at it.
    ///
    /// - Parameter ride: The ride in whose car the robot is sure to stand.
    mutating func goOn(
        _ leg: MissionLeg, _ progress: MissionProgress, riding ride: LiftStep? = nil, _ view: WorldView
    ) -> [MissionAction] {
        [.fieldMuting(.none), .watchDoorway(nil), .considerLevels([]), .suspendLocalization(false)]
            + beginAgain(leg, progress, ride, view)
    }

    private mutating func beginAgain(
        _ leg: MissionLeg, _ progress: MissionProgress, _ ride: LiftStep?, _ view: WorldView
    ) -> [MissionAction] {
        armIsStowed = false
        let isLoaded = view.inputs.contains(.loaded)
        if let ride = ride ?? inside(progress.step, view) {
            errand?.leg = leg
            let place = errand?.mission.map { destination(of: leg, $0) } ?? settings.home
            let travel = Travel(to: place, building: building, motion: settings.motion, inside: ride)
            return (view.isTracking ? [] : [.suspendLocalization(true)]) + begin([travel], view)
        }
        guard let mission = errand?.mission else { return begin(.toHome, view) }
        let leg = approach(to: leg, mission, view)
        if errand?.custody == .robot, !isLoaded, leg == .toDeliver || leg == .toReturn {
            return loseMeal(view)
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
            let wasOpen = HandOver.wasOpen(progress)
            if errand?.custody == .robot {
                if isLoaded { return begin(skills(for: leg, view, wasOpen: wasOpen), view) }
                if !wasOpen { return loseMeal(view) }
            }
            // It was taken while nobody looked: the lid is left to see to.
            let receiver: Custody =
                leg == .handOver ? .recipient : (returnsToSender(mission) ? .sender : .reception)
            errand?.custody = receiver
            let skill = handOver(mission, .anyone, receiver, wait: .seconds(60), isTaken: true)
            return [.journal(.custody(mission.id, receiver))] + begin([skill], view)
        }
    }

    /// The leg to do instead when somebody has moved the robot away from where a leg is done: the way there.
    private func approach(to leg: MissionLeg, _ mission: Mission, _ view: WorldView) -> MissionLeg {
        guard let place = building.place(destination(of: leg, mission)) else { return leg }
        if place.level == view.level, place.place.position.distance(to: view.pose.position) < 1.5 { return leg }
        return switch (leg, errand?.custody) {
        case (.dock, _), (.collect, .box): .toCollect
        case (.collect, .robot), (.handOver, .robot): .toDeliver
        case (.giveBack, .robot): .toReturn
        default: leg
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

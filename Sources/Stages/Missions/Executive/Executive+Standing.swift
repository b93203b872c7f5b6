internal import BuildingMap
public import RobotModel

// Standing for something that is not the robot's own: held, paused, lost, in need of help. Nothing that others need is
// kept meanwhile, and afterwards the step begins anew, from wherever the robot is then.
extension Executive {
    /// How long a door or a lift is kept for a robot that stands before it: who clears an emergency stop at once finds
    /// it still there, and nobody else waits for longer.
    static var keepsFacility: Duration { .seconds(30) }

    /// Whether the pose is known as well as what is being done needs it.
    public func knowsPose(_ view: WorldView) -> Bool {
        if view.isTracking { return true }
        if case .recovering = mode { return interruptedRide(view) != nil }
        return !(purpose?.needsPose ?? true)
    }

    mutating func noteStanding(_ view: WorldView) {
        let stands =
            switch mode {
            case .running, .recovering: view.safety.isStanding(without: .protectiveField) || lidOpen != nil
            case .paused, .needsHelp, .storageFailed, .lost, .heldUp, .shutDown: true
            }
        standsSince = stands ? standsSince ?? view.now : nil
    }

    func hasStoodLong(_ view: WorldView) -> Bool {
        standsSince.map { view.now - $0 >= Self.keepsFacility } ?? false
    }

    /// Whether the door or lift of the skill at work is kept from others for nothing. One in which the robot stands is
    /// never given back: it must neither close on the robot nor carry it off.
    func givesBack(_ view: WorldView) -> Bool {
        guard hasStoodLong(view), let facility = skill?.facility else { return false }
        if skill?.isInterruptible ?? true { return true }
        // It has begun to drive in, or has not quite driven out; where it is counts, if it is known.
        return view.isTracking && !building.contains(view.pose, on: view.level, in: facility)
    }

    func keepsFacilityWaiting(_ view: WorldView) -> Bool {
        guard let facility = skill?.facility, ledger.holds(facility) else { return false }
        return givesBack(view)
    }

    /// Leaves off and stands.
    mutating func standBy(_ mode: Mode, _ view: WorldView) -> [MissionAction] {
        self.mode = mode
        return goals.suspend(view) + tend(view)
    }

    /// Lost or held up: until the robot is free and knows where it is.
    mutating func standBy(_ view: WorldView, isKnown: Bool) -> [MissionAction] {
        if let errand, errand.isCancelled, errand.custody == .box, purpose?.isInterruptible ?? true {
            // Nothing is on board: it takes no pose to leave this mission.
            mode = .running
            return callOff(errand, view) + tend(view)
        }
        guard isKnown, view.safety.action < .hold else { return tend(view) }
        return beginAnew(view)
    }

    /// Goes on with the leg from where the robot is now.
    mutating func beginAnew(_ view: WorldView) -> [MissionAction] {
        mode = .running
        beginsAnew = false
        guard let errand, let progress = reporter.lastProgress else { return [.say("going on")] }
        return [.say("going on")] + goOn(errand.leg, progress, view)
    }
}

extension WorldView {
    /// Whether scans fit the map where the robot takes itself to be.
    var isTracking: Bool { if case .tracking = localization { true } else { false } }
}

extension RobotError {
    /// Why a mission ends that somebody has called off.
    static var calledOff: RobotError { RobotError(.cancelled, "called off") }
}

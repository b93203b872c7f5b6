import Facilities
import Missions
import RobotModel

extension CheckedRobot {
    /// Looks at the last second.
    func obeys(before: LiftWorld, _ world: LiftWorld) throws(Breach) {
        let lift = view.lifts[Self.lift] ?? LiftState()
        // A session that is lost while it drives in reaches the robot within the second, and then it stops.
        if before.spot <= 2, world.spot > before.spot, world.spot >= 2, world.unheld > 1 {
            throw Breach(
                rule: .entersOnlyWithSession, what: "goes in, and the lift has been \(world.holder)'s for 2 s")
        }
        for action in actions {
            switch action {
            case .drive(.follow(let path, _, _, _, _)):
                guard let end = path.last?.x else { break }
                if end > 8, world.isOutside, !desk.isGranted {
                    throw Breach(rule: .entersOnlyWithSession, what: "drives in while the session is \(lift.session)")
                }
                if end < 8, world.isInCar, isRiding { try mayLeave(world) }
            case .callLift(_, boardedAt), .sendLift(_, boardedAt):
                if isRiding, !world.isOutside, LiftWorld.levels[world.floor] != boardedAt {
                    throw Breach(rule: .neverCallsBack, what: "\(action)")
                }
            default: break
            }
        }
        for (command, isRiding) in commands {
            guard case .lift(_, let session, let floor, _) = command else { continue }
            if session == 0, !world.isOutside, memoryHoldsLift {
                throw Breach(rule: .gotOffOnlyOutside, what: "gives the lift back at \(LiftWorld.spots[world.spot]) m")
            }
            // Where the car has never left, asking for its level holds it.
            if session != 0, isRiding, world.isInCar, LiftWorld.levels[floor] == boardedAt, world.floor != floor {
                throw Breach(rule: .neverCallsBack, what: "asks for floor \(boardedAt)")
            }
        }
    }

    private var memoryHoldsLift: Bool { memory.sessions[.lift(Self.lift)] != nil }

    private func mayLeave(_ world: LiftWorld) throws(Breach) {
        let level = LiftWorld.levels[world.believed]
        guard let confirmation, confirmation.level == level, confirmation.sources >= 2 else {
            let count = confirmation.map { "\($0.sources) said \($0.level)" } ?? "nothing was asked"
            throw Breach(rule: .leavesOnlyConfirmed, what: "gets out on \(level), \(count)")
        }
        if confirmation.liars < 2, world.believed != world.level {
            throw Breach(
                rule: .leavesOnlyConfirmed, what: "gets out on \(LiftWorld.levels[world.level]) for \(level)")
        }
    }

    /// Looks at a state in which nothing goes on any more by itself.
    func isTidy(_ world: LiftWorld) throws(Breach) {
        if world.isOutside {
            if world.holder == .robot {
                throw Breach(rule: .closesSessions, what: "outside, and the lift still serves the robot")
            }
            return
        }
        guard memoryHoldsLift, callsForHelp > 0 else {
            throw Breach(
                rule: .closesSessions,
                what: "inside, session in the journal: \(memoryHoldsLift), said so: \(callsForHelp > 0)")
        }
    }
}

extension FacilityDesk {
    fileprivate var isGranted: Bool {
        if case .granted = lifts[CheckedRobot.lift]?.session { true } else { false }
    }
}

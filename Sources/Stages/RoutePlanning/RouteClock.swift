import BuildingMap
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// What doors and lifts take at a moment of a route: facts of the site, experience, and what is known of the present.
///
/// Nobody gains by waiting: who comes later is not through earlier (FIFO), which is what makes a label-setting search
/// exact. A wait falls by at most a second a second: it goes over in a straight line between the middles of hours and is at
/// most half an hour (half a second a second), and what is known of a car's present fades no faster than the rest.
struct RouteClock {
    let planner: RoutePlanner
    let conditions: RouteConditions

    /// What a way to have something opened takes, and how it is asked.
    struct Asking {
        var time: TimeEstimate
        var access: FacilityAccessKind
        /// Seconds until it can be used at all.
        var closedFor: Double

        /// Seconds in the mean, with the time until it can be used.
        var seconds: Double { closedFor + min(time.mean, FacilityTimes.longest) }
    }

    /// In so many seconds, what is known of a car's place has faded to a third: people have called it since.
    private static let memory = 240.0
    /// Deviations as a share of the mean, where nothing has been timed: a motor repeats itself, a queue does not.
    private static let doorSpread = 0.25
    private static let waitSpread = 0.7
    private static let rideSpread = 0.1
    private static let driveSpread = 0.12

    /// Seconds that a gate takes, from standing before it at a moment (seconds since the route's start); nil when it never
    /// opens.
    func seconds(_ gate: Gate, at elapsed: Double, afterRide: Bool) -> Double? {
        if planner.rules == .openRMF { return Self.openRMFSeconds(gate) }
        switch gate.kind {
        case .none, .dock, .mockLift: return 0
        case .door(let door): return opening(door, at: elapsed)?.seconds
        case .boarding(let lift, let level): return boarding(lift, level: level, at: elapsed)?.seconds
        case .ride(let lift, let from, let to): return ride(lift, from: from, to: to, at: elapsed).mean
        case .exit(let lift): return afterRide ? 0 : planner.carDoorSeconds(of: lift)
        }
    }

    private static func openRMFSeconds(_ gate: Gate) -> Double {
        let dock = gate.docks ? RouteRules.OpenRMF.dock : 0
        switch gate.kind {
        case .none, .dock: return dock
        case .door: return RouteRules.OpenRMF.doorOpen + dock
        case .boarding, .mockLift: return RouteRules.OpenRMF.liftSession + dock
        case .ride: return RouteRules.OpenRMF.liftMove
        case .exit: return RouteRules.OpenRMF.liftDoor + dock
        }
    }

    /// Whether two gates one after the other are one door, which opens once; Open-RMF has it close in between.
    func isSameDoor(_ a: Gate, _ b: Gate) -> Bool {
        guard planner.rules == .doorstep, case .door(let first) = a.kind, case .door(let second) = b.kind else {
            return false
        }
        return first == second
    }

    /// Seconds that a gate takes once the robot is clear of it.
    func secondsAfter(_ gate: Gate) -> Double {
        guard planner.rules == .openRMF, case .door = gate.kind else { return 0 }
        return RouteRules.OpenRMF.doorClose
    }

    /// The quickest way to have a door opened; nil when it never can be used.
    func opening(_ door: DoorID, at elapsed: Double) -> Asking? {
        let facts = planner.facilities.doors[door]
        guard let wait = closedFor(facts?.hours, at: elapsed) else { return nil }
        let opening = facts?.openingSeconds ?? planner.timing.doorOpening.inSeconds
        return quickest(facts?.access, closedFor: wait) { access in
            let prior =
                TimeEstimate(mean: opening, spread: Self.doorSpread)
                + TimeEstimate(mean: access.expectedSeconds, variance: access.variance)
            return estimate(.opening(door, access.kind), prior, at: elapsed + wait)
        }
    }

    /// The quickest way to have a lift's car before the robot, its door open; nil when it never can be used.
    func boarding(_ lift: LiftID, level: Int, at elapsed: Double) -> Asking? {
        let facts = planner.facilities.lifts[lift]
        guard let wait = closedFor(facts?.hours, at: elapsed) else { return nil }
        let session = facts?.access.isEmpty == false ? 0 : facts?.sessionSeconds ?? planner.timing.liftSession.inSeconds
        let door = planner.carDoorSeconds(of: lift)
        let call = callSeconds(facts, at: elapsed + wait)
        return quickest(facts?.access, closedFor: wait) { access in
            let prior =
                TimeEstimate(mean: session + door, spread: Self.doorSpread)
                + TimeEstimate(mean: access.expectedSeconds, variance: access.variance)
                + TimeEstimate(mean: call, spread: Self.waitSpread)
            let usual = estimate(.waiting(lift, access.kind), prior, at: elapsed + wait)
            guard let now = present(of: lift, level: level) else { return usual }
            // At most half the memory longer than usual, or it would fade faster than the time passes.
            let known = min(now + session + door + access.expectedSeconds, usual.mean + Self.memory / 2)
            let fresh = exp(-(elapsed + wait) / Self.memory)
            return usual.blended(with: TimeEstimate(mean: known, spread: Self.doorSpread), share: fresh)
        }
    }

    /// A ride: the car's door shuts, the car travels, the door opens.
    func ride(_ lift: LiftID, from: Int, to: Int, at elapsed: Double) -> TimeEstimate {
        let expected = planner.rideSeconds(lift, from: from, to: to)
        return estimate(.riding(lift), TimeEstimate(mean: 1, spread: Self.rideSpread), at: elapsed) * expected
    }

    /// A drive of so many planned seconds.
    func drive(_ seconds: Double, at elapsed: Double) -> TimeEstimate {
        estimate(.driving, TimeEstimate(mean: 1, spread: Self.driveSpread), at: elapsed) * seconds
    }

    // MARK: Inside

    private func quickest(
        _ accesses: [FacilityAccess]?, closedFor wait: Double, _ time: (FacilityAccess) -> TimeEstimate
    ) -> Asking {
        let known = accesses ?? []
        let first = known.first ?? FacilityAccess(.interface, seconds: 0)
        var best = Asking(time: time(first), access: first.kind, closedFor: wait)
        for access in known.dropFirst() {
            let asking = Asking(time: time(access), access: access.kind, closedFor: wait)
            if asking.time.mean < best.time.mean { best = asking }
        }
        return best
    }

    private func estimate(
        _ quantity: FacilityTimes.Quantity, _ prior: TimeEstimate, at elapsed: Double
    ) -> TimeEstimate {
        if conditions.times.isEmpty { return prior }
        return conditions.times.estimate(
            of: quantity, prior: prior, at: conditions.clock?.advanced(by: elapsed), now: conditions.wall)
    }

    /// Seconds until it can be used: 0 where the clock is not known.
    private func closedFor(_ hours: OpeningHours?, at elapsed: Double) -> Double? {
        guard let hours, let clock = conditions.clock else { return 0 }
        return hours.wait(at: clock.advanced(by: elapsed))
    }

    /// The mean wait for a car that the site's people know, seconds.
    private func callSeconds(_ facts: LiftFacts?, at elapsed: Double) -> Double {
        let usual = facts?.callSeconds ?? planner.timing.liftCall.inSeconds
        guard let byHour = facts?.callSecondsByHour, !byHour.isEmpty, let clock = conditions.clock else { return usual }
        let (hour, share) = clock.advanced(by: elapsed).hours
        let (here, next) = (byHour[hour] ?? usual, byHour[(hour + 1) % 24] ?? usual)
        return min(here + (next - here) * share, FacilityTimes.longest)
    }

    /// Seconds until the car can be at a level, by what is known of it now.
    private func present(of lift: LiftID, level: Int) -> Double? {
        guard let outlook = conditions.lifts[lift] else { return nil }
        // Another's session is expected to last as long as boarding, the longest ride and leaving.
        let taken = outlook.isTaken ? planner.longestRideSeconds(of: lift) + planner.carDoorSeconds(of: lift) : 0
        guard let car = outlook.carLevel, let at = planner.levelIndex(car) else {
            return outlook.isTaken ? taken : nil
        }
        return taken + (at == level ? 0 : planner.travelSeconds(lift, from: at, to: level))
    }
}

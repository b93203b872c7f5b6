import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// How following a path stands.
struct FollowState: Sendable {
    var path: DrivePath?
    var leg = 0
    /// Metres driven of the leg.
    var s = 0.0
    var lane: Lane?
    /// When the lane was last changed, and when another was last looked for.
    var laneChanged: Instant?
    var lastSearch: Instant?
    /// It turns on the spot towards its lane.
    var aligning = false
    /// It stands because of something ahead.
    var waits = false
    var waitsSince: Instant?
    /// All legs are driven; the final heading is left.
    var arrived = false
    /// Where it began to back off, to have room for going round what is ahead.
    var backingFrom: Point2D?
    var backedOff = 0
    var consideredBackingOff: Instant?
}

/// How far beside a leg the robot drives: from where it is, over a transition, to a steady offset.
struct Lane: Sendable {
    /// Where the transition starts, metres of the leg, and over how many metres it goes.
    var start: Double
    var length: Double
    /// Offset and slope at the start; metres to the left, and metres a metre.
    var from: Double
    var slope: Double
    /// The steady offset.
    var to: Double
    /// The leg's length: towards its end every lane comes back to it.
    var end: Double

    /// Metres left of the leg at `s`.
    func offset(_ s: Double) -> Double {
        let u = min(max((s - start) / length, 0), 1)
        let (u2, u3) = (u * u, u * u * u)
        let home = min(max((end - s) / 0.7, 0), 1)
        let blend = 3 * u2 - 2 * u3
        return (1 - blend) * from + length * slope * (u3 - 2 * u2 + u) + blend * to * home * home * (3 - 2 * home)
    }

    /// Slope of the offset at `s`.
    func slope(_ s: Double) -> Double { (offset(s + 0.02) - offset(s - 0.02)) / 0.04 }

    /// Second derivative of the offset at `s`, 1/m.
    func bend(_ s: Double) -> Double { (offset(s + 0.05) - 2 * offset(s) + offset(s - 0.05)) / 0.0025 }
}

extension DrivePlanner {
    /// How far ahead lanes are examined, metres.
    private static var horizon: Double { 2.5 }

    mutating func stepFollow(
        _ input: Input, path corners: [Point2D], finalYaw: Double?, speedLimit: Double, clearance: Double, reverse: Bool
    ) -> Wish {
        // Backwards is forwards for a robot that looks the other way.
        let driving = reverse ? Pose2D(input.pose.position, yaw: input.pose.yaw + .pi) : input.pose
        if follow.path == nil {
            follow.path = DrivePath(
                joined(corners, from: driving.position), cut: clearance < 0.1 ? 0.06 : 0.15)
        }
        guard let path = follow.path, !path.legs.isEmpty else {
            // The goal is where the robot stands.
            return arrive(input, finalYaw)
        }
        if follow.arrived { return arrive(input, finalYaw) }
        let leg = path.legs[follow.leg]
        let foot = leg.project(driving.position, from: follow.s - 0.3, to: follow.s + 1)
        follow.s = foot.s
        let remaining = leg.length - foot.s
        let total = path.legs[(follow.leg + 1)...].reduce(remaining) { $0 + $1.length }
        if remaining <= 0.01 || (remaining <= 0.025 && abs(input.twist.linear) < 0.02) {
            follow.lane = nil
            follow.aligning = false
            if follow.leg + 1 < path.legs.count {
                follow.leg += 1
                follow.s = 0
                return Wish(.stop, .moving(remaining: total))
            }
            follow.arrived = true
            return arrive(input, finalYaw)
        }
        let around = surroundings(input, clearance: clearance, reverse: reverse, watchful: clearance >= 0.12)
        let state = Tracking(
            leg: leg, driving: driving, s: foot.s, lateral: foot.lateral,
            angle: normalizedAngle(driving.yaw - leg.at(foot.s).heading))
        if let start = follow.backingFrom {
            return backOff(from: start, state, around, input, clearance: clearance, total: total)
        }
        let lane = chooseLane(state, around, input)
        follow.lane = lane

        // Far off the lane's direction, turn first.
        let place = leg.at(foot.s)
        let direction = normalizedAngle(place.heading + atan(lane.slope(foot.s)))
        let off = abs(normalizedAngle(driving.yaw - direction))
        if off > (abs(input.twist.linear) < 0.05 ? 0.35 : 0.9) { follow.aligning = true }
        if follow.aligning {
            let heading = reverse ? direction + .pi : direction
            let near = surroundings(input, clearance: 0.03, reverse: false, watchful: false)
            switch rotate(input, to: heading, near, tolerance: 0.06) {
            case .turning(let rate): return Wish(.turn(rate: rate), .moving(remaining: total))
            case .blocked: return Wish(.stop, .blocked)
            case .done: follow.aligning = false
            }
        }
        let stations = self.stations(state, lane)
        var speed = cruise(state, lane, stations, limit: speedLimit, remaining: remaining)
        let sweep = around.sweep(stations)
        // Slower past things that are near: a doorway at walking pace, a tight gap at a crawl.
        speed = min(speed, 0.22 + 1.6 * max(0, sweep.closest - 0.05))
        if sweep.meets {
            let room = sweep.free + sweep.clearanceThere - Self.stopGap
            // Once it stands, a little room more is wanted, so that it does not creep up to what it stands for.
            if room <= (follow.waits ? 0.2 : 0.03) {
                speed = 0
            } else {
                speed = min(speed, stoppingSpeed(room, deceleration: 0.7 * limits.maxDeceleration))
            }
        }
        speed = speedBesideWalkers(speed, stations: stations, input: input, reverse: reverse)
        follow.waits = speed < 0.02 && remaining > 0.05
        if follow.waits {
            let since = follow.waitsSince ?? input.now
            follow.waitsSince = since
            if clearance >= 0.12 && !reverse { considerBackingOff(state, around, input, waitingSince: since) }
            return Wish(.stop, abs(input.twist.linear) < 0.03 ? .blocked : .moving(remaining: total))
        }
        follow.waitsSince = nil
        let curvature = self.curvature(state, lane, twist: input.twist)
        // No faster than the turn rate allows on this curve.
        speed = min(speed, max(0.05, 0.85 * limits.maxTurnRate / max(abs(curvature), 0.1)))
        return Wish(
            reverse
                ? .drive(speed: -speed, curvature: -curvature) : .drive(speed: speed, curvature: curvature),
            .moving(remaining: total))
    }

    private mutating func arrive(_ input: Input, _ finalYaw: Double?) -> Wish {
        guard let finalYaw else { return Wish(.stop, .reached) }
        return stepTurn(input, to: finalYaw)
    }

    /// The corners from where the robot is: what lies behind it is left out, and it starts at its own place when it
    /// stands beside the path.
    private func joined(_ corners: [Point2D], from here: Point2D) -> [Point2D] {
        guard corners.count > 1 else { return [here] + corners }
        var best = 0
        var nearest = Double.infinity
        var driven = 0.0
        for index in 0..<(corners.count - 1) {
            let (a, b) = (corners[index], corners[index + 1])
            let span = b - a
            let share = min(max((here - a).dot(span) / max(span.dot(span), 1e-12), 0), 1)
            let distance = (a + span * share).distance(to: here)
            if distance < nearest - 0.05 {
                nearest = distance
                best = index
            }
            driven += span.length
            // Only the path's beginning: a loop may come past here once more.
            if driven > 3 { break }
        }
        let rest = Array(corners[(best + 1)...])
        return nearest > 0.25 ? [here] + rest : [corners[best]] + rest
    }

    // MARK: - Along a lane

    /// Where the robot is on its leg.
    struct Tracking {
        var leg: DrivePath.Leg
        var driving: Pose2D
        var s: Double
        var lateral: Double
        var angle: Double
        var slope: Double { tan(min(max(angle, -0.9), 0.9)) }
    }

    /// The poses on the way, in the driving frame, one every decimetre.
    func stations(_ state: Tracking, _ lane: Lane) -> [Surroundings.Station] {
        let reach = min(Self.horizon, max(state.leg.length - state.s, 0.02))
        let steps = max(1, Int((reach / 0.1).rounded(.up)))
        var result = [Surroundings.Station(pose: Pose2D(), travel: 0)]
        result.reserveCapacity(steps + 1)
        // What is not on the lane yet fades as the steering makes it fade.
        let error = state.lateral - lane.offset(state.s)
        var last = state.lateral
        for step in 1...steps {
            let ahead = reach * Double(step) / Double(steps)
            let place = state.leg.at(state.s + ahead)
            let offset = lane.offset(state.s + ahead) + error * exp(-ahead / 0.35)
            let slope = (offset - last) / (reach / Double(steps))
            last = offset
            let point = place.point + Point2D(-sin(place.heading), cos(place.heading)) * offset
            let yaw = place.heading + atan(slope / max(0.3, 1 - place.curvature * offset))
            result.append(
                Surroundings.Station(
                    pose: Pose2D(
                        state.driving.inverseTransform(point), yaw: normalizedAngle(yaw - state.driving.yaw)),
                    travel: ahead))
        }
        return result
    }

    /// Curvature to drive now: the lane's own, and what brings the robot back onto it.
    private func curvature(_ state: Tracking, _ lane: Lane, twist: Twist2D) -> Double {
        let speed = abs(twist.linear)
        // What is commanded now acts a tenth of a second later: steer for where the robot will be then.
        let delay = 0.1
        let ahead = state.s + speed * delay
        let path = state.leg.at(ahead).curvature
        let lateral = state.lateral + speed * delay * sin(state.angle)
        let angle = state.angle + (twist.angular - speed * path) * delay
        // Offset and slope as a well damped follower of the lane (0.82): over a second's way, half a metre at least.
        let length = max(0.5, 1.1 * speed)
        let error = min(max(lane.offset(ahead) - lateral, -0.15), 0.15)
        let slope = min(max(lane.slope(ahead) - tan(min(max(angle, -0.9), 0.9)), -0.5), 0.5)
        let bend = lane.bend(ahead) + 6 / (length * length) * error + 4 / length * slope
        let c = cos(angle)
        let own = path * c / max(0.4, 1 - path * lateral)
        return min(max(own + bend * c * c * c, -3.5), 3.5)
    }

    /// Speed for the limits, the bends ahead and the leg's end, with nothing in the way.
    private func cruise(
        _ state: Tracking, _ lane: Lane, _ stations: [Surroundings.Station], limit: Double, remaining: Double
    ) -> Double {
        let deceleration = 0.6 * limits.maxDeceleration
        var speed = min(max(limit, 0.05), limits.maxSpeed)
        for station in stations {
            let s = state.s + station.travel
            let bend = abs(state.leg.at(s).curvature + lane.bend(s))
            guard bend > 0.05 else { continue }
            // Turn rate, and 0.5 m/s² to the side for the sake of the meal.
            let there = min(0.8 * limits.maxTurnRate / bend, (0.5 / bend).squareRoot())
            speed = min(speed, (there * there + 2 * deceleration * station.travel).squareRoot())
        }
        return min(
            speed, max(0.03, min(stoppingSpeed(remaining, deceleration: deceleration, latency: 0.1), remaining / 0.35)))
    }

    // MARK: - Choosing a lane

    private mutating func chooseLane(_ state: Tracking, _ around: Surroundings, _ input: Input) -> Lane {
        guard var current = follow.lane else {
            let slope = abs(state.angle) < 0.5 ? state.slope : 0
            let length = min(max(0.7, 1.6 * abs(state.lateral).squareRoot()), max(0.3, state.leg.length - state.s))
            return Lane(
                start: state.s, length: length, from: state.lateral, slope: slope, to: 0, end: state.leg.length)
        }
        current.end = state.leg.length
        let stations = self.stations(state, current)
        let reach = stations[stations.count - 1].travel
        let kept = around.sweep(stations, ignoringMoving: true)
        let isFree = !kept.meets
        if isFree && abs(current.to) < 0.05 { return current }
        if let last = follow.lastSearch, input.now.seconds(since: last) < 0.2 { return current }
        if isFree, let changed = follow.laneChanged, input.now.seconds(since: changed) < 1 { return current }
        follow.lastSearch = input.now
        var best = current
        // A lane that is free is left only for one that is nearer to the path; a blocked one for any that is better.
        var bestCost = cost(current, kept, reach, current) - (isFree ? 0.02 : 0.15)
        let waited = follow.waitsSince.map { input.now.seconds(since: $0) > 1.5 } ?? false
        let wider = around.widened(by: 0.02)
        for step in -16...16 {
            let offset = Double(step) * 0.05
            if isFree && abs(offset) >= abs(current.to) { continue }
            // Nothing it could meet makes it cheaper than this.
            if 0.8 * abs(offset) + 0.3 * abs(offset - current.to) >= bestCost { continue }
            for lane in lanes(to: offset, state, turningFirst: waited) {
                let sweep = wider.sweep(self.stations(state, lane), ignoringMoving: true)
                let cost = self.cost(lane, sweep, reach, current)
                if cost < bestCost {
                    best = lane
                    bestCost = cost
                }
            }
        }
        if best.to != current.to || best.start != current.start { follow.laneChanged = input.now }
        return best
    }

    /// Ways to a steady offset: steering there from the present heading, and turning on the spot first.
    func lanes(to offset: Double, _ state: Tracking, turningFirst: Bool) -> [Lane] {
        let change = offset - state.lateral
        let length = max(0.6, 1.5 * abs(change).squareRoot())
        var lane = Lane(
            start: state.s, length: length, from: state.lateral, slope: state.slope, to: offset, end: state.leg.length)
        guard turningFirst else { return [lane] }
        let steered = lane
        lane.length = 0.7
        lane.slope = min(max(1.6 * change / 0.7, -1.6), 1.6)
        return [steered, lane]
    }

    private func cost(_ lane: Lane, _ sweep: Surroundings.Sweep, _ reach: Double, _ current: Lane) -> Double {
        var cost = 0.8 * abs(lane.to) + 0.3 * abs(lane.to - current.to)
        cost += 1.5 * max(0, 0.35 - sweep.closest)
        if sweep.meets { cost += 1 + 1.5 * (reach - sweep.free) }
        return cost
    }
}

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

extension DrivePlanner {
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
            angle: normalizedAngle(driving.yaw - leg.at(foot.s).heading), speed: abs(input.twist.linear),
            turnRate: input.twist.angular)
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
            let room = sweep.free + sweep.clearanceThere - Self.stopGap(clearance: sweep.clearanceThere)
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
        let curvature = steer(state, lane)
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
}

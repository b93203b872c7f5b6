import RobotModel

/// What stands right ahead cannot always be gone round from where the robot stopped for it: a little further back it can.
extension DrivePlanner {
    /// How far it backs off, metres, and how often on a path.
    private static var backOffDistance: Double { 0.7 }
    private static var mostBackOffs: Int { 3 }

    /// Begins to back off when the robot has waited for three seconds, nobody walks near it, and a way round exists
    /// from further back.
    mutating func considerBackingOff(
        _ state: Tracking, _ around: Surroundings, _ input: Input, waitingSince since: Instant
    ) {
        guard input.now.seconds(since: since) > 3, follow.backedOff < Self.mostBackOffs else { return }
        if let last = follow.consideredBackingOff, input.now.seconds(since: last) < 0.5 { return }
        let near = tracker.tracks.contains {
            $0.walks(at: input.now) && $0.center.distance(to: input.pose.position) < 3
        }
        guard !near else { return }
        follow.consideredBackingOff = input.now
        guard wayRound(state, around, from: Self.backOffDistance) != nil else { return }
        follow.backingFrom = state.driving.position
        follow.backedOff += 1
    }

    /// One step backwards; at its end the way round becomes the lane.
    mutating func backOff(
        from start: Point2D, _ state: Tracking, _ around: Surroundings, _ input: Input, clearance: Double, total: Double
    ) -> Wish {
        let remaining = Self.backOffDistance - start.distance(to: state.driving.position)
        if remaining > 0.02 {
            let behind = surroundings(input, clearance: 0.05, reverse: true, watchful: true)
            if let speed = creep(
                input, behind, remaining: remaining, top: Self.backingSpeed, gap: 0.15, reverse: true)
            {
                return Wish(.drive(speed: -speed, curvature: 0), .moving(remaining: total))
            }
        }
        if abs(input.twist.linear) > 0.02 { return Wish(.stop, .moving(remaining: total)) }
        // As far as it goes. When the way round is gone, the ordinary search goes on.
        follow.backingFrom = nil
        follow.lane = wayRound(state, around, from: 0)
        follow.laneChanged = input.now
        follow.waitsSince = nil
        follow.waits = false
        return Wish(.stop, .moving(remaining: total))
    }

    /// The lane nearest to the path that is free as far as one looks, seen from so many metres further back.
    private func wayRound(_ state: Tracking, _ around: Surroundings, from distance: Double) -> Lane? {
        var back = state
        back.driving = state.driving.composed(with: Pose2D(x: -distance))
        let foot = state.leg.project(back.driving.position, from: state.s - distance - 0.3, to: state.s + 0.3)
        back.s = foot.s
        back.speed = 0
        back.turnRate = 0
        back.lateral = foot.lateral
        back.angle = normalizedAngle(back.driving.yaw - state.leg.at(foot.s).heading)
        let things = around.seenFromBehind(distance).widened(by: 0.02)
        for step in 0...16 {
            for side in [1.0, -1.0] {
                for lane in lanes(to: side * Double(step) * 0.05, back, turningFirst: true)
                where !things.sweep(stations(back, lane), ignoringMoving: true).meets {
                    return lane
                }
            }
        }
        return nil
    }
}

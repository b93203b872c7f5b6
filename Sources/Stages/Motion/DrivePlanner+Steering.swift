import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Where the robot is on a leg.
struct Tracking {
    var leg: DrivePath.Leg
    /// The frame it drives in, in the map frame.
    var driving: Pose2D
    /// Metres of the leg, metres left of it, radians turned from it.
    var s: Double
    var lateral: Double
    var angle: Double
    /// m/s (not negative) and rad/s.
    var speed: Double
    var turnRate: Double

    /// Sideways metres a metre.
    var slope: Double { tan(min(max(angle, -0.9), 0.9)) }
}

/// Steering along a lane, and looking ahead where it will lead.
extension DrivePlanner {
    /// How far ahead lanes are examined, metres.
    private static var horizon: Double { 2.5 }

    /// The poses on the way along a lane, in the driving frame, one every decimetre.
    ///
    /// The robot is driven ahead with the very steering that will drive it, so that what it does not follow exactly
    /// is foreseen too.
    func stations(_ state: Tracking, _ lane: Lane) -> [Surroundings.Station] {
        let reach = min(Self.horizon, max(state.leg.length - state.s, 0.02))
        var here = state
        let start = atan(lane.slope(state.s))
        if abs(here.angle - start) > 0.35 && here.speed < 0.05 {
            // It will turn on the spot first.
            here.angle = start
            here.turnRate = 0
        }
        var result = [station(here, state, travel: 0)]
        result.reserveCapacity(Int(reach / 0.1) + 2)
        here.speed = max(here.speed, 0.3)
        var curvature = here.turnRate / here.speed
        let step = 0.05
        var travel = 0.0
        // A way that does not get ahead ends the look as well.
        for index in 1...Int(2 * Self.horizon / step) where here.s < state.s + reach {
            here.turnRate = curvature * here.speed
            let wanted = steer(here, lane)
            let most = limits.maxTurnAcceleration * step / (here.speed * here.speed)
            curvature += min(max(wanted - curvature, -most), most)
            let bend = here.leg.at(here.s).curvature
            let middle = here.angle + curvature * step / 2
            let ahead = step * cos(middle) / max(0.4, 1 - bend * here.lateral)
            here.s += ahead
            here.lateral += step * sin(middle)
            here.angle += curvature * step - bend * ahead
            travel += step
            if index % 2 == 0 || here.s >= state.s + reach { result.append(station(here, state, travel: travel)) }
        }
        return result
    }

    private func station(_ here: Tracking, _ start: Tracking, travel: Double) -> Surroundings.Station {
        let place = here.leg.at(here.s)
        let point = place.point + Point2D(-sin(place.heading), cos(place.heading)) * here.lateral
        return Surroundings.Station(
            pose: Pose2D(
                start.driving.inverseTransform(point),
                yaw: normalizedAngle(place.heading + here.angle - start.driving.yaw)),
            travel: travel, along: here.s - start.s)
    }

    /// Curvature to drive now: the lane's own, and what brings the robot back onto it.
    func steer(_ state: Tracking, _ lane: Lane) -> Double {
        // What is commanded now acts a tenth of a second later: steer for where the robot will be then.
        let delay = 0.1
        let ahead = state.s + state.speed * delay
        let path = state.leg.at(ahead).curvature
        let lateral = state.lateral + state.speed * delay * sin(state.angle)
        let angle = state.angle + (state.turnRate - state.speed * path) * delay
        // Offset and slope as a well damped follower of the lane (0.82): over a second's way, half a metre at least.
        let length = max(0.5, 1.1 * state.speed)
        let error = min(max(lane.offset(ahead) - lateral, -0.15), 0.15)
        let slope = min(max(lane.slope(ahead) - tan(min(max(angle, -0.9), 0.9)), -0.5), 0.5)
        let bend = lane.bend(ahead) + 6 / (length * length) * error + 4 / length * slope
        let c = cos(angle)
        let own = path * c / max(0.4, 1 - path * lateral)
        return min(max(own + bend * c * c * c, -3.5), 3.5)
    }

    /// Speed for the limits, the bends ahead and the leg's end, with nothing in the way.
    func cruise(
        _ state: Tracking, _ lane: Lane, _ stations: [Surroundings.Station], limit: Double, remaining: Double
    ) -> Double {
        let deceleration = 0.6 * limits.maxDeceleration
        var speed = min(max(limit, 0.05), limits.maxSpeed)
        for station in stations {
            let s = state.s + station.along
            let bend = abs(state.leg.at(s).curvature + lane.bend(s))
            guard bend > 0.05 else { continue }
            // Turn rate, and 0.5 m/s² to the side for the sake of the meal.
            let there = min(0.8 * limits.maxTurnRate / bend, (0.5 / bend).squareRoot())
            speed = min(speed, (there * there + 2 * deceleration * station.travel).squareRoot())
        }
        return min(
            speed, max(0.03, min(stoppingSpeed(remaining, deceleration: deceleration, latency: 0.1), remaining / 0.35)))
    }
}

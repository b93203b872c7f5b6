import RobotModel

/// A robot on its way and somebody who walks: how near they come, if both go on as foreseen.
struct Meeting {
    let hull: Hull
    /// The robot's way, in the frame that it drives in.
    let stations: [Surroundings.Station]
    /// The walker's centre, velocity (m/s) and radius in that frame.
    let place: Point2D
    let velocity: Point2D
    let radius: Double

    /// Whether the robot, braking from `speed`, stands before the walker is within 0.45 m.
    ///
    /// A walker who is nearer already may be driven away from, or while he walks away.
    func stopsClear(from speed: Double, _ deceleration: Double) -> Bool {
        let latency = DrivePlanner.latency
        let time = max(latency + speed / deceleration, 0.4)
        return isClear(for: time, 0.45, 0.1) { t in
            let braking = min(max(0, t - latency), speed / deceleration)
            return speed * (min(t, latency) + braking) - deceleration * braking * braking / 2
        }
    }

    /// Whether the place where the robot then stands is out of the walker's way for some seconds.
    func standsClear(from speed: Double, _ deceleration: Double) -> Bool {
        let latency = DrivePlanner.latency
        return isClear(for: 3, 0.40, 0.03) { t in
            let braking = min(max(0, t - latency), speed / deceleration)
            return speed * (min(t, latency) + braking) - deceleration * braking * braking / 2
        }
    }

    /// Whether the robot, going on at `speed`, keeps 0.4 m (or a little less, when it has begun to) from the walker until their ways part.
    func passesClear(at speed: Double, from present: Double, _ acceleration: Double, begun: Bool) -> Bool {
        guard let reach = stations.last?.travel, speed > 0.3 else { return false }
        let ramp = max(0, speed - present) / acceleration
        // Driven to the end of what is known, or for three seconds.
        return isClear(for: min(3, ramp + reach / speed), begun ? 0.36 : 0.40, 0.03) { t in
            let rising = min(t, ramp)
            return present * rising + acceleration * rising * rising / 2 + speed * (t - rising)
        }
    }

    /// Whether the distance stays above `least` metres, more by `doubt` metres a second that lies ahead.
    private func isClear(for time: Double, _ least: Double, _ doubt: Double, travel: (Double) -> Double) -> Bool {
        var last = hull.distance(to: place) - radius
        var t = 0.0
        while t < time {
            t += 0.1
            let driven = travel(t)
            let pose = (stations.last { $0.travel <= driven } ?? stations[0]).pose
            let x = place.x + velocity.x * t - pose.x
            let y = place.y + velocity.y * t - pose.y
            let distance = hull.distance(to: Turned(pose.yaw).into(x, y)) - radius
            if distance < least + doubt * t
                && (distance < last - 0.001 || distance < DrivePlanner.personClearance)
            {
                return false
            }
            last = distance
        }
        return true
    }
}

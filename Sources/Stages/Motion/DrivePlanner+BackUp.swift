import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// How a straight drive backwards stands.
struct BackUpState: Sendable {
    /// Where it began, looking backwards.
    var start: Pose2D?
}

extension DrivePlanner {
    /// Fastest speed backwards, m/s.
    static var backingSpeed: Double { 0.2 }

    mutating func stepBackUp(_ input: Input, distance: Double) -> Wish {
        let driving = Pose2D(input.pose.position, yaw: input.pose.yaw + .pi)
        let start = backing.start ?? driving
        backing.start = start
        let here = start.relative(driving)
        let remaining = max(distance, 0) - here.x
        if remaining <= 0.008 { return Wish(.stop, .reached) }
        let around = surroundings(input, clearance: 0.03, reverse: true, watchful: false)
        guard
            let speed = creep(
                input, around, remaining: remaining, top: Self.backingSpeed, gap: 0.12,
                reverse: true)
        else { return Wish(.stop, .blocked) }
        let curvature = lineCurvature(lateral: here.y, angle: here.yaw, length: 0.6)
        // Backwards, the same turn rate comes from the opposite curvature.
        return Wish(.drive(speed: -speed, curvature: -curvature), .moving(remaining: remaining))
    }

    /// Speed for a slow straight way of `remaining` metres with `gap` metres left to things; nil when it has to wait.
    mutating func creep(
        _ input: Input, _ around: Surroundings, remaining: Double, top: Double, gap: Double,
        reverse: Bool
    ) -> Double? {
        let deceleration = 0.4 * limits.maxDeceleration
        let stations = straight(remaining)
        let sweep = around.sweep(stations)
        var speed = min(top, stoppingSpeed(remaining, deceleration: deceleration, latency: 0.1), 0.02 + remaining / 0.4)
        if sweep.meets {
            let wanted = sweep.clearanceThere >= Self.personClearance ? Self.personClearance : gap
            let room = sweep.free + sweep.clearanceThere - wanted
            if room <= (creepWaits ? 0.08 : 0.01) {
                creepWaits = true
                return nil
            }
            speed = min(speed, stoppingSpeed(room, deceleration: deceleration))
        }
        speed = speedBesideWalkers(speed, stations: stations, input: input, reverse: reverse)
        creepWaits = speed == 0
        return speed == 0 ? nil : speed
    }
}

import BuildingMap
public import RobotModel

/// When the robot will have done some steps.
public struct RouteForecast: Hashable, Sendable, Codable {
    /// The time that the steps take.
    public var time: TimeEstimate

    public init(time: TimeEstimate) { self.time = time }

    /// It takes less than this in half of all cases, and in nine of ten.
    public var p50: Duration { .seconds(time.p50) }
    public var p90: Duration { .seconds(time.p90) }

    /// The share of cases in which it takes longer than there is time, 0...1.
    public func lateness(timeLeft: Duration) -> Double { time.share(above: timeLeft.inSeconds) }
}

extension RoutePlanner {
    /// Forecasts the remaining steps of a route, the first of which begins now.
    ///
    /// Each drive, door and lift has a mean and a variance of its own (`RouteClock`), at the hour in which it is expected to
    /// begin. They are taken to be independent, so that means and variances add up, and the sum to be log-normal with these
    /// two moments (L. Fenton, "The Sum of Log-Normal Probability Distributions in Scatter Transmission Systems", IRE
    /// Transactions on Communications Systems, 1960).
    public func forecast(of steps: some Sequence<RouteStep>, under conditions: RouteConditions) -> RouteForecast {
        let clock = RouteClock(planner: self, conditions: conditions)
        var total = TimeEstimate.zero
        for step in steps { total += time(of: step, at: total.mean, clock) }
        return RouteForecast(time: total)
    }

    private func time(of step: RouteStep, at elapsed: Double, _ clock: RouteClock) -> TimeEstimate {
        switch step {
        case .drive(let step): return clock.drive(step.duration.inSeconds, at: elapsed)
        case .door(let step):
            let crossing = kinematics.driveTime(step.holdPose.position.distance(to: step.clearPose.position))
            return waiting(clock.opening(step.door, at: elapsed)) + clock.drive(crossing, at: elapsed)
        case .lift(let step): return time(of: step, at: elapsed, clock)
        }
    }

    private func time(of step: LiftStep, at elapsed: Double, _ clock: RouteClock) -> TimeEstimate {
        guard let from = levelIndex(step.from), let to = levelIndex(step.to) else { return .zero }
        let drive = clock.drive(liftDriveSeconds(step), at: elapsed)
        let isAboard = step.hallPose == step.cabinPose
        let boarding = isAboard ? .zero : waiting(clock.boarding(step.lift, level: from, at: elapsed))
        if from == to {
            return boarding + drive + TimeEstimate(mean: isAboard ? carDoorSeconds(of: step.lift) : 0, variance: 0)
        }
        return boarding + drive + clock.ride(step.lift, from: from, to: to, at: elapsed + boarding.mean)
    }

    /// Into the car, the turn to the way out, and out of it, seconds.
    private func liftDriveSeconds(_ step: LiftStep) -> Double {
        kinematics.driveTime(step.hallPose.position.distance(to: step.cabinPose.position))
            + (step.hallPose == step.cabinPose
                ? 0 : kinematics.turnTime(from: step.hallPose.yaw, to: step.cabinPose.yaw))
            + kinematics.driveTime(step.cabinPose.position.distance(to: step.exitPose.position))
    }

    /// A time with that until something can be used at all, which is certain.
    private func waiting(_ asking: RouteClock.Asking?) -> TimeEstimate {
        guard let asking else { return .zero }
        return TimeEstimate(mean: asking.closedFor + asking.time.mean, variance: asking.time.variance)
    }
}

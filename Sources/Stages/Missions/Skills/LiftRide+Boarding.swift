internal import RobotModel

// From the hall into the car.
extension LiftRide {
    /// How often the lift is called before the robot gives up.
    static var callAttempts: Int { 3 }

    mutating func approach(_ view: WorldView) -> [MissionAction] {
        if clock.isSettled {
            if view.drive == .reached { return call() }
            if case .failed(let why) = view.drive {
                return giveUp(RobotError(.blocked, "cannot get to lift \(step.lift): \(why)", hint: "clear the way"))
            }
        }
        return clock.isLate ? giveUp(clock.late(words, hint: "clear the way to the lift")) : []
    }

    mutating func call() -> [MissionAction] {
        clock.enter(.calling)
        hasSpoken = false
        return [.drive(.stand), .watchDoorway(step.boardingPosts), .callLift(step.lift, step.from)]
    }

    mutating func wait(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        if case .failed(let why) = lift.session, clock.isSettled { return retry(why) }
        if isOurs(lift), isOpen(lift, at: step.from) {
            clock.enter(.looking)
            return [.holdLiftDoor(step.lift, true)]
        }
        return clock.isLate ? retry("it did not come") : []
    }

    private mutating func retry(_ why: String) -> [MissionAction] {
        calls += 1
        if calls < Self.callAttempts {
            clock.enter(.pausing)
            return [.releaseLift(step.lift), .say("lift \(step.lift): \(why); trying again", .warning)]
        }
        return giveUp(
            RobotError(
                .unavailable, "lift \(step.lift) cannot be used: \(why)",
                hint: "look at the lift and its controller; the robot tries another way or waits"))
    }

    mutating func look(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        guard isOurs(lift), isOpen(lift, at: step.from) else { return retry("its door closed before boarding") }
        if isFree(view), view.safety.action < .hold { return goIn(view) }
        // Nobody is pushed: the car goes without us, and we call it again.
        if clock.isLate { return retry("there is no room in the car") }
        if !hasSpoken, clock.spent > .seconds(5) {
            hasSpoken = true
            return [.say("please make room in the lift", .info)]
        }
        return []
    }

    /// To the robot's place in the car.
    mutating func goIn(_ view: WorldView) -> [MissionAction] {
        clock.enter(.boarding)
        return [
            .fieldMuting(.doorway),
            drive(view, to: step.cabinPose, speed: motion.liftSpeed, clearance: motion.doorwayClearance, turn: true),
        ]
    }

    mutating func board(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        if clock.isSettled, view.drive == .reached {
            if isAtPlace(view) { return send(view, "on board") }
            return again(view, "stopped short of its place in the car")
        }
        let door = lift.door
        if isIn(view) < 0.5 {
            // Less than half in: the car is not ours yet.
            if isRecalled(lift) {
                return backOff(
                    view, RobotError(.unavailable, "lift \(step.lift) was recalled (fire or emergency) while boarding"))
            }
            // A lift that says nothing may have forgotten us, and shut its door.
            if !isOurs(lift) || !isOpen(lift, at: step.from) {
                clock.enter(.reopening)
                let isClosing = door == .moving || door == .closed
                let what =
                    isClosing ? "the lift's door closes on me" : "the lift does not hold its door for me any more"
                return [.drive(.stand), .callLift(step.lift, step.from), .say(what, .warning)]
            }
        }
        if clock.isSettled, case .failed(let why) = view.drive { return again(view, why) }
        return clock.isLate ? again(view, "boarding took too long") : []
    }

    private mutating func again(_ view: WorldView, _ why: String) -> [MissionAction] {
        boardings += 1
        if boardings < 3 { return goIn(view) }
        return backOff(
            view, RobotError(.blocked, "cannot board lift \(step.lift): \(why)", hint: "make room in the car"))
    }

    mutating func reopen(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        if isOurs(lift), isOpen(lift, at: step.from) {
            boardings += 1
            if boardings >= 3 {
                return backOff(view, RobotError(.unavailable, "lift \(step.lift) does not hold its door"))
            }
            return goIn(view)
        }
        let error = RobotError(
            .unavailable, "lift \(step.lift) closed its door while boarding", hint: "look at the lift's door")
        return clock.isLate ? backOff(view, error) : []
    }

    /// Backwards to the hall, on the way that it came.
    private mutating func backOff(_ view: WorldView, _ error: RobotError) -> [MissionAction] {
        // A way that began in the car has no hall to go back to.
        if step.hallPose == step.cabinPose { return stick(error) }
        reason = error
        clock.enter(.backingOut)
        return [
            .drive(.stand), .holdLiftDoor(step.lift, true),
            drive(
                view, to: step.hallPose, speed: motion.liftSpeed, clearance: motion.doorwayClearance, turn: false,
                reverse: facesIn(view)),
        ]
    }

    mutating func backOut(_ view: WorldView) -> [MissionAction] {
        let error = reason ?? RobotError(.blocked, "lift \(step.lift) could not be boarded")
        if clock.isSettled, view.drive == .reached { return giveUp(error) }
        if clock.isSettled, case .failed = view.drive { return stick(error) }
        return clock.isLate ? stick(error) : []
    }

    /// How far in the robot is: 0 at the hall pose, 0.5 with its middle under the door, 1 at its place in the car.
    func isIn(_ view: WorldView) -> Double {
        let door = step.boardingPosts.count == 2 ? (step.boardingPosts[0] + step.boardingPosts[1]) * 0.5 : nil
        let way = step.cabinPose.position - step.hallPose.position
        let along = way * (1 / max(way.length, 1e-9))
        let here = along.dot(view.pose.position - step.hallPose.position)
        let sill = door.map { along.dot($0 - step.hallPose.position) } ?? way.length / 2
        return here < sill
            ? max(0, 0.5 * here / max(sill, 1e-9))
            : min(1, 0.5 + 0.5 * (here - sill) / max(way.length - sill, 1e-9))
    }

    private func facesIn(_ view: WorldView) -> Bool {
        let way = step.cabinPose.position - step.hallPose.position
        let heading = Pose2D(yaw: view.pose.yaw).transform(Point2D(1, 0))
        return heading.dot(way) > 0
    }
}

internal import RobotModel

// In the car, and out of it.
extension LiftRide {
    /// How often the car is sent before somebody has to look.
    static var sendAttempts: Int { 4 }
    /// A lift that has said nothing for so long is not waited for: the robot's own senses may be enough.
    static var patienceWithSilence: Duration { .seconds(20) }

    mutating func send(_ view: WorldView, _ why: String) -> [MissionAction] {
        sends += 1
        clock.enter(.sending)
        exitLevel = step.to
        confirmations = 0
        let lift = view.lifts[step.lift] ?? LiftState()
        // From a level that is known, in a car that stands there; after a restart nobody knows where it would begin.
        let measures = sends == 1 && !resumesInside && lift.motion == .stopped && lift.currentLevel == step.from
        if measures { measuredFrom = step.from }
        return [
            .drive(.stand), .fieldMuting(.none), .watchDoorway(nil), .suspendLocalization(true),
            .considerLevels([]),
        ] + (measures ? [.measureHeight(true)] : []) + [
            .sendLift(step.lift, step.to),
            .say("lift \(step.lift): \(why), to \(step.to)", sends == 1 ? .info : .warning),
        ]
    }

    /// Sends the car once more, to the same level as ever.
    private mutating func resend(_ view: WorldView, _ why: String) -> [MissionAction] {
        if sends >= Self.sendAttempts {
            return stick(
                RobotError(
                    .unavailable, "lift \(step.lift) does not bring me to \(step.to): \(why)",
                    hint: "take the lift to \(step.to) by hand and resume, or help the robot out"))
        }
        return send(view, why)
    }

    mutating func leaveLevel(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        if isRecalled(lift) { return recall() }
        if isOpen(lift, at: step.to) { return arrive() }
        if lift.door == .closed || lift.motion == .up || lift.motion == .down {
            clock.enter(.riding)
            hasSpoken = false
            return []
        }
        return clock.isLate ? resend(view, "it does not leave \(lift.currentLevel?.rawValue ?? "its level")") : []
    }

    mutating func ride(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        if isRecalled(lift) {
            if !hasSpoken { return recall() }
            if let level = lift.currentLevel, isOpen(lift, at: level), level == step.to || level == step.from {
                exitLevel = level
                return arrive()
            }
        } else if isOpen(lift, at: step.to) {
            exitLevel = step.to
            return arrive()
        } else if isSilent(lift), clock.spent > Self.patienceWithSilence, isCarried(to: step.to, lift, view) {
            exitLevel = step.to
            return [.say("lift \(step.lift) says nothing; I look for myself", .warning)] + arrive()
        } else if let level = lift.currentLevel, isOpen(lift, at: level), clock.spent > patience(lift) {
            return resend(view, "it stopped at \(level)")
        }
        if clock.isLate {
            let place = lift.currentLevel.map { "at \($0)" } ?? "somewhere"
            return resend(view, lift.mode == .offline ? "it does not answer" : "it is still \(place)")
        }
        return []
    }

    /// How long the car may be away before it is sent again from where it stands open.
    ///
    /// A stop for somebody else is over sooner. Where the lift says itself that it will not go to our level, somebody
    /// pressed another button, or the box forgot us.
    private func patience(_ lift: LiftState) -> Duration {
        .seconds(lift.destination == step.to && isOurs(lift) ? 60 : 30)
    }

    func isRecalled(_ lift: LiftState) -> Bool { lift.mode == .fire || lift.mode == .emergency }

    /// A recall in a fire or an emergency: the lift goes where it must; the robot gets out there if it can.
    private mutating func recall() -> [MissionAction] {
        clock.enter(.riding)
        hasSpoken = true
        reason = RobotError(
            .unavailable, "lift \(step.lift) was recalled (fire or emergency) with the robot in it",
            hint: "resume when the lift is back in service")
        return [.say("the lift has been recalled; I get out where it stops, if I can", .warning, hint: reason?.hint)]
    }

    private mutating func arrive() -> [MissionAction] {
        clock.enter(.confirming)
        confirmations = 0
        hasShut = false
        return [
            .holdLiftDoor(step.lift, true), .considerLevels(levels.map(\.id)), .watchDoorway(exitPosts),
        ]
    }

    mutating func confirm(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        guard standsOpen(lift, view) else {
            return clock.isLate ? resend(view, "it left before the level was confirmed") : []
        }
        let evidence = evidence(lift, view)
        confirmations = evidence.isConfirmed ? confirmations + 1 : 0
        if confirmations >= 5 {
            clock.enter(.relocalizing)
            switches = 1
            return [.switchLevel(exitLevel, near: place(view)), .suspendLocalization(false)]
        }
        guard clock.isLate else { return [] }
        return resend(view, "the lift says \(exitLevel), but \(evidence.doubt)")
    }

    private func evidence(_ lift: LiftState, _ view: WorldView) -> LevelEvidence {
        LevelEvidence(for: exitLevel, of: levels, boarded: measuredFrom, lift: lift, view)
    }

    /// Whether nothing is heard of the lift.
    private func isSilent(_ lift: LiftState) -> Bool { lift.mode == .offline && lift.door == .unknown }

    /// Whether the height alone says that the car has come to a level and stands.
    private func isCarried(to level: LevelID, _ lift: LiftState, _ view: WorldView) -> Bool {
        guard view.heightChange?.isResting ?? false else { return false }
        return LevelEvidence(for: level, of: levels, boarded: measuredFrom, lift: lift, view).height == .confirms
    }

    /// Whether the car stands at the level of exit with its door open: as it says, or, when it says nothing, as is seen.
    func standsOpen(_ lift: LiftState, _ view: WorldView) -> Bool {
        isOpen(lift, at: exitLevel) || (isSilent(lift) && isFree(view))
    }

    mutating func relocalize(_ view: WorldView) -> [MissionAction] {
        if view.level == exitLevel, clock.isSettled, case .tracking = view.localization {
            clock.enter(.clearing)
            hasSpoken = false
            return [.considerLevels([]), .watchDoorway(exitPosts)]
        }
        guard clock.isLate else { return [] }
        switches += 1
        if switches <= 3 {
            clock.enter(.relocalizing)
            return [.switchLevel(exitLevel, near: step.cabinPose)]
        }
        return stick(
            RobotError(
                .notLocalized, "cannot find the pose on \(exitLevel) from the lift's car",
                hint:
                    "clear the view out of the car, or say where I am: `unlock`, then `pose set \(exitLevel) <x> <y> <yaw°>`"
            ))
    }

    mutating func clear(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        // What was confirmed holds for as long as the door stands open: a car that has shut it may be elsewhere.
        if isSilent(lift) ? !isFree(view) : !isOpen(lift, at: exitLevel) { hasShut = true }
        if hasShut, standsOpen(lift, view) { return arrive() }
        if standsOpen(lift, view), isFree(view) {
            clock.enter(.exiting)
            return [
                .fieldMuting(.doorway),
                drive(
                    view, to: exitPose, speed: motion.liftSpeed, clearance: motion.doorwayClearance, turn: false),
            ]
        }
        if clock.isLate {
            return stick(
                RobotError(.blocked, "the way out of lift \(step.lift) is not free", hint: "clear the lift's door"))
        }
        if let level = lift.currentLevel, level != exitLevel {
            return resend(view, "it left \(exitLevel) with me")
        }
        if !hasSpoken, clock.spent > .seconds(5) {
            hasSpoken = true
            return [.holdLiftDoor(step.lift, true), .say("please let me out", .info)]
        }
        return []
    }

    mutating func exit(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        if clock.isSettled, view.drive == .reached {
            if view.pose.position.distance(to: exitPose.position) < 0.5 { return finish() }
            return clearAgain()
        }
        if isOut(view) < 0.5, lift.door == .moving || lift.door == .closed {
            clock.enter(.waitingToExit)
            // A recalled car takes no orders; and never is it sent to the level of boarding.
            let order =
                exitLevel == step.to ? .sendLift(step.lift, step.to) : MissionAction.holdLiftDoor(step.lift, true)
            return [.drive(.stand), order, .say("the lift's door closes on me", .warning)]
        }
        if clock.isSettled, case .failed = view.drive { return clearAgain() }
        if clock.isLate {
            return stick(
                RobotError(.blocked, "cannot get out of lift \(step.lift)", hint: "clear the lift's door"))
        }
        return []
    }

    private mutating func clearAgain() -> [MissionAction] {
        switches += 1
        if switches > 6 {
            return stick(RobotError(.blocked, "cannot get out of lift \(step.lift)", hint: "clear the lift's door"))
        }
        clock.enter(.clearing)
        hasSpoken = false
        return [.drive(.stand), .watchDoorway(exitPosts)]
    }

    mutating func waitToExit(_ lift: LiftState, _ view: WorldView) -> [MissionAction] {
        if isOpen(lift, at: exitLevel) { return clearAgain() }
        if clock.isLate {
            return stick(
                RobotError(.blocked, "lift \(step.lift) does not open its door", hint: "open the lift's door"))
        }
        return []
    }

    private mutating func finish() -> [MissionAction] {
        clock.enter(.out)
        if let reason, exitLevel != step.to { outcome = .failed(reason) } else { outcome = .done }
        return [
            .fieldMuting(.none), .watchDoorway(nil), .considerLevels([]), .measureHeight(false),
            .releaseLift(step.lift),
        ]
    }

    /// Where the robot is in the car; odometry knows it well, unless it was restarted.
    private func place(_ view: WorldView) -> Pose2D {
        view.pose.position.distance(to: step.cabinPose.position) < 0.4 ? view.pose : step.cabinPose
    }

    private var exitPose: Pose2D { exitLevel == step.to ? step.exitPose : step.hallPose }
    private var exitPosts: [Point2D] { exitLevel == step.to ? step.exitPosts : step.boardingPosts }

    /// How far out the robot is: 0 in the car, 0.5 with its middle under the door, 1 outside.
    private func isOut(_ view: WorldView) -> Double {
        let way = exitPose.position - step.cabinPose.position
        let along = way * (1 / max(way.length, 1e-9))
        let here = along.dot(view.pose.position - step.cabinPose.position)
        let middle = exitPosts.count == 2 ? (exitPosts[0] + exitPosts[1]) * 0.5 : nil
        let sill = middle.map { along.dot($0 - step.cabinPose.position) } ?? way.length / 2
        return here < sill ? max(0, 0.5 * here / max(sill, 1e-9)) : 0.5
    }
}

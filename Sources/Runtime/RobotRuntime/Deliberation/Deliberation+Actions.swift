import BoardFile
import BuildingMap
import Control
import Devices
import Dispatch
import Estimation
import Facilities
import Logging
import Missions
import Motion
import Realtime
import Reflow
import RobotModel
import RoutePlanning

extension Deliberation {
    /// Performs the executive's actions in their order. A journal entry is durable before what stands after it is done;
    /// when it cannot be made durable, nothing after it is done and the executive is told.
    ///
    /// - Returns: Why the journal could not be written, if it could not.
    @discardableResult
    func perform(_ actions: [MissionAction], _ report: TickReport) -> RobotError? {
        for (index, action) in actions.enumerated() {
            guard case .journal(let entry) = action else {
                perform(action, report)
                continue
            }
            if case .pose = entry {
                keepPose(entry)
                continue
            }
            do throws(RobotError) {
                try journal.append(entry, at: wall)
            } catch {
                log.error("\(error)")
                events.append(.journalFailed(error, undone: Array(actions[index...])))
                return error
            }
        }
        return nil
    }

    /// Where the robot is is kept for the next start, but nothing waits for it: it commits to nothing outside, and a slow
    /// disk must not hold up a robot that drives.
    private func keepPose(_ entry: JournalEntry) {
        let (journal, wall, log) = (journal, wall, log)
        let work: @Sendable () -> Void = {
            do throws(RobotError) {
                try journal.append(entry, at: wall)
            } catch {
                log.error("\(error)")
            }
        }
        if isStepped { work() } else { poseWriter.async(execute: work) }
    }

    private func perform(_ action: MissionAction, _ report: TickReport) {
        switch action {
        case .drive(let goal):
            isDrivenByHand = false
            drivePlanner.set(goal, at: now)
            driveStatus = goal == .stand ? .idle : .moving(remaining: 0)
        case .arm(let goal): move(goal, report)
        case .gripper(let goal):
            gripperOrders += 1
            channels.gripper.push(goal)
        case .lockCompartment(let locked):
            isUnlocked = !locked
            rack.setLock(open: !locked)
        case .box(let command): rack.boxRadio.send(command)
        case .requestDoor(let door): desk.request(door: door)
        case .releaseDoor(let door): desk.release(door: door)
        case .callLift(let lift, let level): desk.call(lift: lift, to: level, onward: destination(of: lift))
        case .sendLift(let lift, let level): desk.sendLift(lift, to: level)
        case .holdLiftDoor(let lift, let hold): desk.holdLiftDoor(lift, hold)
        case .releaseLift(let lift): desk.release(lift: lift)
        case .planRoute(let request):
            let answer = route(for: request, report)
            if request.from == nil { route = try? answer.get() }
            events.append(.route(request, answer))
        case .considerLevels(let levels):
            consideredLevels = levels
            levelFit = [:]
        case .measureHeight(let measures): altimeter = measures ? RideAltimeter() : nil
        case .switchLevel(let level, let pose):
            localizer.setLevel(level, near: pose, spread: Localizer.Spread(metres: 0.35, radians: 0.25))
            localizer.resume()
        case .suspendLocalization(let suspend):
            if suspend { localizer.suspend() } else { localizer.resume() }
        case .fieldMuting(let muting): self.muting = muting
        case .lookForBox(let near):
            expectedBox = near
            boxSighting = nil
        case .watchDoorway(let posts):
            watchedPosts = posts
            doorwayGap = nil
        case .verifyPIN(let hash, let digits): verify(digits, against: hash)
        case .journal: break
        case .say(let text, let urgency, let hint): announce(text, urgency, hint: hint)
        case .status(var status):
            forecast(&status)
            self.status = status
            recorder.record(.mission, status, at: now)
            answer(with: status)
        }
    }

    func move(_ goal: ArmGoal, _ report: TickReport, with planner: ArmPlanner? = nil) {
        armRefusal = nil
        armTorque = goal != .limp
        guard armTorque else { return }
        armOrders += 1
        armUntilContact = goal.endsAtContact
        let from = armPosition(report)
        do {
            let trajectory = try (planner ?? armPlanner).plan(goal, from: from)
            channels.arm.push(ArmOrder(number: armOrders, trajectory: trajectory, untilContact: armUntilContact))
        } catch {
            armRefusal = "\(error)"
            channels.arm.push(
                ArmOrder(number: armOrders, trajectory: ArmTrajectory(holding: from), untilContact: false))
        }
    }

    /// Where the arm's set-points are, or the joints while they hold nothing: where the next motion begins.
    func armPosition(_ report: TickReport) -> JointVector {
        let all = report.jointSetpoint.torque ? report.jointSetpoint.position : report.joints.value.position
        return JointVector(Array(all.array.dropLast()))
    }

    private func route(for request: RouteRequest, _ report: TickReport) -> Result<Route, RobotError> {
        var from = localizer.pose(odometry: report.odometry)
        var level = localizer.level
        if let place = request.from {
            guard let found = building.place(place) else {
                return .failure(RobotError(.unavailable, "there is no place \(place) in \(building.name)"))
            }
            from = Pose2D(found.place.position, yaw: found.place.yaw ?? 0)
            level = found.level
        }
        for lane in RouteClosures(request, building: building).lanes { blockedLanes.block(lane, at: now) }
        do {
            return .success(
                try planner.route(
                    from: from, on: level, to: request.to, under: conditions(for: request), in: &workspace))
        } catch {
            return .failure(error.robotError)
        }
    }

    /// Argon2 takes tens of milliseconds on purpose: not on the deliberation's thread, except where time stands still.
    private func verify(_ digits: Secret<String>, against hash: PINHash) {
        if isStepped {
            events.append(.pin(hash.matches(digits)))
            return
        }
        Task.detached(priority: .utility) { [weak self] in
            let matches = hash.matches(digits)
            await self?.receive(.pin(matches))
        }
    }

    /// Says what has gone wrong to people, the console and the recording.
    func announce(_ error: RobotError, _ urgency: Urgency, lead: String = "") {
        announce(lead + error.sentence, urgency, hint: error.hint)
    }

    /// Says something to people, the console and the recording.
    func announce(_ text: String, _ urgency: Urgency = .notice, hint: String? = nil) {
        log.log(level: Logger.Level(urgency), "\(hint.map { "\(text)\n  hint: \($0)" } ?? text)")
        let announcement = Announcement(
            time: now.seconds(since: started ?? now), text: text, urgency: urgency, hint: hint)
        announcements.append(announcement)
        if announcements.count > 100 { announcements.removeFirst() }
        recorder.record(.log, announcement, at: now)
    }
}

extension Logger.Level {
    /// The level of what the robot says, as the journal shall sort it.
    init(_ urgency: Urgency) {
        self =
            switch urgency {
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
    }
}

extension ArmGoal {
    var endsAtContact: Bool {
        if case .tool(_, _, _, let untilContact) = self { return untilContact }
        return false
    }
}

import BoardFile
import BuildingMap
import Control
import Devices
import Estimation
import Facilities
import Missions
import Motion
import Realtime
import Reflow
import RobotModel

extension Deliberation {
    /// Answers a request from outside.
    ///
    /// - Throws: `RobotError` with the reason why it is refused.
    func answer(_ request: ControlRequest) throws(RobotError) -> ControlResponse {
        switch request {
        case .status: return .status(snapshot())
        case .submit(let name, let text):
            try folder.drop(name: name, text: text)
            return .done("\(name) is in the inbox; its answer will be in the outbox")
        case .cancel(let mission):
            guard isKnown(mission) else {
                throw RobotError(
                    .unavailable, "there is no mission \(mission) under way or waiting",
                    hint: "`mission list` shows what there is")
            }
            try obey(.cancel(MissionID(mission)))
            return .done("cancelling \(mission)")
        case .pause:
            try obey(.pause)
            return .done("pausing")
        case .resume:
            try obey(.resume)
            return .done("going on")
        case .setPose(let claim):
            return .done(try take(claim))
        case .clear:
            return .done(clear())
        case .log(let lines):
            return .lines(announcements.suffix(lines).flatMap(Self.lines))
        case .mayRestart:
            if let reason = harmOfRestart {
                throw RobotError(.busy, "the robot \(reason)", hint: "try again later, or use --wait")
            }
            return .done("yes")
        case .service(let command):
            try perform(service: command)
            return .done("done")
        }
    }

    /// Why a restart would do harm now; nil when it would not.
    private var harmOfRestart: String? {
        let now = snapshot()
        if now.mission != nil { return "has a mission" }
        // It may stand in a lift, or in a door.
        if !now.isIdle { return "is busy: \(now.doing)" }
        if abs(now.place.twist.linear) > 0.01 || abs(now.place.twist.angular) > 0.02 { return "is moving" }
        if now.joints.contains(where: { abs($0.velocity) > 0.05 }) { return "is moving its arm" }
        return nil
    }

    /// Takes a person's word that it is safe to go on; says what that does.
    private func clear() -> String {
        let safety = channels.report.load().safety
        // The reset first: the supervisor takes the word for what is gone by it soon.
        let resets = safety.causes.intersection([.servoAlert, .wheelFault])
        if !resets.isEmpty { rack.clearAlerts() }
        channels.clears.push(1)
        announce("cleared by a person", .notice)
        var parts = [safety.latched.isEmpty && !resets.isEmpty ? "" : "cleared"]
        if !resets.isEmpty { parts.append("resetting: \(resets.names.joined(separator: ", "))") }
        let left = safety.causes.subtracting(resets)
        if !left.isEmpty { parts.append("still there: \(left.names.joined(separator: ", "))") }
        return parts.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// What a technician moves or switches by hand; never during a mission or on the way home, except for what moves
    /// nothing.
    private func perform(service command: ServiceCommand) throws(RobotError) {
        if command != .clearAlerts, let refusal = executive.refusalOfHandwork { throw refusal }
        announce("technician: \(command)", .notice)
        let report = channels.report.load()
        switch command {
        case .compartment(let open): perform([.lockCompartment(!open)], report)
        case .joint(let name, let position):
            try moveJoint(name, to: position, report)
            executive.noteHandwork()
        case .drive(let metres):
            guard abs(metres) <= 1 else {
                throw RobotError(.refused, "\(metres) m is too far by hand", expected: "at most 1 m")
            }
            let pose = localizer.pose(odometry: report.odometry)
            let goal: DriveGoal =
                metres < 0
                ? .backUp(distance: -metres)
                : .follow(
                    path: [pose.position, pose.transform(Point2D(metres, 0))], finalYaw: nil, speedLimit: 0.2,
                    clearance: 0.1, reverse: false)
            perform([.drive(goal)], report)
            isDrivenByHand = true
        case .turn(let radians):
            guard radians.isFinite, abs(radians) <= 2 * .pi else {
                throw RobotError(.refused, "\(radians) rad is no turn", expected: "at most one full turn either way")
            }
            let pose = localizer.pose(odometry: report.odometry)
            perform([.drive(.turn(to: normalizedAngle(pose.yaw + radians)))], report)
            isDrivenByHand = true
        case .door(let id, let open):
            guard building.doors[DoorID(id)] != nil else {
                throw RobotError(
                    .unavailable, "there is no door \(id)",
                    expected: building.doors.keys.map(\.rawValue).sorted().joined(separator: ", "))
            }
            perform([open ? .requestDoor(DoorID(id)) : .releaseDoor(DoorID(id))], report)
        case .clearAlerts: rack.clearAlerts()
        case .torque(let on):
            perform([.arm(on ? .hold : .limp)], report)
            executive.noteHandwork()
        }
    }

    private func moveJoint(_ name: String, to position: Double, _ report: TickReport) throws(RobotError) {
        if name == "gripper" {
            let widest = board.joints.gripper.maxWidth
            guard (0...widest).contains(position) else {
                throw RobotError(.refused, "the gripper cannot open to \(position) m", expected: "0 to \(widest) m")
            }
            perform([.gripper(.open(width: position))], report)
            return
        }
        guard let index = board.joints.arm.joints.firstIndex(where: { $0.name == name }) else {
            throw RobotError(
                .unavailable, "there is no joint \(name)",
                expected: (board.joints.arm.joints.map(\.name) + ["gripper"]).joined(separator: ", "))
        }
        let joint = board.joints.arm.joints[index]
        guard (joint.lower...joint.upper).contains(position) else {
            throw RobotError(
                .refused, "\(name) cannot go to \(position) rad", expected: "\(joint.lower) to \(joint.upper) rad")
        }
        var target = armPosition(report).array
        target[index] = position
        // The planner's own way of moving joints: a posture, used once.
        let once = ArmPlanner(chain: board.joints.arm, postures: ["once": target])
        move(.posture("once"), report, with: once)
    }

    private func isKnown(_ mission: String) -> Bool { executive.knows(MissionID(mission)) }

    /// Lets the executive take an order at once: what it has to remember is durable before anybody is told that the
    /// order has been taken.
    private func obey(_ order: MissionEvent) throws(RobotError) {
        guard started != nil else {
            throw RobotError(.busy, "the robot is just starting", hint: "try again in a second")
        }
        if let error = decide(on: order, channels.report.load()) {
            throw RobotError(
                .storage, "the order is not durable yet: \(error.what)",
                hint: "\(error.hint ?? "look at the disk"); the robot stands, and obeys when the journal can be written"
            )
        }
    }

    /// An announcement as the log shows it: when, how urgent if it is, and what to do about it.
    private static func lines(_ announcement: Announcement) -> [String] {
        let mark = announcement.urgency >= .warning ? "\(announcement.urgency.rawValue): " : ""
        let line = "[\(clockText(announcement.time))] \(mark)\(announcement.text)"
        guard announcement.urgency >= .warning, let hint = announcement.hint else { return [line] }
        return [line, "    hint: \(hint)"]
    }

    /// Minutes and seconds since the start.
    private static func clockText(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }

    /// A line for `systemctl status`: mission, level, tick, and what does not work; while it stops, what of.
    var statusLine: String {
        if let stop { return stop.result?.line ?? announcements.last?.text ?? "stopping" }
        var parts: [String] = []
        parts.append(status.mission.map { "\($0): \(status.step)" } ?? "no mission")
        parts.append("level \(localizer.level)")
        parts.append("\(health.section.ticks) ticks, \(health.section.missed) missed")
        let failed = rack.statuses.filter { $0.phase != .running }.map(\.slot.rawValue)
        if !failed.isEmpty { parts.append("out of service: \(failed.joined(separator: ", "))") }
        return parts.joined(separator: "; ")
    }
}

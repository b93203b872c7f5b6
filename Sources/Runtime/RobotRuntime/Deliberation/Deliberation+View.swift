import BoardFile
import Devices
import Estimation
import Facilities
import Motion
import Realtime
import RobotModel

extension Deliberation {
    /// Everything that is known now, for the skills to decide on.
    func view(of report: TickReport, keys: [Character]) -> WorldView {
        let pose = localizer.pose(odometry: report.odometry)
        var view = WorldView(now: now, wall: wall, pose: pose, level: localizer.level)
        view.localization = localizer.state
        view.levelFit = levelFit
        view.heightChange = altimeter?.change(at: now)
        view.twist = report.twist
        view.drive = driveStatus
        view.arm = armStatus(report)
        view.tool = board.joints.arm.toolPose(at: report.joints.value.position)
        view.gripper = GripperState(
            width: report.gripperWidth, current: report.gripperCurrent,
            isSettled: report.gripperSettled && report.gripperOrders >= gripperOrders,
            isHolding: report.gripperHolding && report.gripperOrders >= gripperOrders)
        view.inputs = report.inputs.value
        view.doors = desk.doors
        view.lifts = desk.lifts
        view.doorwayGap = doorwayGap
        if let box = rack.boxRadio.report {
            view.box = box.value
            view.box?.reported = box.time
        }
        view.boxSighting = boxSighting
        view.keys = keys
        view.battery = battery(report)
        view.safety = report.safety
        for status in rack.statuses {
            if let fault = status.fault { view.failedSlots[status.slot] = fault }
        }
        return view
    }

    private func armStatus(_ report: TickReport) -> ArmStatus {
        if let armRefusal { return .failed(armRefusal) }
        guard report.armOrder >= armOrders else { return .moving }
        let names = board.joints.arm.joints.map(\.name)
        func name(_ joint: Int) -> String { joint < names.count ? names[joint] : "joint \(joint + 1)" }
        switch report.armVerdict {
        case .idle: return .idle
        case .moving: return .moving
        case .reached: return .reached
        case .contact(let joint):
            return armUntilContact ? .contact : .failed("\(name(joint)) pushes against something; clear the arm's way")
        case .notFollowing(let joint):
            return .failed("\(name(joint)) does not follow its set-point; is the arm blocked?")
        case .lost(let joint):
            return .failed("\(name(joint)) does not answer or reports an alert")
        }
    }
}

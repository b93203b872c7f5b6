internal import RobotModel

/// The goals that wheels and arm were given last by a skill, to give them again after a pause.
struct StandingGoals: Sendable {
    private var drive = DriveGoal.stand
    private var arm: ArmGoal?
    private(set) var isSuspended = false
    private var wasStopped = false

    /// Whether the wheels have a goal other than to stand.
    var isDriving: Bool { drive != .stand }

    /// Remembers the goals among some actions, unless they are the stops of a pause.
    mutating func note(_ actions: [MissionAction]) {
        guard !isSuspended else { return }
        for action in actions {
            switch action {
            case .drive(let goal): drive = goal
            case .arm(let goal): arm = goal
            default: break
            }
        }
    }

    /// Stops wheels and arm until `restore`.
    mutating func suspend(_ view: WorldView) -> [MissionAction] {
        if !isSuspended, case .backUp = drive, case .moving(let remaining) = view.drive {
            drive = .backUp(distance: remaining)
        }
        isSuspended = true
        return [.drive(.stand), .arm(.hold)]
    }

    /// The goals once more, from where the robot is now.
    mutating func restore(_ view: WorldView) -> [MissionAction] {
        isSuspended = false
        var actions: [MissionAction] = []
        switch drive {
        case .stand: break
        case .follow(let path, let yaw, let speed, let clearance, let reverse):
            let rest = Path.rest(of: path, from: view.pose.position)
            actions.append(
                .drive(
                    .follow(path: rest, finalYaw: yaw, speedLimit: speed, clearance: clearance, reverse: reverse)))
        case .turn, .dock, .backUp: actions.append(.drive(drive))
        }
        if let arm, arm != .hold { actions.append(.arm(arm)) }
        return actions
    }

    /// Whether a stop that cut the goals short (an emergency stop, a power cut of the wheels) has just been cleared.
    mutating func isFreeAgain(_ view: WorldView) -> Bool {
        if view.safety.action >= .protectiveStop { wasStopped = true }
        guard wasStopped, view.safety.action < .hold else { return false }
        wasStopped = false
        return true
    }

    /// The goals are nobody's any more.
    mutating func forget() {
        isSuspended = false
        drive = .stand
        arm = nil
    }
}

import BuildingMap
import Facilities
import Missions
import RobotModel

/// A lift with three levels, its controller and the robot's body, as coarse as the rules of a ride allow: a value that
/// can be compared and hashed. One step is a second.
///
/// The controller works as a relay box does: one session at a time, forgotten ten seconds after its holder was last
/// heard of. It never shuts its door on something that stands in it, and the car never leaves with the door open.
struct LiftWorld: Hashable, Sendable {
    /// Whose the lift is.
    enum Holder: Hashable { case nobody, robot, other }

    static let levels: [LevelID] = ["L1", "L2", "L3"]
    /// Where the robot can be along the way into the car, metres: outside, at the hall pose, twice over the sill, in.
    static let spots = [6.5, 6.8, 7.6, 8.4, 9.0]
    static let hall = 1
    static let cabin = 4

    // The controller and the car.
    var floor = 0
    var door = DoorMode.closed
    var motion = LiftMotion.stopped
    var mode = LiftMode.agv
    var holder = Holder.nobody
    var destination = 0
    var holdsDoor = false
    /// Seconds since the robot's session was refreshed.
    var age = 0
    /// Seconds since the lift was the robot's, at most three.
    var unheld = 3
    /// Somebody in the car wants to be there first.
    var detour: Int?
    /// Whose call is served with priority of nobody's: another robot's or a person's.
    var otherFloor = 0
    var isLinkUp = true
    /// The floor that the controller says when it says another one than the true one.
    var floorLie: Int?

    // The robot's body.
    var spot = LiftWorld.hall
    var level = 0
    var goal: Int?
    var drive = DriveStatus.idle
    var yaw = 0.0
    var isArmMoving = false
    var isCrowded = false
    var isWayBlocked = false
    /// Somebody stands in the way: the robot waits for as long.
    var isHeld = false
    var hasRoute = true

    // What the robot's senses are set to, and how they fail.
    var believed = 0
    var isSuspended = false
    var isLookingAtLevels = false
    var isWatching = false
    var measuredFrom: Int?
    var scanLie: Int?
    var heightLie: Int?
    /// Whether the board has a barometer.
    let hasBarometer: Bool

    init(hasBarometer: Bool) { self.hasBarometer = hasBarometer }

    var isOnSill: Bool { spot == 2 || spot == 3 }
    var isInCar: Bool { spot == Self.cabin }
    var isOutside: Bool { spot <= Self.hall }

    // MARK: One second

    mutating func advance() {
        age += 1
        if holder == .robot, age > 10 { holder = .nobody }
        unheld = holder == .robot ? 0 : min(unheld + 1, 3)
        moveCar()
        moveRobot()
        isArmMoving = false
    }

    /// Where the car is wanted; nil when nobody wants it.
    private var target: Int? {
        if mode == .fire { return 0 }
        if let detour { return detour }
        switch holder {
        case .nobody: return nil
        case .robot: return destination
        case .other: return otherFloor
        }
    }

    private mutating func moveCar() {
        guard mode != .offline, mode != .emergency else {
            if mode == .emergency { motion = .stopped }
            return
        }
        let isWantedHere = target == floor
        let staysOpen =
            isWantedHere && (mode == .fire || detour != nil || (holder == .robot ? holdsDoor : holder == .other))
        if motion != .stopped {
            floor += motion == .up ? 1 : -1
            if floor == target || floor == 0 || floor == 2 { motion = .stopped }
        } else if staysOpen {
            switch door {
            case .closed: door = .moving
            case .moving: door = .open
            case .open: if detour == floor { detour = nil }
            case .offline, .unknown: door = .open
            }
        } else if door != .closed {
            if !isOnSill { door = door == .open ? .moving : .closed }
        } else if let target, target != floor {
            motion = target > floor ? .up : .down
        }
        if isInCar || spot == 3 { level = floor }
    }

    private mutating func moveRobot() {
        guard let goal else { return }
        if goal == spot {
            drive = .reached
            return
        }
        if isHeld { return }
        let next = spot + (goal > spot ? 1 : -1)
        let crossesDoor = max(next, spot) == 2 || max(next, spot) == 3 || max(next, spot) == 4
        let isDoorFree = door == .open && motion == .stopped && level == floor
        if isWayBlocked || (crossesDoor && next >= 2 && !isDoorFree && !isOnSill) {
            drive = .failed("something is in the way")
            self.goal = nil
            return
        }
        spot = next
        yaw = goal >= 2 ? 0 : .pi
        drive = spot == goal ? .reached : .moving(remaining: 1)
    }

    // MARK: The controller

    /// What the controller reports, if its line works.
    var report: RelayReport? {
        guard isLinkUp else { return nil }
        let session: UInt16 =
            switch holder {
            case .nobody: 0
            case .robot: CheckedRobot.session
            case .other: 99
            }
        return RelayReport(lifts: [
            RelayLiftReport(
                number: 1, floor: floorLie ?? floor, destination: target ?? floor, motion: motion, door: door,
                mode: mode, session: session)
        ])
    }

    mutating func take(_ command: RelayCommand) {
        guard isLinkUp, case .lift(_, let session, let floor, let holds) = command else { return }
        if session == 0 {
            if holder == .robot { holder = .nobody }
            return
        }
        guard holder != .other, mode == .agv || mode == .human else { return }
        holder = .robot
        age = 0
        destination = floor
        holdsDoor = holds
    }

    // MARK: The robot's shell

    mutating func perform(_ action: MissionAction) {
        switch action {
        case .drive(.stand): (goal, drive) = (nil, .idle)
        case .drive(.follow(let path, _, _, _, _)):
            let x = path.last?.x ?? 0
            goal = Self.spots.indices.min { abs(Self.spots[$0] - x) < abs(Self.spots[$1] - x) }
            drive = .moving(remaining: 1)
        case .drive(.turn(let heading)): (goal, drive, yaw) = (spot, .moving(remaining: 0), heading)
        case .arm: isArmMoving = true
        case .considerLevels(let levels): isLookingAtLevels = !levels.isEmpty
        case .watchDoorway(let posts): isWatching = posts != nil
        case .suspendLocalization(let suspends): isSuspended = suspends
        case .switchLevel(let level, _):
            believed = Self.levels.firstIndex(of: level) ?? 0
            isSuspended = false
        case .measureHeight(let measures): measuredFrom = measures ? level : nil
        default: break
        }
    }

    func fill(_ view: inout WorldView) {
        view.pose = Pose2D(x: Self.spots[spot], yaw: yaw)
        view.level = Self.levels[believed]
        // Levels look alike: with the car's door open, scans fit whichever map they are held against.
        let seesLevel = isOutside ? believed == level : door != .closed
        view.localization = isSuspended || seesLevel ? .tracking(quality: 0.9) : .unknown
        view.drive = drive
        view.arm = isArmMoving ? .moving : .reached
        view.doorwayGap = isWatching ? (isCrowded || door != .open ? 0.2 : 0.9) : nil
        if isLookingAtLevels {
            let seen = scanLie ?? level
            for (index, id) in Self.levels.enumerated() {
                view.levelFit[id] = door == .closed ? 0.1 : (index == seen ? 0.9 : 0.3)
            }
        }
        if hasBarometer, let measuredFrom {
            let climb = Double((heightLie ?? level) - measuredFrom) * 4
            view.heightChange = HeightChange(metres: climb, deviation: 0.3, isResting: motion == .stopped)
        }
    }

    /// The process dies and comes up again: what it had set is gone, what it had asked for is not.
    mutating func forgetProcess(level known: LevelID?) {
        (goal, drive) = (nil, .idle)
        (isSuspended, isLookingAtLevels, isWatching) = (false, false, false)
        measuredFrom = nil
        believed = known.flatMap { Self.levels.firstIndex(of: $0) } ?? believed
    }
}

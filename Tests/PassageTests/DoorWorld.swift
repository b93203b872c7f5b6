import BuildingMap
import Missions
import RobotModel

/// A door with its controller and the robot's body, as coarse as the rules of a crossing allow. One step is a second.
///
/// The controller works as a relay box does: it holds the door open for one session, forgets it ten seconds after its
/// holder was last heard of, and shuts the door when nobody holds it. The door does not shut on what stands in it.
struct DoorWorld: Hashable, Sendable {
    enum Holder: Hashable { case nobody, robot, other }

    /// Metres along the way through: the hold pose, the last place before the posts, between them, just behind, clear.
    static let spots = [3.8, 4.4, 5.0, 5.6, 6.2]
    static let clear = 4

    var door = DoorMode.closed
    var isOffline = false
    /// It does not open, whoever asks.
    var isStuck = false
    var holder = Holder.nobody
    var age = 0
    /// Seconds since the door was the robot's, at most three.
    var unheld = 3
    var isLinkUp = true

    var spot = 0
    var goal: Int?
    var drive = DriveStatus.idle
    var yaw = 0.0
    var isWayBlocked = false
    var isHeld = false
    var isCrowded = false
    var isWatching = false
    var isArmMoving = false
    var isLost = false

    /// Nearer than half the hull's diagonal to the posts' line.
    var isBetweenPosts: Bool { spot == 2 }
    var isOutside: Bool { !isBetweenPosts }

    mutating func advance() {
        age += 1
        if holder == .robot, age > 10 { holder = .nobody }
        unheld = holder == .robot ? 0 : min(unheld + 1, 3)
        moveDoor()
        moveRobot()
        isArmMoving = false
    }

    private mutating func moveDoor() {
        guard !isOffline else { return }
        let opens = holder != .nobody && !isStuck
        switch (door, opens) {
        case (.closed, true): door = .moving
        case (.moving, true): door = .open
        case (.open, false) where !isBetweenPosts: door = .moving
        case (.moving, false) where !isBetweenPosts: door = .closed
        default: break
        }
    }

    private mutating func moveRobot() {
        guard let goal else { return }
        if goal == spot {
            drive = .reached
            return
        }
        if isHeld { return }
        let next = spot + (goal > spot ? 1 : -1)
        if isWayBlocked || (next == 2 && door != .open) {
            drive = .failed("something is in the way")
            self.goal = nil
            return
        }
        spot = next
        drive = spot == goal ? .reached : .moving(remaining: 1)
    }

    var report: RelayReport? {
        guard isLinkUp else { return nil }
        let session: UInt16 =
            switch holder {
            case .nobody: 0
            case .robot: CheckedRobot.session
            case .other: 99
            }
        return RelayReport(doors: [
            RelayDoorReport(number: 1, mode: isOffline ? .offline : door, session: session)
        ])
    }

    mutating func take(_ command: RelayCommand) {
        guard isLinkUp, !isOffline, case .door(_, let session) = command else { return }
        if session == 0 {
            if holder == .robot { holder = .nobody }
        } else if holder != .other {
            holder = .robot
            age = 0
        }
    }

    mutating func perform(_ action: MissionAction) {
        switch action {
        case .drive(.stand): (goal, drive) = (nil, .idle)
        case .drive(.follow(let path, let heading, _, _, let isReverse)):
            let x = path.last?.x ?? 0
            yaw = heading ?? ((x > Self.spots[spot]) == isReverse ? .pi : 0)
            goal = Self.spots.indices.min { abs(Self.spots[$0] - x) < abs(Self.spots[$1] - x) }
            drive = .moving(remaining: 1)
        case .drive(.turn(let heading)): (goal, drive, yaw) = (spot, .moving(remaining: 0), heading)
        case .arm: isArmMoving = true
        case .watchDoorway(let posts): isWatching = posts != nil
        default: break
        }
    }

    func fill(_ view: inout WorldView) {
        view.pose = Pose2D(x: Self.spots[spot], yaw: yaw)
        view.level = "L1"
        view.localization = isLost ? .lost(since: .zero) : .tracking(quality: 0.9)
        view.drive = drive
        view.arm = isArmMoving ? .moving : .reached
        view.doorwayGap = isWatching ? (isCrowded || door != .open ? 0.1 : 0.9) : nil
    }

    mutating func forgetProcess() {
        (goal, drive, isWatching) = (nil, .idle, false)
    }
}

/// What may happen at any moment of a crossing.
enum DoorFault: Hashable, CaseIterable, Sendable {
    case stolen, otherLeaves, dropped
    case linkDown, linkUp, offline, online, stuck, repaired
    case closesEarly
    case crowded, roomy, wayBlocked, wayFree, held, letGo, lost, found
    case cancel, pause, resume, crash, longCrash, shutdown

    func apply(to world: inout DoorWorld) -> Bool {
        let before = world
        switch self {
        case .stolen: world.holder = .other
        case .otherLeaves: if world.holder == .other { world.holder = .nobody }
        case .dropped: if world.holder == .robot { world.holder = .nobody }
        case .linkDown: world.isLinkUp = false
        case .linkUp: world.isLinkUp = true
        case .offline: world.isOffline = true
        case .online: world.isOffline = false
        case .stuck: world.isStuck = true
        case .repaired: world.isStuck = false
        case .closesEarly: if world.door == .open, !world.isBetweenPosts { world.door = .moving }
        case .crowded: world.isCrowded = true
        case .roomy: world.isCrowded = false
        case .wayBlocked: world.isWayBlocked = true
        case .wayFree: world.isWayBlocked = false
        case .held: world.isHeld = true
        case .letGo: world.isHeld = false
        case .lost: world.isLost = true
        case .found: world.isLost = false
        case .cancel, .pause, .resume, .crash, .longCrash, .shutdown: return true
        }
        return world != before
    }
}

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
import Safety

/// The slow loop, twenty times a second: where am I, what do I do next, how do I drive there.
///
/// It owns the kernels of every stage and is the only place that knows who comes after whom. It talks to the tick through
/// `TickChannels` alone.
actor Deliberation {
    /// Steps a second.
    static let rate = 20

    let board: Board
    let building: Building
    let channels: TickChannels
    let rack: DeviceRack
    let recorder: Recorder
    let journal: Journal
    let inbox: Inbox
    let outbox: Outbox
    let folder: MissionFolder
    let log: Logger
    /// Writes what the deliberation does not wait for.
    let poseWriter = DispatchQueue(label: "journal.pose", qos: .utility)
    /// What the journal says that a person has to clear; nil when the last entry could not be written.
    var keptSafety: SafetyCauses?
    /// On a hand-driven clock nothing may happen at a time of its own choosing.
    let isStepped: Bool

    var localizer: Localizer
    var poseRecovery = PoseRecovery()
    /// Where a technician says that the robot is, until scans have confirmed it, and since when.
    var claim: (words: String, since: Instant)?
    var desk: FacilityDesk
    var executive: Executive
    var planner: RoutePlanner
    var drivePlanner: DrivePlanner
    let armPlanner: ArmPlanner
    let boxDetector: BoxDetector
    let doorwayView: DoorwayView
    let obstacleFinder: ObstaclePoints

    // What the skills have asked to be watched.
    var muting = FieldMuting.none
    var consideredLevels: [LevelID] = []
    var watchedPosts: [Point2D]?
    var expectedBox: Pose2D?
    var altimeter: RideAltimeter?

    // What is learned of the building.
    var times: FacilityTimes
    var stopwatch = FacilityStopwatch()
    var timedDrive: TimedDrive?
    var blockedLanes = BlockedLanes()
    var lateness = LatenessWatch()
    /// Memory of the planner, kept from one way to the next.
    var workspace = RouteWorkspace()

    // What is known now.
    var now = Instant.zero
    var wall = WallTime(secondsSince1970: 0)
    /// The first step's moment.
    var started: Instant?
    var scan: LaserScan?
    var obstacles: [Point2D] = []
    var levelFit: [LevelID: Double] = [:]
    var doorwayGap: Double?
    var boxSighting: BoxSighting?
    var driveStatus = DriveStatus.idle
    /// The wheels' goal is a technician's.
    var isDrivenByHand = false
    /// The last way from where the robot stood.
    var route: Route?
    var armOrders = 0
    var armUntilContact = false
    var armRefusal: String?
    var armTorque = true
    var gripperOrders = 0
    var isUnlocked = false

    /// Events that came up while actions were performed, or from other threads.
    var events: [MissionEvent] = []
    var status: MissionStatus
    var announcements: [Announcement] = []
    /// What is to be said first: what an earlier run has left damaged.
    let notices: [String]
    var lastSafety = SafetyState()
    var safetyNews = SafetyNews()
    var lastPhases: [SlotID: DevicePhase] = [:]
    var stepCount = 0
    var lastDoors: [DoorID: DoorState] = [:]
    var lastLifts: [LiftID: LiftState] = [:]
    /// The orderly stop, once somebody has asked for it.
    var stop: OrderlyStop?
    var health = LoopHealth()
    var uplink: @Sendable () -> String = { "no station" }

    init(_ parts: RobotParts, isStepped: Bool) {
        board = parts.board
        building = parts.building
        channels = parts.channels
        rack = parts.rack
        recorder = parts.recorder
        journal = parts.journal
        inbox = parts.inbox
        outbox = parts.outbox
        folder = parts.folder
        log = parts.log
        self.isStepped = isStepped
        keptSafety = parts.journal.recovered.safety
        times = Self.experience(in: parts.journal)
        let recovered = parts.journal.recovered
        let start = Self.start(board: parts.board, building: parts.building, recovered: recovered)
        localizer = Localizer(
            building: parts.building, lidarMount: parts.board.lidar.mount, start: start,
            spread: Self.spread(board: parts.board, recovered: recovered))
        // In the car a scan would find the robot wherever the walls of a small room fit.
        if recovered.progress?.isRiding ?? false { localizer.suspend() }
        notices = parts.notices
        status = MissionStatus(level: start.level)
        let session = SessionID(robot: parts.board.name)
        desk = parts.desk
        for (facility, number) in recovered.sessions {
            let isEnding = recovered.ending.contains(facility)
            switch facility {
            case .door(let door): desk.adopt(door: door, session: number, isEnding: isEnding)
            case .lift(let lift): desk.adopt(lift: lift, session: number, isEnding: isEnding)
            }
        }
        executive = Executive(
            settings: ExecutiveSettings(board: parts.board, session: session.number), building: parts.building,
            recovered: recovered)
        planner = RoutePlanner(
            building: parts.building, kinematics: RouteKinematics(parts.board.base), timing: FacilityTiming(),
            facilities: parts.building.facilities.asked(by: .interface), robot: parts.board.name)
        let limits = DriveLimits(parts.board.base)
        drivePlanner = DrivePlanner(
            limits: limits, hull: Hull(length: parts.board.base.length, width: parts.board.base.width))
        armPlanner = ArmPlanner(board: parts.board)
        var boxDetector = BoxDetector(lidarMount: parts.board.lidar.mount)
        // A vehicle parks within 5 cm and 5°; the rest is for the robot's own error and for worse drivers.
        boxDetector.searchRadius = 0.3
        boxDetector.searchAngle = 15 * Double.pi / 180
        self.boxDetector = boxDetector
        doorwayView = DoorwayView(lidarMount: parts.board.lidar.mount)
        obstacleFinder = ObstaclePoints(
            lidarMount: parts.board.lidar.mount, hullLength: parts.board.base.length,
            hullWidth: parts.board.base.width)
    }

    /// One step at a moment.
    ///
    /// - Parameter wall: Civil time as a label.
    func step(at now: Instant, wall: WallTime) {
        self.now = now
        self.wall = wall
        if started == nil {
            started = now
            for notice in notices { announce(notice, .warning) }
        }
        let report = channels.report.load()
        see(report)
        if report.inertial.time > .longAgo { altimeter?.take(report.inertial) }
        askBuilding(report)
        learn(report)
        // On the robot a task of its own does this: it waits for the disk.
        if isStepped, stepCount % 10 == 0 { takeIn(inbox.scan(at: wall)) }
        var waiting = events
        events = []
        waiting.append(.tick)
        for event in waiting { decide(on: event, report) }
        // What performing has brought up is answered in the same step: a route must not cost a twentieth of a second.
        var rounds = 0
        while !events.isEmpty, rounds < 4 {
            let next = events
            events = []
            for event in next { decide(on: event, report) }
            rounds += 1
        }
        drive(report)
        tell(report)
        lookAtStop(report)
        stepCount += 1
    }

    /// Something from outside the step: an operator's word, the result of a PIN check.
    func receive(_ event: MissionEvent) {
        if case .shutdown = event, stop == nil { stop = OrderlyStop(begun: now) }
        events.append(event)
    }

    /// Where the state of the uplink is asked for.
    func setUplink(_ uplink: @escaping @Sendable () -> String) { self.uplink = uplink }

    @discardableResult
    func decide(on event: MissionEvent, _ report: TickReport) -> RobotError? {
        let view = view(of: report, keys: event.isTick ? rack.keypad.take() : [])
        let actions = executive.handle(event, view)
        return perform(actions, report)
    }

    /// Follows the wheels' goal for one step and tells the tick.
    private func drive(_ report: TickReport) {
        if isDrivenByHand, report.safety.action >= .protectiveStop {
            // Whoever clears a stop does not expect what somebody typed before it.
            perform([.drive(.stand)], report)
            announce("technician: the stop has ended the drive")
        }
        let pose = localizer.pose(odometry: report.odometry)
        let (command, status) = drivePlanner.step(
            pose: pose, twist: report.twist, obstacles: obstacles, box: boxSighting, at: now)
        driveStatus = status
        var order = DriveOrder()
        order.twist = command
        order.issued = now
        order.muting =
            switch muting {
            case .none: .none
            case .doorway: .narrow
            case .docking: .docking
            }
        order.localized = isLocalized
        order.armTorque = armTorque
        channels.drive.store(order)
    }

    /// A suspended localiser rides along in a lift's car on purpose.
    var isLocalized: Bool {
        if localizer.isSuspended { return true }
        if case .tracking = localizer.state { return true }
        return false
    }

    /// Takes the scans that have come in, and looks for what the skills want to know.
    private func see(_ report: TickReport) {
        var latest: LaserScan?
        while let next = channels.scans.pop() {
            localizer.update(scan: next)
            recoverPose(report, at: next.end)
            recorder.record(Record(next))
            latest = next
        }
        localizer.predict(odometry: report.odometry, at: report.time)
        guard let latest else {
            if let scan, now - scan.end < .milliseconds(400) {
                obstacles = obstacleFinder.points(scan, odometry: report.odometry) + glass(report)
            }
            return
        }
        scan = latest
        obstacles = obstacleFinder.points(latest, odometry: report.odometry) + glass(report)
        let pose = localizer.pose(odometry: latest.endOdometry)
        levelFit =
            consideredLevels.isEmpty ? [:] : localizer.levelFit(latest, levels: consideredLevels, around: pose)
        if let posts = watchedPosts, posts.count == 2 {
            doorwayGap = doorwayView.gap(latest, a: posts[0], b: posts[1], pose: pose)
        }
        if let expectedBox {
            // Always around where the map has it: expecting it where it was last seen would let one wrong face lead to
            // the next.
            if let found = boxDetector.detect(latest, expected: pose.relative(expectedBox)) { boxSighting = found }
        }
    }

    /// How far the robot may be from where it starts: it may have been on its way when it was cut off. Then it drove on
    /// for at most a second after the journal's last pose, and 0.3 s more until the drive braked by itself.
    private static func spread(board: Board, recovered: RecoveredState) -> Localizer.Spread {
        guard recovered.lastPose != nil, let progress = recovered.progress, !progress.isAtLift else {
            return Localizer.Spread(metres: 0.4, radians: 0.3)
        }
        return Localizer.Spread(metres: max(0.4, 1.5 * board.base.maxSpeed), radians: 0.5)
    }

    private static func start(
        board: Board, building: Building, recovered: RecoveredState
    ) -> (level: LevelID, pose: Pose2D) {
        if let pose = recovered.lastPose, let level = recovered.lastLevel, building.level(level) != nil {
            return (level, pose)
        }
        if let home = building.place(board.home) {
            return (home.level, Pose2D(home.place.position, yaw: home.place.yaw ?? 0))
        }
        return (building.levels.first?.id ?? "", Pose2D())
    }
}

extension MissionEvent {
    fileprivate var isTick: Bool { if case .tick = self { true } else { false } }
}

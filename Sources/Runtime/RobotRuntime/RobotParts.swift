import BoardFile
import BuildingMap
import DeviceIO
import Facilities
import Logging
import Missions
import Motion
import Realtime
import Reflow
import RobotModel
import RoutePlanning
import Safety

/// What a robot is put together from, before anything runs: the composition root.
struct RobotParts: Sendable {
    let board: Board
    let building: Building
    let channels: TickChannels
    let rack: DeviceRack
    /// The doors and lifts as nobody has asked for any yet.
    let desk: FacilityDesk
    let recorder: Recorder
    let journal: Journal
    let inbox: Inbox
    let outbox: Outbox
    let folder: MissionFolder
    let log: Logger
    let version: String
    /// What has been lost of what an earlier run has written, in words.
    let notices: [String]

    /// - Parameters:
    ///   - boot: Names this start of the daemon in recordings.
    ///   - isDurable: False on a hand-driven clock, where seconds pass faster than a disk can sync.
    init(
        board: Board, building: Building, ports: any SerialPortOpening, gpio: any GPIOLineOpening,
        brokers: any MQTTPortOpening, log: Logger, version: String, boot: String, isDurable: Bool
    ) throws(RobotError) {
        if let problem = board.problems(in: building).first { throw problem }
        self.board = board
        self.building = building
        self.log = log
        self.version = version
        channels = TickChannels(board: board)
        desk = FacilityDesk(board: board)
        rack = try DeviceRack(
            board: board, channels: channels, ports: ports, gpio: gpio, brokers: brokers,
            topics: desk.subscriptions)
        recorder = try Recorder(
            origin: Recording.Origin(robot: board.name, boot: boot, version: version),
            settings: Recorder.Settings(
                directory: board.reflow.directory, quota: board.reflow.quota, isDurable: isDurable))
        let folder = try MissionFolder(path: board.missions.directory)
        journal = try Journal(path: folder.journal)
        inbox = Inbox(folder: folder, validator: MissionValidator(building: building), journal: journal)
        outbox = Outbox(folder: folder)
        self.folder = folder
        var notices = [journal.recovered.damage?.description, journal.recovered.notice].compactMap { $0 }
        for (cause, count) in recorder.statistics.dropped.sorted(by: { $0.key < $1.key }) {
            notices.append("lost of the recording before this start: \(count) \(cause)")
        }
        self.notices = notices
    }
}

extension ArmPlanner {
    /// The planner for a board's arm, which stays out of the compartment's lid.
    init(board: Board) {
        self.init(chain: board.joints.arm, postures: board.joints.postures)
    }
}

extension RouteKinematics {
    /// How fast the base of a board gets along its lanes.
    init(_ base: BaseGeometry) {
        self.init(speed: base.maxSpeed, acceleration: base.maxAcceleration, turnRate: base.maxTurnRate)
    }
}

extension RouteClosures {
    /// What the executive wants avoided.
    init(_ request: RouteRequest, building: Building) {
        var lanes: Set<LaneReference> = []
        for spot in request.avoidingSpots {
            guard let level = building.level(spot.level) else { continue }
            for lane in level.lanes {
                let (a, b) = (level.vertices[lane.from].position, level.vertices[lane.to].position)
                guard a.distance(toSegmentWith: b, from: spot.position) < 0.5 else { continue }
                lanes.insert(LaneReference(level: spot.level, from: lane.from, to: lane.to))
            }
        }
        self.init(doors: request.avoidingDoors, lifts: request.avoidingLifts, lanes: lanes)
    }
}

extension Point2D {
    /// The distance of `point` from the segment between this point and `end`, metres.
    fileprivate func distance(toSegmentWith end: Point2D, from point: Point2D) -> Double {
        let along = end - self
        let length = along.dot(along)
        let share = length > 0 ? min(1, max(0, (point - self).dot(along) / length)) : 0
        return point.distance(to: self + along * share)
    }
}

extension ExecutiveSettings {
    /// What the executive needs to know of a board.
    init(board: Board, session: UInt16) {
        let compartment = board.compartment
        self.init(
            home: board.home, sessionNumber: session, motion: MotionSettings(cruiseSpeed: board.base.maxSpeed),
            energy: EnergySettings(
                capacity: board.battery.capacity, reserve: board.battery.reserve,
                drivingPower: board.battery.drivingPower, standingPower: board.battery.standingPower),
            arm: ArmWorkspace(shoulder: board.joints.arm.joints.first?.origin.origin ?? .zero),
            compartment: CompartmentShape(
                center: compartment.center, length: compartment.length, width: compartment.width,
                depth: compartment.depth, lidEdge: compartment.lidEdge))
    }
}

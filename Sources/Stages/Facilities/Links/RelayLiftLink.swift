public import RobotModel

/// Carries a lift's session over the relay box of a building.
///
/// Faults and what becomes of them:
///
///     another session                 held by another: no write of ours ends it
///     no reading for 2 s              the lift shows as offline; the session waits, and inside it is asked for again
///     fire, emergency, offline mode   shown; the box drops the session; outside it is given up, inside asked for again
///     the box forgot the session      (10 s without a write) asked for again
///     after a restart                 the number that the journal kept; the car is sent where the box says it is sent
public struct RelayLiftLink: Hashable, Sendable {
    /// The lift's number in the box.
    public let number: Int
    /// The box's floor number of each level that the lift serves.
    public let floors: [LevelID: Int]
    /// The session under which we ask; never 0.
    public internal(set) var session: UInt16
    /// Where the car was last; ending a session names a floor, and this one sends it nowhere.
    private var floor: Int?

    public init(number: Int, floors: [LevelID: Int], session: UInt16) {
        precondition(session != 0, "session 0 means nobody")
        self.number = number
        self.floors = floors
        self.session = session
    }

    /// What to write to the box; nil where there is nothing that may be written: no level is known yet, the robot
    /// stands in the car that would be given away, or the session in the box is, or may be, another's.
    public func relayCommand(_ command: LiftSession.Command) -> RelayCommand? {
        switch command {
        case .request(let level, _, let holdDoor, _):
            guard let floor = level.flatMap({ floors[$0] }) else { return nil }
            return .lift(number: number, session: session, floor: floor, holdDoor: holdDoor)
        case .release(let isInside):
            guard !isInside, let floor = floor ?? floors.values.min() else { return nil }
            return .lift(number: number, session: 0, floor: floor, holdDoor: false)
        case .withdraw: return nil
        }
    }

    /// What the box says of our lift.
    public mutating func report(_ report: RelayLiftReport) -> LiftReport {
        floor = report.floor
        return LiftReport(
            level: level(report.floor), destination: level(report.destination), motion: report.motion,
            door: report.door, mode: report.mode,
            holder: FacilityHolder(relaySession: report.session, ours: session))
    }

    private func level(_ floor: Int) -> LevelID? { floors.first { $0.value == floor }?.key }
}

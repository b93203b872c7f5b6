public import RobotModel

/// Carries a door's session over the relay box of a building.
///
/// Faults and what becomes of them: another's session is never ended by a write of ours; without a reading for 2 s the door
/// shows as offline; a session that the box forgot (10 s without a write) is asked for again.
public struct RelayDoorLink: Hashable, Sendable {
    /// The door's number in the box.
    public let number: Int
    /// The session under which we ask; never 0.
    public internal(set) var session: UInt16

    public init(number: Int, session: UInt16) {
        precondition(session != 0, "session 0 means nobody")
        self.number = number
        self.session = session
    }

    /// What to write to the box; nil where the session in it is, or may be, another's.
    public func relayCommand(_ command: DoorSession.Command) -> RelayCommand? {
        switch command {
        case .request: .door(number: number, session: session)
        case .release: .door(number: number, session: 0)
        case .withdraw: nil
        }
    }

    /// What the box says of our door.
    public func report(_ report: RelayDoorReport) -> DoorReport {
        DoorReport(mode: report.mode, holder: FacilityHolder(relaySession: report.session, ours: session))
    }
}

extension FacilityHolder {
    /// Whose a session of the relay box is; 0 is nobody's.
    init(relaySession session: UInt16, ours: UInt16) {
        self =
            switch session {
            case 0: .none
            case ours: .ours
            default: .other("session \(session)")
            }
    }
}

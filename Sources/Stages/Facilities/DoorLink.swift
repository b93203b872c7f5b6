import RobotModel

/// What carries a door's session to its controller.
public enum DoorLink: Hashable, Sendable {
    case relayBox(RelayDoorLink)

    /// How long this controller is waited for.
    public var times: SessionTimes {
        switch self {
        case .relayBox: SessionTimes()
        }
    }

    mutating func adopt(_ session: SessionID) {
        switch self {
        case .relayBox(var link):
            link.session = session.number
            self = .relayBox(link)
        }
    }

    mutating func send(_ command: DoorSession.Command, _ output: inout FacilityOutput) {
        switch self {
        case .relayBox(let link): output.relay.append(link.relayCommand(command))
        }
    }

    /// The reports for our door in what has come in, each with its moment.
    mutating func reports(_ input: FacilityInput) -> [Stamped<DoorReport>] {
        switch self {
        case .relayBox(let link):
            guard let relay = input.relay else { return [] }
            return relay.value.doors.filter { $0.number == link.number }.map {
                Stamped(link.report($0), at: relay.time)
            }
        }
    }
}

import RobotModel

/// What carries a lift's session to its controller.
public enum LiftLink: Hashable, Sendable {
    case relayBox(RelayLiftLink)

    /// How long this controller is waited for.
    public var times: SessionTimes {
        switch self {
        case .relayBox: SessionTimes()
        }
    }

    /// Whether the controller knows a level of the building.
    func serves(_ level: LevelID) -> Bool {
        switch self {
        case .relayBox(let link): link.floors[level] != nil
        }
    }

    mutating func adopt(_ session: SessionID) {
        switch self {
        case .relayBox(var link):
            link.session = session.number
            self = .relayBox(link)
        }
    }

    mutating func send(_ command: LiftSession.Command, _ output: inout FacilityOutput) {
        switch self {
        case .relayBox(let link): if let command = link.relayCommand(command) { output.relay.append(command) }
        }
    }

    /// The reports for our lift in what has come in, each with its moment.
    mutating func reports(_ input: FacilityInput) -> [Stamped<LiftReport>] {
        switch self {
        case .relayBox(var link):
            guard let relay = input.relay else { return [] }
            let reports = relay.value.lifts.filter { $0.number == link.number }.map {
                Stamped(link.report($0), at: relay.time)
            }
            self = .relayBox(link)
            return reports
        }
    }
}

import RobotModel

/// What carries a lift's session to its controller.
public enum LiftLink: Hashable, Sendable {
    case relayBox(RelayLiftLink)
    case rmf(RMFLiftLink)
    case rfa(RFALiftLink)

    /// How long this controller is waited for.
    public var times: SessionTimes {
        switch self {
        case .relayBox: SessionTimes()
        case .rmf: RMFLiftLink.times
        case .rfa: RFALiftLink.times
        }
    }

    /// What has to be subscribed to at the building's broker.
    public var subscriptions: [String] {
        switch self {
        case .relayBox: []
        case .rmf(let link): link.subscriptions
        case .rfa(let link): link.subscriptions
        }
    }

    /// Whether the controller knows a level of the building.
    func serves(_ level: LevelID) -> Bool {
        switch self {
        case .relayBox(let link): link.floors[level] != nil
        case .rmf(let link): link.serves(level)
        case .rfa(let link): link.serves(level)
        }
    }

    mutating func adopt(_ session: SessionID) {
        switch self {
        case .relayBox(var link):
            link.session = session.number
            self = .relayBox(link)
        case .rmf(var link):
            link.session = session
            self = .rmf(link)
        case .rfa(var link):
            link.adopt()
            self = .rfa(link)
        }
    }

    mutating func send(_ command: LiftSession.Command, _ clock: LinkClock, _ output: inout FacilityOutput) {
        switch self {
        case .relayBox(let link): if let command = link.relayCommand(command) { output.relay.append(command) }
        case .rmf, .rfa: _ = exchange([.command(command)], clock, &output)
        }
    }

    /// The reports for our lift in what has come in, each with its moment.
    mutating func reports(
        _ input: FacilityInput, _ clock: LinkClock, _ output: inout FacilityOutput
    ) -> [Stamped<LiftReport>] {
        switch self {
        case .relayBox(var link):
            guard let relay = input.relay else { return [] }
            let reports = relay.value.lifts.filter { $0.number == link.number }.map {
                Stamped(link.report($0), at: relay.time)
            }
            self = .relayBox(link)
            return reports
        case .rmf, .rfa: return exchange(input.broker.map { .broker($0) } + [.time], clock, &output)
        }
    }

    private mutating func exchange(
        _ events: [LinkEvent<LiftSession.Command>], _ clock: LinkClock, _ output: inout FacilityOutput
    ) -> [Stamped<LiftReport>] {
        var said = LinkOutput<LiftReport>()
        switch self {
        case .relayBox: return []
        case .rmf(var link):
            for event in events { link.handle(event, clock, &said) }
            self = .rmf(link)
        case .rfa(var link):
            for event in events { link.handle(event, clock, &said) }
            self = .rfa(link)
        }
        output.take(said.messages, said.complaint)
        return said.reports.map { Stamped($0, at: clock.now) }
    }
}

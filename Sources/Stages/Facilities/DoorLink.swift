import RobotModel

/// What carries a door's session to its controller.
public enum DoorLink: Hashable, Sendable {
    case relayBox(RelayDoorLink)
    case rmf(RMFDoorLink)

    /// How long this controller is waited for.
    public var times: SessionTimes {
        switch self {
        case .relayBox: SessionTimes()
        case .rmf: RMFDoorLink.times
        }
    }

    /// What has to be subscribed to at the building's broker.
    public var subscriptions: [String] {
        switch self {
        case .relayBox: []
        case .rmf(let link): link.subscriptions
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
        }
    }

    mutating func send(_ command: DoorSession.Command, _ clock: LinkClock, _ output: inout FacilityOutput) {
        switch self {
        case .relayBox(let link): if let command = link.relayCommand(command) { output.relay.append(command) }
        case .rmf: _ = exchange([.command(command)], clock, &output)
        }
    }

    /// The reports for our door in what has come in, each with its moment.
    mutating func reports(
        _ input: FacilityInput, _ clock: LinkClock, _ output: inout FacilityOutput
    ) -> [Stamped<DoorReport>] {
        switch self {
        case .relayBox(let link):
            guard let relay = input.relay else { return [] }
            return relay.value.doors.filter { $0.number == link.number }.map {
                Stamped(link.report($0), at: relay.time)
            }
        case .rmf: return exchange(input.broker.map { .broker($0) } + [.time], clock, &output)
        }
    }

    private mutating func exchange(
        _ events: [LinkEvent<DoorSession.Command>], _ clock: LinkClock, _ output: inout FacilityOutput
    ) -> [Stamped<DoorReport>] {
        guard case .rmf(var link) = self else { return [] }
        var said = LinkOutput<DoorReport>()
        for event in events { link.handle(event, clock, &said) }
        self = .rmf(link)
        output.take(said.messages, said.complaint)
        return said.reports.map { Stamped($0, at: clock.now) }
    }
}

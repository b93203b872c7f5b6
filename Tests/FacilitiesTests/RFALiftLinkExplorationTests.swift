import DeviceProtocols
import Facilities
import RobotModel
import Testing

/// Every interleaving of what a lift, its broker, the mission and a restart can do, up to a depth, on the production types:
/// session and link together, a second at a time.
private struct Exploration {
    /// What can happen in a second.
    enum Step: CaseIterable {
        case nothing, succeeds, fails, errs, emergency, open, shut, disconnects, connects, calls, sends, releases,
            enters, leaves, restarts, waits
    }

    /// A robot with its lift.
    struct State: Hashable {
        var session = LiftSession(times: RFALiftLink.times)
        var link = RFALiftLink(address: Exploration.address, floors: ["L1": RFAFloor("1F"), "L3": RFAFloor("3F")])
        var isInside = false
        var isConnected = false
        /// The journal knows of a session.
        var hasJournal = false
        /// The journal knows that it is to be given back.
        var isEnding = false
        /// The lift has been asked for a registration, and has neither refused nor ended it.
        var mayBeRegistered = false

        func rebased(to now: Instant) -> State {
            var state = self
            state.session = session.rebased(to: now)
            state.link = link.rebased(to: now)
            return state
        }
    }

    static let address = RFAAddress(building: "t", bank: "a", elevator: "1", robot: "dory")

    /// A flaw to be found: without the broker the robot gives its lift up, wherever it stands.
    var givesUpWithoutBroker = false
    /// Whether half a minute may pass in one step.
    var hasLongWaits = false
    /// A flaw to be found: what the lift has not confirmed counts as given back.
    var forgetsUnconfirmed = false
    /// A flaw to be found: a request is not taken back while another robot has the lift.
    var keepsAsking = false
    private(set) var states = 0
    /// Whether a registration was open that nobody would ever end: the robot outside, nothing in the journal.
    private(set) var hasLeftSession = false
    /// What was said with the robot in the car that must not be.
    private(set) var offences: Set<RFARequest> = []
    private(set) var hasSaidGotOffOutside = false

    mutating func explore(depth: Int) throws {
        var seen: Set<State> = []
        var front = [State()]
        for _ in 0..<depth {
            var next: [State] = []
            for state in front {
                for step in Step.allCases where step != .waits || hasLongWaits {
                    guard let after = try take(step, in: state), seen.insert(after).inserted else { continue }
                    next.append(after)
                }
            }
            front = next
        }
        states = seen.count
    }

    /// The state a second later; nil where the step cannot be.
    private mutating func take(_ step: Step, in state: State) throws -> State? {
        var state = state
        // The states live on a clock whose zero is the present.
        let now = Instant.zero
        var asked: [RFARequest] = []
        switch step {
        case .nothing: break
        case .succeeds, .fails, .errs, .emergency:
            guard let request = state.link.exchange?.request, state.isConnected else { return nil }
            let result: RFAResult =
                step == .succeeds ? .success : step == .fails ? .fail : step == .errs ? .error : .underEmergency
            if result == .fail || result == .underEmergency || result == .success && request == .release
                || result == .error && request.interface == .registration
            {
                state.mayBeRegistered = false
            }
            asked += try hear(RFAAnswer(request.interface, result, floor: "1F"), &state, now)
        case .open, .shut:
            guard state.link.poll != nil, state.isConnected else { return nil }
            let floor = state.link.called?.name ?? "1F"
            let answer = RFAAnswer(.elevatorStatus, .success, floor: floor, open: step == .open ? .front : nil)
            asked += try hear(answer, &state, now)
        case .disconnects:
            guard state.isConnected else { return nil }
            state.isConnected = false
            asked += try tell(.broker(.disconnected), &state, now)
        case .connects:
            guard !state.isConnected else { return nil }
            state.isConnected = true
            asked += try tell(.broker(.connected), &state, now)
        case .calls:
            guard !state.isInside else { return nil }
            (state.hasJournal, state.isEnding) = (true, false)
            asked += try command(.call("L1", onward: "L3"), &state, now)
        case .sends:
            guard state.isInside else { return nil }
            (state.hasJournal, state.isEnding) = (true, false)
            asked += try command(.send("L3"), &state, now)
        case .releases:
            state.isEnding = state.hasJournal
            asked += try command(.release, &state, now)
        case .enters:
            // Nobody boards a lift that is not ours, or whose door is not open.
            guard !state.isInside, case .granted = state.session.state.session, state.session.state.door == .open
            else { return nil }
            state.isInside = true
        case .leaves:
            guard state.isInside else { return nil }
            state.isInside = false
        case .restarts:
            let before = state
            state = State()
            state.isInside = before.isInside
            (state.hasJournal, state.isEnding) = (before.hasJournal, before.isEnding)
            state.mayBeRegistered = before.mayBeRegistered
            if state.hasJournal {
                state.link.adopt()
                asked += try command(.adopt(isEnding: state.isEnding), &state, now)
            }
        case .waits: break
        }
        asked += try command(.occupied(state.isInside), &state, now)
        var later = now
        for _ in 0..<(step == .waits ? 32 : 1) {
            later += .seconds(1)
            asked += try tell(.time, &state, later)
            asked += try command(.time, &state, later)
        }
        if givesUpWithoutBroker, !state.isConnected {
            asked += try tell(.command(.release(isInside: false)), &state, later)
        }
        for request in asked where request == .robotStatus(.hasGotOff) || request == .release {
            if state.isInside { offences.insert(request) } else { hasSaidGotOffOutside = true }
        }
        if asked.contains(.registration(dryRun: false)) { state.mayBeRegistered = true }
        if state.isEnding, forgetsUnconfirmed || state.session.state.session == .none {
            (state.hasJournal, state.isEnding) = (false, false)
        }
        if state.mayBeRegistered, !state.isInside, !state.hasJournal { hasLeftSession = true }
        return state.rebased(to: later)
    }

    private func command(_ event: LiftSession.Event, _ state: inout State, _ now: Instant) throws -> [RFARequest] {
        try state.session.handle(event, at: now).flatMap { command -> [RFARequest] in
            if keepsAsking, case .withdraw = command { return [] }
            return try tell(.command(command), &state, now)
        }
    }

    private func hear(_ answer: RFAAnswer, _ state: inout State, _ now: Instant) throws -> [RFARequest] {
        try tell(.broker(.message(answer.message(from: Self.address, at: 0))), &state, now)
    }

    private func tell(
        _ event: LinkEvent<LiftSession.Command>, _ state: inout State, _ now: Instant
    ) throws -> [RFARequest] {
        var output = LinkOutput<LiftReport>()
        state.link.handle(event, LinkClock(now: now, wall: WallTime(secondsSince1970: 0)), &output)
        var asked = try output.messages.compactMap { try RFAAsked($0, to: Self.address)?.request }
        for report in output.reports { asked += try command(.report(report), &state, now) }
        return asked
    }
}

@Suite("Every interleaving at a lift behind the RFA interface")
struct RFALiftLinkExplorationTests {
    @Test(
        "with the robot in the car the lift is never told that it got off, and never released; outside, no registration is left that the journal has forgotten"
    )
    func properties() throws {
        var exploration = Exploration()
        try exploration.explore(depth: 13)
        print("explored \(exploration.states) states of a lift session over the RFA interface")
        #expect(exploration.states > 10_000)
        #expect(exploration.hasSaidGotOffOutside)
        #expect(exploration.offences.isEmpty, "\(exploration.offences)")
        #expect(!exploration.hasLeftSession)
    }

    @Test("no registration is left either where half a minute passes now and then, and questions are asked again")
    func longWaits() throws {
        var exploration = Exploration()
        exploration.hasLongWaits = true
        try exploration.explore(depth: 10)
        print("explored \(exploration.states) states of a lift session over the RFA interface, with long waits")
        #expect(exploration.states > 10_000)
        #expect(exploration.hasSaidGotOffOutside)
        #expect(exploration.offences.isEmpty, "\(exploration.offences)")
        #expect(!exploration.hasLeftSession)
    }

    @Test("a journal that forgets a session before the lift has confirmed its end is caught")
    func forgetsUnconfirmed() throws {
        var exploration = Exploration()
        exploration.forgetsUnconfirmed = true
        try exploration.explore(depth: 8)
        #expect(exploration.hasLeftSession)
    }

    @Test("a robot that does not take its request back while another has the lift is caught")
    func keepsAsking() throws {
        var exploration = Exploration()
        exploration.keepsAsking = true
        exploration.hasLongWaits = true
        try exploration.explore(depth: 8)
        #expect(exploration.hasLeftSession)
    }

    @Test("a robot that gives its lift up when the broker is gone is caught")
    func mutant() throws {
        var exploration = Exploration()
        exploration.givesUpWithoutBroker = true
        try exploration.explore(depth: 12)
        #expect(
            exploration.offences == [.robotStatus(.hasGotOff), .release]
                || exploration.offences == [.robotStatus(.hasGotOff)])
    }
}

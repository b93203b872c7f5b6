public import DeviceProtocols
package import RobotModel

/// Carries a door's session to a building that speaks Open-RMF's door messages over its broker.
///
/// A `DoorState` says how the door stands and not for whom; whose request holds it is in the door supervisor's heartbeat. Both
/// are needed: a door that stands open by chance is not ours.
///
/// Faults and what becomes of them:
///
///     no DoorState for 5 s            the door shows as offline
///     no heartbeat for 5 s            nobody is known to hold it: the session is not confirmed, and is asked for again
///     other requesters beside us      the door is ours all the same: Open-RMF's doors stay open for everybody who asks
///     a message that is none          left aside, and said once
public struct RMFDoorLink: Hashable, Sendable {
    private static let heartbeatLimit = Duration.seconds(5)

    private let door: String
    private let topics: RMFTopics
    public internal(set) var session: SessionID
    private var wish: DoorSession.Command?
    private var holders: [String] = []
    private var heard: Instant?

    /// - Parameter door: Its name in Open-RMF.
    public init(door: String, topics: RMFTopics, session: SessionID) {
        self.door = door
        self.topics = topics
        self.session = session
    }

    /// How long a door behind Open-RMF is waited for.
    public static let times: SessionTimes = {
        var times = SessionTimes()
        times.refresh = .seconds(1)
        times.forget = nil
        times.settle = .milliseconds(1500)
        times.silence = .seconds(5)
        times.doorOpens = .seconds(30)
        return times
    }()

    /// What has to be subscribed to.
    public var subscriptions: [String] { [topics.doorStates, topics.doorHeartbeat] }

    package mutating func handle(
        _ event: LinkEvent<DoorSession.Command>, _ clock: LinkClock, _ output: inout LinkOutput<DoorReport>
    ) {
        switch event {
        case .command(.withdraw): wish = nil
        case .command(let command):
            wish = command
            say(clock, &output)
        case .broker(.connected): say(clock, &output)
        case .broker(.disconnected), .time: break
        case .broker(.message(let message)):
            if message.isRetained { return }
            do throws(MessageProblem) {
                try read(message, clock, &output)
            } catch {
                output.complaint = error
            }
        }
    }

    private mutating func say(_ clock: LinkClock, _ output: inout LinkOutput<DoorReport>) {
        guard let wish else { return }
        let request = RMFDoorRequest(door: door, requester: session.text, opens: wish == .request)
        output.messages.append(request.message(topics, at: clock.milliseconds))
        if wish == .release { self.wish = nil }
    }

    private mutating func read(
        _ message: BrokerMessage, _ clock: LinkClock, _ output: inout LinkOutput<DoorReport>
    ) throws(MessageProblem) {
        if let heartbeat = try RMFDoorHeartbeat(message, topics) {
            holders = heartbeat.doors.first { $0.name == door }?.holders ?? []
            heard = clock.now
        } else if let state = try RMFDoorState(message, topics), state.door == door {
            output.reports.append(DoorReport(mode: state.mode, holder: holder(at: clock.now)))
        }
    }

    private func holder(at now: Instant) -> FacilityHolder {
        guard let heard, now - heard <= Self.heartbeatLimit else { return .none }
        if holders.contains(session.text) { return .ours }
        return holders.first.map { .other("session \($0)") } ?? .none
    }
}

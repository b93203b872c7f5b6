public import DeviceProtocols
public import RobotModel

/// Carries a lift's session to a building that speaks Open-RMF's lift messages over its broker.
///
/// The lift's supervisor keeps a session until it is ended or another one takes its place, so a release is said until the
/// lift says itself that it serves us no more; `LiftState.session_id` is what counts, and nothing that the broker had
/// kept for us.
///
/// Faults and what becomes of them:
///
///     another session in session_id      held by another: no request ends it, and none of ours does
///     no LiftState for 5 s                the lift shows as offline; the session waits, and inside it is asked for again
///     fire, emergency, offline mode       shown; outside the session is given up at once
///     a message that is no LiftState      left aside, and said once
///     the broker is gone                  silence as above; with its return the standing request is said again
public struct RMFLiftLink: Hashable, Sendable {
    private let lift: String
    private let floors: [LevelID: String]
    private let topics: RMFTopics
    public internal(set) var session: SessionID
    private var wish: LiftSession.Command?
    private var floor = ""
    private var destination = ""

    /// - Parameters:
    ///   - lift: Its name in Open-RMF.
    ///   - floors: Open-RMF's name of each level that the lift serves.
    public init(lift: String, floors: [LevelID: String], topics: RMFTopics, session: SessionID) {
        self.lift = lift
        self.floors = floors
        self.topics = topics
        self.session = session
    }

    /// How long a lift behind Open-RMF is waited for: it reports about once a second, and its supervisor forgets nothing.
    public static let times: SessionTimes = {
        var times = SessionTimes()
        times.refresh = .seconds(1)
        times.forget = nil
        times.settle = .milliseconds(1500)
        times.silence = .seconds(5)
        times.liftGrants = .seconds(90)
        times.liftComes = .seconds(120)
        return times
    }()

    /// What has to be subscribed to.
    public var subscriptions: [String] { [topics.liftStates] }

    func serves(_ level: LevelID) -> Bool { floors[level] != nil }

    package mutating func handle(
        _ event: LinkEvent<LiftSession.Command>, _ clock: LinkClock, _ output: inout LinkOutput<LiftReport>
    ) {
        switch event {
        case .command(.withdraw(let isInside)): if !isInside { wish = nil }
        case .command(let command):
            wish = command
            say(clock, &output)
        case .broker(.connected): say(clock, &output)
        case .broker(.disconnected), .time: break
        case .broker(.message(let message)):
            // What was retained may be of any age.
            if message.isRetained { return }
            do throws(MessageProblem) {
                if let state = try RMFLiftState(message, topics), state.lift == lift {
                    output.reports.append(report(state))
                }
            } catch {
                output.complaint = error
            }
        }
    }

    private mutating func say(_ clock: LinkClock, _ output: inout LinkOutput<LiftReport>) {
        guard let request else { return }
        output.messages.append(request.message(topics, at: clock.milliseconds))
        if case .release = wish { wish = nil }
    }

    private var request: RMFLiftRequest? {
        switch wish {
        case nil, .withdraw: return nil
        case .request(let level, _, let holdDoor, _):
            // Where no level is known the car stays where it is sent.
            return (level.flatMap { floors[$0] } ?? (destination.isEmpty ? nil : destination)).map {
                RMFLiftRequest(lift: lift, session: session.text, kind: .agvMode, floor: $0, isDoorOpen: holdDoor)
            }
        case .release(let isInside):
            return isInside
                ? nil
                : RMFLiftRequest(
                    lift: lift, session: session.text, kind: .endSession, floor: floor, isDoorOpen: false)
        }
    }

    private mutating func report(_ state: RMFLiftState) -> LiftReport {
        floor = state.floor
        destination = state.destination
        let holder: FacilityHolder =
            switch state.session {
            case "": .none
            case session.text: .ours
            default: .other("session \(state.session)")
            }
        return LiftReport(
            level: level(state.floor), destination: level(state.destination), motion: state.motion, door: state.door,
            mode: state.mode, holder: holder)
    }

    private func level(_ name: String) -> LevelID? { floors.first { $0.value == name }?.key }
}

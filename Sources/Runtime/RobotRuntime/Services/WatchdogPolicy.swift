import Realtime
public import RobotModel
import Safety
import Synchronization

/// Whether the daemon is alive, from what is seen of it every now and then: the tick's counter advances, the supervisor
/// judges and is content with itself, the deliberation steps.
///
/// A value: whoever asks it feeds a watchdog, systemd's or the board's. Complaints about the robot (a pressed emergency
/// stop, a device that is away) are none about the daemon: a restart would mend nothing.
public struct WatchdogPolicy: Sendable {
    /// What is seen of the daemon at a moment.
    public struct Look: Sendable {
        public var time: Instant
        /// Ticks done since the start.
        public var ticks: Int
        /// Judgements that the supervisor has made since the start.
        public var judgements: Int
        /// What the supervisor finds wrong with itself, in words; nil while it is content.
        public var innerFault: String?
        /// What the supervisor has decided last.
        public var safety: SafetyState
        /// Steps of the deliberation since the start; nil where nobody asks for them.
        public var steps: Int?

        public init(
            time: Instant, ticks: Int, judgements: Int, innerFault: String? = nil, safety: SafetyState = SafetyState(),
            steps: Int? = nil
        ) {
            self.time = time
            self.ticks = ticks
            self.judgements = judgements
            self.innerFault = innerFault
            self.safety = safety
            self.steps = steps
        }
    }

    /// What to do with the watchdog.
    public enum Verdict: Hashable, Sendable {
        case feed
        /// Leave it hungry, and why.
        case starve(String)
    }

    /// A counter that has not moved for longer stands still: five steps of the deliberation.
    public static let patience = Duration.milliseconds(250)
    /// Ticks within which the supervisor has to judge: it does in each one, and a tenth of a second without is blindness.
    public static let judgementTicks = 100

    private var ticks = Progress()
    private var steps = Progress()
    private var judgements = Progress()
    /// The tick at which the supervisor was seen to have judged.
    private var judgedAt = 0

    /// A counter and when it was seen to move.
    private struct Progress: Sendable {
        var value = -1
        var moved = Instant.zero

        /// Whether it moves.
        mutating func see(_ next: Int, at now: Instant) -> Bool {
            if next > value {
                value = next
                moved = now
            }
            return now - moved <= WatchdogPolicy.patience
        }
    }

    public init() {}

    /// Takes a look.
    public mutating func judge(_ look: Look) -> Verdict {
        var still: [String] = []
        if !ticks.see(look.ticks, at: look.time) { still.append("the tick stands still at \(look.ticks)") }
        if look.judgements > judgements.value { judgedAt = look.ticks }
        _ = judgements.see(look.judgements, at: look.time)
        if look.ticks - judgedAt > Self.judgementTicks {
            still.append("the supervisor has not judged for \(look.ticks - judgedAt) ticks")
        }
        if let fault = look.innerFault { still.append("the supervisor is at fault: \(fault)") }
        if let count = look.steps {
            if !steps.see(count, at: look.time) { still.append("the deliberation stands still at step \(count)") }
            if look.safety.causes.contains(.silentDeliberation) {
                still.append("the supervisor hears nothing of the deliberation")
            }
        }
        return still.isEmpty ? .feed : .starve(still.joined(separator: ", "))
    }
}

extension WatchdogPolicy.Look {
    /// What is to be seen from outside: atomics and latest values only, so that no hung actor holds up the look.
    init(_ loop: ControlLoop, _ channels: TickChannels, steps: Int? = nil, at now: Instant) {
        let report = channels.report.load()
        self.init(
            time: now, ticks: loop.counter.load(ordering: .relaxed), judgements: report.judgements,
            innerFault: report.supervisorFault.words, safety: report.safety, steps: steps)
    }
}

extension SafetySupervisor.Fault {
    /// In words; nil without one.
    fileprivate var words: String? {
        switch self {
        case .none: nil
        case .timeRanBackwards: "its clock ran backwards"
        case .weakDecision: "it decided less than its causes demand"
        }
    }
}

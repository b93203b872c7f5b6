import DeviceProtocols
import RobotModel

/// What a tool sends to make a device show its measurements: what starts it, once, or its questions, every second.
struct LineRequests {
    private let once: [[UInt8]]
    private let again: [[UInt8]]
    private let pause: Duration
    private var sent = 0
    private var next: Instant?

    init(_ card: ProtocolCard) {
        once = card.starts
        again = card.starts.isEmpty ? card.questions : []
        pause = card.questionPause
    }

    /// The bytes that are due now; nil when nothing is.
    mutating func due(at now: Instant) -> [UInt8]? {
        let requests = again.isEmpty ? once : again
        guard !requests.isEmpty, now >= next ?? now else { return nil }
        if again.isEmpty, sent >= once.count { return nil }
        let request = requests[sent % requests.count]
        sent += 1
        let endsRound = sent % requests.count == 0
        next = now + (endsRound && !again.isEmpty ? .seconds(1) : pause)
        return request
    }
}

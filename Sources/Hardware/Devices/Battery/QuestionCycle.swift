import RobotModel

/// The rhythm of a device that speaks only when it is asked: quiet first, then opening questions once, then the same
/// questions round and round. Each has a time-out and is put three times. A value; it neither sends nor decodes.
struct QuestionCycle: Sendable {
    /// What is to be done now.
    enum Step: Hashable, Sendable {
        case nothing
        /// Put this question.
        case ask(UInt8)
        /// This question was put three times and not answered; `heard` bytes came meanwhile.
        case unanswered(UInt8, heard: Int)
        /// Bytes keep coming though nothing was asked.
        case notQuiet
    }

    /// What an answer has completed.
    enum Progress: Hashable, Sendable {
        /// It was not what was waited for.
        case stray
        case question
        case opening
        case round
    }

    private enum State: Sendable {
        case closed
        case draining(since: Instant, lastByte: Instant)
        case pausing(until: Instant)
        case asking(attempt: Int, deadline: Instant, heard: Int)
    }

    /// An answer to a process before this one may still be on its way.
    private static let quietTime = Duration.milliseconds(120)
    private static let quietLimit = Duration.seconds(1)
    private static let attempts = 3
    /// Small batteries miss a question that follows an answer at once.
    private static let pause = Duration.milliseconds(40)

    private let opening: [UInt8]
    private let round: [UInt8]
    private let period: Duration
    private let timeout: Duration
    private var state = State.closed
    private var isOpening = true
    private var index = 0
    private var roundStart = Instant.zero
    /// Questions that were not answered in time.
    private(set) var timeouts = 0

    /// - Parameters:
    ///   - period: From the beginning of one round to the next.
    ///   - timeout: From a question to the end of its answer.
    init(opening: [UInt8], round: [UInt8], period: Duration, timeout: Duration) {
        self.opening = opening
        self.round = round
        self.period = period
        self.timeout = timeout
    }

    mutating func begin(at now: Instant) {
        isOpening = true
        index = 0
        state = .draining(since: now, lastByte: now)
    }

    mutating func close() { state = .closed }

    /// Notes that bytes arrived.
    mutating func hear(_ count: Int, at now: Instant) {
        switch state {
        case .draining(let since, _): state = .draining(since: since, lastByte: now)
        case .asking(let attempt, let deadline, let heard):
            state = .asking(attempt: attempt, deadline: deadline, heard: heard + count)
        case .closed, .pausing: break
        }
    }

    /// Notes that a question was answered.
    mutating func answer(_ question: UInt8, at now: Instant) -> Progress {
        guard case .asking = state, question == current else { return .stray }
        index += 1
        state = .pausing(until: now + Self.pause)
        guard index == (isOpening ? opening : round).count else { return .question }
        index = 0
        if isOpening {
            isOpening = false
            roundStart = now
            return .opening
        }
        let next = roundStart + period
        state = .pausing(until: max(next, now + Self.pause))
        return .round
    }

    mutating func advance(to now: Instant) -> Step {
        switch state {
        case .closed: return .nothing
        case .draining(let since, let lastByte):
            if now - lastByte >= Self.quietTime { return ask(attempt: 1, heard: 0, at: now) }
            return now - since >= Self.quietLimit ? .notQuiet : .nothing
        case .pausing(let until): return now >= until ? ask(attempt: 1, heard: 0, at: now) : .nothing
        case .asking(let attempt, let deadline, let heard):
            guard now >= deadline else { return .nothing }
            timeouts += 1
            return attempt < Self.attempts
                ? ask(attempt: attempt + 1, heard: heard, at: now) : .unanswered(current, heard: heard)
        }
    }

    private var current: UInt8 { isOpening ? opening[index] : round[index] }

    private mutating func ask(attempt: Int, heard: Int, at now: Instant) -> Step {
        if !isOpening, index == 0, attempt == 1 { roundStart = now }
        state = .asking(attempt: attempt, deadline: now + timeout, heard: heard)
        return .ask(current)
    }
}

import DeviceIO
import DeviceProtocols
import RobotModel

/// One question to an ODrive and its answer: deadlines kept, answers without a right checksum refused, the reason of a
/// failure found.
///
/// Answers do not say what they answer. So at most one question is under way, and after one that was missed the line is
/// left alone until a late answer can no longer come. What is not answered (a speed, the watchdog's feed) may be sent at
/// any time.
struct ODriveTransactor: Sendable {
    enum Outcome {
        /// The answer, and when the drive had the whole question: its estimates are at most a control period (125 µs)
        /// older.
        case feedback(position: Double, velocity: Double, acquired: Instant)
        case value(Double, acquired: Instant)
        /// The drive cannot follow the question, in its own words.
        case refused(String)
        case missed
    }

    private let line: SerialLine
    private let timeout: Duration
    /// The longest line that answers a question of the house: two numbers, a checksum and the end.
    private static let longestAnswer = 32
    private var decoder = ODriveLineDecoder()
    private var question: ODriveRequest?
    private var heardAt: Instant = .zero
    private var deadline: Instant = .zero
    private var quietUntil: Instant = .zero
    /// When all that was said has left.
    private var busyUntil: Instant = .zero
    private var hasHeard = false
    private var lastNoise: Instant?

    private(set) var missesInARow = 0
    /// Whether bytes that are no answer came lately.
    private(set) var hearsGarbage = false
    private var frames = 0
    private var timeouts = 0
    private var resyncs = 0

    /// `timeout` is how long the drive may take to begin its answer, adapters' delays included.
    init(line: SerialLine, timeout: Duration) {
        self.line = line
        self.timeout = timeout
    }

    var isWaiting: Bool { question != nil }
    func isFree(at now: Instant) -> Bool { question == nil && now >= quietUntil }

    /// How long what was said takes to leave.
    func backlog(at now: Instant) -> Duration { max(.zero, busyUntil - now) }

    /// Bytes that are not answered, on their way.
    mutating func say(_ bytes: [UInt8], at now: Instant) -> [UInt8] {
        busyUntil = max(busyUntil, now) + line.byteTime * bytes.count
        return bytes
    }

    /// The bytes of a question; the line must be free.
    mutating func send(_ question: ODriveRequest, at now: Instant) -> [UInt8] {
        let bytes = say(question.encoded, at: now)
        self.question = question
        hasHeard = false
        decoder.reset()
        heardAt = busyUntil
        deadline = heardAt + timeout + line.byteTime * Self.longestAnswer
        return bytes
    }

    /// Takes bytes from the line.
    mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) -> Outcome? {
        guard let question else {
            // An answer ends with two characters; the second may come by itself.
            if bytes.allSatisfy({ $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) { return nil }
            noise(at: now)
            quietUntil = max(quietUntil, now + .milliseconds(2))
            return nil
        }
        hasHeard = true
        var outcome: Outcome?
        var isSpoilt = false
        var isStrange = false
        let before = decoder.counters
        decoder.decode(bytes) { line in
            let answer = ODriveAnswer(text: line.text)
            let found = line.seal == .valid ? Self.outcome(of: answer, to: question, acquired: min(now, heardAt)) : nil
            if outcome == nil, let found {
                outcome = found
            } else {
                isStrange = true
                isSpoilt = isSpoilt || line.seal == .wrong
            }
        }
        isSpoilt = isSpoilt || decoder.counters.resyncs > before.resyncs
        if isStrange || isSpoilt { noise(at: now) }
        if outcome != nil {
            self.question = nil
            missesInARow = 0
            hearsGarbage = false
            frames += 1
        } else if isSpoilt {
            // This was the answer: there is nothing to wait for.
            miss(at: now)
            quietUntil = now + .milliseconds(2)
            return .missed
        }
        return outcome
    }

    private static func outcome(
        of answer: ODriveAnswer, to question: ODriveRequest, acquired: Instant
    ) -> Outcome? {
        switch (question, answer) {
        // A property has no motor's number: this is about a speed that was given.
        case (.read, .refusal(let words)) where words.hasPrefix("invalid motor"): nil
        case (_, .refusal(let words)): .refused(words)
        case (.feedback, .feedback(let position, let velocity)):
            .feedback(position: position, velocity: velocity, acquired: acquired)
        case (.read, .value(let value)): .value(value, acquired: acquired)
        default: nil
        }
    }

    /// Lets time pass.
    mutating func advance(to now: Instant) -> Outcome? {
        guard question != nil, now >= deadline else { return nil }
        if hasHeard { noise(at: now) } else { timeouts += 1 }
        miss(at: now)
        quietUntil = now + .milliseconds(10)
        return .missed
    }

    private mutating func miss(at now: Instant) {
        // Noise comes and goes: half a second without a strange byte is silence.
        hearsGarbage = lastNoise.map { now - $0 < .milliseconds(500) } ?? false
        missesInARow += 1
        question = nil
    }

    /// Gives up the question under way: its answer was dropped, or the port was closed or opened.
    mutating func cancel(at now: Instant) {
        // Its answer may still come, and would be taken for the next question's.
        quietUntil = question == nil ? now + .milliseconds(2) : now + timeout
        question = nil
        decoder.reset()
        busyUntil = now
    }

    mutating func reset(at now: Instant) {
        cancel(at: now)
        missesInARow = 0
    }

    private mutating func noise(at now: Instant) {
        resyncs += 1
        lastNoise = now
    }

    /// Why there is no answer, in words.
    func fault(slot: SlotID) -> RobotError {
        if hearsGarbage {
            return RobotError(
                .garbage, "\(slot): bytes arrive on \(line.path), but no answer of an ODrive",
                expected: "text lines with checksums at \(line.baudRate) bit/s",
                hint: "check the rate here and in the drive (uart_a_baudrate), and the ground between the two")
        }
        return RobotError(
            .silent, "\(slot): the ODrive does not answer on \(line.path)",
            hint: "check its power, that TX and RX are crossed, and that its UART speaks the ASCII protocol; "
                + "is \(line.path) the right port?")
    }

    func count(into counters: inout DeviceCounters) {
        counters.frames = frames
        counters.timeouts = timeouts
        counters.resyncs = resyncs
        counters.checksumErrors = decoder.counters.checksumErrors
    }
}

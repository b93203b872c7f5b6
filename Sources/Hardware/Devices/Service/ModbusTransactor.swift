public import DeviceIO
public import DeviceProtocols
public import RobotModel

/// One question and its answer on a Modbus line: silences kept, time-outs counted, the reason of a failure found.
///
/// A line of the board file that is a TCP connection ("tcp:192.168.1.50:502") speaks Modbus TCP, any other one Modbus RTU.
///
/// A value inside a driver. At most one request is under way; a driver chooses the next one only when the line is free.
/// What cannot wait even for the exchange on the line (a stop) is sent at once with `preempt`.
public struct ModbusTransactor: Sendable {
    /// How an exchange ended.
    public enum Outcome: Sendable {
        /// The answer, and when the unit had the whole request: its registers are of that moment.
        case answered(ModbusResponse, acquired: Instant)
        /// The unit refuses.
        case refused(ModbusException)
        /// No answer in time; whether bytes came at all, the other counters tell.
        case missed
    }

    private let unit: UInt8
    private let line: SerialLine
    private let timeout: Duration
    private let gap: Duration
    private var decoder = ModbusResponseDecoder()
    private let isTCP: Bool
    private var tcpDecoder = ModbusTCPDecoder()
    /// Of the request under way, or of the last one.
    private var transaction: UInt16 = 0
    private var sent: Instant?
    private var requestTime: Duration = .zero
    private var earliest: Instant = .zero
    private var deadline: Instant = .zero
    private var quietUntil: Instant = .zero
    private var manner = Manner.ordinary

    /// How long an answer is waited for.
    private enum Manner: Sendable {
        /// Until its deadline.
        case ordinary
        /// Until its deadline, or until the line falls silent after bytes that are no answer: they collided with ours.
        case urgent
        /// Only until the line is silent: the request is sent again then.
        case preempting
    }

    /// Exchanges in a row without an answer.
    public private(set) var missesInARow = 0
    /// Whether bytes that are no answer came lately.
    public private(set) var hearsGarbage = false
    private var lastNoise: Instant?
    public private(set) var frames = 0
    public private(set) var timeouts = 0
    public private(set) var resyncs = 0
    public var checksumErrors: Int { decoder.checksumErrors }

    /// `timeout` is how long the unit may take to begin its answer, adapters' delays included.
    public init(unit: UInt8, line: SerialLine, timeout: Duration) {
        self.unit = unit
        self.line = line
        self.timeout = timeout
        isTCP = SerialLine.isNetwork(line.path)
        // Frames on a connection have headers; no silence parts them.
        gap = isTCP ? .zero : ModbusTiming.frameGap(baudRate: line.baudRate)
    }

    /// Whether a request is under way.
    public var isWaiting: Bool { sent != nil }

    /// Whether a request may be sent now.
    public func isFree(at now: Instant) -> Bool { sent == nil && now >= quietUntil }

    /// When `advance` or `isFree` has something new to say, if nothing is heard before; an instant of the past when the
    /// line is free already.
    public var nextChange: Instant { sent == nil ? quietUntil : deadline }

    /// When the answer that is waited for is whole at the earliest; nil where none is, or a collision may end the wait before.
    public var earliestAnswer: Instant? { sent == nil || manner != .ordinary ? nil : earliest }

    /// The bytes of a request; the line must be free.
    ///
    /// - Parameter isUrgent: The request is worth more than an answer: bytes that are none of it, and a silence after
    ///   them, end the wait.
    public mutating func send(_ request: ModbusRequest, isUrgent: Bool = false, at now: Instant) -> [UInt8] {
        let frame = frame(request)
        decoder.expect(request, from: unit)
        sent = now
        manner = isUrgent ? .urgent : .ordinary
        requestTime = line.byteTime * frame.count
        earliest = now + requestTime + line.byteTime * request.answerLength
        deadline = earliest + timeout
        return frame
    }

    /// The bytes of a request that is sent now, whatever is on the line: the exchange under way is given up.
    ///
    /// The unit may not hear them: where both directions share the wires they can collide with the answer to the request
    /// that is given up, and behind a request that is still leaving they lack the silence that parts two frames. So
    /// they are sent blind: if their answer comes, well; if not, the exchange ends without an outcome as soon as the line
    /// is silent (`isWaiting`), and the request has to be sent again, with `send`.
    public mutating func preempt(_ request: ModbusRequest, at now: Instant) -> [UInt8] {
        let frame = frame(request)
        let begins = sent.map { max(now, $0 + requestTime) } ?? now
        decoder.expect(request, from: unit)
        sent = begins
        manner = .preempting
        requestTime = line.byteTime * frame.count
        quietUntil = begins + requestTime + gap
        // On a line that is never silent the wait ends all the same.
        deadline = begins + requestTime + timeout + line.byteTime * request.answerLength
        return frame
    }

    /// Takes bytes from the line.
    public mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) -> Outcome? {
        quietUntil = max(quietUntil, now + gap)
        guard let sent else {
            resyncs += 1
            lastNoise = now
            return nil
        }
        guard let response = response(bytes, at: now) else { return nil }
        if decoder.skippedBytes > 0 { resyncs += 1 }
        self.sent = nil
        missesInARow = 0
        hearsGarbage = false
        frames += 1
        if case .exception(let exception, _) = response { return .refused(exception) }
        return .answered(response, acquired: min(now, sent + requestTime))
    }

    private mutating func frame(_ request: ModbusRequest) -> [UInt8] {
        let frame = request.frame(unit: unit)
        guard isTCP else { return frame }
        transaction &+= 1
        return ModbusTCPFrame(transaction: transaction, serialFrame: frame).bytes
    }

    private mutating func response(_ bytes: ArraySlice<UInt8>, at now: Instant) -> ModbusResponse? {
        guard isTCP else { return decoder.receive(bytes) }
        let before = tcpDecoder.resyncs
        var response: ModbusResponse?
        for frame in tcpDecoder.receive(bytes) where frame.transaction == transaction && response == nil {
            response = decoder.receive(frame.serialFrame[...])
        }
        if tcpDecoder.resyncs > before { lastNoise = now }
        return response
    }

    /// Lets time pass.
    public mutating func advance(to now: Instant) -> Outcome? {
        guard sent != nil else { return nil }
        switch manner {
        case .ordinary:
            guard now >= deadline else { return nil }
        case .urgent:
            guard now >= deadline || (decoder.hasHeard && now >= quietUntil) else { return nil }
        case .preempting:
            guard now >= deadline || now >= quietUntil else { return nil }
            // Nothing was promised, so nothing is missed; the line is free now.
            sent = nil
            decoder.cancel()
            return nil
        }
        if decoder.hasHeard {
            resyncs += 1
            lastNoise = now
        } else {
            timeouts += 1
        }
        // Noise comes and goes: half a second without a strange byte is silence.
        hearsGarbage = lastNoise.map { now - $0 < .milliseconds(500) } ?? false
        missesInARow += 1
        sent = nil
        decoder.cancel()
        // Whoever waits for its repetition has waited for the silence already.
        if manner != .urgent { quietUntil = max(quietUntil, now + gap) }
        return .missed
    }

    /// Forgets the exchange under way: the port was closed or opened.
    public mutating func reset(at now: Instant) {
        sent = nil
        missesInARow = 0
        decoder.cancel()
        tcpDecoder.reset()
        quietUntil = now + gap
    }

    /// Why there is no answer, in words.
    public func fault(slot: SlotID, device: String) -> RobotError {
        if isTCP {
            return RobotError(
                hearsGarbage ? .garbage : .silent,
                hearsGarbage
                    ? "\(slot): \(line.path) answers, but not as a \(device) does"
                    : "\(slot): the \(device) (unit \(unit)) does not answer on \(line.path)",
                expected: "Modbus TCP", hint: "check the address and port, its unit, and that it speaks Modbus TCP")
        }
        if hearsGarbage {
            return RobotError(
                .garbage, "\(slot): bytes arrive on \(line.path), but no frame of the \(device)",
                expected: "Modbus RTU at \(line.baudRate) bit/s",
                hint: "check the rate and parity in the board file, the A and B wires, and the line's termination")
        }
        return RobotError(
            .silent, "\(slot): the \(device) (unit \(unit)) does not answer on \(line.path)",
            hint: "check its power, the A and B wires and its unit address; is \(line.path) the right port?")
    }

    /// Puts the line's counters into a status.
    func count(into counters: inout DeviceCounters) {
        counters.frames = frames
        counters.timeouts = timeouts
        counters.resyncs = resyncs
        counters.checksumErrors = checksumErrors
    }
}

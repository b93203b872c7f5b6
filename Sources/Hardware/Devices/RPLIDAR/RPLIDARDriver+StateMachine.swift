import DeviceProtocols
public import RobotModel

// connecting ──opened──► draining ──► asking … ──► starting ──► spinningUp ──► running
//                           ▲                                                     │
//                           └───────── silent, garbage, restarted ────────────────┘
// A handshake that fails closes the port (`reopen`); the pump opens it again.

extension RPLIDARDriver {
    /// Where the driver is.
    enum State: Sendable {
        case closed
        /// STOP has been sent; what the device still streams is thrown away.
        case draining(since: Instant, lastByte: Instant)
        case asking(Question, attempt: Int, deadline: Instant, heard: Int)
        /// The scan has been asked for.
        case starting(attempt: Int, deadline: Instant, heard: Int)
        /// The scan has been granted; the motor comes up to speed.
        case spinningUp(deadline: Instant)
        case running(lastSample: Instant, heard: Int)
        /// RESET has been sent because of a health error.
        case resetting(until: Instant, RobotError)
    }

    /// The handshake's questions, in the vendor client's order.
    enum Question: Sendable, Hashable {
        case info, accessoryFlag, health, typicalMode, sampleTime, answerType, sampleRate

        var name: String {
            switch self {
            case .info: "GET_INFO"
            case .accessoryFlag: "GET_ACC_BOARD_FLAG"
            case .health: "GET_HEALTH"
            case .typicalMode: "GET_LIDAR_CONF (typical mode)"
            case .sampleTime: "GET_LIDAR_CONF (sample time)"
            case .answerType: "GET_LIDAR_CONF (answer type)"
            case .sampleRate: "GET_SAMPLERATE"
            }
        }
    }

    /// The vendor's client waits this long after STOP.
    private static let drainTime: Duration = .milliseconds(100)
    /// A device that still streams now has not understood STOP.
    private static let drainLimit: Duration = .milliseconds(600)
    private static let answerTime: Duration = .milliseconds(500)
    private static let spinUpTime: Duration = .seconds(8)
    /// The slowest head of the family takes 0.2 s for a revolution.
    private static let markLimit: Duration = .seconds(1)
    /// Three revolutions at 10 Hz without a sample.
    private static let silenceLimit: Duration = .milliseconds(300)
    /// The vendor's manual allows a restart this long.
    private static let resetTime: Duration = .seconds(2)

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        defer {
            status.counters.frames = decoder.counters.frames
            status.counters.checksumErrors = decoder.counters.checksumErrors
            status.counters.resyncs = decoder.counters.resyncs
        }
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            status.phase = .checking
            actions.append(.flush)
            drain(at: now, &actions)
        case .closed(let error):
            state = .closed
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes):
            receive(bytes, at: now, &actions)
        case .time:
            break
        }
        keepTime(at: now, &actions)
        return actions
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed, .resetting: return
        case .draining(let since, _):
            state = .draining(since: since, lastByte: now)
            return
        case .asking(let question, let attempt, let deadline, let heard):
            state = .asking(question, attempt: attempt, deadline: deadline, heard: heard + bytes.count)
        case .starting(let attempt, let deadline, let heard):
            state = .starting(attempt: attempt, deadline: deadline, heard: heard + bytes.count)
        case .running(let lastSample, let heard):
            state = .running(lastSample: lastSample, heard: heard + bytes.count)
        case .spinningUp: break
        }
        // The decoder is taken out while what it finds moves the states, one of which may want it to start anew.
        var reader = RPLIDARDecoder()
        swap(&reader, &decoder)
        resetsDecoder = false
        reader.decode(bytes.span) { event, frame, remaining in
            heard(event, frame, remaining: remaining, at: now, &actions)
        }
        swap(&reader, &decoder)
        if resetsDecoder { decoder.reset() }
    }

    /// Forgets what has arrived: a request goes out, and what counts is its answer.
    private mutating func resetDecoder() {
        resetsDecoder = true
        decoder.reset()
    }

    private mutating func heard(
        _ event: RPLIDARDecoder.Event, _ frame: Span<UInt8>, remaining: Int, at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        switch event {
        case .answer(let type, let payload):
            if case .asking(let question, _, _, _) = state {
                answered(question, type: type, payload, at: now, &actions)
            }
        case .scanBegins(let format):
            guard case .starting = state else { return }
            state = .spinningUp(deadline: now + Self.spinUpTime)
            hasSamples = false
            outlet.restart()
            clock.restart()
            // What was granted counts, not what was asked for.
            unpacker = RPLIDARUnpacker(format: format, maximumAdvance: maximumAdvance(format))
        case .frame(let format):
            guard format == unpacker.format, isScanning else { return }
            take(frame, remaining: remaining, at: now)
            sampled(at: now)
        case .gap:
            unpacker.breakSequence()
            clock.restart()
        case .restarted:
            switch state {
            case .closed, .draining, .resetting: break
            default:
                recover(
                    RobotError(
                        .lost, "the LiDAR restarted by itself: its boot text arrived",
                        hint: "does its 5 V supply dip when the motor starts? it needs up to 1.5 A for a second"),
                    at: now, &actions)
            }
        }
    }

    private var isScanning: Bool {
        switch state {
        case .running, .spinningUp: true
        default: false
        }
    }

    /// Notes that samples arrived; the first revolution ends the spin-up.
    private mutating func sampled(at now: Instant) {
        if case .spinningUp = state {
            hasSamples = true
            guard outlet.lastRevolution != nil else { return }
            hasRun = true
            status.fault =
                health.status == .good
                ? nil
                : RobotError(
                    .hardwareAlert, "the LiDAR warns about its health, code \(health.code)",
                    hint: "clean the window and check the supply; the vendor advises a restart")
            status.phase = status.fault == nil ? .running : .degraded
        }
        state = .running(lastSample: now, heard: 0)
    }

    /// The most that the head turns in the time of one frame, with half as much again for an unsteady motor.
    private func maximumAdvance(_ format: RPLIDARFormat) -> Double {
        let turn = Double(motorRPM) * 6 * sampleTime.inSeconds * Double(format.samplesPerFrame)
        return min(180, max(turn * 1.5, 2))
    }
}

// Deadlines.
extension RPLIDARDriver {
    private mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: break
        case .draining(let since, let lastByte):
            let quiet = now - lastByte >= .milliseconds(20)
            if now - since >= Self.drainTime, quiet {
                actions.append(.flush)
                ask(.info, at: now, &actions)
            } else if now - since >= Self.drainLimit {
                fail(garbage("bytes keep arriving after STOP"), &actions)
            }
        case .asking(let question, let attempt, let deadline, let heard):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            if attempt < 2 {
                ask(question, attempt: attempt + 1, heard: heard, at: now, &actions)
            } else {
                fail(noAnswer(to: question.name, heard: heard, isFirst: question == .info), &actions)
            }
        case .starting(let attempt, let deadline, let heard):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            if attempt < 2 {
                start(attempt: attempt + 1, at: now, &actions)
            } else {
                fail(noAnswer(to: "the scan request", heard: heard, isFirst: false), &actions)
            }
        case .spinningUp(let deadline):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            fail(
                hasSamples
                    ? standing("no revolution in \(Self.spinUpTime.inSeconds) s")
                    : RobotError(
                        .silent, "the LiDAR granted the scan, but no sample came in \(Self.spinUpTime.inSeconds) s",
                        hint: "does the head turn? look for something that blocks it, and for a weak 5 V supply"),
                &actions)
        case .running(let lastSample, let heard):
            if let last = outlet.lastRevolution, now - last >= Self.markLimit {
                status.counters.timeouts += 1
                return recover(standing("no revolution for \(Self.markLimit.inSeconds) s"), at: now, &actions)
            }
            guard now - lastSample >= Self.silenceLimit else { return }
            status.counters.timeouts += 1
            let milliseconds = Int(Self.silenceLimit.inSeconds * 1000)
            recover(
                heard == 0
                    ? RobotError(
                        .silent, "the LiDAR sent nothing for \(milliseconds) ms in the middle of a scan",
                        hint: "check its cable and its 5 V supply")
                    : garbage("\(heard) bytes in \(milliseconds) ms held no sample"), at: now, &actions)
        case .resetting(let until, let error):
            if now >= until { fail(error, &actions) }
        }
    }

    /// Stops the device and waits until it is quiet.
    private mutating func drain(at now: Instant, _ actions: inout [DeviceAction]) {
        resetDecoder()
        state = .draining(since: now, lastByte: now)
        actions.append(.send(RPLIDARRequest(.stop).encoded))
    }

    /// Goes through the handshake again on the open port.
    private mutating func recover(_ error: RobotError, at now: Instant, _ actions: inout [DeviceAction]) {
        status.phase = .recovering
        status.fault = error
        status.counters.reconnects += 1
        drain(at: now, &actions)
    }

    /// Gives the port back.
    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        state = .closed
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private func noAnswer(to what: String, heard: Int, isFirst: Bool) -> RobotError {
        if heard > 0, isFirst { return garbage("\(heard) bytes arrived, but no answer to \(what) among them") }
        if !isFirst {
            return RobotError(
                .silent, "the LiDAR answered before, but not \(what)",
                hint: "a device says nothing to what it does not know: is this an RPLIDAR? is its firmware old?")
        }
        return RobotError(
            .silent, "the LiDAR says nothing: no answer to \(what) at \(baudRate) baud",
            hint: "is it powered (5 V, 1 A)? are TX and RX swapped? is the rate right? \(Self.rates)")
    }

    private func standing(_ what: String) -> RobotError {
        RobotError(
            .hardwareAlert, "the LiDAR sends samples, but its head does not turn: \(what)",
            hint: "look for something that blocks the head, and for a weak 5 V supply")
    }

    private func garbage(_ what: String) -> RobotError {
        RobotError(
            .garbage, "the LiDAR's line at \(baudRate) baud: \(what)",
            hint: hasRun
                ? "it has run at this rate: look for a loose plug, or a cable that lies beside the motors'"
                : "the rate is probably not \(baudRate): \(Self.rates)")
    }

    private static let rates = """
        A1 and A2M8 speak 115200, A2M7, A2M12, A3 and S1 256000, C1 460800, S2 and S3 1000000
        """
}

// The handshake.
extension RPLIDARDriver {
    private mutating func ask(
        _ question: Question, attempt: Int = 1, heard: Int = 0, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        resetDecoder()
        state = .asking(question, attempt: attempt, deadline: now + Self.answerTime, heard: heard)
        let request =
            switch question {
            case .info: RPLIDARRequest(.getInfo)
            case .accessoryFlag: RPLIDARRequest.accessoryFlag
            case .health: RPLIDARRequest(.getHealth)
            case .typicalMode: RPLIDARRequest.configuration(.typicalMode)
            case .sampleTime: RPLIDARRequest.configuration(.sampleTime, mode: mode)
            case .answerType: RPLIDARRequest.configuration(.answerType, mode: mode)
            case .sampleRate: RPLIDARRequest(.getSampleRate)
            }
        actions.append(.send(request.encoded))
    }

    private mutating func answered(
        _ question: Question, type: UInt8, _ payload: [UInt8], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        switch (question, type) {
        case (.info, RPLIDARDescriptor.AnswerType.info):
            guard let info = RPLIDARInfo(payload: payload) else { return }
            self.info = info
            status.identity = info.summary
            ask(info.motorControl == .accessoryBoard ? .accessoryFlag : .health, at: now, &actions)
        case (.accessoryFlag, RPLIDARDescriptor.AnswerType.accessoryFlag):
            hasAccessoryBoard = payload.first.map { $0 & 1 == 1 } ?? false
            ask(.health, at: now, &actions)
        case (.health, RPLIDARDescriptor.AnswerType.health):
            guard let health = RPLIDARHealth(payload: payload) else { return }
            self.health = health
            guard health.status != .error else {
                let error = RobotError(
                    .hardwareAlert, "the LiDAR protects itself: health error, code \(health.code)",
                    hint: "it has been restarted; if this comes again: does the head turn freely? is the window clean?")
                status.fault = error
                status.phase = .recovering
                state = .resetting(until: now + Self.resetTime, error)
                actions.append(.send(RPLIDARRequest(.reset).encoded))
                return
            }
            ask(info?.answersConfiguration == true ? .typicalMode : .sampleRate, at: now, &actions)
        case (.typicalMode, RPLIDARDescriptor.AnswerType.configuration):
            guard let value = configuration(payload, .typicalMode) else { return }
            mode = UInt16(truncatingIfNeeded: value)
            ask(.sampleTime, at: now, &actions)
        case (.sampleTime, RPLIDARDescriptor.AnswerType.configuration):
            // Answers have no checksum: what no LiDAR does (20 µs to 2 ms) is a damaged one, and asked for again.
            guard let value = configuration(payload, .sampleTime), (5120...512_000).contains(value) else { return }
            sampleTime = .nanoseconds(Int64(value) * 1000 / 256)
            ask(.answerType, at: now, &actions)
        case (.answerType, RPLIDARDescriptor.AnswerType.configuration):
            guard let value = configuration(payload, .answerType) else { return }
            if let format = RPLIDARFormat(rawValue: UInt8(truncatingIfNeeded: value)) {
                self.format = format
                start(at: now, &actions)
            } else {
                // A format that came later than this driver: every model also scans in the standard one.
                ask(.sampleRate, at: now, &actions)
            }
        case (.sampleRate, RPLIDARDescriptor.AnswerType.sampleRate):
            guard let rate = RPLIDARSampleRate(payload: payload), rate.standard > 0 else { return }
            sampleTime = .microseconds(Int64(rate.standard))
            format = .standard
            start(at: now, &actions)
        default:
            break
        }
    }

    private func configuration(_ payload: [UInt8], _ key: RPLIDARConfigurationKey) -> Int? {
        guard let answer = RPLIDARConfiguration(payload: payload), answer.key == key.rawValue else { return nil }
        return answer.number
    }

    /// Spins the motor and asks for the scan.
    private mutating func start(attempt: Int = 1, at now: Instant, _ actions: inout [DeviceAction]) {
        resetDecoder()
        state = .starting(attempt: attempt, deadline: now + Self.answerTime, heard: 0)
        if status.phase == .checking { status.phase = .warmingUp }
        switch info?.motorControl {
        case .dtr: actions.append(.setDTR(false))  // cleared is spinning
        case .accessoryBoard where hasAccessoryBoard:
            // The duty at which the vendor's clients run these motors: about 10 Hz.
            actions.append(.send(RPLIDARRequest.motorPWM(660).encoded))
        case .speed:
            actions.append(.send(RPLIDARRequest.motorSpeed(rpm: UInt16(clamping: motorRPM)).encoded))
        default: break
        }
        let request =
            format == .standard
            ? RPLIDARRequest(.scan) : RPLIDARRequest.expressScan(mode: UInt8(truncatingIfNeeded: mode))
        actions.append(.send(request.encoded))
    }
}

import DeviceProtocols
public import RobotModel

// connecting ──opened──► draining ──► asking … BM ──► MD ──► warmingUp ──first scan──► running
//                           ▲                                                             │
//                           └───────────────── silent, garbage, hardware trouble ─────────┘
// A handshake that fails closes the port (`reopen`); the pump opens it again.

extension HokuyoDriver {
    /// Where the driver is.
    enum State: Sendable {
        case closed
        /// QT has been sent; what the device still sends is thrown away.
        case draining(since: Instant, lastByte: Instant, resets: Bool)
        case asking(HokuyoCommand, attempt: Int, deadline: Instant, heard: Int)
        /// MD has been taken; the first scan must come.
        case starting(deadline: Instant, heard: Int)
        case running(deadline: Instant, heard: Int)
        /// RS has been sent because of hardware trouble.
        case resetting(until: Instant, RobotError)
    }

    /// A reset sensor is back after this; the vendor's client does not wait at all, the motor needs about a second.
    private static let resetTime: Duration = .seconds(2)
    /// QT lets the scan under way end: 2.1 kB at 19 200 bit/s.
    private static let drainLimit: Duration = .milliseconds(2500)
    private static let resetAfter: Duration = .milliseconds(1500)
    private static let drainTime: Duration = .milliseconds(60)
    private static let quietTime: Duration = .milliseconds(30)
    /// The vendor's client waits 140 ms; at 19 200 bit/s the answer to PP alone takes 110 ms.
    private static let answerTime: Duration = .milliseconds(400)
    private static let attempts = 3
    /// The laser warms up and the first turn must pass.
    private static let firstScanTime: Duration = .seconds(3)
    /// A sensor that verifies an error (status 21 to 49) goes on by itself or says what broke.
    private static let verifyTime: Duration = .seconds(5)

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
        case .bytes(let bytes): receive(bytes, at: now, &actions)
        case .time: break
        }
        keepTime(at: now, &actions)
        return actions
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed, .resetting: return
        case .draining(let since, _, let resets):
            state = .draining(since: since, lastByte: now, resets: resets)
            return
        case .asking(let command, let attempt, let deadline, let heard):
            state = .asking(command, attempt: attempt, deadline: deadline, heard: heard + bytes.count)
        case .starting(let deadline, let heard):
            state = .starting(deadline: deadline, heard: heard + bytes.count)
        case .running(let deadline, let heard):
            state = .running(deadline: deadline, heard: heard + bytes.count)
        }
        // The decoder leaves the driver while it decodes, so that its scans need not be copied.
        var decoder = HokuyoDecoder()
        swap(&decoder, &self.decoder)
        decoderIsStale = false
        decoder.decode(bytes) { event, remaining in
            if !decoderIsStale { heard(event, remaining: remaining, at: now, &actions) }
        }
        swap(&decoder, &self.decoder)
        if decoderIsStale { self.decoder.reset() }
    }

    private mutating func heard(
        _ event: HokuyoDecoder.Event, remaining: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        switch (event, state) {
        case (.answer(let answer), .asking(let command, _, _, _)) where answer.command == command:
            answered(answer, remaining: remaining, at: now, &actions)
        case (.answer(let answer), .starting), (.answer(let answer), .running):
            if case .measure = answer.command { interrupted(answer, at: now, &actions) }
        case (.scan(let scan), .starting):
            hasRun = true
            status.fault = complaint
            status.phase = complaint == nil ? .running : .degraded
            measured(scan, remaining: remaining, at: now)
        case (.scan(let scan), .running):
            if status.fault != complaint {
                status.fault = complaint
                status.phase = complaint == nil ? .running : .degraded
            }
            measured(scan, remaining: remaining, at: now)
        case (.gap, _): stamps.restart()
        default: break
        }
    }

    private mutating func measured(_ scan: HokuyoScan, remaining: Int, at now: Instant) {
        state = .running(deadline: now + silenceLimit, heard: 0)
        take(scan, remaining: remaining, at: now)
    }

    /// Four scans that do not come; the vendor's client waits for sixteen, which is a second and a half of blindness.
    private var silenceLimit: Duration { max(.milliseconds(300), scanPeriod * 4) }

    /// The sensor says in the middle of measuring that something is wrong, or well again.
    private mutating func interrupted(
        _ answer: HokuyoAnswer, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let error = RobotError(
            .hardwareAlert, "the LiDAR reports status \(answer.status): \(answer.status.meaning(of: answer.command))",
            hint: "is its window clean and its supply steady? if it comes again, the sensor is for repair")
        switch answer.status.number {
        case (21...49)?:
            status.fault = error
            status.phase = .degraded
            state = .running(deadline: now + Self.verifyTime, heard: 0)
        case (50...97)?: reset(error, at: now, &actions)
        case 98?: state = .running(deadline: now + silenceLimit, heard: 0)
        case 0?: break
        default: recover(error, at: now, &actions)
        }
    }
}

// Deadlines.
extension HokuyoDriver {
    private mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: break
        case .draining(let since, let lastByte, let resets):
            if now - since >= Self.drainTime, now - lastByte >= Self.quietTime {
                actions.append(.flush)
                ask(.parameters, at: now, &actions)
            } else if now - since >= Self.drainLimit {
                fail(garbage("bytes keep arriving after QT and RS"), &actions)
            } else if now - since >= Self.resetAfter, !resets {
                state = .draining(since: since, lastByte: lastByte, resets: true)
                actions.append(.send([0x0A] + HokuyoCommand.reset.encoded))
            }
        case .asking(let command, let attempt, let deadline, let heard):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            switch command {
            case _ where attempt < Self.attempts:
                // An old model may still speak SCIP 1.1; a new one does not know this word and loses nothing.
                if command == .parameters, attempt == 2 { actions.append(.send(HokuyoCommand.scip2.encoded)) }
                ask(command, attempt: attempt + 1, heard: heard, at: now, &actions)
            // The clock is a help, not a need.
            case .clockOn, .clock, .clockOff: ask(.laserOn, at: now, &actions)
            default: fail(noAnswer(to: command, heard: heard), &actions)
            }
        case .starting(let deadline, let heard):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            fail(missing("in \(Self.firstScanTime.inSeconds) s after MD was taken", heard: heard), &actions)
        case .running(let deadline, let heard):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            recover(missing("in the middle of measuring", heard: heard), at: now, &actions)
        case .resetting(let until, let error):
            if now >= until { fail(error, &actions) }
        }
    }

    /// Ends what the device does and waits until it is quiet.
    private mutating func drain(at now: Instant, _ actions: inout [DeviceAction]) {
        decoder.reset()
        decoderIsStale = true
        state = .draining(since: now, lastByte: now, resets: false)
        // A line's end first: half a command of before the crash must not spoil this one.
        actions.append(.send([0x0A] + HokuyoCommand.quit.encoded))
    }

    /// Goes through the handshake again on the open port.
    private mutating func recover(_ error: RobotError, at now: Instant, _ actions: inout [DeviceAction]) {
        status.phase = .recovering
        status.fault = error
        status.counters.reconnects += 1
        drain(at: now, &actions)
    }

    /// Resets the sensor, and gives the port back when it has had time to start.
    private mutating func reset(_ error: RobotError, at now: Instant, _ actions: inout [DeviceAction]) {
        status.phase = .recovering
        status.fault = error
        state = .resetting(until: now + Self.resetTime, error)
        actions.append(.send(HokuyoCommand.reset.encoded))
    }

    /// Gives the port back.
    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        state = .closed
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private func missing(_ when: String, heard: Int) -> RobotError {
        if heard > 0 { return garbage("\(heard) bytes held no whole scan \(when)") }
        return RobotError(
            .silent, "the LiDAR sent nothing \(when)", hint: "check its cable and its supply (5 or 12 V, by model)")
    }

    private func noAnswer(to command: HokuyoCommand, heard: Int) -> RobotError {
        let name = String(decoding: command.characters, as: UTF8.self)
        if heard > 0 { return garbage("\(heard) bytes arrived, but no answer to \(name) among them") }
        if command != .parameters {
            return RobotError(
                .silent, "the LiDAR answered before, but not \(name)", hint: "is its supply steady? restart it")
        }
        return RobotError(
            .silent, "the LiDAR says nothing: no answer to PP at \(baudRate) baud",
            hint: "is it powered (5 or 12 V, by model)? are TX and RX swapped? \(Self.rates)")
    }

    private func garbage(_ what: String) -> RobotError {
        RobotError(
            .garbage, "the LiDAR's line at \(baudRate) baud: \(what)",
            hint: hasRun
                ? "it has run at this rate: look for a loose plug, or a cable that lies beside the motors'"
                : "the rate is probably not \(baudRate): \(Self.rates)")
    }

    private static let rates = """
        a Hokuyo on RS-232 keeps the rate it was set to, 19200 or 115200 as delivered, up to 750000; its USB takes any
        """
}

// The handshake.
extension HokuyoDriver {
    private mutating func ask(
        _ command: HokuyoCommand, attempt: Int = 1, heard: Int = 0, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        state = .asking(command, attempt: attempt, deadline: now + Self.answerTime, heard: heard)
        clockAsked = now
        actions.append(.send(command.encoded))
    }

    private mutating func answered(
        _ answer: HokuyoAnswer, remaining: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        switch answer.command {
        case .clockOn, .clock, .clockOff: answeredClock(answer, remaining: remaining, at: now, &actions)
        case .laserOn where answer.status == HokuyoStatus("01"):
            reset(
                refusal(answer, .hardwareAlert, "the sensor has been reset; if it comes again it is for repair"),
                at: now, &actions)
        case .laserOn where answer.status == HokuyoStatus("02"): startMeasuring(at: now, &actions)
        case _ where answer.status != .ok:
            fail(
                refusal(answer, .refused, "is this a scanner with SCIP 2.0? a restart clears what it was doing"),
                &actions)
        case .parameters: answeredParameters(answer, at: now, &actions)
        case .version:
            let product = [answer.field("PROD"), answer.field("FIRM").map { "firmware \($0)" }]
            let serial = answer.field("SERI").map { "serial number \($0)" }
            status.identity = ([parameters?.model] + product + [serial]).compactMap { $0 }.joined(separator: ", ")
            ask(.state, at: now, &actions)
        case .state:
            complaint = Self.complaint(in: answer)
            ask(.clockOn, at: now, &actions)
        case .laserOn: startMeasuring(at: now, &actions)
        case .measure:
            state = .starting(deadline: now + Self.firstScanTime, heard: 0)
            status.phase = .warmingUp
            stamps.restart()
        default: break
        }
    }

    private func refusal(_ answer: HokuyoAnswer, _ code: RobotError.Code, _ hint: String) -> RobotError {
        let name = String(decoding: answer.command.characters, as: UTF8.self)
        return RobotError(
            code, "the LiDAR answers \(name) with \(answer.status): \(answer.status.meaning(of: answer.command))",
            hint: hint)
    }

    private mutating func answeredParameters(
        _ answer: HokuyoAnswer, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        guard let found = HokuyoParameters(answer) else {
            let text = answer.lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
            return fail(
                RobotError(
                    .wrongDevice, "the device speaks SCIP, but its parameters are no scanner's: \(text)",
                    expected: "DMIN, DMAX, ARES, AMIN, AMAX, AFRT and SCAN",
                    hint: "is this a Hokuyo range finder? compare its plate with the board file"), &actions)
        }
        parameters = found
        measurement = bestMeasurement(found)
        ask(.version, at: now, &actions)
    }

    /// What the answer to II says is wrong, if it says so: the wording differs between models.
    private static func complaint(in answer: HokuyoAnswer) -> RobotError? {
        guard let state = answer.field("STAT") else { return nil }
        let lower = state.lowercased()
        guard !["no error", "works well", "normal", "stable"].contains(where: lower.contains) else { return nil }
        return RobotError(
            .hardwareAlert, "the LiDAR says about itself: \(state)",
            hint: "clean the window and check the supply; the vendor advises a restart")
    }

    private mutating func answeredClock(
        _ answer: HokuyoAnswer, remaining: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        switch answer.command {
        case .clockOn where answer.status == .ok || answer.status == HokuyoStatus("02"):
            ask(.clock, at: now, &actions)
        case .clockOn:
            // A model without a clock that can be asked: the scans' arrival is all there is.
            timeline.restart()
            ask(.laserOn, at: now, &actions)
        case .clock:
            if let milliseconds = answer.milliseconds {
                // Four bytes went there, fifteen came back (echo, status, time, an empty line); what is left of the
                // wait is taken to lie half before and half behind the moment at which the device read its clock.
                let (there, back) = (lineTime(4), lineTime(15))
                let waits = max(.zero, now - lineTime(remaining) - clockAsked - there - back)
                timeline.anchor(
                    device: Int64(milliseconds) * 1_000_000 + 500_000, ours: clockAsked + there + waits / 2)
            }
            ask(.clockOff, at: now, &actions)
        default: ask(.laserOn, at: now, &actions)
        }
    }

    private mutating func startMeasuring(at now: Instant, _ actions: inout [DeviceAction]) {
        ask(.measure(measurement), at: now, &actions)
    }
}

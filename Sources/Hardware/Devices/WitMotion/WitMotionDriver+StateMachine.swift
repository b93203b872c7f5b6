import DeviceProtocols
public import RobotModel

// connecting ──opened──► checking (listening) ──first frame──► warmingUp ──all needed has come──► running ⇄ degraded
//                           ▲                                                                        │
//                           └────────── recovering: silent, or bytes without frames ─────────────────┘
// A unit that is not heard while it is listened for has its port closed (`reopen`); the pump opens it again.

extension WitMotionDriver {
    enum State: Sendable {
        case closed
        /// No frame yet.
        case listening(until: Instant, heard: Int)
        /// Frames come; what came is judged at the window's end.
        case running(lastFrame: Instant, heard: Int, windowStart: Instant)
    }

    /// Between two writes to the unit; the maker's examples wait 20 to 200 ms.
    private static let commandPause = Duration.milliseconds(100)

    /// Three outputs without a frame, and never less than what a busy system may delay.
    private var silenceLimit: Duration { max(.milliseconds(300), period * 3) }
    private var listenTime: Duration { max(.milliseconds(1500), period * 5) }
    /// Twenty outputs at 10 Hz.
    private var window: Duration { max(.seconds(2), period * 5) }

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            status.phase = .checking
            actions.append(.flush)
            listen(at: now)
        case .closed(let error):
            state = .closed
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes):
            receive(bytes, at: now)
        case .time: break
        }
        configure(at: now, &actions)
        keepTime(at: now, &actions)
        status.counters.frames = decoder.counters.frames
        status.counters.checksumErrors = decoder.counters.checksumErrors
        status.counters.resyncs = decoder.counters.resyncs
        return actions
    }

    private mutating func listen(at now: Instant) {
        decoder.reset()
        breakOutput()
        stillness = WitMotionStillness()
        commands = configuration.configures ? setUp : []
        nextCommand = now
        state = .listening(until: now + listenTime + Self.commandPause * commands.count, heard: 0)
    }

    private var setUp: [WitMotionCommand] {
        let kinds: [WitMotionFrame.Kind] =
            [.acceleration, .angularVelocity] + (configuration.needsPressure ? [.pressure] : [])
        let rate = WitMotionCommand.rate(configuration.outputRate)
        return [.unlock, .content(kinds)] + (rate.map { [$0] } ?? [])
    }

    private mutating func configure(at now: Instant, _ actions: inout [DeviceAction]) {
        if case .closed = state { return }
        guard let command = commands.first, now >= nextCommand else { return }
        commands.removeFirst()
        nextCommand = now + Self.commandPause
        actions.append(.send(command.encoded))
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        switch state {
        case .closed: return
        case .listening(let until, let heard): state = .listening(until: until, heard: heard + bytes.count)
        case .running(let lastFrame, let heard, let start):
            state = .running(lastFrame: lastFrame, heard: heard + bytes.count, windowStart: start)
        }
        // Taken out and put back, not copied: its buffer stays its own.
        var decoder = WitMotionDecoder()
        swap(&decoder, &self.decoder)
        let resyncs = decoder.counters.resyncs
        decoder.decode(bytes) { frame, remaining in
            if case .running(_, _, let start) = state {
                state = .running(lastFrame: now, heard: 0, windowStart: start)
            } else {
                state = .running(lastFrame: now, heard: 0, windowStart: now)
                tally = WitMotionTally()
                if status.phase == .checking { status.phase = .warmingUp }
            }
            if take(frame, remaining: remaining, at: now) { published() }
        }
        if decoder.counters.resyncs != resyncs { clock.restart() }
        self.decoder = decoder
    }

    /// A state went out: the unit is in service as soon as all that is needed has come.
    private mutating func published() {
        hasRun = true
        guard status.phase != .running, status.phase != .degraded else { return }
        guard !configuration.needsPressure || tally.pressures > 0 else { return }
        status.phase = .running
        status.fault = nil
    }

    private mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: break
        case .listening(let until, let heard):
            guard now >= until else { return }
            status.counters.timeouts += 1
            fail(heard == 0 ? silent() : garbage(heard), &actions)
        case .running(let lastFrame, let heard, let start):
            // A unit that is being set up may still be at a slower beat.
            if now - max(lastFrame, nextCommand) >= silenceLimit {
                status.counters.timeouts += 1
                status.counters.reconnects += 1
                status.phase = .recovering
                status.fault = heard == 0 ? silent() : garbage(heard)
                listen(at: now)
            } else if now - start >= window {
                judge(over: now - start, at: now, &actions)
                if case .running = state {
                    tally = WitMotionTally()
                    state = .running(lastFrame: lastFrame, heard: heard, windowStart: now)
                }
            }
        }
    }

    /// Says what the window has shown.
    private mutating func judge(over time: Duration, at now: Instant, _ actions: inout [DeviceAction]) {
        guard tally.accelerations > 0, tally.angularVelocities > 0 else {
            let missing = tally.accelerations > 0 ? "angular velocity" : "acceleration"
            return fail(
                RobotError(
                    .wrongDevice, "the inertial unit sends frames, but no \(missing) among them",
                    expected: "frames of the types 51 and 52",
                    hint: "switch them on with the maker's program (register 02, bits 1 and 2) or `configures: true`"),
                &actions)
        }
        status.fault = stuck(at: now) ?? missingPressure() ?? wrongOutputRate(over: time)
        status.phase = status.fault == nil ? .running : .degraded
    }

    private func stuck(at now: Instant) -> RobotError? {
        stillness.complaint(at: now).map {
            RobotError(
                .hardwareAlert, "the inertial unit's \($0) stands still to the last bit: the sensor is stuck",
                hint: "switch its supply off and on; if it comes again, change the unit")
        }
    }

    private func missingPressure() -> RobotError? {
        guard configuration.needsPressure, tally.pressures == 0 else { return nil }
        return RobotError(
            .unavailable, "the inertial unit sends acceleration, but no air pressure: lift rides are not measured",
            expected: "frames of the type 56",
            hint: "only units with a B in their name have a barometer; switch the frames on with the maker's program "
                + "(register 02, bit 6) or `configures: true`")
    }

    private func wrongOutputRate(over time: Duration) -> RobotError? {
        let rate = Double(tally.outputs) / time.inSeconds
        guard abs(rate - configuration.outputRate) > 0.3 * configuration.outputRate else { return nil }
        return RobotError(
            .unavailable, "the inertial unit sends \((rate * 10).rounded() / 10) outputs a second",
            expected: "\(configuration.outputRate)",
            hint: "set its rate (register 03) or the slot's; at \(configuration.baudRate) baud at most "
                + "\(configuration.baudRate / 110) frames a second pass, so each type that is switched on counts")
    }

    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        state = .closed
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private func silent() -> RobotError {
        RobotError(
            .silent, "the inertial unit says nothing at \(configuration.baudRate) baud",
            hint:
                "is it powered (3.3 or 5 V)? is its TX on the adapter's RX? it may sleep: switch its supply off and on")
    }

    private func garbage(_ heard: Int) -> RobotError {
        RobotError(
            .garbage, "the inertial unit's line at \(configuration.baudRate) baud: \(heard) bytes held no frame",
            hint: hasRun
                ? "it has run at this rate: look for a loose plug, or a cable that lies beside the motors'"
                : "the rate is probably not \(configuration.baudRate): bare modules are sold with 9600, "
                    + "boxed ones with 115200")
    }
}

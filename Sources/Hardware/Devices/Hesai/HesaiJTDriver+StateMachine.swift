import DeviceProtocols
public import RobotModel

// connecting ──opened──► listening ──packet──► asking (number, angles) ──► running (degraded on nominal angles, dirt)
//                            ▲  (silent: told to run)                         │
//                            └──────────────── silent, garbage ───────────────┘
// Nothing that makes sense within two seconds: the port is closed and opened anew (`reopen`).

extension HesaiJTDriver {
    /// Where the driver is.
    enum State: Sendable {
        case closed
        /// `toldToRun`: a device in standby says nothing; it has been told to run.
        case listening(since: Instant, heard: Int, toldToRun: Bool)
        case asking(Question, attempt: Int, deadline: Instant)
        case running(heard: Int)
    }

    enum Question: Sendable { case serialNumber, angles }

    private static let listenTime: Duration = .seconds(2)
    /// A device that runs sends a packet every fraction of a millisecond.
    private static let standbyTime: Duration = .milliseconds(500)
    /// The longest command takes 60 ms at 9600 bit/s.
    private static let answerTime: Duration = .milliseconds(400)
    private static let attempts = 2
    /// Three turns at 10 Hz.
    private static let silenceLimit: Duration = .milliseconds(300)
    /// Ten turns.
    private static let markLimit: Duration = .seconds(1)

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
            listen(at: now)
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

    private mutating func listen(at now: Instant) {
        decoder.reset()
        timeline.restart()
        lastAzimuth = nil
        lastPacket = nil
        state = .listening(since: now, heard: 0, toldToRun: false)
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: return
        case .listening(let since, let heard, let told):
            state = .listening(since: since, heard: heard + bytes.count, toldToRun: told)
        case .running(let heard): state = .running(heard: heard + bytes.count)
        case .asking: break
        }
        // The decoder leaves the driver while it decodes: the packets are read in place.
        var decoder = HesaiJTDecoder()
        swap(&decoder, &self.decoder)
        decoder.decode(bytes) { event, remaining in
            switch event {
            case .points(let packet, _): heard(packet, remaining: remaining, at: now, &actions)
            case .command(let answer): if answer.direction == .answer { answered(answer, at: now, &actions) }
            case .inertial: break
            }
        }
        swap(&decoder, &self.decoder)
    }

    private mutating func heard(
        _ packet: HesaiJTPacket, remaining: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        lastPacket = now
        switch state {
        case .closed: return
        case .asking: return
        case .listening:
            hasRun = true
            if status.phase != .recovering { status.phase = .warmingUp }
            begin(at: now, &actions)
        case .running: state = .running(heard: 0)
        }
        guard case .running = state else { return }
        watch(packet)
        take(packet, remaining: remaining, at: now)
    }

    private mutating func watch(_ packet: HesaiJTPacket) {
        let dirty = packet.dirt >> UInt32(2 * channel) & 3 != 0
        guard dirty != isDirty else { return }
        isDirty = dirty
        showHealth()
    }

    private mutating func showHealth() {
        guard !isStanding else {
            status.phase = .recovering
            status.fault = RobotError(
                .hardwareAlert, "the LiDAR sends points, but its head does not turn",
                hint: "look for something that blocks the head; switch it off and on")
            return
        }
        status.fault =
            isDirty
            ? RobotError(
                .hardwareAlert, "the LiDAR says that its window is dirty in front of channel \(channel + 1)",
                hint: "wipe it with a soft wet cloth") : angleFault
        status.phase = status.fault == nil ? .running : .degraded
    }

    // MARK: Asking

    /// Points come: asks who the device is and where its channels look, or goes on with what is known of this very device.
    private mutating func begin(at now: Instant, _ actions: inout [DeviceAction]) {
        if let file { use(file) }
        // What was asked before, a gap in the line does not change.
        if serialNumber != nil, angleFault == nil { return run(at: now) }
        ask(.serialNumber, at: now, &actions)
    }

    private mutating func ask(
        _ question: Question, attempt: Int = 1, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        state = .asking(question, attempt: attempt, deadline: now + Self.answerTime)
        number &+= 1
        let command: HesaiJTCommand =
            switch question {
            case .serialNumber: .askSerialNumber(random: number)
            case .angles: .askAngles(random: number)
            }
        actions.append(.send(command.encoded))
    }

    private mutating func answered(_ answer: HesaiJTCommand, at now: Instant, _ actions: inout [DeviceAction]) {
        guard case .asking(let question, _, _) = state, answer.command == 2, let sub = answer.payload.first else {
            return
        }
        switch (question, sub) {
        case (.serialNumber, 0x0A):
            serialNumber = answer.serialNumber
            next(at: now, &actions)
        case (.angles, 7):
            if let found = answer.angles {
                use(found)
                angleFault = nil
            } else {
                angleFault = nominal("the LiDAR does not give its angles: \(answer.meaning)")
            }
            run(at: now)
        default: break
        }
    }

    /// Behind the serial number: the angles, unless a file has them.
    private mutating func next(at now: Instant, _ actions: inout [DeviceAction]) {
        if file == nil {
            ask(.angles, at: now, &actions)
        } else {
            run(at: now)
        }
    }

    private func nominal(_ what: String) -> RobotError {
        RobotError(
            .unavailable, "\(what); nominal ones are used, good to half a degree",
            hint: "are commands wired to its RS-232 input (9600 bit/s)? or name its calibration file in the board file")
    }

    private mutating func run(at now: Instant) {
        state = .running(heard: 0)
        began = now
        isStanding = false
        outlet.restart()
        lastAzimuth = nil
        let source = file != nil ? "angles of its file" : angleFault == nil ? "angles of its own" : "nominal angles"
        let name = serialNumber.map { ", serial number \($0)" } ?? ""
        status.identity = "Hesai JT16\(name), channel \(channel + 1) of 16, \(source)"
        showHealth()
    }

    // MARK: Deadlines

    private mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: break
        case .listening(let since, let heard, let told):
            if now - since >= Self.listenTime {
                status.counters.timeouts += 1
                fail(
                    heard > 0
                        ? garbage("\(heard) bytes held no packet") : silent("no packet, nor after it was told to run"),
                    &actions)
            } else if now - since >= Self.standbyTime, heard == 0, !told {
                state = .listening(since: since, heard: heard, toldToRun: true)
                number &+= 1
                actions.append(.send(HesaiJTCommand.setRunning(true, random: number).encoded))
            }
        case .asking(let question, let attempt, let deadline):
            if isSilent(at: now) { return recover(heard: 0, at: now) }
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            if attempt < Self.attempts { return ask(question, attempt: attempt + 1, at: now, &actions) }
            switch question {
            // A number is good to know; the angles are asked for all the same.
            case .serialNumber: next(at: now, &actions)
            case .angles:
                angleFault = nominal("the LiDAR does not answer when it is asked for its angles")
                run(at: now)
            }
        case .running(let heard):
            if isSilent(at: now) { return recover(heard: heard, at: now) }
            let stands = now - (outlet.lastRevolution ?? began) >= Self.markLimit
            guard stands != isStanding else { return }
            isStanding = stands
            if stands { status.counters.timeouts += 1 }
            showHealth()
        }
    }

    private func isSilent(at now: Instant) -> Bool { lastPacket.map { now - $0 >= Self.silenceLimit } ?? true }

    private mutating func recover(heard: Int, at now: Instant) {
        status.counters.timeouts += 1
        status.counters.reconnects += 1
        status.phase = .recovering
        status.fault = heard > 0 ? garbage("\(heard) bytes in 300 ms held no packet") : silent("nothing for 300 ms")
        listen(at: now)
    }

    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        state = .closed
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private func silent(_ when: String) -> RobotError {
        RobotError(
            .silent, "the LiDAR sends nothing: \(when)",
            hint: hasRun
                ? "check its power (9 to 32 V) and the A and B wires"
                : "is it powered? are A and B swapped? is the port right?")
    }

    private func garbage(_ what: String) -> RobotError {
        RobotError(
            .garbage, "the LiDAR's line at \(baudRate) baud: \(what)", expected: "frames with CRC-32 at 3125000 bit/s",
            hint: hasRun
                ? "it has run at this rate: look at the line's termination and a cable that lies beside the motors'"
                : "does the adapter do 3125000 bit/s exactly? are A and B swapped? is this a JT16?")
    }
}

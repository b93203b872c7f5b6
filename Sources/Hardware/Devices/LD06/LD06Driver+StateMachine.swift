import DeviceProtocols
public import RobotModel

// connecting ──opened──► listening ──frame──► spinningUp ──a revolution at speed──► running
//                           ▲  ▲                  ▲                                  │  │
//                           │  │                  └─────────── the head stopped ─────┘  │
//                           │  └──────────────────────── silent, garbage ───────────────┘
//                        reopen when a state's time is over

extension LD06Driver {
    /// Where the driver is.
    enum State: Sendable {
        case closed
        /// No frame yet since `since`; `heard` bytes, the first of them at `first`.
        case listening(since: Instant, first: Instant?, heard: Int)
        /// Frames come, but no revolution at speed yet.
        case spinningUp(since: Instant, lastFrame: Instant, frames: Int)
        case running(lastFrame: Instant, lastMark: Instant, heard: Int)
    }

    /// The maker's own limit for the first frame after power-on.
    private static let firstFrameTime: Duration = .milliseconds(3500)
    /// Bytes for so long without a frame: a hundred frames' time.
    private static let garbageTime: Duration = .milliseconds(400)
    private static let spinUpTime: Duration = .seconds(8)
    /// Some hundred frames' time.
    private static let silenceLimit: Duration = .milliseconds(300)
    /// The slowest head of the family takes half a second for a revolution.
    private static let markLimit: Duration = .seconds(2)

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        defer { count() }
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
        case .time:
            break
        }
        keepTime(at: now, &actions)
        return actions
    }

    private mutating func count() {
        let counters = decoder.counters
        status.counters.frames = counters.frames
        status.counters.checksumErrors = counters.checksumErrors + decoder.implausibleFrames
        status.counters.resyncs = counters.resyncs
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        switch state {
        case .closed: return
        case .listening(let since, let first, let heard):
            state = .listening(since: since, first: first ?? now, heard: heard + bytes.count)
        case .running(let lastFrame, let lastMark, let heard):
            state = .running(lastFrame: lastFrame, lastMark: lastMark, heard: heard + bytes.count)
        case .spinningUp: break
        }
        // Taken out while it is read, and put back with its room.
        var found = inbox
        inbox = []
        decoder.decode(bytes) { event, remaining in found.append((event, remaining)) }
        for (event, remaining) in found {
            switch event {
            case .frame(let frame): heard(frame, remaining: remaining, at: now)
            case .gap:
                unpacker.breakSequence()
                clock.breakBeat()
            }
        }
        found.removeAll(keepingCapacity: true)
        inbox = found
    }

    private mutating func heard(_ frame: LD06Frame, remaining: Int, at now: Instant) {
        speed = Int(frame.speed)
        let lastPoint = lastPointTime(frame, remaining: remaining, at: now)
        let marks = take(frame, lastPoint: lastPoint)
        switch state {
        case .closed: break
        case .listening:
            state = .spinningUp(since: now, lastFrame: now, frames: 1)
            if status.phase == .checking { status.phase = .warmingUp }
            status.identity = "LDROBOT \(model.name.uppercased()), as the board file says: it cannot be asked"
        case .spinningUp(let since, _, let frames):
            guard marks, isTurning else {
                state = .spinningUp(since: since, lastFrame: now, frames: frames + 1)
                return
            }
            state = .running(lastFrame: now, lastMark: now, heard: 0)
            hasRun = true
            status.phase = .running
            status.fault = nil
            status.lastGood = lastPoint
            quality.restart()
        case .running(_, let lastMark, _):
            state = .running(lastFrame: now, lastMark: marks && isTurning ? now : lastMark, heard: 0)
            if isTurning { status.lastGood = lastPoint }
        }
    }

    private mutating func listen(at now: Instant) {
        decoder.reset()
        clock.restart()
        unpacker = LD06Unpacker(model: model)
        state = .listening(since: now, first: nil, heard: 0)
    }
}

// Deadlines.
extension LD06Driver {
    private mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: break
        case .listening(let since, let first, let heard):
            // The maker's limit is for power-on; one that has run before is back at once or not at all.
            let limit = hasRun ? .seconds(1) : Self.firstFrameTime
            if let first, now - first >= Self.garbageTime {
                fail(garbage("\(heard) bytes in \(milliseconds(now - first)) ms, but no frame among them"), &actions)
            } else if first == nil, now - since >= limit {
                fail(silent("not one byte in \(milliseconds(now - since)) ms"), &actions)
            }
        case .spinningUp(let since, let lastFrame, let frames):
            if now - lastFrame >= Self.silenceLimit {
                recover(
                    silent("\(frames) frames came, then none for \(milliseconds(Self.silenceLimit)) ms"), at: now)
            } else if now - since >= Self.spinUpTime {
                fail(standing("\(frames) frames in \(Int(Self.spinUpTime.inSeconds)) s"), &actions)
            }
        case .running(let lastFrame, let lastMark, let heard):
            if now - lastFrame >= Self.silenceLimit {
                let time = milliseconds(now - lastFrame)
                recover(
                    heard == 0
                        ? silent("nothing for \(time) ms in the middle of a scan")
                        : garbage("\(heard) bytes in \(time) ms held no frame"), at: now)
            } else if now - lastMark >= Self.markLimit {
                status.counters.timeouts += 1
                status.phase = .recovering
                status.fault = standing("no revolution for \(milliseconds(now - lastMark)) ms")
                state = .spinningUp(since: now, lastFrame: lastFrame, frames: 0)
            } else {
                judge(at: now)
            }
        }
    }

    private mutating func judge(at now: Instant) {
        switch quality.judge(decoder.counters, at: now) {
        case nil: break
        case .good:
            status.phase = .running
            status.fault = nil
        case .bad(let damaged, let all):
            status.phase = .degraded
            status.fault = garbage("\(damaged) of \(all) frames were damaged in the last second")
        }
    }

    /// Listens anew on the open port.
    private mutating func recover(_ error: RobotError, at now: Instant) {
        status.counters.timeouts += 1
        status.counters.reconnects += 1
        status.phase = .recovering
        status.fault = error
        listen(at: now)
    }

    /// Gives the port back.
    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        status.counters.timeouts += 1
        state = .closed
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private func milliseconds(_ time: Duration) -> Int { Int(time.nanoseconds / 1_000_000) }

    private func silent(_ what: String) -> RobotError {
        RobotError(
            .silent, "the LiDAR's line is dead: \(what)",
            hint: """
                it talks by itself as soon as it has power, so this is no setting: is it powered (5 V, 0.3 A)? \
                does its TX reach our RX? is it the right port?
                """)
    }

    private func garbage(_ what: String) -> RobotError {
        RobotError(
            .garbage, "the LiDAR's line at \(baudRate) baud: \(what)",
            hint: hasRun
                ? "it has run at this rate: look for a loose plug, or a cable that lies beside the motors'"
                : "the rate is probably not \(baudRate): \(Self.rates); or this is another maker's LiDAR")
    }

    private func standing(_ what: String) -> RobotError {
        RobotError(
            .hardwareAlert, "the LiDAR's head does not turn: \(what), which say \(speed)°/s",
            hint: """
                the line is good; does something hold the head? is its PWM pin on ground (its own speed control), \
                or driven by somebody? is its 5 V supply weak?
                """)
    }

    private static let rates = "LD06, LD19, LD14P, STL06P and STL19P speak 230400, STL27L 921600, LD14 115200"
}

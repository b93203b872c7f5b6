import DeviceProtocols
import RobotModel

// Every state has a deadline and a way out.
extension YDLIDARDriver {
    mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: break
        case .draining(let since, let lastByte):
            if now - since >= Self.drainTime, now - lastByte >= .milliseconds(20) {
                actions.append(.flush)
                ask(.info, at: now, &actions)
            } else if now - since >= Self.drainLimit {
                fail(
                    garbage(
                        "bytes keep arriving after STOP",
                        or: "or it is a model with a single channel: set this slot's model"), &actions)
            }
        case .asking(let question, let attempt, let deadline, let heard):
            if now >= deadline { noAnswer(question, attempt: attempt, heard: heard, at: now, &actions) }
        case .starting(let attempt, let deadline, _):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            guard attempt >= 3 else { return start(attempt: attempt + 1, at: now, &actions) }
            fail(
                RobotError(
                    .refused, "the LiDAR answered before, but does not grant the scan",
                    hint: "is its head free, its window clean? a supply too weak for its motor (5 V, 0.5 A) does this"),
                &actions)
        case .spinningUp(let since, let first, let heard, let packets):
            keepSpinUpTime(since, first, heard: heard, packets: packets, at: now, &actions)
        case .running(let lastPacket, let lastRing, let heard):
            keepRunningTime(lastPacket, lastRing, heard: heard, at: now, &actions)
        case .resetting(let until, let error):
            if now >= until { fail(error, &actions) }
        }
    }

    private mutating func noAnswer(
        _ question: Question, attempt: Int, heard: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        status.counters.timeouts += 1
        switch question {
        case .info where attempt < 3: ask(.info, attempt: attempt + 1, heard: heard, at: now, &actions)
        case .info where heard > 0:
            fail(garbage("\(heard) bytes arrived, but no answer to GET_INFO among them"), &actions)
        case .info:
            fail(
                RobotError(
                    .silent, "the LiDAR says nothing: no answer to GET_INFO at \(baudRate) baud",
                    hint: """
                        is it powered (5 V, 0.5 A)? are TX and RX swapped? a model with a single channel \
                        (X2, X3, X4 Pro, S2, TX) never answers: set this slot's model. \(Self.rates)
                        """), &actions)
        case .health: ask(.healthOfManual, at: now, &actions)
        case .healthOfManual where attempt < 2: ask(.healthOfManual, attempt: attempt + 1, at: now, &actions)
        case .healthOfManual:
            // Some firmwares know neither number. The scan shows how it feels.
            health = nil
            start(at: now, &actions)
        }
    }

    private mutating func keepSpinUpTime(
        _ since: Instant, _ first: Instant?, heard: Int, packets: Int, at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        if packets == 0, let first, now - first >= Self.garbageTime {
            fail(garbage("\(heard) bytes came, but no packet among them"), &actions)
        } else if packets > 0, let first, now - first >= Self.ringLimit * 2 {
            fail(standing("\(packets) packets came, but no ring began"), &actions)
        } else if first == nil, now - since >= Self.spinUpTime {
            let seconds = Int(Self.spinUpTime.inSeconds)
            fail(
                RobotError(
                    .silent,
                    model.isSingleChannel
                        ? "the LiDAR says nothing: not one byte in \(seconds) s at \(baudRate) baud"
                        : "the LiDAR granted the scan, but not one byte came in \(seconds) s",
                    hint: """
                        does the head turn? its motor has a supply of its own on some adapters (a second USB plug), and \
                        starts when DTR rises; look for something that blocks the head
                        """), &actions)
        }
    }

    private mutating func keepRunningTime(
        _ lastPacket: Instant, _ lastRing: Instant, heard: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        if now - lastPacket >= Self.silenceLimit {
            let time = Int((now - lastPacket).nanoseconds / 1_000_000)
            recover(
                heard == 0
                    ? RobotError(
                        .silent, "the LiDAR sent nothing for \(time) ms in the middle of a scan",
                        hint: "check its cable and its 5 V supply")
                    : garbage("\(heard) bytes in \(time) ms held no packet"), at: now, &actions)
        } else if now - lastRing >= Self.ringLimit {
            let seconds = Int(Self.ringLimit.inSeconds)
            recover(standing("packets come, but no ring began for \(seconds) s"), at: now, &actions)
        } else if let verdict = quality.judge(decoder.counters, at: now) {
            setInService()
            if case .bad(let damaged, let all) = verdict {
                status.phase = .degraded
                status.fault = garbage("\(damaged) of \(all) packets were damaged in the last second")
            }
        }
    }

    /// Goes through the handshake again on the open port.
    private mutating func recover(_ error: RobotError, at now: Instant, _ actions: inout [DeviceAction]) {
        status.counters.timeouts += 1
        status.counters.reconnects += 1
        status.phase = .recovering
        status.fault = error
        begin(at: now, &actions)
    }

    /// Gives the port back.
    mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        state = .closed
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private func garbage(_ what: String, or other: String = "or it is another maker's LiDAR") -> RobotError {
        RobotError(
            .garbage, "the LiDAR's line at \(baudRate) baud: \(what)",
            hint: hasRun
                ? "it has run at this rate: look for a loose plug, or a cable that lies beside the motors'"
                : "the rate is probably not \(baudRate): \(Self.rates); \(other)")
    }

    private func standing(_ what: String) -> RobotError {
        RobotError(
            .hardwareAlert, "the LiDAR's head does not turn: \(what)",
            hint: "the line is good; does something hold the head? is the motor's supply weak, or its belt off?")
    }

    private static let rates = """
        X4 speaks 128000, X2, S2, S4, G2C and TX 115200, G1, G2, G4, R2 and T-mini 230400, S4B 153600, G6 and TG 512000
        """
}

import DeviceProtocols
public import RobotModel

// connecting ──opened──► checking (who is there) ──► warmingUp (registers) ──► running ⇄ degraded (alert, joint silent)
//                           ▲                                                     │
//                           └─────────── a servo silent for 300 ms ◄──────────────┘
// A handshake that fails closes the port (`reopen`); the pump opens it again.

extension DynamixelDriver {
    /// USB adapters hold a byte back for up to 16 ms (DynamixelSDK waits for twice that).
    private static let latency: Duration = .milliseconds(20)
    /// The longest return delay a servo can be set to.
    private static let returnDelay: Duration = .microseconds(508)

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            cycle.openedAt = now
            decoder.reset()
            actions.append(.flush)
            beginHandshake(at: now, &actions)
        case .closed(let error):
            mode = .closed
            exchange = nil
            // What was asked for before the port was lost is not done at some later time.
            alertsToClear = false
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes):
            receive(bytes, at: now, &actions)
        case .time: break
        }
        if let waiting = exchange, now >= waiting.deadline { timedOut(waiting, at: now, &actions) }
        if exchange == nil, case .running = mode { runCycle(at: now, &actions) }
        if actions.contains(where: { if case .send = $0 { true } else { false } }) { lastSend = now }
        status.counters.frames = decoder.frames
        status.counters.checksumErrors = decoder.checksumErrors
        status.counters.resyncs = decoder.resyncs
        serviceInterval = Self.interval(from: now, to: nextMoment(after: now))
        inputPause = exchange.map { $0.purpose == .feedback ? max(.zero, $0.earliest - now) : .zero } ?? .zero
        return actions
    }

    /// When there is something to do next if nothing arrives.
    private func nextMoment(after now: Instant) -> Instant {
        if let exchange { return exchange.deadline }
        if case .running = mode, repairs.isEmpty, !alertsToClear { return nextCycle }
        return now
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        guard exchange != nil else {
            // Nobody was asked: late or foreign, and not to be taken for the next answer.
            decoder.reset()
            return
        }
        exchange?.heard += bytes.count
        var found = inbox
        found.removeAll(keepingCapacity: true)
        decoder.decode(bytes) { found.append($0) }
        for packet in found {
            guard let waiting = exchange, let error = packet.statusError else { continue }
            answered(waiting, packet, error, at: now, &actions)
        }
        inbox = found
    }

    /// Puts a question on the bus.
    mutating func ask(
        _ purpose: Exchange.Purpose, _ packet: DynamixelPacket, answerBytes: Int, attempt: Int = 1, at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        let bytes = packet.encoded
        decoder.reset()
        let earliest = now + lineTime(bytes.count + answerBytes)
        let wait = Self.latency + Self.returnDelay * (packet.id == DynamixelPacket.broadcastID ? facts.count : 1)
        exchange = Exchange(
            purpose: purpose, packet: packet, attempt: attempt, earliest: earliest, deadline: earliest + wait)
        actions.append(.send(bytes))
    }

    /// Asks several servos for the same bytes.
    mutating func askAll(
        _ purpose: Exchange.Purpose, address: UInt16, length: Int, of indices: [Int], attempt: Int = 1,
        at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let ids = indices.map { cycle.servos[$0].id }
        let isFast = usesFastReads
        let packet: DynamixelPacket =
            isFast
            ? .fastSyncRead(address: address, length: UInt16(length), ids: ids)
            : .syncRead(address: address, length: UInt16(length), ids: ids)
        ask(
            purpose, packet, answerBytes: answerBytes(length, count: ids.count), attempt: attempt, at: now, &actions)
    }

    /// Bytes of the answer when `count` servos give `length` bytes each.
    func answerBytes(_ length: Int, count: Int) -> Int {
        usesFastReads ? 8 + count * (length + 4) : count * (length + 11)
    }

    /// Sends what nobody answers.
    func tell(_ packet: DynamixelPacket, _ actions: inout [DeviceAction]) { actions.append(.send(packet.encoded)) }

    /// Gives the port back.
    mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        mode = .closed
        exchange = nil
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private mutating func answered(
        _ waiting: Exchange, _ packet: DynamixelPacket, _ error: DynamixelStatusError, at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        guard let index = waiting.purpose.servo else {
            return partAnswered(waiting, packet, error, at: now, &actions)
        }
        guard packet.id == cycle.servos[index].id else { return }
        exchange = nil
        switch waiting.purpose {
        case .inspect, .rearm, .remap:
            repairAnswered(waiting.purpose, index, packet, error, at: now, &actions)
        case .reboot, .bootPing: rebootAnswered(waiting.purpose, index, at: now, &actions)
        default: handshakeAnswered(waiting.purpose, index, packet, error, at: now, &actions)
        }
    }

    /// A fast answer brings all parts at once, plain ones come one by one.
    private mutating func partAnswered(
        _ waiting: Exchange, _ packet: DynamixelPacket, _ error: DynamixelStatusError, at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        let ids = waiting.ids
        if waiting.packet.instruction == .fastSyncRead {
            guard let answer = DynamixelFastAnswer(packet, dataLength: waiting.dataLength),
                answer.parts.count == ids.count
            else { return }
            exchange = nil
            return groupAnswered(waiting, answer.parts, at: now, &actions)
        }
        guard ids.contains(packet.id), !waiting.parts.contains(where: { $0.id == packet.id }) else { return }
        exchange?.parts.append(DynamixelFastAnswer.Part(id: packet.id, error: error, data: packet.statusData))
        guard let parts = exchange?.parts, parts.count == ids.count else { return }
        exchange = nil
        groupAnswered(waiting, parts, at: now, &actions)
    }

    private mutating func groupAnswered(
        _ waiting: Exchange, _ parts: [DynamixelFastAnswer.Part], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        switch waiting.purpose {
        case .trial: trialAnswered(waiting, parts, at: now, &actions)
        case .verifyGoals(let indices): goalsRead(indices, parts, at: now, &actions)
        default: feedback(parts, at: now, &actions)
        }
    }

    private mutating func timedOut(_ waiting: Exchange, at now: Instant, _ actions: inout [DeviceAction]) {
        exchange = nil
        status.counters.timeouts += 1
        switch waiting.purpose {
        case .trial, .feedback, .verifyGoals:
            // The servos before the one that is missing have answered all the same.
            let parts =
                waiting.packet.instruction == .fastSyncRead
                ? DynamixelFastAnswer(truncated: decoder.unfinished, dataLength: waiting.dataLength).parts
                : waiting.parts
            decoder.reset()
            groupAnswered(waiting, parts, at: now, &actions)
        case .inspect, .rearm, .remap: break  // the cycle will notice
        case .reboot, .bootPing: rebootTimedOut(waiting, at: now, &actions)
        default:
            if waiting.attempt < 3 {
                ask(
                    waiting.purpose, waiting.packet, answerBytes: 64, attempt: waiting.attempt + 1, at: now, &actions)
                exchange?.heard = waiting.heard
            } else {
                handshakeTimedOut(waiting, at: now, &actions)
            }
        }
    }
}

extension DynamixelDriver.Exchange {
    /// Bytes that a sync read asks of each servo.
    var dataLength: Int { packet.syncEntries?.first.map { Int($0.length) } ?? 0 }
    /// The servos that it asks.
    var ids: [UInt8] { packet.syncEntries?.map(\.id) ?? [] }
}

import DeviceProtocols
public import RobotModel

// connecting ──opened──► checking (who is there) ──► warmingUp (registers) ──► running ⇄ degraded (alert, joint silent)
//                           ▲                                                     │
//                           └─────────── a servo silent for 300 ms ◄──────────────┘
// A handshake that fails closes the port (`reopen`); the pump opens it again.

extension FeetechDriver {
    /// USB adapters hold a byte back for up to 16 ms.
    private static let latency: Duration = .milliseconds(20)
    /// The longest return delay that a servo can be set to.
    private static let returnDelay: Duration = .microseconds(508)

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            cycle.openedAt = now
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
        if exchange == nil, mode == .running { runCycle(at: now, &actions) }
        status.counters.frames = decoder.counters.frames
        status.counters.checksumErrors = decoder.counters.checksumErrors
        status.counters.resyncs = decoder.counters.resyncs
        serviceInterval = Self.interval(from: now, to: nextMoment(after: now))
        inputPause = exchange.map { $0.purpose == .feedback ? max(.zero, $0.earliest - now) : .zero } ?? .zero
        return actions
    }

    /// When there is something to do next if nothing arrives.
    private func nextMoment(after now: Instant) -> Instant {
        if let exchange { return exchange.deadline }
        return mode == .running && inspectQueue.isEmpty ? nextCycle : now
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        guard exchange != nil else {
            // Nobody was asked: an echo, late or foreign, and not to be taken for the next answer.
            decoder.reset()
            return
        }
        exchange?.heard += bytes.count
        var found = inbox
        found.removeAll(keepingCapacity: true)
        decoder.decode(bytes) { found.append($0) }
        for packet in found {
            // The checksum is weak: an answer is also known by its sender and its length. An echo has neither.
            guard let waiting = exchange, waiting.ids.contains(packet.id), packet.parameters.count == waiting.length,
                !waiting.answers.contains(where: { $0.id == packet.id })
            else { continue }
            exchange?.answers.append(packet)
            guard let answers = exchange?.answers, answers.count == waiting.ids.count else { continue }
            exchange = nil
            answered(waiting.purpose, answers, at: now, &actions)
        }
        inbox = found
    }

    /// Asks servos for the same bytes.
    mutating func ask(
        _ purpose: Exchange.Purpose, address: UInt8, length: UInt8, of indices: [Int], attempt: Int = 1,
        at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let ids = indices.map { cycle.servos[$0].id }
        let isSingle =
            switch purpose {
            case .feedback, .verifyGoals: false
            default: true
            }
        let packet: FeetechPacket =
            isSingle
            ? .read(ids[0], address: address, length: length)
            : .syncRead(address: address, length: length, ids: ids)
        let bytes = packet.encoded
        decoder.reset()
        let earliest = now + lineTime(bytes.count + ids.count * (Int(length) + 6))
        exchange = Exchange(
            purpose: purpose, packet: packet, attempt: attempt, earliest: earliest,
            deadline: earliest + Self.latency + Self.returnDelay * ids.count, ids: ids, length: Int(length))
        actions.append(.send(bytes))
    }

    /// Sends what nobody answers.
    func tell(_ packet: FeetechPacket, _ actions: inout [DeviceAction]) { actions.append(.send(packet.encoded)) }

    /// Gives the port back.
    mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        mode = .closed
        exchange = nil
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private mutating func answered(
        _ purpose: Exchange.Purpose, _ answers: [FeetechPacket], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        switch purpose {
        case .identity(let index), .configuration(let index), .state(let index):
            handshakeAnswered(purpose, index, answers[0], at: now, &actions)
        case .feedback: feedback(answers, at: now, &actions)
        case .verifyGoals(let indices): goalsRead(indices, answers, at: now, &actions)
        case .inspect(let index): inspected(index, answers[0], &actions)
        }
    }

    private mutating func timedOut(_ waiting: Exchange, at now: Instant, _ actions: inout [DeviceAction]) {
        exchange = nil
        status.counters.timeouts += 1
        switch waiting.purpose {
        case .feedback, .verifyGoals:
            // The servos before the one that is missing have answered all the same.
            decoder.reset()
            answered(waiting.purpose, waiting.answers, at: now, &actions)
        case .inspect: break  // the cycle will notice
        case .identity(let index), .configuration(let index), .state(let index):
            if waiting.attempt < 3 {
                ask(
                    waiting.purpose, address: waiting.packet.parameters[0], length: waiting.packet.parameters[1],
                    of: [index], attempt: waiting.attempt + 1, at: now, &actions)
                exchange?.heard = waiting.heard
            } else {
                handshakeTimedOut(waiting, index, at: now, &actions)
            }
        }
    }
}

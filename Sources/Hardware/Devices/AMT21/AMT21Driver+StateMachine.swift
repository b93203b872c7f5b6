import DeviceProtocols
import Realtime
public import RobotModel

// connecting ──opened──► checking (each encoder's first three angles) ──► running ⇄ degraded (an encoder missing)
//                           ▲                                        │
//                           └──── reopen: nobody answers for 300 ms ─┘
// An encoder that is missing is asked once a second, so that it does not slow the others.

extension AMT21Driver {
    /// USB adapters hold a byte back for up to 16 ms.
    private static let latency: Duration = .milliseconds(20)
    /// An encoder that has not answered for this long is missing.
    private static let silenceLimit: Duration = .milliseconds(300)
    private static let missingPause: Duration = .seconds(1)
    /// How long the line is left alone after an answer that made no sense.
    private static let settleTime: Duration = .milliseconds(2)
    private static let attempts = 4

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            actions.append(.flush)
            beginHandshake(at: now)
        case .closed(let error):
            mode = .closed
            exchange = nil
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes):
            if exchange != nil { exchange?.heard += bytes } else { quietUntil = now + Self.settleTime }
        case .time: break
        }
        advance(at: now, &actions)
        return actions
    }

    private mutating func beginHandshake(at now: Instant) {
        mode = .handshake
        exchange = nil
        echoes = nil
        hearsItself = false
        status.phase = status.phase == .recovering ? .recovering : .checking
        for index in shafts.indices { shafts[index].forget() }
        queue = Array(shafts.indices)
        quietUntil = now
    }

    /// Ends an exchange that has its answer or its time; begins what is due.
    private mutating func advance(at now: Instant, _ actions: inout [DeviceAction]) {
        if let waiting = exchange {
            if let word = word(in: waiting, at: now) {
                exchange = nil
                answered(waiting, word, at: now, &actions)
            } else if now >= waiting.deadline || (echoes != nil && waiting.heard.count >= answerLength) {
                exchange = nil
                failed(waiting, at: now, &actions)
            }
        }
        guard exchange == nil, now >= quietUntil else { return }
        switch mode {
        case .closed: return
        case .handshake: greetNext(at: now, &actions)
        case .running: runCycle(at: now, &actions)
        }
    }

    /// Bytes between a request and the next one.
    private var answerLength: Int { echoes == true ? 3 : 2 }

    /// The answer, once it is whole and right. Before it is known whether the line echoes, that is when it is quiet.
    private mutating func word(in waiting: Exchange, at now: Instant) -> AMT21Word? {
        let heard = waiting.heard
        if echoes == nil {
            guard now >= waiting.deadline, heard.count == 2 || (heard.count == 3 && heard[0] == waiting.request[0])
            else { return nil }
        } else {
            guard heard.count == answerLength, echoes == false || heard[0] == waiting.request[0] else { return nil }
        }
        let word = AMT21Word(low: heard[heard.count - 2], high: heard[heard.count - 1])
        return word.isSound ? word : nil
    }

    private mutating func ask(
        _ index: Int, _ purpose: Exchange.Purpose, attempt: Int = 1, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let address = shafts[index].encoder.address
        let request: AMT21Request = purpose == .turns ? .turns(address) : .position(address)
        exchange = Exchange(
            index: index, purpose: purpose, request: request.encoded, attempt: attempt,
            deadline: now + lineTime(4) + Self.latency)
        shafts[index].askedAt = now
        actions.append(.send(request.encoded))
    }

    // MARK: First angles

    private mutating func greetNext(at now: Instant, _ actions: inout [DeviceAction]) {
        if !queue.isEmpty { return ask(queue.removeFirst(), .firstAngle, at: now, &actions) }
        guard shafts.contains(where: { !$0.isMissing }) else { return fail(nobody(), &actions) }
        status.identity = identity
        mode = .running
        hasRun = true
        nextCycle = now
    }

    private mutating func answered(
        _ waiting: Exchange, _ word: AMT21Word, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let index = waiting.index
        if echoes == nil { echoes = waiting.heard.count == 3 }
        status.counters.frames += 1
        switch waiting.purpose {
        case .firstAngle:
            shafts[index].firstAngle = (word.angle, now)
            let next: Exchange.Purpose = shafts[index].encoder.countsTurns ? .turns : .secondAngle
            ask(index, next, attempt: waiting.attempt, at: now, &actions)
        case .turns:
            shafts[index].firstTurns = word.turns
            ask(index, .secondAngle, attempt: waiting.attempt, at: now, &actions)
        case .secondAngle: agree(waiting, word, at: now, &actions)
        case .thirdAngle: confirm(waiting, word, at: now, &actions)
        case .angle:
            let isOfItsKind = shafts[index].encoder.bits != 12 || word.value & 3 == 0
            if isOfItsKind, shafts[index].take(word.angle, maximumSpeed: maximumSpeed, at: now) {
                shafts[index].answeredAt = now
                shafts[index].nonsense = 0
            } else {
                status.counters.checksumErrors += 1
            }
        }
    }

    /// The second angle must agree with the first, and lie on the same side of the turn's end if turns were read between
    /// them.
    private mutating func agree(
        _ waiting: Exchange, _ word: AMT21Word, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let index = waiting.index
        guard let first = shafts[index].firstAngle,
            !shafts[index].encoder.countsTurns || abs(word.angle - first.angle) < .pi,
            Shaft.isNear(
                word.angle, first.angle, within: now.seconds(since: first.at), speed: maximumSpeed)
        else { return failed(waiting, at: now, &actions) }
        shafts[index].begin(word.angle, turns: shafts[index].firstTurns ?? 0, at: now)
        ask(index, .thirdAngle, attempt: waiting.attempt, at: now, &actions)
    }

    /// Three in a row are no chance.
    private mutating func confirm(
        _ waiting: Exchange, _ word: AMT21Word, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let index = waiting.index
        guard shafts[index].take(word.angle, maximumSpeed: maximumSpeed, at: now) else {
            return failed(waiting, at: now, &actions)
        }
        if shafts[index].encoder.bits == 12, word.value & 3 != 0 {
            let error = RobotError(
                .wrongDevice, "\(shafts[index].title) answers with 14 bits", expected: "12 bits",
                hint: "correct the encoder's bits in the board file, or look which encoder is on this joint")
            return fail(error, &actions)
        }
        shafts[index].answeredAt = now
        shafts[index].isMissing = false
        shafts[index].nonsense = 0
    }

    // MARK: What fails

    private mutating func failed(_ waiting: Exchange, at now: Instant, _ actions: inout [DeviceAction]) {
        let index = waiting.index
        let isSilent = waiting.heard.isEmpty || waiting.heard == waiting.request
        if isSilent {
            status.counters.timeouts += 1
            if waiting.heard == waiting.request { hearsItself = true }
        } else {
            status.counters.checksumErrors += 1
            shafts[index].nonsense += waiting.heard.count
            quietUntil = now + Self.settleTime
        }
        // One whose first angles were being read is asked again a few times; in a cycle the next cycle does.
        guard waiting.purpose != .angle, waiting.attempt < Self.attempts, mode == .handshake || !isSilent else {
            return
        }
        ask(index, .firstAngle, attempt: waiting.attempt + 1, at: now, &actions)
    }

    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        mode = .closed
        exchange = nil
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    // MARK: Cycles

    private mutating func runCycle(at now: Instant, _ actions: inout [DeviceAction]) {
        if !queue.isEmpty {
            let index = queue.removeFirst()
            return ask(index, shafts[index].isMissing ? .firstAngle : .angle, at: now, &actions)
        }
        if cycleStart > .zero {
            finishCycle(at: now, &actions)
            cycleStart = .zero
        }
        guard mode == .running, now >= nextCycle else { return }
        // Periods that were missed are not made up for.
        nextCycle = max(nextCycle + period, now + period / 4)
        cycleStart = now
        queue = shafts.indices.filter { !shafts[$0].isMissing }
        // A missing encoder costs the time of a wait: one a cycle, each once a second.
        if let missing = shafts.indices.first(where: {
            shafts[$0].isMissing && now - shafts[$0].askedAt >= Self.missingPause
        }) {
            queue.append(missing)
        }
        if !queue.isEmpty { runCycle(at: now, &actions) }
    }

    private mutating func finishCycle(at now: Instant, _ actions: inout [DeviceAction]) {
        var state = EncoderState(count: shafts.count)
        for (index, shaft) in shafts.enumerated() {
            state.position[index] = shaft.value ?? 0
            if shaft.answeredAt >= cycleStart { state.answered |= 1 << UInt16(index) }
            if !shaft.isMissing, now - shaft.answeredAt >= Self.silenceLimit { shafts[index].isMissing = true }
        }
        if state.answered != 0 {
            let acquired = Instant(nanoseconds: (cycleStart.nanoseconds + now.nanoseconds) / 2)
            states.store(Stamped(state, at: acquired))
            status.lastGood = acquired
        }
        let missing = shafts.filter(\.isMissing)
        if missing.count == shafts.count { return fail(nobody(), &actions) }
        if let late = missing.first ?? shafts.first(where: { now - $0.answeredAt > .milliseconds(100) }) {
            status.phase = .degraded
            status.fault = silent(missing.isEmpty ? [late] : missing)
        } else {
            status.phase = .running
            status.fault = nil
        }
    }

    // MARK: Words

    private var identity: String {
        shafts.map { "\($0.encoder.name) 0x\(String($0.encoder.address, radix: 16)): AMT21 \($0.encoder.bits) bit" }
            .joined(separator: ", ") + (echoes == true ? "; the line echoes" : "")
    }

    private func silent(_ missing: [Shaft]) -> RobotError {
        let names = missing.map(\.title).joined(separator: ", ")
        if missing.contains(where: { $0.nonsense > 0 }) {
            return RobotError(
                .garbage, "what \(names) answers fails its check bits",
                hint: "do two encoders share the address? look for a loose plug and for the line's terminators")
        }
        if missing.allSatisfy({ $0.encoder.countsTurns && $0.firstAngle != nil && $0.firstTurns == nil }) {
            return RobotError(
                .wrongDevice, "\(names) does not say its turns", expected: "a multi-turn encoder",
                hint: "correct the board file, or look which encoder is on this joint")
        }
        return RobotError(
            .silent, "no answer from \(names)",
            hint: "check its plug and its 5 V, and that its address is as in the board file; the others go on")
    }

    private func nobody() -> RobotError {
        let addresses = shafts.map { "0x\(String($0.encoder.address, radix: 16))" }.joined(separator: ", ")
        let nonsense = shafts.reduce(0) { $0 + $1.nonsense }
        if nonsense > 0 {
            return RobotError(
                .garbage, "\(nonsense) bytes arrived from the encoders, but no answer among them",
                hint: hasRun
                    ? "the bus has worked at this rate: look for a loose plug, a chafed cable or a missing ground"
                    : "is the rate \(baudRate) right? types A to D run at 2000000 only, E to H at 9600 to 115200")
        }
        return RobotError(
            .silent, "no encoder of \(addresses) answers at \(baudRate) baud",
            hint: hearsItself
                ? "the adapter hears itself, so it works: check the encoders' 5 V, and A and B, which may be swapped"
                : "check the encoders' 5 V, and A and B, which may be swapped; is the bus plugged into the adapter?")
    }
}

public import DeviceIO
public import DeviceProtocols
public import RobotModel

/// The relay box of a building: reads the state of all its doors and lifts in one request, 5 to 10 times a second, and
/// carries the commands of the facilities ahead of the next reading. Modbus RTU on a serial line, Modbus TCP on a connection
/// ("tcp:192.168.1.50:502").
///
/// Which sessions to ask for and how often to refresh them is the facilities' business; the driver repeats a command
/// that was not answered and says why when the box is out of reach. Register map: `RelayBoxMap`.
public struct RelayBoxDriver: DeviceDriver {
    private enum Stage: Hashable { case closed, probing, running(doors: Int, lifts: Int) }
    private enum Job: Sendable { case header, status, command(RelayCommand) }

    /// How often a command is sent before it is given up; the facilities refresh their sessions anyway.
    private static let attempts = 3

    private let slot: SlotID
    private let mailbox: RelayMailbox
    private let period: Duration
    private var transactor: ModbusTransactor
    private var stage = Stage.closed
    private var job: Job?
    private var health: DeviceStatus
    private var nextPoll = Instant.zero
    private var nextProbe = Instant.zero
    private var failedAttempts = 0
    private var statusIsDue = false
    private var lastWasCommand = false
    private var refusal: (error: RobotError, until: Instant)?
    private var silentSince: Instant?

    /// `rate` is readings a second.
    public init(slot: SlotID, line: SerialLine, unit: UInt8, rate: Int = 8, mailbox: RelayMailbox) {
        self.slot = slot
        self.mailbox = mailbox
        period = .nanoseconds(1_000_000_000 / Int64(max(1, rate)))
        transactor = ModbusTransactor(unit: unit, line: line, timeout: .milliseconds(60))
        // A connection has no rate that could be a wrong one.
        card = SerialLine.isNetwork(line.path) ? nil : .relayBox(unit: unit)
        health = DeviceStatus(slot: slot)
    }

    public var status: DeviceStatus {
        var status = health
        transactor.count(into: &status.counters)
        return status
    }

    public let card: ProtocolCard?

    public private(set) var serviceInterval = Duration.milliseconds(5)

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        let actions = react(to: event, at: now)
        // With a free line only a command from the mailbox is in a hurry, and that may wait for 20 ms.
        let isBusy = transactor.isWaiting || !transactor.isFree(at: now)
        serviceInterval = Self.interval(from: now, to: isBusy ? transactor.nextChange : now + .milliseconds(20))
        return actions
    }

    private mutating func react(to event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        switch event {
        case .opened:
            transactor.reset(at: now)
            job = nil
            stage = .probing
            health.phase = .checking
            nextProbe = now
            silentSince = now
            return [.flush]
        case .closed(let reason):
            transactor.reset(at: now)
            putBack()
            stage = .closed
            health.phase = health.lastGood == nil ? .connecting : .recovering
            health.fault = reason
            return []
        case .bytes(let bytes):
            guard let outcome = transactor.receive(bytes, at: now) else { return [] }
            return finish(outcome, at: now) + next(at: now)
        case .time:
            guard stage != .closed else { return [] }
            var actions: [DeviceAction] = []
            if let outcome = transactor.advance(to: now) { actions += finish(outcome, at: now) }
            return actions + next(at: now)
        }
    }

    private mutating func next(at now: Instant) -> [DeviceAction] {
        if let refusal, now > refusal.until {
            self.refusal = nil
            updateHealth()
        }
        guard transactor.isFree(at: now) else { return [] }
        switch stage {
        case .closed: return []
        case .probing:
            guard now >= nextProbe else { return [] }
            return send(.header, RelayBoxMap.headerRequest, at: now)
        case .running(let doors, let lifts):
            if now >= nextPoll {
                nextPoll = max(nextPoll + period, now)
                statusIsDue = true
            }
            // Commands first, but never twice without a reading between them: the states must not starve.
            if !(statusIsDue && lastWasCommand), let command = mailbox.take() {
                guard let request = RelayBoxMap.request(command) else {
                    refuse("a command for a door or lift that the box cannot have: \(command)", at: now)
                    return []
                }
                lastWasCommand = true
                return send(.command(command), request, at: now)
            }
            guard statusIsDue else { return [] }
            statusIsDue = false
            lastWasCommand = false
            return send(.status, RelayBoxMap.statusRequest(doors: doors, lifts: lifts), at: now)
        }
    }

    private mutating func send(_ job: Job, _ request: ModbusRequest, at now: Instant) -> [DeviceAction] {
        self.job = job
        return [.send(transactor.send(request, at: now))]
    }

    private mutating func finish(_ outcome: ModbusTransactor.Outcome, at now: Instant) -> [DeviceAction] {
        guard let job else { return [] }
        switch outcome {
        case .answered(let response, let acquired):
            self.job = nil
            failedAttempts = 0
            silentSince = nil
            answered(job, response, acquired: acquired, at: now)
        case .refused(let exception):
            self.job = nil
            failedAttempts = 0
            if case .command(let command) = job {
                refuse("\(command): \(exception)", at: now)
            } else {
                wrongDevice("answers \(exception)", at: now)
            }
        case .missed:
            return missed(at: now)
        }
        return []
    }

    private mutating func answered(_ job: Job, _ response: ModbusResponse, acquired: Instant, at now: Instant) {
        switch job {
        case .header:
            guard case .registers(let registers, _) = response, let header = RelayBoxMap.header(registers) else {
                wrongDevice("is no relay box of this map's version", at: now)
                return
            }
            stage = .running(doors: header.doors, lifts: header.lifts)
            health.identity = "relay box with \(header.doors) doors and \(header.lifts) lifts"
            nextPoll = now
            updateHealth()
        case .status:
            guard case .registers(let registers, _) = response, let report = RelayBoxMap.report(registers) else {
                wrongDevice("has changed its doors or lifts", at: now)
                return
            }
            mailbox.post(Stamped(report, at: acquired))
            health.lastGood = acquired
            updateHealth()
        case .command: break
        }
    }

    private mutating func missed(at now: Instant) -> [DeviceAction] {
        putBack()
        guard transactor.missesInARow >= 3 || stage == .probing else { return [.flush] }
        let fault = transactor.fault(slot: slot, device: "relay box")
        stage = .probing
        nextProbe = now + .milliseconds(200)
        health.phase = .recovering
        health.fault = fault
        let since = silentSince ?? now
        silentSince = since
        if now - since > .seconds(3) {
            silentSince = now
            return [.reopen(fault)]
        }
        return [.flush]
    }

    /// Gives a command that is under way another try.
    private mutating func putBack() {
        if case .command(let command) = job {
            failedAttempts += 1
            if failedAttempts < Self.attempts { mailbox.putBack(command) } else { failedAttempts = 0 }
        }
        job = nil
    }

    private mutating func wrongDevice(_ what: String, at now: Instant) {
        stage = .probing
        nextProbe = now + .seconds(1)
        health.phase = .recovering
        health.fault = RobotError(
            .wrongDevice, "\(slot): the unit on this line \(what)", expected: "a relay box",
            hint: "check the unit address and which device is on this port")
    }

    private mutating func refuse(_ what: String, at now: Instant) {
        let error = RobotError(
            .refused, "\(slot): the relay box refuses \(what)",
            hint: "compare the door and lift numbers of the board file with the box")
        refusal = (error, now + .seconds(10))
        updateHealth()
    }

    private mutating func updateHealth() {
        guard case .running = stage else { return }
        health.phase = refusal == nil ? .running : .degraded
        health.fault = refusal?.error
    }
}

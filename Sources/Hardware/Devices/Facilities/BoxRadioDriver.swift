public import DeviceIO
public import DeviceProtocols
public import RobotModel

/// The delivery box behind its short-range radio modem: polls for a box in range and carries commands to it.
///
/// Out of range nobody answers, and that is no fault: the driver stays in service and the mailbox's report becomes nil
/// after 3 s. Bytes in which no answer can be found are one: that is no distance, but a line or a radio that is disturbed. Register map: `BoxRadioMap`. Codes are never put into an error or a status.
public struct BoxRadioDriver: DeviceDriver {
    private enum Job: Sendable { case status, command(BoxCommand) }

    /// How often a command is sent before it is given up, about 2 s of radio silence.
    private static let attempts = 6
    /// A box that was heard less than this long ago is in range.
    private static let rangeTimeout = Duration.seconds(3)

    private let slot: SlotID
    private let mailbox: BoxMailbox
    private let period: Duration
    private var transactor: ModbusTransactor
    private var isOpen = false
    private var job: Job?
    private var health: DeviceStatus
    private var nextPoll = Instant.zero
    private var failedAttempts = 0
    private var pollAfterCommand = false
    private var refusal: (error: RobotError, until: Instant)?
    /// Bytes arrive, but no answers.
    private var isDisturbed = false

    /// `rate` is polls a second.
    public init(slot: SlotID, line: SerialLine, unit: UInt8, rate: Int = 4, mailbox: BoxMailbox) {
        self.slot = slot
        self.mailbox = mailbox
        period = .nanoseconds(1_000_000_000 / Int64(max(1, rate)))
        // Radio modems hold bytes back for some tens of milliseconds on both ways.
        transactor = ModbusTransactor(unit: unit, line: line, timeout: .milliseconds(150))
        health = DeviceStatus(slot: slot)
    }

    public var status: DeviceStatus {
        var status = health
        transactor.count(into: &status.counters)
        return status
    }

    /// Silence is the radio's normal state: no reason to try other rates.
    public var card: ProtocolCard? { nil }

    /// A command from the mailbox may wait that long: it takes some tenths of a second on the radio.
    public var serviceInterval: Duration { .milliseconds(20) }

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        if let lastGood = health.lastGood, now - lastGood > Self.rangeTimeout {
            mailbox.post(nil)
            health.identity = ""
        }
        switch event {
        case .opened:
            transactor.reset(at: now)
            isOpen = true
            isDisturbed = false
            job = nil
            nextPoll = now
            health.phase = .running
            health.fault = nil
            return [.flush]
        case .closed(let reason):
            transactor.reset(at: now)
            putBack()
            isOpen = false
            health.phase = health.lastGood == nil ? .connecting : .recovering
            health.fault = reason
            return []
        case .bytes(let bytes):
            if let outcome = transactor.receive(bytes, at: now) { finish(outcome, at: now) }
        case .time:
            if let outcome = transactor.advance(to: now) { finish(outcome, at: now) }
        }
        return isOpen ? next(at: now) : []
    }

    private mutating func next(at now: Instant) -> [DeviceAction] {
        if let refusal, now > refusal.until {
            self.refusal = nil
            settle()
        }
        guard transactor.isFree(at: now) else { return [] }
        if !pollAfterCommand, let command = mailbox.take() {
            pollAfterCommand = true
            job = .command(command)
            return [.send(transactor.send(BoxRadioMap.request(command), at: now))]
        }
        guard now >= nextPoll || pollAfterCommand else { return [] }
        pollAfterCommand = false
        nextPoll = now + period
        job = .status
        return [.send(transactor.send(BoxRadioMap.statusRequest, at: now))]
    }

    private mutating func finish(_ outcome: ModbusTransactor.Outcome, at now: Instant) {
        switch outcome {
        case .answered(let response, let acquired):
            if case .status = job, case .registers(let registers, _) = response {
                if let state = BoxRadioMap.state(registers, reported: acquired) {
                    mailbox.post(Stamped(state, at: acquired))
                    health.lastGood = acquired
                    health.identity = "box \(state.number)"
                } else {
                    refuse("speaks another map than version \(BoxRadioMap.version)", at: now)
                }
            }
            job = nil
            failedAttempts = 0
            if isDisturbed { settle() }
        case .refused(let exception):
            refuse("refuses a request: \(exception)", at: now)
            job = nil
            failedAttempts = 0
        case .missed:
            putBack()
            // One or two damaged answers are radio; three in a row are not.
            if transactor.hearsGarbage, transactor.missesInARow >= 3 {
                health.phase = .degraded
                health.fault = transactor.fault(slot: slot, device: "box")
                isDisturbed = true
            } else if isDisturbed, !transactor.hearsGarbage {
                settle()
            }
        }
    }

    /// Back in service, or to what was wrong before.
    private mutating func settle() {
        isDisturbed = false
        health.phase = refusal == nil ? .running : .degraded
        health.fault = refusal?.error
    }

    private mutating func refuse(_ what: String, at now: Instant) {
        let error = RobotError(
            .refused, "\(slot): the box in range \(what)", hint: "compare the box's firmware with the robot's")
        refusal = (error, now + .seconds(10))
        health.phase = .degraded
        health.fault = error
    }

    private mutating func putBack() {
        if case .command(let command) = job {
            failedAttempts += 1
            if failedAttempts < Self.attempts { mailbox.putBack(command) } else { failedAttempts = 0 }
            pollAfterCommand = false
        }
        job = nil
    }
}

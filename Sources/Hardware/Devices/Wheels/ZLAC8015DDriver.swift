public import DeviceIO
public import DeviceProtocols
public import Realtime
public import RobotModel

/// The wheel drive: a ZLAC8015D over Modbus RTU, as a state machine.
///
/// The first word to a drive is always "stop". Then it is asked for what it was set to, set up, and cycled at `rate`: one
/// read of faults, positions and speeds, one write of both set-points. Motors get power only while a fresh set-point asks
/// for it. A set-point that withdraws power makes the emergency stop the next frame on the line, in the same call, even
/// while an answer is due: the exchange under way is given up. Where the two collide (the line is half-duplex) the stop
/// is repeated at the line's first silence, and again until the drive confirms it. A set-point older than 100 ms drives at
/// zero, one older than 1 s is taken as withdrawn.
///
/// A fault of the drive takes the power away. It stands until a person has it cleared (`clearAlerts`) or a set-point asks
/// for power anew.
///
/// Positions are continuous: a drive that was switched off and on counts from zero again, and the odometry does not see
/// it.
public struct ZLAC8015DDriver: AlertClearing {
    /// How the drive is wired and set.
    public struct Configuration: Sendable {
        public var slot: SlotID
        public var line: SerialLine
        public var unit: UInt8
        /// Cycles a second.
        public var rate: Int
        public var leftInverted: Bool
        public var rightInverted: Bool
        /// Encoder counts a revolution of a wheel.
        public var countsPerRevolution: Int
        /// Discharge curve of the battery: volts and state of charge, rising.
        public var batteryCurve: [(voltage: Double, stateOfCharge: Double)]
        /// A set-point older than this drives at zero.
        public var setpointTimeout: Duration = .milliseconds(100)
        /// A set-point older than this counts as withdrawn.
        public var setpointLoss: Duration = .seconds(1)
        /// The drive stops by itself when it hears nothing for this long.
        public var communicationTimeout: Duration = .milliseconds(200)
        /// The drive's own ramps; short, since the set-points are already ramps of the robot's limits.
        public var rampTime: Duration = .milliseconds(50)
        /// How long the drive may take to begin its answer: a few milliseconds of its own and 16 of a USB adapter.
        public var answerTimeout: Duration = .milliseconds(25)

        public init(
            slot: SlotID, line: SerialLine, unit: UInt8, rate: Int, leftInverted: Bool, rightInverted: Bool,
            countsPerRevolution: Int, batteryCurve: [(voltage: Double, stateOfCharge: Double)]
        ) {
            self.slot = slot
            self.line = line
            self.unit = unit
            self.rate = rate
            self.leftInverted = leftInverted
            self.rightInverted = rightInverted
            self.countsPerRevolution = countsPerRevolution
            self.batteryCurve = batteryCurve
        }
    }

    /// What a request under way is for.
    enum Job: Hashable, Sendable {
        case probeStop, probeMode, probeTimeout
        case configure(Int)
        case emergencyStop, release, clearAlarm, zero, enable
        case feedback, targets, voltage, modeCheck
    }

    /// How far the drive is known.
    enum Stage: Hashable, Sendable {
        case closed
        /// Asked to stop and for its settings; the jobs in order.
        case probing(Job)
        case configuring(Int)
        case running
    }

    /// How far the motors have power.
    enum Power: Hashable, Sendable {
        case off
        case clearing, zeroing, enabling
        case on
        /// Being stopped; `acknowledged` once the drive has confirmed it.
        case braking(since: Instant, acknowledged: Bool)
    }

    let configuration: Configuration
    let setpoint: LatestValue<Stamped<WheelSetpoint>>
    let state: LatestValue<Stamped<WheelState>>
    let battery: LatestValue<Stamped<BatteryState>>
    let chain: ChainLatency?

    var transactor: ModbusTransactor
    var stage = Stage.closed
    var power = Power.off
    var job: Job?
    /// Whether the stop that `power` stands for has been sent.
    var hasSentStop = false
    var health: DeviceStatus
    var odometer: ZLAC8015DOdometer
    /// A fault took the power away: it comes back only after the set-point was withdrawn once.
    var waitsForWithdrawal = false
    var hasFaults = false
    var alarmToClear = false
    var isSlow = false
    /// The drive refuses 0x2000: an older firmware without the communication watchdog.
    var hasWatchdog = true
    var wasConfigured = false
    var probedMode: UInt16 = 0
    /// Set-points are whole rpm; what rounding left over is carried to the next cycle, so that the mean is exact.
    var leftResidue = 0.0
    var rightResidue = 0.0
    var wheelsTurn = false

    var nextCycle = Instant.zero
    var feedbackDue = false
    var targetsDue = false
    var nextVoltage = Instant.zero
    var nextModeCheck = Instant.zero
    var nextProbe = Instant.zero
    /// After a refusal nothing but the stop is sent before this.
    var settleUntil = Instant.zero
    var recoveringSince: Instant?
    var cyclesInWindow = 0
    var lateInWindow = 0
    var windowEnd = Instant.zero
    /// Whether an answer was waited for in vain since the cycle began.
    var missedInCycle = false

    /// A driver that takes its set-points from `setpoint` and publishes into `state` and `battery`; `chain` gets to know
    /// how long it takes from feedback to set-point.
    public init(
        _ configuration: Configuration, setpoint: LatestValue<Stamped<WheelSetpoint>>,
        state: LatestValue<Stamped<WheelState>>, battery: LatestValue<Stamped<BatteryState>>,
        chain: ChainLatency? = nil
    ) {
        self.configuration = configuration
        self.setpoint = setpoint
        self.state = state
        self.battery = battery
        self.chain = chain
        transactor = ModbusTransactor(
            unit: configuration.unit, line: configuration.line, timeout: configuration.answerTimeout)
        odometer = ZLAC8015DOdometer(
            countsPerRevolution: configuration.countsPerRevolution,
            coastTime: configuration.communicationTimeout + .milliseconds(500))
        health = DeviceStatus(slot: configuration.slot)
    }

    public var status: DeviceStatus {
        var status = health
        transactor.count(into: &status.counters)
        return status
    }

    public var card: ProtocolCard? { .zlac8015d(unit: configuration.unit) }

    /// Clears the drive's alarm as soon as its motors have no power.
    public mutating func clearAlerts() { alarmToClear = hasFaults }

    public private(set) var serviceInterval = Duration.milliseconds(1)
    public private(set) var inputPause = Duration.zero

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        let actions = react(to: event, at: now)
        serviceInterval = Self.interval(from: now, to: nextMoment(after: now))
        inputPause = transactor.earliestAnswer.map { max(.zero, $0 - now) } ?? .zero
        return actions
    }

    /// When there is something to do next if nothing arrives; a set-point that switches the wheels wakes the thread.
    private func nextMoment(after now: Instant) -> Instant {
        // A stop that has not been confirmed waits for nothing.
        if mustStop { return now }
        if transactor.isWaiting || !transactor.isFree(at: now) { return transactor.nextChange }
        return switch stage {
        case .closed, .configuring: now
        case .probing: nextProbe
        case .running:
            // While power goes on or off, or something waits for the line, each step follows the last.
            switch power {
            case .off,
                .on where !targetsDue && !feedbackDue:
                min(nextCycle, nextVoltage, nextModeCheck)
            default: now
            }
        }
    }

    private mutating func react(to event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        switch event {
        case .opened:
            transactor.reset(at: now)
            job = nil
            stage = .probing(.probeStop)
            power = .off
            health.phase = .checking
            nextProbe = now
            recoveringSince = now
            return [.flush]
        case .closed(let reason):
            transactor.reset(at: now)
            job = nil
            stage = .closed
            power = .off
            // What was asked for before the port was lost is not done at some later time.
            alarmToClear = false
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
            if !transactor.isWaiting { job = nil }
            return actions + next(at: now)
        }
    }

    // MARK: - What to say next

    /// What the set-point asks for now.
    enum Wanted { case off, zero, follow }

    func wanted(_ setpoint: Stamped<WheelSetpoint>, at now: Instant) -> Wanted {
        let age = now - setpoint.time
        guard setpoint.value.enabled, age <= configuration.setpointLoss else { return .off }
        return age <= configuration.setpointTimeout ? .follow : .zero
    }

    private mutating func next(at now: Instant) -> [DeviceAction] {
        let basis = chain?.basis
        let setpoint = setpoint.load()
        let wanted = wanted(setpoint, at: now)
        if wanted == .off { waitsForWithdrawal = false }
        if stage == .running {
            advancePower(wanted, at: now)
            advanceCycle(at: now)
        }
        if mustStop, !hasSentStop, !transactor.isFree(at: now) {
            job = .emergencyStop
            hasSentStop = true
            return [.preempt(transactor.preempt(request(for: .emergencyStop, setpoint.value, wanted), at: now))]
        }
        guard transactor.isFree(at: now), let job = chooseJob(at: now) else { return [] }
        self.job = job
        if job == .emergencyStop { hasSentStop = true }
        if job == .targets, wanted == .follow, let chain, let basis { chain.left(basis, at: now) }
        return [
            .send(
                transactor.send(
                    request(for: job, setpoint.value, wanted), isUrgent: job == .emergencyStop, at: now))
        ]
    }

    /// Whether the drive has been told to stop, or is to be, and has not confirmed it.
    private var mustStop: Bool {
        guard stage == .running, case .braking(_, acknowledged: false) = power else { return false }
        return true
    }

    /// Stops the motors with the next frame.
    mutating func brake(at now: Instant) {
        power = .braking(since: now, acknowledged: false)
        hasSentStop = false
    }

    private mutating func advancePower(_ wanted: Wanted, at now: Instant) {
        switch power {
        case .off:
            if wanted != .off, !waitsForWithdrawal {
                power = .clearing
                leftResidue = 0
                rightResidue = 0
            }
        case .clearing, .zeroing, .enabling, .on:
            if wanted == .off { brake(at: now) }
        case .braking:
            break  // goes on until the motors are released
        }
    }

    private mutating func advanceCycle(at now: Instant) {
        guard now >= nextCycle else { return }
        cyclesInWindow += 1
        let isLate = feedbackDue || targetsDue || job == .feedback || job == .targets
        // A lost frame says nothing about how fast the line is.
        if isLate, !missedInCycle { lateInWindow += 1 }
        missedInCycle = false
        let period = Duration.nanoseconds(1_000_000_000 / Int64(max(1, configuration.rate)))
        nextCycle = nextCycle + period > now ? nextCycle + period : now + period
        // On a line that is too slow for the cycle, a cycle that has begun is ended before the next one: a measurement that
        // went before the set-point again and again would leave the drive without any.
        if !targetsDue { feedbackDue = true }
        targetsDue = power == .on
        guard now >= windowEnd else { return }
        // One late cycle in five is no chance.
        isSlow = lateInWindow * 5 > cyclesInWindow
        cyclesInWindow = 0
        lateInWindow = 0
        windowEnd = now + .seconds(1)
        updateHealth()
    }

    private mutating func chooseJob(at now: Instant) -> Job? {
        switch stage {
        case .closed: return nil
        case .probing(let job): return now >= nextProbe ? job : nil
        case .configuring(let step): return .configure(step)
        case .running: break
        }
        // The stop comes first, whatever else is due.
        if mustStop { return .emergencyStop }
        switch power {
        case .clearing: return .clearAlarm
        case .zeroing: return .zero
        case .enabling: return .enable
        case .braking(let since, acknowledged: true):
            if !wheelsTurn || now - since > .milliseconds(1500) { return .release }
        case .off, .on, .braking: break
        }
        if alarmToClear, power == .off {
            alarmToClear = false
            return .clearAlarm
        }
        // A line that is too slow for its cycle has no pause for the questions of every second: they take one, in the end.
        if feedbackDue, now >= min(nextVoltage, nextModeCheck) + .seconds(1) { return slowJob(at: now) }
        // What is measured first: the tick answers it while the line rests, and the set-point that then leaves knows it.
        // The other way round every set-point would be a cycle older than what it was computed from.
        if feedbackDue {
            feedbackDue = false
            return .feedback
        }
        if targetsDue {
            targetsDue = false
            return .targets
        }
        return slowJob(at: now)
    }

    /// What is asked once a second.
    private mutating func slowJob(at now: Instant) -> Job? {
        if now >= nextVoltage {
            nextVoltage = now + .seconds(1)
            return .voltage
        }
        if now >= nextModeCheck {
            nextModeCheck = now + .seconds(1)
            return .modeCheck
        }
        return nil
    }
}

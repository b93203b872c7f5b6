import DeviceProtocols
import Realtime
import RobotModel

// What each request of the wheel drive's driver says, and what its answer means.

extension ZLAC8015DDriver {
    /// The set-up, in order; written anew whenever the drive may have forgotten it.
    private var setUp: [ModbusRequest] {
        let ramp = Self.milliseconds(configuration.rampTime)
        return [
            .write(
                address: ZLAC8015DRegister.communicationTimeout.rawValue,
                value: Self.milliseconds(configuration.communicationTimeout)),
            .write(address: ZLAC8015DRegister.mode.rawValue, value: ZLAC8015DMode.velocity.rawValue),
            .writeMultiple(
                address: ZLAC8015DRegister.leftAcceleration.rawValue, values: [ramp, ramp, ramp, ramp]),
            .writeMultiple(address: ZLAC8015DRegister.leftTarget.rawValue, values: [0, 0]),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> UInt16 {
        UInt16(clamping: duration.nanoseconds / 1_000_000)
    }

    mutating func request(for job: Job, _ setpoint: WheelSetpoint, _ wanted: Wanted) -> ModbusRequest {
        func command(_ command: ZLAC8015DCommand) -> ModbusRequest {
            .write(address: ZLAC8015DRegister.control.rawValue, value: command.rawValue)
        }
        func read(_ register: ZLAC8015DRegister) -> ModbusRequest {
            .readHolding(address: register.rawValue, count: 1)
        }
        switch job {
        case .probeStop, .emergencyStop: return command(.emergencyStop)
        case .probeMode, .modeCheck: return read(.mode)
        case .probeTimeout: return read(.communicationTimeout)
        case .configure(let step): return setUp[step]
        case .release: return command(.stop)
        case .clearAlarm: return command(.clearAlarm)
        case .enable: return command(.enable)
        case .feedback: return ZLAC8015DFeedback.request
        case .voltage: return read(.busVoltage)
        case .zero: return .writeMultiple(address: ZLAC8015DRegister.leftTarget.rawValue, values: [0, 0])
        case .targets:
            let follows = wanted == .follow
            let left = Self.register(
                follows ? setpoint.left : 0, inverted: configuration.leftInverted, residue: &leftResidue)
            let right = Self.register(
                follows ? setpoint.right : 0, inverted: configuration.rightInverted, residue: &rightResidue)
            return .writeMultiple(address: ZLAC8015DRegister.leftTarget.rawValue, values: [left, right])
        }
    }

    /// The set-point register for a speed in rad/s; what rounding leaves over goes into the next cycle. Zero is zero.
    private static func register(_ speed: Double, inverted: Bool, residue: inout Double) -> UInt16 {
        guard speed != 0, speed.isFinite else {
            residue = 0
            return 0
        }
        let exact = ZLAC8015DUnits.rpm(radiansPerSecond: inverted ? -speed : speed) + residue
        residue = exact - exact.rounded()
        return ZLAC8015DUnits.targetRegister(radiansPerSecond: ZLAC8015DUnits.radiansPerSecond(rpm: exact.rounded()))
    }

    mutating func finish(_ outcome: ModbusTransactor.Outcome, at now: Instant) -> [DeviceAction] {
        guard let job else { return [] }
        self.job = nil
        switch outcome {
        case .answered(let response, let acquired):
            answered(job, response, acquired: acquired, at: now)
            return []
        case .refused(let exception):
            refused(job, exception, at: now)
            return []
        case .missed:
            return missed(job, at: now)
        }
    }

    private mutating func answered(_ job: Job, _ response: ModbusResponse, acquired: Instant, at now: Instant) {
        switch job {
        case .probeStop:
            stage = .probing(.probeMode)
            // It stands now; what it refused may have passed by then.
            nextProbe = max(now, settleUntil)
        case .probeMode:
            probedMode = Self.value(response)
            stage = .probing(.probeTimeout)
        case .probeTimeout:
            hasWatchdog = true
            let isAsLeft =
                probedMode == ZLAC8015DMode.velocity.rawValue
                && Self.value(response) == Self.milliseconds(configuration.communicationTimeout)
            beginConfiguring(wasRestarted: wasConfigured && !isAsLeft)
        case .configure(let step): configured(step, at: now)
        case .emergencyStop:
            if case .braking(let since, _) = power { power = .braking(since: since, acknowledged: true) }
        case .release:
            if case .braking = power { power = .off }
        case .clearAlarm: if power == .clearing { power = .zeroing }
        case .zero: if power == .zeroing { power = .enabling }
        case .enable:
            if power == .enabling {
                power = .on
                targetsDue = true
            }
        case .feedback: takeFeedback(response, acquired: acquired, at: now)
        case .targets: break
        case .voltage:
            let volts = ZLAC8015DUnits.volts(register: Self.value(response))
            let charge = BatteryState(
                voltage: volts,
                stateOfCharge: DischargeCurve.stateOfCharge(volts, configuration.batteryCurve))
            battery.store(Stamped(charge, at: acquired))
        case .modeCheck:
            // A drive that was switched off for less than a time-out is back without our settings.
            if Self.value(response) != ZLAC8015DMode.velocity.rawValue { beginConfiguring(wasRestarted: true) }
        }
    }

    private static func value(_ response: ModbusResponse) -> UInt16 {
        guard case .registers(let registers, _) = response, let first = registers.first else { return 0 }
        return first
    }

    private mutating func beginConfiguring(wasRestarted: Bool) {
        if wasRestarted { odometer.restart() }
        power = .off
        stage = .configuring(0)
        health.phase = .warmingUp
    }

    private mutating func configured(_ step: Int, at now: Instant) {
        guard step + 1 >= setUp.count else {
            stage = .configuring(step + 1)
            return
        }
        stage = .running
        wasConfigured = true
        // The drive was told to stop; its motors lose power once the wheels stand.
        power = .braking(since: now, acknowledged: true)
        wheelsTurn = true
        recoveringSince = nil
        health.identity =
            "ZLAC8015D unit \(configuration.unit)" + (hasWatchdog ? "" : " (without communication watchdog)")
        nextCycle = now
        windowEnd = now + .seconds(1)
        cyclesInWindow = 0
        lateInWindow = 0
        feedbackDue = false
        targetsDue = false
        health.fault = nil
        updateHealth()
    }

    private mutating func takeFeedback(_ response: ModbusResponse, acquired: Instant, at now: Instant) {
        guard case .registers(let registers, _) = response, let feedback = ZLAC8015DFeedback(registers: registers)
        else { return }
        let jumped = odometer.take(left: feedback.leftPosition, right: feedback.rightPosition, at: acquired)
        if jumped {
            // Counts that no wheel can have travelled: the drive started anew and has lost its settings.
            beginConfiguring(wasRestarted: false)
        }
        wheelsTurn = abs(Int(feedback.leftSpeed)) > 10 || abs(Int(feedback.rightSpeed)) > 10  // 1 rpm
        let faults = feedback.leftFault.union(feedback.rightFault)
        hasFaults = !faults.isEmpty
        if hasFaults, power != .off, power != .clearing {
            // One faulted wheel would turn the robot about it: brake both, and wait to be asked anew.
            waitsForWithdrawal = true
            if case .braking = power {} else { brake(at: now) }
        }
        var value = WheelState()
        value.leftPosition = configuration.leftInverted ? -odometer.left : odometer.left
        value.rightPosition = configuration.rightInverted ? -odometer.right : odometer.right
        value.leftVelocity =
            configuration.leftInverted ? -feedback.leftRadiansPerSecond : feedback.leftRadiansPerSecond
        value.rightVelocity =
            configuration.rightInverted ? -feedback.rightRadiansPerSecond : feedback.rightRadiansPerSecond
        value.leftFault = feedback.leftFault.rawValue
        value.rightFault = feedback.rightFault.rawValue
        value.enabled = power == .on
        odometer.noteSpeed(max(abs(value.leftVelocity), abs(value.rightVelocity)))
        state.store(Stamped(value, at: acquired))
        chain?.arrived(at: now)
        health.lastGood = acquired
        if hasFaults { health.fault = alert(feedback) }
        updateHealth()
    }

    private func alert(_ feedback: ZLAC8015DFeedback) -> RobotError {
        var parts: [String] = []
        if !feedback.leftFault.isEmpty { parts.append("left " + feedback.leftFault.names.joined(separator: ", ")) }
        if !feedback.rightFault.isEmpty { parts.append("right " + feedback.rightFault.names.joined(separator: ", ")) }
        let hint = feedback.leftFault.hint ?? feedback.rightFault.hint ?? "see the drive's manual"
        return RobotError(
            .hardwareAlert, "\(configuration.slot): the drive reports a fault: \(parts.joined(separator: "; "))",
            hint: "\(hint); then `clear` resets the drive")
    }

    /// Running, or degraded and why.
    mutating func updateHealth() {
        guard stage == .running else { return }
        if hasFaults {
            health.phase = .degraded
        } else if isSlow {
            health.phase = .degraded
            health.fault = RobotError(
                .deadlinePassed,
                "\(configuration.slot): the line is too slow for \(configuration.rate) cycles a second",
                hint: "raise the baud rate of drive and board file, or lower the slot's rate")
        } else {
            health.phase = .running
            health.fault = nil
        }
    }

    private mutating func refused(_ job: Job, _ exception: ModbusException, at now: Instant) {
        guard exception != .busy else { return }  // asked again when it is due
        switch job {
        case .probeStop, .probeMode:
            health.phase = .recovering
            health.fault = RobotError(
                .wrongDevice, "\(configuration.slot): unit \(configuration.unit) answers \(exception)",
                expected: "a ZLAC8015D", hint: "check the unit address and which device is on this port")
            stage = .probing(.probeStop)
            nextProbe = now + .seconds(1)
        case .probeTimeout:
            hasWatchdog = false
            beginConfiguring(wasRestarted: wasConfigured && probedMode != ZLAC8015DMode.velocity.rawValue)
        case .configure(0):
            hasWatchdog = false
            configured(0, at: now)
        default:
            health.phase = .recovering
            health.fault = RobotError(
                .refused, "\(configuration.slot): the drive refuses a request: \(exception)",
                hint: "switch the drive off and on; check its model and firmware")
            settleUntil = now + .milliseconds(500)
            probeAnew(orAfter: .milliseconds(500), at: now)
        }
    }

    /// Begins the handshake anew; at once, with its stop, where the motors may have power.
    private mutating func probeAnew(orAfter pause: Duration, at now: Instant) {
        nextProbe = power == .off ? now + pause : now
        power = .off
        stage = .probing(.probeStop)
    }

    private mutating func missed(_ job: Job, at now: Instant) -> [DeviceAction] {
        let fault = transactor.fault(slot: configuration.slot, device: "ZLAC8015D")
        missedInCycle = true
        if stage == .running || isConfiguring {
            // One or two lost frames are a disturbance, three in a row an outage.
            guard transactor.missesInARow >= 3 else { return [] }
            recoveringSince = now
            probeAnew(orAfter: .milliseconds(50), at: now)
        } else {
            stage = .probing(.probeStop)
            nextProbe = now + .milliseconds(50)
        }
        if transactor.missesInARow >= 3 || health.phase != .checking {
            health.phase = .recovering
            health.fault = fault
        }
        // A USB adapter that hangs comes back when its port is opened anew.
        if let since = recoveringSince, now - since > .seconds(3) {
            recoveringSince = now
            return [.reopen(fault)]
        }
        return [.flush]
    }

    private var isConfiguring: Bool {
        if case .configuring = stage { return true }
        return false
    }
}

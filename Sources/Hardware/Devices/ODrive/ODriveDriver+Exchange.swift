import DeviceProtocols
import Realtime
import RobotModel

// What each answer of the ODrive means.

extension ODriveDriver {
    mutating func finish(_ outcome: ODriveTransactor.Outcome, at now: Instant) -> [DeviceAction] {
        guard let job else { return [] }
        self.job = nil
        switch outcome {
        case .feedback(let position, let velocity, let acquired):
            guard case .feedback(let wheel) = job else { return [] }
            wheels[wheel].position = position
            wheels[wheel].velocity = velocity
            wheels[wheel].measured = acquired
            if wheel == 1, publish(acquired: acquired) { chain?.arrived(at: now) }
            return []
        case .value(let value, let acquired): return answered(job, value, acquired: acquired, at: now)
        case .refused(let words):
            refused(job, words, at: now)
            return []
        case .missed: return missed(job, at: now)
        }
    }

    private mutating func answered(
        _ job: Job, _ value: Double, acquired: Instant, at now: Instant
    ) -> [DeviceAction] {
        switch job {
        case .firmware(let part):
            version[part] = Self.whole(value)
            // The stop went before this question; what was refused may have passed by then.
            if part == 0 { nextProbe = max(now, settleUntil) }
            stage = .probing(part < 2 ? .firmware(part + 1) : .presence(wheel: 0))
            if part == 2, firmware < .oldest { return reject("firmware \(firmware)", at: now) }
        case .presence(let wheel): stage = .probing(wheel == 0 ? .presence(wheel: 1) : .memory)
        case .memory:
            if wasConfigured, value == 0 { odometer.restart() }
            power = .off
            stage = .configuring(0)
            health.phase = .warmingUp
        case .setting(let step): return configured(step, value, at: now)
        case .feedback: break
        case .axisState(let wheel): return take(state: Self.whole(value), of: wheel, at: now)
        case .errors(let wheel, let word):
            return take(UInt64(max(0, Self.whole(value))), word, of: wheel, acquired, at: now)
        case .voltage:
            let charge = DischargeCurve.stateOfCharge(value, configuration.batteryCurve)
            battery.store(Stamped(BatteryState(voltage: value, stateOfCharge: charge), at: acquired))
        }
        return []
    }

    /// A number as the device gave it, which may be any; -1 where it is no whole number that can be.
    private static func whole(_ value: Double) -> Int { Int(exactly: value.rounded(.towardZero)) ?? -1 }

    private mutating func reject(_ what: String, at now: Instant) -> [DeviceAction] {
        health.phase = .recovering
        health.fault = RobotError(
            .wrongDevice, "\(configuration.slot): the ODrive has \(what)",
            expected: "an ODrive 3.x with two axes and firmware \(ODriveFirmware.oldest) or newer",
            hint: "bring its firmware to 0.5.6 with the maker's tool (`odrivetool dfu`), then calibrate it again")
        stage = .probing(.firmware(0))
        nextProbe = now + .seconds(1)
        return []
    }

    private mutating func configured(_ step: Int, _ value: Double, at now: Instant) -> [DeviceAction] {
        let setting = settings[step]
        // The drive keeps single precision and prints it with as many digits as fit.
        guard abs(value - setting.value) < 1e-3 else {
            refuse("\(setting.property) stays at \(ODriveNumber.text(value))", at: now)
            return []
        }
        guard step + 1 >= settings.count else {
            stage = .configuring(step + 1)
            return []
        }
        stage = .running
        wasConfigured = true
        recoveringSince = nil
        health.identity = "ODrive firmware \(firmware)"
        nextCycle = now
        lastCycle = nil
        windowEnd = now + .seconds(1)
        cyclesInWindow = 0
        lateInWindow = 0
        feedbackDue = []
        for wheel in wheels.indices { wheels[wheel] = Wheel() }
        details = errorJobs
        health.fault = nil
        hasFaults = false
        updateHealth()
        // The drive was told to stop; its motors lose power once the wheels stand.
        return brake(at: now)
    }

    // MARK: - Measurements

    /// Publishes both wheels, as of the right one's time; false where the left one was not measured just before.
    private mutating func publish(acquired time: Instant) -> Bool {
        guard let leftTime = wheels[0].measured else { return false }
        let gap = time.seconds(since: leftTime)
        guard gap >= 0, gap < 0.1 else { return false }
        let angles = (0...1).map { wheel in
            let since = wheel == 0 ? gap : 0
            return (wheels[wheel].position + wheels[wheel].velocity * since) / turnsPerRadian(wheel)
        }
        let speeds = (0...1).map { wheels[$0].velocity / turnsPerRadian($0) }
        let fastest = max(abs(speeds[0]), abs(speeds[1]))
        if odometer.take(left: angles[0], right: angles[1], speed: fastest, at: time) {
            // Turns that no wheel can have made: the drive started anew and has lost its settings.
            power = .off
            stage = .configuring(0)
            health.phase = .warmingUp
        }
        var value = WheelState()
        value.leftPosition = odometer.left
        value.rightPosition = odometer.right
        value.leftVelocity = speeds[0]
        value.rightVelocity = speeds[1]
        value.leftFault = faultWord(0)
        value.rightFault = faultWord(1)
        value.enabled = power == .on
        state.store(Stamped(value, at: time))
        health.lastGood = time
        updateHealth()
        return true
    }

    /// All error words of a wheel folded into one: zero when healthy, the words themselves are in the fault.
    private func faultWord(_ wheel: Int) -> UInt16 {
        wheels[wheel].errors.values.reduce(0) { word, bits in
            word | UInt16(truncatingIfNeeded: bits | bits >> 16 | bits >> 32)
        }
    }

    private mutating func take(state: Int, of wheel: Int, at now: Instant) -> [DeviceAction] {
        wheels[wheel].axisState = state
        switch power {
        case .on where state != ODriveAxisState.closedLoopControl.rawValue:
            // One wheel without power would turn the robot about it: brake the other, and ask why.
            details = errorJobs
            for index in wheels.indices { wheels[index].checked = nil }
            droppedOut = true
            waitsForWithdrawal = true
            return brake(at: now)
        case .off where state == ODriveAxisState.closedLoopControl.rawValue:
            return [say(stopLines + requestLines(.idle), at: now)]
        default: return []
        }
    }

    private mutating func take(
        _ bits: UInt64, _ word: ODriveErrors.Word, of wheel: Int, _ acquired: Instant, at now: Instant
    ) -> [DeviceAction] {
        wheels[wheel].errors[word] = bits
        // The last word of a wheel completes its check.
        if word == .controller || word == .active { wheels[wheel].checked = acquired }
        let words = wheels.flatMap { $0.errors.filter { $0.value != 0 } }
        hasFaults = !words.isEmpty
        defer { updateHealth() }
        if droppedOut, wheels.allSatisfy({ $0.checked != nil }) { explainDropOut(words) }
        // Words of before the clearing may still come; `arm` looks at those of after it.
        guard bits != 0, power == .on || isArming else { return [] }
        for index in wheels.indices { wheels[index].checked = nil }
        details = errorJobs
        droppedOut = true
        waitsForWithdrawal = true
        return brake(at: now)
    }

    private var isArming: Bool {
        if case .arming = power { true } else { false }
    }

    /// The axes have been asked why they left closed loop.
    private mutating func explainDropOut(_ words: [(key: ODriveErrors.Word, value: UInt64)]) {
        droppedOut = false
        if words.isEmpty {
            refusal = RobotError(
                .refused, "\(configuration.slot): the drive left closed-loop control without an error",
                hint: "another program may talk to it over USB; ask for power anew")
        } else if words.allSatisfy({ ODriveErrors($0.key, bits: $0.value).isOnlyWatchdog }) {
            // The line was bad for a moment: nothing is broken, it may go on from a standstill.
            waitsForWithdrawal = false
        }
    }

    // MARK: - Health

    private var alert: RobotError {
        var parts: [String] = []
        var hint: String?
        for (index, name) in ["left", "right"].enumerated() {
            let words = ODriveErrors.Word.allCases.compactMap { word in
                wheels[index].errors[word].flatMap { $0 == 0 ? nil : ODriveErrors(word, bits: $0) }
            }
            guard !words.isEmpty else { continue }
            parts.append("\(name) " + words.flatMap(\.names).joined(separator: ", "))
            // What broke says more than that the axis stopped for it.
            hint = hint ?? words.last?.hint
        }
        return RobotError(
            .hardwareAlert,
            "\(configuration.slot): the drive reports \(parts.count > 1 ? "errors" : "an error"): "
                + parts.joined(separator: "; "),
            hint: "\(hint ?? "see the drive's manual"); then `clear` resets the drive")
    }

    /// Running, or degraded and why.
    mutating func updateHealth() {
        guard stage == .running else { return }
        if hasFaults {
            health.phase = .degraded
            health.fault = alert
        } else if let refusal {
            health.phase = .degraded
            health.fault = refusal
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

    private mutating func refused(_ job: Job, _ words: String, at now: Instant) {
        switch job {
        case .firmware: _ = reject("no firmware version to show: it answers \"\(words)\"", at: now)
        case .presence(let wheel): _ = reject("no axis \(axis(wheel)): it answers \"\(words)\"", at: now)
        // A word that this firmware has not is no error; it is not asked in vain for what depends on it.
        case .errors(let wheel, let word): _ = take(0, word, of: wheel, now, at: now)
        default: refuse("it answers \"\(words)\"", at: now)
        }
    }

    private mutating func refuse(_ why: String, at now: Instant) {
        health.phase = .recovering
        health.fault = RobotError(
            .refused, "\(configuration.slot): the drive refuses a request: \(why)",
            hint: "switch the drive off and on; check its model and firmware")
        settleUntil = now + .milliseconds(500)
        probeAnew(orAfter: .milliseconds(500), at: now)
    }

    /// Begins the handshake anew; at once, with its stop, where the motors may have power.
    private mutating func probeAnew(orAfter pause: Duration, at now: Instant) {
        nextProbe = power == .off ? now + pause : now
        power = .off
        stage = .probing(.firmware(0))
    }

    private mutating func missed(_ job: Job, at now: Instant) -> [DeviceAction] {
        let fault = transactor.fault(slot: configuration.slot)
        switch stage {
        case .running, .configuring:
            // One or two lost answers are a disturbance, three in a row an outage.
            guard transactor.missesInARow >= 3 else { return [] }
            recoveringSince = now
            probeAnew(orAfter: .milliseconds(50), at: now)
        default:
            stage = .probing(.firmware(0))
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
}

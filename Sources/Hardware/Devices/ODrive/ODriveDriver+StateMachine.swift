import DeviceProtocols
import Realtime
public import RobotModel

// What the ODrive's driver says next, and when.

extension ODriveDriver {
    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        switch event {
        case .opened:
            transactor.reset(at: now)
            job = nil
            stage = .draining(since: now)
            quietSince = now
            power = .off
            health.phase = .checking
            recoveringSince = now
            return [.flush, say(stopLines, at: now)]
        case .closed(let reason):
            transactor.reset(at: now)
            job = nil
            stage = .closed
            power = .off
            // What was asked for before the port was lost is not done at some later time.
            clearIsAsked = false
            health.phase = health.lastGood == nil ? .connecting : .recovering
            health.fault = reason
            return []
        case .bytes(let bytes):
            if case .draining = stage {
                quietSince = now
                return []
            }
            guard let outcome = transactor.receive(bytes, at: now) else { return [] }
            return finish(outcome, at: now) + next(at: now)
        case .time:
            if stage == .closed { return [] }
            var actions: [DeviceAction] = []
            if let outcome = transactor.advance(to: now) { actions = finish(outcome, at: now) }
            return actions + next(at: now)
        }
    }

    mutating func say(_ bytes: [UInt8], at now: Instant) -> DeviceAction { .send(transactor.say(bytes, at: now)) }

    /// Both speeds zero. The empty line before ends one that was cut off.
    var stopLines: [UInt8] {
        [UInt8(ascii: "\n")] + (0...1).flatMap { ODriveRequest.velocity(axis: axis($0), turnsPerSecond: 0).encoded }
    }

    func requestLines(_ state: ODriveAxisState) -> [UInt8] {
        (0...1).flatMap {
            ODriveRequest.write(
                ODriveProperty.axis(axis($0), ODriveProperty.requestedState), String(state.rawValue)
            ).encoded
        }
    }

    private var feedLines: [UInt8] { (0...1).flatMap { ODriveRequest.feedWatchdog(axis: axis($0)).encoded } }

    /// What the set-point asks for now.
    enum Wanted { case off, zero, follow }

    private func wanted(_ setpoint: Stamped<WheelSetpoint>, at now: Instant) -> Wanted {
        let age = now - setpoint.time
        guard setpoint.value.enabled, age <= configuration.setpointLoss else { return .off }
        return age <= configuration.setpointTimeout ? .follow : .zero
    }

    private mutating func next(at now: Instant) -> [DeviceAction] {
        if case .draining(let since) = stage {
            // An ODrive does not talk by itself: what comes is the rest of an answer, or another device.
            guard now - quietSince >= .milliseconds(60) || now - since >= .milliseconds(500) else { return [] }
            stage = .probing(.firmware(0))
            nextProbe = now
        }
        var actions: [DeviceAction] = []
        if stage == .running {
            let basis = chain?.basis
            let setpoint = setpoint.load()
            let wanted = wanted(setpoint, at: now)
            if wanted == .off {
                waitsForWithdrawal = false
                refusal = nil
            }
            actions += advancePower(wanted, at: now)
            actions += advanceCycle(setpoint.value, wanted, basis, at: now)
        }
        guard transactor.isFree(at: now), let job = chooseJob(at: now) else { return actions }
        self.job = job
        let before = prologue(of: job)
        if !before.isEmpty { actions.append(say(before, at: now)) }
        actions.append(.send(transactor.send(question(job), at: now)))
        return actions
    }

    // MARK: - Power

    private mutating func advancePower(_ wanted: Wanted, at now: Instant) -> [DeviceAction] {
        switch power {
        case .off:
            if wanted != .off, !waitsForWithdrawal { return beginClearing(at: now) }
            return clearQuietly(at: now)
        case .clearing(let since):
            if wanted == .off {
                power = .off
                return []
            }
            return stands(since: since) ? arm(since, at: now) : giveUpArming(since, .seconds(3), at: now)
        case .arming(let since):
            if wanted == .off { return brake(at: now) }
            guard wheels.allSatisfy({ $0.axisState == ODriveAxisState.closedLoopControl.rawValue }) else {
                return giveUpArming(since, .seconds(1), at: now)
            }
            power = .on
            return []
        case .on: return wanted == .off ? brake(at: now) : []
        case .braking(let since):
            guard stands(since: since) || now - since > .milliseconds(1500) else { return [] }
            power = .off
            return [say(requestLines(.idle), at: now)]
        }
    }

    private mutating func beginClearing(at now: Instant) -> [DeviceAction] {
        power = .clearing(since: now)
        refusal = nil
        for wheel in wheels.indices {
            wheels[wheel].checked = nil
            wheels[wheel].commanded = 0
        }
        details = errorJobs
        return [say(ODriveRequest.clearErrors.encoded + stopLines, at: now)]
    }

    /// Errors go without giving power when a person asks for it, and an expired watchdog by itself: the robot was silent,
    /// and is no longer.
    private mutating func clearQuietly(at now: Instant) -> [DeviceAction] {
        let words = wheels.flatMap { $0.errors.filter { $0.value != 0 } }.map { ODriveErrors($0.key, bits: $0.value) }
        let isOnlyWatchdog = !words.isEmpty && words.allSatisfy(\.isOnlyWatchdog)
        guard clearIsAsked || (isOnlyWatchdog && !droppedOut && now >= nextClearing) else { return [] }
        clearIsAsked = false
        nextClearing = now + .seconds(1)
        details = errorJobs
        return [say(ODriveRequest.clearErrors.encoded, at: now)]
    }

    /// Both wheels were measured to stand after a moment.
    private func stands(since: Instant) -> Bool {
        wheels.allSatisfy { wheel in
            guard let measured = wheel.measured, measured > since else { return false }
            return abs(wheel.velocity) * 2 * .pi < configuration.standstill
        }
    }

    private mutating func arm(_ since: Instant, at now: Instant) -> [DeviceAction] {
        guard wheels.allSatisfy({ $0.checked.map { $0 > since } ?? false }) else {
            if details.isEmpty { details = errorJobs }
            return giveUpArming(since, .seconds(3), at: now)
        }
        guard !hasFaults else { return giveUpArming(since, .zero, at: now) }
        power = .arming(since: now)
        for wheel in wheels.indices { wheels[wheel].axisState = nil }
        return [say(stopLines + requestLines(.closedLoopControl), at: now)]
    }

    private mutating func giveUpArming(_ since: Instant, _ limit: Duration, at now: Instant) -> [DeviceAction] {
        guard now - since >= limit else { return [] }
        let slot = configuration.slot
        if hasFaults {
            refusal = nil  // the errors say it
        } else if case .clearing = power {
            let speeds = wheels.map { ODriveNumber.text(abs($0.velocity) * 2 * .pi) }
            refusal = RobotError(
                .deadlinePassed, "\(slot): the wheels turn without power (\(speeds.joined(separator: " and ")) rad/s)",
                expected: "a standstill before the motors get power",
                hint: "hold the robot; on level ground check the encoders' plugs")
        } else {
            refusal = RobotError(
                .refused, "\(slot): the drive does not enter closed-loop control",
                hint: "calibrate motors and encoders with the maker's tool, save, and look at its `dump_errors`")
            details = errorJobs
        }
        waitsForWithdrawal = true
        power = .off
        updateHealth()
        return [say(stopLines + requestLines(.idle), at: now)]
    }

    /// Zero speeds, before anything else that waits; the answer under way is given up with it.
    mutating func brake(at now: Instant) -> [DeviceAction] {
        power = .braking(since: now)
        for wheel in wheels.indices { wheels[wheel].commanded = 0 }
        transactor.cancel(at: now)
        job = nil
        return [.flush, say(stopLines, at: now)]
    }

    // MARK: - The cycle

    private mutating func advanceCycle(
        _ setpoint: WheelSetpoint, _ wanted: Wanted, _ basis: ChainLatency.Basis?, at now: Instant
    ) -> [DeviceAction] {
        guard now >= nextCycle else { return [] }
        cyclesInWindow += 1
        if !feedbackDue.isEmpty { lateInWindow += 1 }
        let period = Duration.nanoseconds(1_000_000_000 / Int64(max(1, configuration.rate)))
        nextCycle = nextCycle + period > now ? nextCycle + period : now + period
        // On a line that is too slow for the cycle the second wheel has its turn, too.
        if feedbackDue.isEmpty { feedbackDue = [0, 1] }
        healthDue = 1
        let elapsed = min(lastCycle.map { now.seconds(since: $0) } ?? 0, 0.1)
        lastCycle = now
        noteLateness(at: now)
        // On a line that is too slow old speeds must not queue up; the next ones are newer.
        if transactor.backlog(at: now) > .milliseconds(5) { return [] }
        switch power {
        case .off: return [say(feedLines, at: now)]
        case .clearing, .arming, .braking: return [say(stopLines, at: now)]
        case .on:
            let follows = wanted == .follow
            let bytes = (0...1).flatMap { wheel in
                let speed = follows ? (wheel == 0 ? setpoint.left : setpoint.right) : 0
                wheels[wheel].commanded = grown(from: wheels[wheel].commanded, to: speed, elapsed)
                return ODriveRequest.velocity(
                    axis: axis(wheel), turnsPerSecond: wheels[wheel].commanded * turnsPerRadian(wheel)
                ).encoded
            }
            if follows, let chain, let basis { chain.left(basis, at: now) }
            return [say(bytes, at: now)]
        }
    }

    /// A speed on its way to another: it grows by the acceleration and falls at once.
    private func grown(from speed: Double, to goal: Double, _ seconds: Double) -> Double {
        guard goal.isFinite, goal != 0 else { return 0 }
        let start = speed * goal > 0 ? abs(speed) : 0
        let size = min(abs(goal), start + configuration.acceleration * seconds)
        return goal < 0 ? -size : size
    }

    private mutating func noteLateness(at now: Instant) {
        guard now >= windowEnd else { return }
        // One late cycle in five is more than what a lost line now and then explains.
        isSlow = lateInWindow * 5 > cyclesInWindow
        cyclesInWindow = 0
        lateInWindow = 0
        windowEnd = now + .seconds(1)
        updateHealth()
    }

    // MARK: - The next question

    private mutating func chooseJob(at now: Instant) -> Job? {
        switch stage {
        case .closed, .draining: return nil
        case .probing(let job): return now >= nextProbe ? job : nil
        case .configuring(let step): return .setting(step)
        case .running: break
        }
        // Measurements first; but on a line that is too slow for the cycle they are due at any time, and the rest has its
        // turn after each pair.
        if !feedbackDue.isEmpty, !owesTurn {
            let wheel = feedbackDue.removeFirst()
            owesTurn = feedbackDue.isEmpty
            return .feedback(wheel: wheel)
        }
        owesTurn = false
        if !details.isEmpty { return details.removeFirst() }
        guard healthDue > 0 else { return nil }
        healthDue = 0
        if now >= nextVoltage {
            nextVoltage = now + .seconds(1)
            return .voltage
        }
        healthTurn += 1
        if case .arming = power { return .axisState(wheel: healthTurn % 2) }
        let round = [Job.axisState(wheel: 0), .axisState(wheel: 1)] + errorJobs.filter(\.isWatched)
        return round[healthTurn % round.count]
    }

    /// All error words that this firmware has.
    var errorJobs: [Job] {
        if firmware.hasActiveErrors { return [.errors(wheel: 0, .active), .errors(wheel: 1, .active)] }
        let words: [ODriveErrors.Word] = [.axis, .motor, .encoder, .controller]
        return [.errors(wheel: 0, .board)] + (0...1).flatMap { wheel in words.map { .errors(wheel: wheel, $0) } }
    }

    /// What goes before a question: the stop while nothing is known of the drive, a setting before it is read back.
    private func prologue(of job: Job) -> [UInt8] {
        switch job {
        case .firmware(0): stopLines
        case .setting(let step): feedLines + settings[step].write.encoded
        default: []
        }
    }

    private func question(_ job: Job) -> ODriveRequest {
        switch job {
        case .firmware(let part): .read(ODriveProperty.firmwareVersion[part])
        case .presence(let wheel), .axisState(let wheel):
            .read(ODriveProperty.axis(axis(wheel), ODriveProperty.currentState))
        case .memory: .read(ODriveProperty.axis(axis(0), ODriveProperty.enableWatchdog))
        case .setting(let step): .read(settings[step].property)
        case .feedback(let wheel): .feedback(axis: axis(wheel))
        case .errors(_, .board): .read(ODriveProperty.boardError)
        case .errors(let wheel, let word): .read(ODriveProperty.axis(axis(wheel), word.rawValue))
        case .voltage: .read(ODriveProperty.busVoltage)
        }
    }

    /// The set-up, in order; written anew whenever the drive may have forgotten it, never saved in it.
    var settings: [Setting] {
        (0...1).flatMap { wheel in
            [
                (ODriveProperty.controlMode, Double(ODriveControl.velocityMode)),
                (ODriveProperty.inputMode, Double(ODriveControl.passThrough)),
                (ODriveProperty.watchdogTimeout, configuration.watchdogTimeout.inSeconds),
                (ODriveProperty.enableWatchdog, 1),
            ].map { Setting(property: ODriveProperty.axis(axis(wheel), $0.0), value: $0.1) }
        }
    }

    struct Setting {
        var property: String
        var value: Double

        var write: ODriveRequest {
            .write(property, value == value.rounded() ? String(Int(value)) : ODriveNumber.text(value))
        }
    }
}

extension ODriveDriver.Job {
    /// Whether it is asked in every round: the words that disarm an axis by themselves.
    fileprivate var isWatched: Bool {
        switch self {
        case .errors(_, .axis), .errors(_, .motor), .errors(_, .active): true
        default: false
        }
    }
}

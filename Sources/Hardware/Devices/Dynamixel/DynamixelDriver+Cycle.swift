import DeviceProtocols
import Realtime
import RobotModel

// In service: read all, publish, write goals; look at one servo closely every few cycles.

extension DynamixelDriver {
    /// Present current, velocity and position: registers 126...135.
    private static let feedbackBlock = (address: UInt16(126), length: 10)
    /// Set-points older than this are not followed.
    private static let setpointAge: Duration = .milliseconds(200)
    /// Every so many cycles one servo's torque, alert and watchdog registers are read.
    private static let inspectEvery = 5

    /// Starts what is due.
    mutating func cycle(at now: Instant, _ actions: inout [DeviceAction]) {
        if alertsToClear {
            alertsToClear = false
            let alerted = servos.indices.filter { servos[$0].alert }
            if let first = alerted.first {
                mode = .rebooting(alerted, deadline: now + .seconds(2))
                return ask(.reboot(first), .reboot(servos[first].id), answerBytes: 11, at: now, &actions)
            }
        }
        if watchdogUnits > 0, now - lastSend > watchdogTime { inspectQueue = Array(servos.indices) }
        if !inspectQueue.isEmpty { return inspect(inspectQueue.removeFirst(), at: now, &actions) }
        guard now >= nextCycle else { return }
        // Periods that were missed are not made up for.
        nextCycle = max(nextCycle + period, now + period / 4)
        cycles += 1
        cycleTime = now
        let packet = DynamixelPacket.fastSyncRead(
            address: Self.feedbackBlock.address, length: UInt16(Self.feedbackBlock.length), ids: servos.map(\.id))
        ask(
            .feedback, packet, answerBytes: 8 + servos.count * (Self.feedbackBlock.length + 4), at: now, &actions)
    }

    mutating func cycleAnswered(
        _ purpose: Exchange.Purpose, _ parts: [DynamixelFastAnswer.Part], at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        switch purpose {
        case .feedback: feedback(parts, at: now, &actions)
        case .verifyGoals(let indices): goalsRead(indices, parts, at: now, &actions)
        default: break
        }
    }

    private mutating func feedback(
        _ parts: [DynamixelFastAnswer.Part], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        // The servos measured when the question had reached them.
        let answerTime = lineTime(8 + parts.count * (Self.feedbackBlock.length + 4))
        let acquired = max(cycleTime, now - answerTime)
        for part in parts {
            guard let index = servos.firstIndex(where: { $0.id == part.id }) else { continue }
            if part.error.alert != servos[index].alert {
                servos[index].alert = part.error.alert
                servos[index].isAlertRead = false
                inspectQueue.append(index)
            }
            guard part.error.code == .none,
                let current = XM430.presentCurrent.value(in: part.data, at: 0),
                let velocity = XM430.presentVelocity.value(in: part.data, at: 2),
                let position = XM430.presentPosition.value(in: part.data, at: 6)
            else { continue }
            servos[index].current = Double(current) * XM430.currentUnit
            servos[index].velocity = Double(velocity) * XM430.velocityUnit
            servos[index].ticks = position
            servos[index].answeredAt = now
        }
        publish(parts, acquired: acquired, at: now)
        if let lost = servos.first(where: { now - $0.answeredAt >= Self.silenceLimit }) {
            status.phase = .recovering
            status.counters.reconnects += 1
            status.fault = silent(lost, for: now - lost.answeredAt)
            return beginHandshake(at: now, &actions)
        }
        judge(at: now)
        control(at: now, &actions)
        if exchange == nil, inspectQueue.isEmpty, cycles % Self.inspectEvery == 0 {
            inspectQueue.append(inspectNext)
            inspectNext = (inspectNext + 1) % servos.count
        }
    }

    private mutating func publish(_ parts: [DynamixelFastAnswer.Part], acquired: Instant, at now: Instant) {
        // Nothing is published before every joint's position is known.
        guard servos.allSatisfy({ $0.ticks != nil }) else { return }
        var state = JointState(count: servos.count)
        for (index, servo) in servos.enumerated() {
            state.position[index] = servo.value(ticks: servo.ticks ?? XM430.centerTick)
            state.velocity[index] = servo.velocity * servo.scale
            state.current[index] = servo.current * (servo.scale < 0 ? -1 : 1)
            if servo.answeredAt == now { state.answered |= 1 << UInt16(index) }
            if servo.alert { state.alerts |= 1 << UInt16(index) }
            if servo.torque { state.torqueOn |= 1 << UInt16(index) }
        }
        guard state.answered != 0 else { return }
        states.store(Stamped(state, at: acquired))
        chain?.arrived(at: now)
        status.lastGood = acquired
    }

    /// Phase and fault by what stands now.
    private mutating func judge(at now: Instant) {
        if let servo = servos.first(where: { $0.alert && $0.isAlertRead }) {
            status.phase = .degraded
            status.fault = alert(servo)
        } else if let servo = servos.first(where: { now - $0.answeredAt > .milliseconds(100) }) {
            status.phase = .degraded
            status.fault = silent(servo, for: now - servo.answeredAt)
        } else if let servo = servos.first(where: \.refusesGoal) {
            status.phase = .degraded
            status.fault = RobotError(
                .refused, "\(servo.title) does not take a goal where it stands; its torque stays off",
                hint: "is the joint outside the servo's position limits (registers 48 and 52)? move it by hand")
        } else if servos.allSatisfy({ $0.ticks != nil && !$0.alert }) {
            status.phase = .running
            status.fault = nil
        }
    }

    private func alert(_ servo: Servo) -> RobotError {
        let names = XM430.hardwareErrors(servo.hardwareErrors)
        let what = names.isEmpty ? "an alert" : names.joined(separator: " and ")
        let hint =
            switch names.first {
            case "overload": "something blocks the joint, or its load is too much: free it; `clear` restarts the servo"
            case "overheating":
                "let it cool below 70 °C; then `clear` restarts it; look for a joint that holds a load for long"
            case "input voltage": "measure the servos' supply: 10.0 to 14.8 V at the last servo while it moves"
            case "electrical shock": "the motor's driver lacks power or is damaged: check the supply, then the servo"
            case "encoder": "the servo's position sensor fails: replace the servo"
            default: "read register 70 of the servo"
            }
        return RobotError(.hardwareAlert, "\(servo.title) reports \(what); its torque is off", hint: hint)
    }

    private func silent(_ servo: Servo, for time: Duration) -> RobotError {
        RobotError(
            .silent, "\(servo.title) has not answered for \(Int(time.inSeconds * 1000)) ms",
            hint: "check its plug and the cable from the servo before it; the servos behind it wait for it in vain")
    }
}

// Set-points, torque and goals.
extension DynamixelDriver {
    private mutating func control(at now: Instant, _ actions: inout [DeviceAction]) {
        let basis = chain?.basis
        let setpoint = setpoints.load()
        let fresh =
            setpoint.time > openedAt && now - setpoint.time <= Self.setpointAge
            && setpoint.value.position.count == servos.count
        if fresh, !setpoint.value.torque {
            release(&actions)
        } else if fresh {
            follow(setpoint.value, at: now)
            if writeGoals(at: now, &actions), let chain, let basis { chain.left(basis, at: now) }
            engage(at: now, &actions)
        } else {
            _ = writeGoals(at: now, &actions)
        }
    }

    /// Lets the arm go limp.
    private mutating func release(_ actions: inout [DeviceAction]) {
        guard servos.contains(where: \.torque) else { return }
        tell(.syncWrite(XM430.torqueEnable, servos.map { ($0.id, 0) }), &actions)
        for index in servos.indices {
            servos[index].torque = false
            servos[index].goal = nil
        }
        lastGoals = nil
        inspectQueue = Array(servos.indices)
    }

    /// Moves each goal towards its set-point, no faster than `maximumSpeed`.
    private mutating func follow(_ setpoint: JointSetpoint, at now: Instant) {
        let elapsed = lastGoals.map { min((now - $0).inSeconds, 2 * period.inSeconds) } ?? period.inSeconds
        let step = maximumSpeed * elapsed / XM430.radiansPerTick
        for index in servos.indices {
            guard servos[index].torque, let goal = servos[index].goal,
                let wanted = servos[index].ticks(value: setpoint.position[index])
            else { continue }
            servos[index].goal = goal + min(step, max(-step, wanted - goal))
        }
    }

    /// Sends the goals of the servos that hold torque; returns whether there are any.
    private mutating func writeGoals(at now: Instant, _ actions: inout [DeviceAction]) -> Bool {
        let goals = servos.compactMap { servo -> (id: UInt8, value: Int32)? in
            guard servo.torque, !servo.alert, let goal = servo.goal else { return nil }
            return (servo.id, Int32(goal.rounded()))
        }
        lastGoals = now
        if !goals.isEmpty { tell(.syncWrite(XM430.goalPosition, goals), &actions) }
        return !goals.isEmpty
    }

    /// Prepares servos without torque: the goal is set to where the servo stands, and read back before torque goes on.
    private mutating func engage(at now: Instant, _ actions: inout [DeviceAction]) {
        let indices = servos.indices.filter {
            !servos[$0].torque && !servos[$0].alert && servos[$0].answeredAt == now && servos[$0].ticks != nil
        }
        guard !indices.isEmpty else { return }
        for index in indices { servos[index].goal = servos[index].ticks.map { Double(min(4095, max(0, $0))) } }
        tell(
            .syncWrite(XM430.goalPosition, indices.map { (servos[$0].id, Int32(servos[$0].goal ?? 2048)) }), &actions)
        let register = XM430.goalPosition
        ask(
            .verifyGoals(indices),
            .fastSyncRead(
                address: register.address, length: UInt16(register.length), ids: indices.map { servos[$0].id }),
            answerBytes: 8 + indices.count * 8, at: now, &actions)
    }

    private mutating func goalsRead(
        _ indices: [Int], _ parts: [DynamixelFastAnswer.Part], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        var ready: [Int] = []
        for index in indices {
            let part = parts.first { $0.id == servos[index].id }
            let goal = part.flatMap { XM430.goalPosition.value(in: $0.data) }
            if let goal, let wanted = servos[index].goal, goal == Int32(wanted) {
                ready.append(index)
                servos[index].refusesGoal = false
            } else {
                // It did not take the goal (a watchdog that has tripped closes it): no torque for it now.
                servos[index].goal = nil
                if goal != nil { servos[index].refusesGoal = true }
                inspectQueue.append(index)
            }
        }
        guard !ready.isEmpty else { return }
        tell(.syncWrite(XM430.torqueEnable, ready.map { (servos[$0].id, 1) }), &actions)
        // Believed when each servo has been looked at.
        inspectQueue += ready
    }
}

// A close look at one servo: torque, alert, watchdog.
extension DynamixelDriver {
    private mutating func inspect(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        let block = Self.memoryBlock
        let packet = DynamixelPacket.read(servos[index].id, address: block.address, length: UInt16(block.length))
        ask(.inspect(index), packet, answerBytes: 46, at: now, &actions)
    }

    mutating func inspectionAnswered(
        _ purpose: Exchange.Purpose, _ index: Int, _ packet: DynamixelPacket, _ error: DynamixelStatusError,
        at now: Instant, _ actions: inout [DeviceAction]
    ) {
        servos[index].alert = error.alert
        servos[index].isAlertRead = true
        let id = servos[index].id
        if case .rearm = purpose {
            // Hold where it stands, then watch again.
            if let ticks = servos[index].ticks, servos[index].torque {
                servos[index].goal = Double(min(4095, max(0, ticks)))
                tell(.syncWrite(XM430.goalPosition, [(id, min(4095, max(0, ticks)))]), &actions)
            }
            return tell(.syncWrite(XM430.busWatchdog, [(id, watchdogUnits)]), &actions)
        }
        let data = packet.statusData
        guard data.count == Self.memoryBlock.length else { return }
        remember(index, memory: data)
        if !servos[index].torque { servos[index].goal = nil }
        let watchdog = Int32(Int8(bitPattern: data[34]))
        if watchdog < 0 {
            watchdogTrips += 1
            ask(.rearm(index), .write(id, XM430.busWatchdog, 0), answerBytes: 11, at: now, &actions)
        } else if watchdog != watchdogUnits {
            // The servo has restarted.
            tell(.syncWrite(XM430.busWatchdog, [(id, watchdogUnits)]), &actions)
        }
        judge(at: now)
    }
}

// Restarting servos in alert.
extension DynamixelDriver {
    mutating func rebootAnswered(
        _ purpose: Exchange.Purpose, _ index: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        guard case .rebooting(let indices, let deadline) = mode else { return }
        switch purpose {
        case .reboot:
            if let next = indices.first(where: { $0 > index }) {
                ask(.reboot(next), .reboot(servos[next].id), answerBytes: 11, at: now, &actions)
            } else {
                ask(.bootPing(indices[0]), .ping(servos[indices[0]].id), answerBytes: 14, at: now, &actions)
            }
        default:
            let left = indices.filter { $0 != index }
            guard let next = left.first else { return beginHandshake(at: now, &actions) }
            mode = .rebooting(left, deadline: deadline)
            ask(.bootPing(next), .ping(servos[next].id), answerBytes: 14, at: now, &actions)
        }
    }

    /// Pings go on while a servo starts; they keep the other servos' watchdogs content.
    mutating func rebootTimedOut(_ waiting: Exchange, at now: Instant, _ actions: inout [DeviceAction]) {
        guard case .rebooting(let indices, let deadline) = mode, now < deadline, let first = indices.first else {
            return beginHandshake(at: now, &actions)
        }
        ask(.bootPing(first), .ping(servos[first].id), answerBytes: 14, at: now, &actions)
    }
}

import DeviceProtocols
import Realtime
import RobotModel

// In service: read all, publish, write goals.

extension DynamixelDriver {
    /// Where the servos cannot be read through their maps, every so many cycles one servo's torque, alert and watchdog
    /// registers are read.
    private static let inspectEvery = 5

    /// What a cycle reads of each servo.
    var feedbackBlock: (address: UInt16, length: Int) {
        usesMap
            ? (DynamixelIndirectMap.firstData, DynamixelFeedback.map.length) : DynamixelFeedback.plainBlock
    }

    /// Starts what is due.
    mutating func runCycle(at now: Instant, _ actions: inout [DeviceAction]) {
        if alertsToClear {
            alertsToClear = false
            let alerted = facts.indices.filter { cycle.servos[$0].alert }
            if let first = alerted.first {
                mode = .rebooting(alerted, deadline: now + .seconds(2))
                return ask(.reboot(first), .reboot(cycle.servos[first].id), answerBytes: 11, at: now, &actions)
            }
        }
        // Servos that are read through their maps show a watchdog that has tripped by themselves.
        if !usesMap, watchdogUnits > 0, now - lastSend > watchdogTime { lookAtAll() }
        if !repairs.isEmpty { return repair(repairs.removeFirst(), at: now, &actions) }
        guard now >= nextCycle else { return }
        // Periods that were missed are not made up for.
        nextCycle = max(nextCycle + period, now + period / 4)
        cycles += 1
        cycleTime = now
        let block = feedbackBlock
        askAll(
            .feedback, address: block.address, length: block.length, of: Array(facts.indices), at: now, &actions)
    }

    mutating func feedback(
        _ parts: [DynamixelFastAnswer.Part], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        // The servos measured when the question had reached them.
        let answerTime = lineTime(answerBytes(feedbackBlock.length, count: parts.count))
        let acquired = max(cycleTime, now - answerTime)
        for part in parts {
            guard let index = cycle.servos.firstIndex(where: { $0.id == part.id }) else { continue }
            take(part, of: index, at: now)
        }
        if cycle.publish(acquired: acquired, at: now) {
            status.lastGood = acquired
            chain?.arrived(at: now)
        }
        if !judge(at: now) { return beginHandshake(at: now, &actions) }
        // A servo whose watchdog has stopped it takes no goal; it is freed first.
        if !repairs.contains(where: \.isRearming) { control(at: now, &actions) }
        if !usesMap, exchange == nil, repairs.isEmpty, cycles % Self.inspectEvery == 0 {
            repairs.append(.inspect(inspectNext))
            inspectNext = (inspectNext + 1) % facts.count
        }
    }

    private mutating func take(_ part: DynamixelFastAnswer.Part, of index: Int, at now: Instant) {
        if part.error.alert != cycle.servos[index].alert {
            cycle.servos[index].alert = part.error.alert
            cycle.servos[index].isAlertRead = false
            if !usesMap { add(.inspect(index)) }
        }
        guard part.error.code == .none else { return }
        let feedback =
            usesMap ? DynamixelFeedback(mapped: part.data) : DynamixelFeedback(plain: part.data)
        guard let feedback else {
            // Only a servo that has restarted answers with something else.
            if usesMap, part.data.count == DynamixelFeedback.map.length { add(.remap(index)) }
            return
        }
        cycle.measured(
            index, ticks: feedback.ticks, velocity: feedback.velocity, current: feedback.current, at: now)
        guard let health = feedback.health else { return }
        remember(index, hardwareErrors: health.hardwareErrors)
        cycle.servos[index].isAlertRead = true
        cycle.torqueSeen(index, on: health.torque)
        if health.busWatchdog < 0 {
            watchdogTrips += 1
            add(.rearm(index))
        } else if health.busWatchdog != watchdogUnits {
            add(.inspect(index))
        }
    }

    mutating func add(_ repair: Repair) {
        if !repairs.contains(repair) { repairs.append(repair) }
    }

    mutating func lookAtAll() {
        for index in facts.indices { add(.inspect(index)) }
    }

    /// Phase and fault by what stands now; false when a servo is lost and has to be looked for.
    mutating func judge(at now: Instant) -> Bool {
        switch cycle.verdict(at: now) {
        case .lost(let servo, let silence):
            status.phase = .recovering
            status.counters.reconnects += 1
            status.fault = .silent(servo, for: silence)
            return false
        case .alert(let servo):
            status.phase = .degraded
            status.fault = .alert(servo, hint: Self.alertHint)
        case .silent(let servo, let silence):
            status.phase = .degraded
            status.fault = .silent(servo, for: silence)
        case .refusesGoal(let servo):
            status.phase = .degraded
            status.fault = .refusesGoal(servo, registers: "registers 48 and 52")
        case .well:
            status.phase = .running
            status.fault = nil
        case .open: break
        }
        return true
    }

    private static func alertHint(_ name: String?) -> String {
        switch name {
        case "overload": "something blocks the joint, or its load is too much: free it; `clear` restarts the servo"
        case "overheating":
            "let it cool below 70 °C; then `clear` restarts it; look for a joint that holds a load for long"
        case "input voltage": "measure the servos' supply: 10.0 to 14.8 V at the last servo while it moves"
        case "electrical shock": "the motor's driver lacks power or is damaged: check the supply, then the servo"
        case "encoder": "the servo's position sensor fails: replace the servo"
        default: "read register 70 of the servo"
        }
    }
}

// Set-points, torque and goals.
extension DynamixelDriver {
    private mutating func control(at now: Instant, _ actions: inout [DeviceAction]) {
        let basis = chain?.basis
        let orders = cycle.orders(at: now)
        if orders.release {
            tell(.syncWrite(XM430.torqueEnable, cycle.servos.map { ($0.id, 0) }), &actions)
            if !usesMap { lookAtAll() }
        }
        if !orders.goals.isEmpty {
            tell(.syncWrite(XM430.goalPosition, orders.goals), &actions)
            if let chain, let basis { chain.left(basis, at: now) }
        }
        guard !orders.arming.isEmpty else { return }
        let register = XM430.goalPosition
        tell(
            .syncWrite(
                register,
                orders.arming.map { (cycle.servos[$0].id, Int32(cycle.servos[$0].goal ?? 0)) }), &actions)
        askAll(
            .verifyGoals(orders.arming), address: register.address, length: register.length, of: orders.arming, at: now,
            &actions)
    }

    mutating func goalsRead(
        _ indices: [Int], _ parts: [DynamixelFastAnswer.Part], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        var ready: [Int] = []
        for index in indices {
            let part = parts.first { $0.id == cycle.servos[index].id && $0.error.code == .none }
            let goal = part.flatMap { XM430.goalPosition.value(in: $0.data) }
            if cycle.goalReadBack(index, goal) {
                ready.append(index)
            } else {
                // It did not take the goal (a watchdog that has tripped closes it): no torque for it now.
                add(.inspect(index))
            }
        }
        guard !ready.isEmpty else { return }
        tell(.syncWrite(XM430.torqueEnable, ready.map { (cycle.servos[$0].id, 1) }), &actions)
        // Believed when each servo has been looked at.
        if !usesMap { for index in ready { add(.inspect(index)) } }
    }
}

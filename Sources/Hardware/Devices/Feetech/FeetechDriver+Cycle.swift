import DeviceProtocols
import Realtime
import RobotModel

// In service: read all, publish, write goals; look at one servo closely every few cycles.

extension FeetechDriver {
    /// Every so many cycles one servo's torque and speed registers are read.
    private static let inspectEvery = 5

    /// Starts what is due.
    mutating func runCycle(at now: Instant, _ actions: inout [DeviceAction]) {
        if alertsToClear {
            alertsToClear = false
            let alerted = cycle.servos.filter(\.alert)
            if !alerted.isEmpty {
                tell(.syncWrite(STS.torqueEnable, alerted.map { ($0.id, 0) }), &actions)
                lookAtAll()
            }
        }
        if !inspectQueue.isEmpty {
            let index = inspectQueue.removeFirst()
            return askBlock(.inspect(index), index, Self.stateBlock, at: now, &actions)
        }
        guard now >= nextCycle else { return }
        // Periods that were missed are not made up for.
        nextCycle = max(nextCycle + period, now + period / 4)
        cycles += 1
        cycleTime = now
        let block = FeetechFeedback.block
        ask(
            .feedback, address: block.address, length: block.length, of: Array(facts.indices), at: now, &actions)
    }

    mutating func feedback(_ answers: [FeetechPacket], at now: Instant, _ actions: inout [DeviceAction]) {
        let answerTime = lineTime(answers.count * (Int(FeetechFeedback.block.length) + 6))
        let acquired = max(cycleTime, now - answerTime / 2)
        for answer in answers {
            guard let index = cycle.servos.firstIndex(where: { $0.id == answer.id }),
                let feedback = FeetechFeedback(answer.parameters)
            else { continue }
            let wasAlert = cycle.servos[index].alert
            see(index, FeetechStatus(rawValue: answer.code).union(feedback.status))
            if cycle.servos[index].alert != wasAlert { lookAt(index) }
            cycle.measured(
                index, ticks: Int32(feedback.steps), velocity: feedback.velocity, current: feedback.current, at: now)
        }
        if cycle.publish(acquired: acquired, at: now) {
            status.lastGood = acquired
            chain?.arrived(at: now)
        }
        if !judge(at: now) { return beginHandshake(at: now, &actions) }
        control(at: now, &actions)
        if exchange == nil, inspectQueue.isEmpty, cycles % Self.inspectEvery == 0 {
            inspectQueue.append(inspectNext)
            inspectNext = (inspectNext + 1) % facts.count
        }
    }

    private mutating func lookAt(_ index: Int) {
        if !inspectQueue.contains(index) { inspectQueue.append(index) }
    }

    private mutating func lookAtAll() { inspectQueue = Array(facts.indices) }

    /// Phase and fault by what stands now; false when a servo is lost and has to be looked for.
    private mutating func judge(at now: Instant) -> Bool {
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
            status.fault = .refusesGoal(servo, registers: "registers 9 and 11")
        case .well:
            status.phase = .running
            status.fault = nil
        case .open: break
        }
        return true
    }

    private static func alertHint(_ name: String?) -> String {
        switch name {
        case "overload", "overcurrent":
            "something blocks the joint, or its load is too much: free it; `clear` takes its torque and arms it anew"
        case "overheating": "let it cool below its limit (register 13); look for a joint that holds a load for long"
        case "input voltage":
            "measure the servos' supply at the last servo while it moves; limits are registers 14 and 15"
        case "encoder": "the servo's position sensor fails: replace the servo"
        default: "read register 65 of the servo"
        }
    }

    private mutating func control(at now: Instant, _ actions: inout [DeviceAction]) {
        let basis = chain?.basis
        let orders = cycle.orders(at: now)
        if orders.release {
            tell(.syncWrite(STS.torqueEnable, cycle.servos.map { ($0.id, 0) }), &actions)
            lookAtAll()
        }
        if !orders.goals.isEmpty {
            tell(.syncWrite(STS.goalPosition, orders.goals.map { ($0.id, Int($0.value)) }), &actions)
            if let chain, let basis { chain.left(basis, at: now) }
        }
        guard !orders.arming.isEmpty else { return }
        // A firmware that switches torque on with a goal does so where the servo stands.
        let goals = orders.arming.map { (id: cycle.servos[$0].id, value: Int(cycle.servos[$0].goal ?? 0)) }
        tell(.syncWrite(STS.goalPosition, goals), &actions)
        ask(
            .verifyGoals(orders.arming), address: STS.goalPosition.address, length: UInt8(STS.goalPosition.length),
            of: orders.arming, at: now, &actions)
    }

    mutating func goalsRead(
        _ indices: [Int], _ answers: [FeetechPacket], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        var ready: [Int] = []
        for index in indices {
            let answer = answers.first { $0.id == cycle.servos[index].id }
            let goal = answer.flatMap { STS.goalPosition.value(in: $0.parameters) }
            if cycle.goalReadBack(index, goal.map { Int32($0) }) { ready.append(index) }
            // Torque is believed when each servo has been looked at.
            lookAt(index)
        }
        guard !ready.isEmpty else { return }
        tell(.syncWrite(STS.torqueEnable, ready.map { (cycle.servos[$0].id, 1) }), &actions)
    }

    mutating func inspected(_ index: Int, _ answer: FeetechPacket, _ actions: inout [DeviceAction]) {
        see(index, FeetechStatus(rawValue: answer.code))
        remember(index, state: answer.parameters)
        cycle.torqueSeen(index, on: answer.parameters[0] == 1)
        // A servo that has restarted has forgotten its speed.
        writeProfiles(&actions)
    }
}

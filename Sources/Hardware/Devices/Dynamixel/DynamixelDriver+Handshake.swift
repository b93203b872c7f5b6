import DeviceProtocols
import RobotModel

// Who is there, and are the registers right? Nothing moves and no torque changes in here: a servo that holds a load from
// before (the daemon was restarted) goes on holding it.

extension DynamixelDriver {
    /// Return delay ... minimum position limit.
    private static let configurationBlock = (address: UInt16(9), length: 47)
    /// Torque enable ... profile velocity.
    static let memoryBlock = (address: UInt16(64), length: 52)
    /// Goal position ... present position.
    private static let goalBlock = (address: UInt16(116), length: 20)

    mutating func beginHandshake(at now: Instant, _ actions: inout [DeviceAction]) {
        mode = .handshake
        status.phase = status.phase == .recovering ? .recovering : .checking
        repairs = []
        usesFastReads = true
        cycle.forget()
        facts = [Facts](repeating: Facts(), count: facts.count)
        askPing(0, at: now, &actions)
    }

    private mutating func askPing(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        ask(.ping(index), .ping(cycle.servos[index].id), answerBytes: 14, at: now, &actions)
    }

    mutating func askBlock(
        _ purpose: Exchange.Purpose, _ index: Int, _ block: (address: UInt16, length: Int), at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        let packet = DynamixelPacket.read(
            cycle.servos[index].id, address: block.address, length: UInt16(block.length))
        ask(purpose, packet, answerBytes: block.length + 11, at: now, &actions)
    }

    mutating func handshakeAnswered(
        _ purpose: Exchange.Purpose, _ index: Int, _ packet: DynamixelPacket, _ error: DynamixelStatusError,
        at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let data = packet.statusData
        let id = cycle.servos[index].id
        cycle.servos[index].alert = error.alert
        // Its register 70 is read with the rest of its memory.
        cycle.servos[index].isAlertRead = true
        switch purpose {
        case .ping:
            guard data.count == 3 else { return pingsDone(after: index, at: now, &actions) }
            facts[index].answersToPing = true
            facts[index].model = Int(data[0]) | Int(data[1]) << 8
            facts[index].firmware = Int(data[2])
            pingsDone(after: index, at: now, &actions)
        case .memory:
            guard data.count == Self.memoryBlock.length else {
                return refused(index, "a read of its RAM", error, &actions)
            }
            remember(index, memory: data)
            if Int8(bitPattern: data[34]) < 0 {
                watchdogTrips += 1
                ask(.clearWatchdog(index), .write(id, XM430.busWatchdog, 0), answerBytes: 11, at: now, &actions)
            } else {
                askBlock(.configuration(index), index, Self.configurationBlock, at: now, &actions)
            }
        case .clearWatchdog: askBlock(.configuration(index), index, Self.configurationBlock, at: now, &actions)
        case .configuration:
            guard data.count == Self.configurationBlock.length else {
                return refused(index, "a read of its configuration", error, &actions)
            }
            if let trouble = configure(index, data) { return fail(trouble, &actions) }
            if data[0] != 0, !cycle.servos[index].torque {
                // EEPROM: written once in the servo's life, and only while it holds nothing.
                ask(.returnDelay(index), .write(id, XM430.returnDelayTime, 0), answerBytes: 11, at: now, &actions)
            } else {
                askGoal(index, at: now, &actions)
            }
        case .returnDelay: askGoal(index, at: now, &actions)
        case .goal:
            if let goal = XM430.goalPosition.value(in: data), let ticks = XM430.presentPosition.value(in: data, at: 16),
                let nearer = cycle.takeOver(index, goal: goal, at: ticks)
            {
                tell(.syncWrite(XM430.goalPosition, [(id, nearer)]), &actions)
            }
            askMap(index, at: now, &actions)
        case .writeMap:
            facts[index].isMapped = error.code == .none
            nextServo(after: index, at: now, &actions)
        case .readMap:
            facts[index].isMapped = data == DynamixelFeedback.map.addressBytes
            nextServo(after: index, at: now, &actions)
        default: break
        }
    }

    /// A servo that holds keeps the goal it holds at.
    private mutating func askGoal(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard cycle.servos[index].torque else { return askMap(index, at: now, &actions) }
        askBlock(.goal(index), index, Self.goalBlock, at: now, &actions)
    }

    /// A servo with torque lets its map be read, not written.
    private mutating func askMap(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        let map = DynamixelFeedback.map
        let id = cycle.servos[index].id
        if cycle.servos[index].torque {
            ask(.readMap(index), map.read(from: id), answerBytes: 2 * map.length + 11, at: now, &actions)
        } else {
            ask(.writeMap(index), map.write(to: id), answerBytes: 11, at: now, &actions)
        }
    }

    /// Takes in registers 9...55; gives what makes the servo unfit.
    private mutating func configure(_ index: Int, _ data: [UInt8]) -> RobotError? {
        let servo = cycle.servos[index]
        guard data[2] == 3 else {
            return RobotError(
                .wrongDevice, "\(servo.title) is in operating mode \(data[2])", expected: "3 (position control)",
                hint: "set register 11 to 3 with the vendor's wizard, torque off")
        }
        if data[1] & 0x08 != 0 {
            return RobotError(
                .wrongDevice, "\(servo.title) switches its torque on by itself when it is given a goal",
                expected: "bit 3 of its drive mode (register 10) off",
                hint: "set register 10 to \(data[1] & ~0x08) with the vendor's wizard, torque off")
        }
        if data[1] & 0x04 != 0, profileVelocity != 0 || profileAcceleration != 0 {
            return RobotError(
                .wrongDevice, "\(servo.title) counts its profile in milliseconds",
                expected: "bit 2 of its drive mode (register 10) off",
                hint: "set register 10 to \(data[1] & ~0x04) with the vendor's wizard, torque off")
        }
        facts[index].homingOffset = XM430.homingOffset.value(in: data, at: 11) ?? 0
        if let upper = XM430.maximumPosition.value(in: data, at: 39),
            let lower = XM430.minimumPosition.value(in: data, at: 43), lower <= upper
        {
            cycle.servos[index].limits = lower...upper
        }
        return nil
    }

    /// After the last ping: is everyone there?
    private mutating func pingsDone(after index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard index + 1 == facts.count else { return askPing(index + 1, at: now, &actions) }
        let missing = facts.indices.filter { !facts[$0].answersToPing }.map { cycle.servos[$0] }
        let present = facts.indices.filter { facts[$0].answersToPing }.map { cycle.servos[$0] }
        guard missing.isEmpty else { return fail(.missing(missing, present: present), &actions) }
        if let stranger = facts.firstIndex(where: { XM430.models[$0.model] == nil }) {
            let number = facts[stranger].model
            let name = DynamixelModels.name(number).map { "a \($0) (model \(number))" } ?? "model \(number)"
            return fail(
                RobotError(
                    .wrongDevice, "\(cycle.servos[stranger].title) is \(name)",
                    expected: "a servo of the XM, XH, XD or XW series with the XM430's registers",
                    hint: "is another servo set to id \(cycle.servos[stranger].id)?"), &actions)
        }
        if status.phase == .checking { status.phase = .warmingUp }
        askBlock(.memory(0), 0, Self.memoryBlock, at: now, &actions)
    }

    private mutating func nextServo(after index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard index + 1 == facts.count else {
            return askBlock(.memory(index + 1), index + 1, Self.memoryBlock, at: now, &actions)
        }
        status.identity = zip(cycle.servos, facts).map { servo, facts in
            let offset = facts.homingOffset == 0 ? "" : " homing offset \(facts.homingOffset)"
            return "\(servo.id): \(XM430.models[facts.model] ?? "?") firmware \(facts.firmware)\(offset)"
        }.joined(separator: ", ")
        tell(.syncWrite(XM430.busWatchdog, cycle.servos.map { ($0.id, watchdogUnits) }), &actions)
        writeProfiles(&actions)
        usesMap = facts.allSatisfy(\.isMapped)
        askTrial(attempt: 1, at: now, &actions)
    }

    /// Profile registers lie in RAM: they are written when they are not as they shall be.
    mutating func writeProfiles(_ actions: inout [DeviceAction]) {
        let ids = facts.indices.filter { !facts[$0].hasProfile }.map { cycle.servos[$0].id }
        guard !ids.isEmpty else { return }
        tell(.syncWrite(XM430.profileAcceleration, ids.map { ($0, profileAcceleration) }), &actions)
        tell(.syncWrite(XM430.profileVelocity, ids.map { ($0, profileVelocity) }), &actions)
        for index in facts.indices { facts[index].hasProfile = true }
    }

    // Does everyone know fast reads? Old firmware leaves them unanswered, and with it all servos behind it.

    private mutating func askTrial(attempt: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        let block = feedbackBlock
        askAll(
            .trial, address: block.address, length: block.length, of: Array(facts.indices), attempt: attempt, at: now,
            &actions)
    }

    mutating func trialAnswered(
        _ waiting: Exchange, _ parts: [DynamixelFastAnswer.Part], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        if parts.count < facts.count {
            if waiting.attempt < 2 { return askTrial(attempt: 2, at: now, &actions) }
            usesFastReads = false
        }
        for index in facts.indices { cycle.servos[index].answeredAt = now }
        mode = .running
        hasRun = true
        nextCycle = now
    }

    private mutating func refused(
        _ index: Int, _ what: String, _ error: DynamixelStatusError, _ actions: inout [DeviceAction]
    ) {
        fail(
            RobotError(
                .refused, "\(cycle.servos[index].title) refuses \(what): \(error.code)",
                hint: "is it really a servo of the XM or XH series? its firmware may be too old"), &actions)
    }

    mutating func handshakeTimedOut(_ waiting: Exchange, at now: Instant, _ actions: inout [DeviceAction]) {
        if case .ping(let index) = waiting.purpose {
            // One servo after the other until the first answers: then all are asked, to name those that do not.
            if !facts.contains(where: \.answersToPing), index + 1 == facts.count {
                return fail(nobody(heard: waiting.heard), &actions)
            }
            return pingsDone(after: index, at: now, &actions)
        }
        let title = waiting.purpose.servo.map { cycle.servos[$0].title } ?? "a servo"
        fail(
            RobotError(
                .silent, "\(title) answered to ping and then fell silent",
                hint: "does the bus have its 12 V, and enough of it? check the plugs"), &actions)
    }

    private func nobody(heard: Int) -> RobotError {
        let ids = cycle.servos.map { "\($0.id)" }.joined(separator: ", ")
        guard heard == 0 else {
            return RobotError(
                .garbage, "\(heard) bytes arrived from the joints' bus, but no packet among them",
                hint: hasRun
                    ? "the bus has worked at this rate: look for a loose plug, a chafed cable or a missing ground"
                    : "the rate is probably not \(baudRate): servos leave the factory at 57600; see register 8")
        }
        return RobotError(
            .silent, "no servo of \(ids) answers at \(baudRate) baud",
            hint: """
                is the 12 V on (the emergency stop may cut it)? is the bus plugged into the adapter? servos leave the \
                factory at 57600 baud
                """)
    }

    /// Takes in registers 64...115.
    mutating func remember(_ index: Int, memory: [UInt8]) {
        cycle.servos[index].torque = memory[0] == 1
        remember(index, hardwareErrors: memory[6])
        facts[index].hasProfile =
            XM430.profileAcceleration.value(in: memory, at: 44) == profileAcceleration
            && XM430.profileVelocity.value(in: memory, at: 48) == profileVelocity
    }

    mutating func remember(_ index: Int, hardwareErrors bits: UInt8) {
        cycle.servos[index].alertNames = XM430.hardwareErrors(bits)
    }
}

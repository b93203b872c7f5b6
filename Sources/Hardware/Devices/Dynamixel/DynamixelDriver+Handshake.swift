import DeviceProtocols
import RobotModel

// Who is there, and are the registers right? Nothing moves and no torque changes in here: a servo that holds a load from
// before (the daemon was restarted) goes on holding it.

extension DynamixelDriver {
    /// Return delay, drive mode, operating mode.
    private static let configurationBlock = (address: UInt16(9), length: 3)
    /// Torque enable ... bus watchdog.
    static let memoryBlock = (address: UInt16(64), length: 35)

    mutating func beginHandshake(at now: Instant, _ actions: inout [DeviceAction]) {
        mode = .handshake
        status.phase = status.phase == .recovering ? .recovering : .checking
        inspectQueue = []
        for index in servos.indices {
            servos[index].answersToPing = false
            servos[index].ticks = nil
            servos[index].goal = nil
            servos[index].torque = false
            servos[index].refusesGoal = false
        }
        askPing(0, at: now, &actions)
    }

    private mutating func askPing(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        ask(.ping(index), .ping(servos[index].id), answerBytes: 14, at: now, &actions)
    }

    private mutating func askConfiguration(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        let block = Self.configurationBlock
        let packet = DynamixelPacket.read(servos[index].id, address: block.address, length: UInt16(block.length))
        ask(.configuration(index), packet, answerBytes: 14, at: now, &actions)
    }

    mutating func handshakeAnswered(
        _ purpose: Exchange.Purpose, _ index: Int, _ packet: DynamixelPacket, _ error: DynamixelStatusError,
        at now: Instant, _ actions: inout [DeviceAction]
    ) {
        let data = packet.statusData
        servos[index].alert = error.alert
        // Its register 70 is read with the rest of its memory.
        servos[index].isAlertRead = true
        switch purpose {
        case .ping:
            guard data.count == 3 else { return pingsDone(after: index, at: now, &actions) }
            servos[index].answersToPing = true
            servos[index].model = Int(data[0]) | Int(data[1]) << 8
            servos[index].firmware = Int(data[2])
            pingsDone(after: index, at: now, &actions)
        case .memory:
            guard data.count == Self.memoryBlock.length else {
                return refused(index, "a read of its RAM", error, &actions)
            }
            remember(index, memory: data)
            if Int8(bitPattern: data[34]) < 0 {
                watchdogTrips += 1
                ask(
                    .clearWatchdog(index), .write(servos[index].id, XM430.busWatchdog, 0), answerBytes: 11, at: now,
                    &actions)
            } else {
                askConfiguration(index, at: now, &actions)
            }
        case .clearWatchdog:
            askConfiguration(index, at: now, &actions)
        case .configuration:
            guard data.count == Self.configurationBlock.length else {
                return refused(index, "a read of its configuration", error, &actions)
            }
            guard data[2] == 3 else {
                return fail(
                    RobotError(
                        .wrongDevice, "\(servos[index].title) is in operating mode \(data[2])",
                        expected: "3 (position control)",
                        hint: "set register 11 to 3 with the vendor's wizard, torque off"), &actions)
            }
            if data[0] != 0, !servos[index].torque {
                // EEPROM: written once in the servo's life, and only while it holds nothing.
                ask(
                    .returnDelay(index), .write(servos[index].id, XM430.returnDelayTime, 0), answerBytes: 11, at: now,
                    &actions)
            } else {
                askGoal(index, at: now, &actions)
            }
        case .returnDelay:
            askGoal(index, at: now, &actions)
        case .goal:
            if let goal = XM430.goalPosition.value(in: data) { servos[index].goal = Double(goal) }
            nextServo(after: index, at: now, &actions)
        default: break
        }
    }

    /// A servo that holds keeps the goal it holds at.
    private mutating func askGoal(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard servos[index].torque else { return nextServo(after: index, at: now, &actions) }
        ask(.goal(index), .read(servos[index].id, XM430.goalPosition), answerBytes: 15, at: now, &actions)
    }

    /// After the last ping: is everyone there?
    private mutating func pingsDone(after index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard index + 1 == servos.count else { return askPing(index + 1, at: now, &actions) }
        let missing = servos.filter { !$0.answersToPing }
        let present = servos.filter(\.answersToPing)
        guard missing.isEmpty else {
            let names = missing.map(\.title).joined(separator: ", ")
            let ids = present.map { "\($0.id)" }.joined(separator: ", ")
            return fail(
                RobotError(
                    .silent, "no answer from \(names); servos \(ids) answer",
                    hint: "check the cable into \(missing[0].name), and that its id and rate are as in the board file"),
                &actions)
        }
        if let stranger = servos.first(where: { XM430.models[$0.model] == nil }) {
            return fail(
                RobotError(
                    .wrongDevice, "\(stranger.title) is model \(stranger.model)",
                    expected: "a servo of the XM or XH series with the XM430's registers",
                    hint: "is another servo set to id \(stranger.id)?"), &actions)
        }
        status.identity = servos.map {
            "\($0.id): \(XM430.models[$0.model] ?? "?") firmware \($0.firmware)"
        }.joined(separator: ", ")
        if status.phase == .checking { status.phase = .warmingUp }
        askMemory(0, at: now, &actions)
    }

    private mutating func askMemory(_ index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        let block = Self.memoryBlock
        let packet = DynamixelPacket.read(servos[index].id, address: block.address, length: UInt16(block.length))
        ask(.memory(index), packet, answerBytes: 46, at: now, &actions)
    }

    private mutating func nextServo(after index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard index + 1 == servos.count else { return askMemory(index + 1, at: now, &actions) }
        tell(.syncWrite(XM430.busWatchdog, servos.map { ($0.id, watchdogUnits) }), &actions)
        for index in servos.indices { servos[index].answeredAt = now }
        mode = .running
        hasRun = true
        nextCycle = now
        lastGoals = nil
    }

    private mutating func refused(
        _ index: Int, _ what: String, _ error: DynamixelStatusError, _ actions: inout [DeviceAction]
    ) {
        fail(
            RobotError(
                .refused, "\(servos[index].title) refuses \(what): \(error.code)",
                hint: "is it really a servo of the XM or XH series? its firmware may be too old"), &actions)
    }

    mutating func handshakeTimedOut(_ waiting: Exchange, at now: Instant, _ actions: inout [DeviceAction]) {
        if case .ping(let index) = waiting.purpose {
            // One servo after the other until the first answers: then all are asked, to name those that do not.
            if !servos.contains(where: \.answersToPing), index + 1 == servos.count {
                return fail(nobody(heard: waiting.heard), &actions)
            }
            return pingsDone(after: index, at: now, &actions)
        }
        fail(
            RobotError(
                .silent, "a servo answered to ping and then fell silent",
                hint: "does the bus have its 12 V, and enough of it? check the plugs"), &actions)
    }

    private func nobody(heard: Int) -> RobotError {
        let ids = servos.map { "\($0.id)" }.joined(separator: ", ")
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

    /// Takes in registers 64...98.
    mutating func remember(_ index: Int, memory: [UInt8]) {
        servos[index].torque = memory[0] == 1
        servos[index].hardwareErrors = memory[6]
    }
}

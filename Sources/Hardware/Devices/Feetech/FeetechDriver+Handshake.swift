import DeviceProtocols
import RobotModel

// Who is there, and are the registers right? Nothing moves and no torque changes in here: a servo that holds a load from
// before (the daemon was restarted) goes on holding it. Nobody is pinged: a ping's answer with an alert looks like its own
// echo.

extension FeetechDriver {
    /// Firmware, byte order, model.
    private static let identityBlock = (address: UInt8(0), length: UInt8(5))
    /// Position limits ... mode.
    private static let configurationBlock = (address: UInt8(9), length: UInt8(25))
    /// Torque enable ... present position.
    static let stateBlock = (address: UInt8(40), length: UInt8(18))

    mutating func beginHandshake(at now: Instant, _ actions: inout [DeviceAction]) {
        mode = .handshake
        status.phase = status.phase == .recovering ? .recovering : .checking
        inspectQueue = []
        cycle.forget()
        facts = [Facts](repeating: Facts(), count: facts.count)
        askBlock(.identity(0), 0, Self.identityBlock, at: now, &actions)
    }

    mutating func askBlock(
        _ purpose: Exchange.Purpose, _ index: Int, _ block: (address: UInt8, length: UInt8), at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        ask(purpose, address: block.address, length: block.length, of: [index], at: now, &actions)
    }

    mutating func handshakeAnswered(
        _ purpose: Exchange.Purpose, _ index: Int, _ answer: FeetechPacket, at now: Instant,
        _ actions: inout [DeviceAction]
    ) {
        see(index, FeetechStatus(rawValue: answer.code))
        let data = answer.parameters
        switch purpose {
        case .identity:
            facts[index].isPresent = true
            facts[index].model = Int(data[3]) | Int(data[4]) << 8
            facts[index].firmware = "\(data[0]).\(data[1])"
            rollCallDone(after: index, at: now, &actions)
        case .configuration:
            if let trouble = configure(index, data) { return fail(trouble, &actions) }
            askBlock(.state(index), index, Self.stateBlock, at: now, &actions)
        default:
            remember(index, state: data)
            cycle.servos[index].torque = data[0] == 1
            if data[0] == 1, let goal = STS.goalPosition.value(in: data, at: 2),
                let ticks = STS.presentPosition.value(in: data, at: 16),
                let nearer = cycle.takeOver(index, goal: Int32(goal), at: Int32(ticks))
            {
                tell(.syncWrite(STS.goalPosition, [(cycle.servos[index].id, Int(nearer))]), &actions)
            }
            nextServo(after: index, at: now, &actions)
        }
    }

    /// Takes in registers 9...33; gives what makes the servo unfit.
    private mutating func configure(_ index: Int, _ data: [UInt8]) -> RobotError? {
        let servo = cycle.servos[index]
        let mode = data[24]
        guard mode == 0 else {
            return RobotError(
                .wrongDevice, "\(servo.title) is in mode \(mode)", expected: "0 (position servo)",
                hint: "set register 33 to 0 with the vendor's tool, torque off and its lock (55) open")
        }
        guard let lower = STS.minimumPosition.value(in: data, at: 0),
            let upper = STS.maximumPosition.value(in: data, at: 2)
        else { return nil }
        // Both 0: it counts turns, seven either way.
        cycle.servos[index].limits = lower < upper ? Int32(lower)...Int32(upper) : -30_719...30_719
        return nil
    }

    /// After the last servo was asked who it is: is everyone there?
    private mutating func rollCallDone(after index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard index + 1 == facts.count else {
            return askBlock(.identity(index + 1), index + 1, Self.identityBlock, at: now, &actions)
        }
        let missing = facts.indices.filter { !facts[$0].isPresent }.map { cycle.servos[$0] }
        let present = facts.indices.filter { facts[$0].isPresent }.map { cycle.servos[$0] }
        guard missing.isEmpty else { return fail(.missing(missing, present: present), &actions) }
        if let stranger = facts.firstIndex(where: { STS.models[$0.model] == nil }) {
            let number = facts[stranger].model
            let name = STS.strangers[number].map { "a \($0) (model \(number))" } ?? "model \(number)"
            return fail(
                RobotError(
                    .wrongDevice, "\(cycle.servos[stranger].title) is \(name)",
                    expected: "a servo of the STS series with 4096 steps a turn",
                    hint: "is another servo set to id \(cycle.servos[stranger].id)?"), &actions)
        }
        status.identity = zip(cycle.servos, facts).map { servo, facts in
            "\(servo.id): \(STS.models[facts.model] ?? "?") firmware \(facts.firmware)"
        }.joined(separator: ", ")
        if status.phase == .checking { status.phase = .warmingUp }
        askBlock(.configuration(0), 0, Self.configurationBlock, at: now, &actions)
    }

    private mutating func nextServo(after index: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        guard index + 1 == facts.count else {
            return askBlock(.configuration(index + 1), index + 1, Self.configurationBlock, at: now, &actions)
        }
        writeProfiles(&actions)
        for index in facts.indices { cycle.servos[index].answeredAt = now }
        mode = .running
        hasRun = true
        nextCycle = now
    }

    mutating func handshakeTimedOut(
        _ waiting: Exchange, _ index: Int, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        if case .identity = waiting.purpose {
            if !facts.contains(where: \.isPresent), index + 1 == facts.count {
                return fail(nobody(heard: waiting.heard - waiting.echoed), &actions)
            }
            return rollCallDone(after: index, at: now, &actions)
        }
        fail(
            RobotError(
                .silent, "\(cycle.servos[index].title) said who it is and then fell silent",
                hint: "does the bus have its supply, and enough of it? check the plugs"), &actions)
    }

    private func nobody(heard: Int) -> RobotError {
        let ids = cycle.servos.map { "\($0.id)" }.joined(separator: ", ")
        guard heard > 0 else {
            return RobotError(
                .silent, "no servo of \(ids) answers at \(baudRate) baud",
                hint: """
                    is the servos' supply on (the emergency stop may cut it)? is the bus plugged into the adapter? STS \
                    servos leave the factory at 1000000 baud
                    """)
        }
        return RobotError(
            .garbage, "\(heard) bytes arrived from the joints' bus, but no answer among them",
            hint: hasRun
                ? "the bus has worked at this rate: look for a loose plug, a chafed cable or a missing ground"
                : "the rate is probably not \(baudRate): STS servos leave the factory at 1000000, SMS servos at 115200")
    }

    /// Takes in registers 40...57.
    mutating func remember(_ index: Int, state: [UInt8]) {
        facts[index].hasProfile =
            STS.acceleration.value(in: state, at: 1) == acceleration
            && STS.goalSpeed.value(in: state, at: 6) == goalSpeed && STS.goalTime.value(in: state, at: 4) == 0
    }

    /// Speed and acceleration lie in RAM: they are written when they are not as they shall be.
    mutating func writeProfiles(_ actions: inout [DeviceAction]) {
        let ids = facts.indices.filter { !facts[$0].hasProfile }.map { cycle.servos[$0].id }
        guard !ids.isEmpty else { return }
        tell(.syncWrite(STS.acceleration, ids.map { ($0, acceleration) }), &actions)
        tell(.syncWrite(STS.goalTime, ids.map { ($0, 0) }), &actions)
        tell(.syncWrite(STS.goalSpeed, ids.map { ($0, goalSpeed) }), &actions)
        for index in facts.indices { facts[index].hasProfile = true }
    }

    /// A servo's error byte: its alert and what it is.
    mutating func see(_ index: Int, _ status: FeetechStatus) {
        cycle.servos[index].alert = !status.isEmpty
        cycle.servos[index].alertNames = status.names
        cycle.servos[index].isAlertRead = true
    }
}

extension FeetechDriver.Exchange {
    /// Bytes of its own question that may have come back in three attempts.
    var echoed: Int { heard == attempt * packet.encoded.count ? heard : 0 }
}

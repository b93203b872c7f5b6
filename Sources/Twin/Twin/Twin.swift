public import BoardFile
public import BuildingMap
public import DeviceIO
public import RobotModel

/// The building and the robot's body in simulation, behind the ports and lines of a board file.
///
/// What the robot's program sees of it are bytes of its devices' own protocols and levels of GPIO lines, as slow as the
/// real lines are. Time is passed in; for one seed, one history of bytes gives one history of the world. Lives on one
/// thread, never waits, and reads no clock.
///
///     let twin = try Twin.inMemory(board: board, building: building, scenario: scenario, ports: ports, gpio: gpio)
///     twin.advance(to: now)
///     print(twin.truth.pose)
public final class Twin {
    private static let step = Duration.milliseconds(1)
    /// Steps between two looks at the outputs, and at what the building's broker brings.
    private static let gpioEvery = 5
    private static let networkEvery = 20

    package let world: World
    private let board: Board
    private let ports: any TwinPorts
    private let gpio: any TwinGPIO
    private let boxRadio: BoxRadioDevice
    /// The wheels' own encoders, if the board has them.
    private let encoders: (left: QuadratureBody, right: QuadratureBody)?
    private var lines: [(slot: SlotID, path: String, line: PacedLine)] = []
    private var console: ConsoleBridge
    /// The building's controllers behind its broker, if the board reaches any.
    private let network: BuildingNetwork?
    /// When the world began; nil before the first `advance`.
    private var origin: Instant?
    private var now = Instant.zero
    private var schedule: [(fault: ScheduledFault, isOn: Bool)] = []
    /// Faults that are on now.
    public private(set) var faults: Set<Fault> = []
    private var shownLevels: [Int: Bool] = [:]

    /// Builds the world and joins the devices to their ports.
    ///
    /// - Parameter brokers: Where the building's broker is found.
    ///
    /// Throws `RobotError` when board, building and scenario do not fit together, or a port cannot be made.
    public init(
        board: Board, building: Building, scenario: Scenario, ports: any TwinPorts, gpio: any TwinGPIO,
        brokers: any MQTTPortOpening, faults: [ScheduledFault] = []
    ) throws(RobotError) {
        self.board = board
        self.ports = ports
        self.gpio = gpio
        world = try World(board: board, building: building, scenario: scenario)
        for entry in faults { try Twin.check(entry.fault, board: board, building: building) }
        schedule = faults.map { ($0, false) }
        network = BuildingNetwork(board, world, brokers)
        boxRadio = BoxRadioDevice(plant: world.boxPlant, unit: UInt8(clamping: board.boxRadio.unit))
        encoders = board.wheelEncoders.map { slot in
            (Twin.encoder(slot.left, slot), Twin.encoder(slot.right, slot))
        }
        let devices = Twin.devices(board, world, boxRadio)
        do throws(PortError) {
            for (index, (slot, settings, device)) in devices.enumerated() {
                let line = SerialLine(settings)
                let paced = PacedLine(
                    device: device, line: line, port: try ports.deviceEnd(of: line),
                    random: SeededRandom(seed: scenario.seed &+ UInt64(index) &* 0x9E37_79B9))
                lines.append((slot, line.path, paced))
            }
            let line = SerialLine(board.console.port)
            var terminal = line
            terminal.path = Twin.terminalPath(of: board)
            console = ConsoleBridge(
                robot: try ports.deviceEnd(of: line), technician: try ports.deviceEnd(of: terminal), line: line)
        } catch {
            throw RobotError(
                .noSuchDevice, "the twin cannot make a port: \(error)",
                hint: "does its folder exist, and may this user write there?")
        }
        showSwitches(at: .zero)
    }

    /// Refuses a fault of a door, lift or servo that there is not.
    private static func check(_ fault: Fault, board: Board, building: Building) throws(RobotError) {
        func known<Name: Comparable & CustomStringConvertible>(
            _ name: Name, _ names: some Sequence<Name>, _ kind: String
        ) throws(RobotError) {
            if names.contains(name) { return }
            let list = names.sorted().map(\.description).joined(separator: ", ")
            throw RobotError(.invalidFile, "a fault is for the \(kind) '\(name)'", expected: "one of \(list)")
        }
        switch fault {
        case .doorStuck(let id), .doorClosesEarly(let id), .personInDoorway(let id), .doorOffline(let id),
            .doorStolen(let id):
            try known(id, building.doors.keys, "door")
        case .liftStuck(let id), .liftWrongLevel(let id), .liftFire(let id), .liftOffline(let id),
            .liftEmergency(let id), .liftClosesEarly(let id), .liftLeaves(let id), .liftStolen(let id),
            .liftPowerLoss(let id):
            try known(id, building.lifts.keys, "lift")
        // The relay box says nothing as a whole: facilities:silent.
        case .doorSilent(let id):
            try known(id, board.buildingBroker?.doors.keys.map(\.self) ?? [], "door behind a broker")
        case .liftSilent(let id):
            try known(id, board.buildingBroker?.lifts.keys.map(\.self) ?? [], "lift behind a broker")
        case .servoAlert(let id):
            try known(id, board.joints.ids + board.joints.held.map(\.id) + [board.joints.gripper.id], "servo")
        case .carried(let level, _): try known(level, building.levels.map(\.id), "level")
        case .line, .emergencyStop, .bumper, .gpioUnplugged, .mealMissing, .boxRefusesCode, .boxLatchStuck,
            .boxFlapStuck, .mealSlips, .lidStuck, .lidUnlatched, .batteryLow, .wheelFault, .brokerUnplugged:
            break
        }
    }

    /// Where a technician finds the other end of the console's cable.
    public static func terminalPath(of board: Board) -> String { board.console.port.path + "-terminal" }

    /// A twin in the robot's own process: the same bytes, no kernel between.
    public static func inMemory(
        board: Board, building: Building, scenario: Scenario, ports: MemoryPorts, gpio: MemoryGPIO,
        broker: MemoryBroker = MemoryBroker(), faults: [ScheduledFault] = []
    ) throws(RobotError) -> Twin {
        try Twin(
            board: board, building: building, scenario: scenario, ports: ports, gpio: gpio, brokers: broker,
            faults: faults)
    }

    /// A twin whose devices another process finds at the board file's paths; the board's broker, if it has one, runs already.
    public static func onPseudoTerminals(
        board: Board, building: Building, scenario: Scenario, faults: [ScheduledFault] = []
    ) throws(RobotError) -> Twin {
        guard let chip = board.gpio.first?.chip, chip.hasPrefix("socket:") else {
            throw RobotError(
                .invalidFile, "the board's GPIO chip is no twin's", expected: "socket:<path>",
                hint: "run the twin on a board file made for it, such as BoardConfigs/twin.yaml")
        }
        let gpio: TwinGPIOSocket
        do throws(PortError) {
            // A resistor pulls the lock's wire to "locked" when nobody drives it.
            let idle = board.gpio.filter { $0.role == .lock && $0.activeLow }.map { ($0.line, true) }
            gpio = try TwinGPIOSocket(
                path: String(chip.dropFirst("socket:".count)), idle: Dictionary(idle) { first, _ in first })
        } catch {
            throw RobotError(
                .noSuchDevice, "the twin cannot make its GPIO chip: \(error)",
                hint: "does its folder exist, and may this user write there?")
        }
        return try Twin(
            board: board, building: building, scenario: scenario, ports: TwinPseudoTerminals(), gpio: gpio,
            brokers: SystemMQTTPorts(), faults: faults)
    }

    /// The lines of the twin and where they are, for people.
    public var portPaths: [(slot: SlotID, path: String)] {
        lines.map { ($0.slot, $0.path) } + [
            ("console", board.console.port.path), ("console-terminal", Twin.terminalPath(of: board)),
            ("gpio", board.gpio.first?.chip ?? ""),
        ]
    }

    /// Lets the world live up to a moment, in steps of one millisecond.
    ///
    /// The first call sets the world's beginning.
    public func advance(to moment: Instant) {
        if origin == nil {
            origin = moment
            now = moment
        }
        while now + Twin.step <= moment {
            now += Twin.step
            if !schedule.isEmpty { followSchedule() }
            world.advance()
            for entry in lines { entry.line.advance(to: now) }
            if let encoders {
                encoders.left.turn(to: world.wheels.leftPosition, at: now, on: gpio)
                encoders.right.turn(to: world.wheels.rightPosition, at: now, on: gpio)
            }
            console.advance(to: now)
            if world.steps % Twin.networkEvery == 0 { network?.advance(to: now) }
            if world.steps % Twin.gpioEvery == 0 {
                gpio.service()
                world.compartment.isUnlocked = output(.lock)
                boxRadio.inRange = world.isBoxInRange
                renewAlerts()
            }
            showSwitches(at: now)
        }
    }

    /// What really is.
    public var truth: Truth { world.truth(at: now) }
}

extension Twin {
    // MARK: - GPIO

    private func slot(_ role: GPIOSlot.Role) -> GPIOSlot? { board.gpio.first { $0.role == role } }

    private func output(_ role: GPIOSlot.Role) -> Bool {
        guard let slot = slot(role), let level = gpio.output(line: slot.line) else { return false }
        return level != slot.activeLow
    }

    /// Puts the switches' levels on their lines where they have changed.
    private func showSwitches(at time: Instant) {
        for slot in board.gpio {
            let isOn: Bool
            switch slot.role {
            case .emergencyStop: isOn = world.isEmergencyStopped
            case .bumper: isOn = world.isBumperHit || faults.contains(.bumper)
            case .lid: isOn = world.compartment.opening > 0.05
            case .load: isOn = world.meal == .inCompartment
            case .lock: continue
            }
            let level = isOn != slot.activeLow
            if shownLevels[slot.line] != level {
                shownLevels[slot.line] = level
                gpio.setInput(line: slot.line, level, at: time)
            }
        }
    }

    // MARK: - Faults

    /// Adds a fault for later; its time counts from the world's beginning.
    public func schedule(_ fault: ScheduledFault) { schedule.append((fault, false)) }

    private func followSchedule() {
        let time = now - (origin ?? now)
        for index in schedule.indices {
            let entry = schedule[index].fault
            let isDue = time >= entry.start && entry.duration.map { time < entry.start + $0 } ?? true
            if isDue && !schedule[index].isOn {
                schedule[index].isOn = true
                inject(entry.fault)
            } else if !isDue && schedule[index].isOn {
                clear(entry.fault)
                schedule[index].isOn = false
            }
        }
        schedule.removeAll { entry in
            entry.isOn
                ? entry.fault.duration == nil : entry.fault.duration.map { time >= entry.fault.start + $0 } ?? false
        }
    }

    /// Makes something go wrong now.
    ///
    /// A servo's alert and a wheel drive's fault last until the robot clears them; while the fault is on they return.
    public func inject(_ fault: Fault) {
        faults.insert(fault)
        switch fault {
        case .servoAlert(let id): world.setAlert(servo: id)
        case .wheelFault: world.wheels.leftFault |= Twin.overCurrent
        case .carried(let level, let pose): world.carry(to: level, pose)
        case .batteryLow: world.battery.stateOfCharge = min(world.battery.stateOfCharge, 0.08)
        default: apply(fault, true)
        }
    }

    /// Ends a fault.
    public func clear(_ fault: Fault) {
        if faults.remove(fault) != nil { apply(fault, false) }
    }

    /// ZLAC8015D manual, fault code 0x0004.
    private static let overCurrent: UInt16 = 0x0004

    /// An alert whose cause is still there comes back after the robot has cleared it.
    private func renewAlerts() {
        guard !faults.isEmpty, world.steps % 500 == 0 else { return }
        for fault in faults {
            switch fault {
            case .servoAlert(let id): world.setAlert(servo: id)
            case .wheelFault: world.wheels.leftFault |= Twin.overCurrent
            default: break
            }
        }
    }

    /// Every line of the chips: one that goes away takes all of its lines along.
    private var gpioLines: [Int] {
        board.gpio.map(\.line)
            + (board.wheelEncoders.map { [$0.left, $0.right].flatMap { [$0.lineA, $0.lineB] } } ?? [])
    }

    private func apply(_ fault: Fault, _ isOn: Bool) {
        switch fault {
        case .line(let slot, let trouble): setTrouble(trouble, on: slot, isOn)
        case .emergencyStop: world.isEmergencyStopped = isOn
        case .gpioUnplugged: gpio.setPlugged(!isOn, lines: gpioLines)
        case .doorStuck(let id): world.doors[id]?.isStuck = isOn
        case .doorClosesEarly(let id): world.doors[id]?.closesEarly = isOn
        case .personInDoorway(let id): world.setPerson(inDoorway: id, isOn)
        case .liftStuck(let id): world.lifts[id]?.isStuck = isOn
        case .liftWrongLevel(let id): world.lifts[id]?.goesWrong = isOn
        case .liftFire(let id): world.lifts[id]?.isOnFire = isOn
        case .liftOffline(let id): world.lifts[id]?.isOffline = isOn
        case .doorOffline(let id): world.doors[id]?.isOffline = isOn
        case .doorStolen(let id): world.doors[id]?.plant?.isStolen = isOn
        case .doorSilent(let id): world.doors[id]?.plant?.isSilent = isOn
        case .liftEmergency(let id): world.lifts[id]?.isInEmergency = isOn
        case .liftClosesEarly(let id): world.lifts[id]?.closesEarly = isOn
        case .liftLeaves(let id): world.lifts[id]?.leaves = isOn
        case .liftStolen(let id): world.lifts[id]?.plant.isStolen = isOn
        case .liftSilent(let id): world.lifts[id]?.plant.isSilent = isOn
        case .liftPowerLoss(let id): world.lifts[id]?.isPowerless = isOn
        case .brokerUnplugged: network?.isPlugged = !isOn
        case .mealMissing: world.setMealMissing(isOn)
        case .boxRefusesCode: world.boxPlant.code ^= 0x0001_0001
        case .boxLatchStuck: world.boxPlant.isLatchStuck = isOn
        case .boxFlapStuck: world.box?.isFlapStuck = isOn
        case .mealSlips: world.isMealSlippery = isOn
        case .lidStuck: world.compartment.isStuck = isOn
        case .lidUnlatched: world.compartment.isLatchBroken = isOn
        case .servoAlert, .wheelFault, .batteryLow, .bumper, .carried: break
        }
    }

    private func setTrouble(_ trouble: LineTrouble, on slot: SlotID, _ isOn: Bool) {
        if slot == "console" {
            console.isBroken = isOn
            if trouble == .unplugged { ports.setPlugged(board.console.port.path, !isOn) }
            return
        }
        guard let entry = lines.first(where: { $0.slot == slot }) else { return }
        entry.line.fault = isOn ? LineFault(trouble) : .none
        if trouble == .unplugged { ports.setPlugged(entry.path, !isOn) }
    }
}

extension SerialLine {
    /// The line of a board file's port.
    init(_ settings: PortSettings) {
        self.init(
            path: settings.path, baudRate: settings.baudRate,
            parity: Parity(rawValue: settings.parity.rawValue) ?? .none, stopBits: settings.stopBits)
    }
}

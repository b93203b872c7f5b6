package import DeviceProtocols
package import RobotModel

/// The wheel drive as its line sees it: a ZLAC8015D's registers over two hub motors.
///
/// Registers of `ZLAC8015DRegister` exist, and two more that its clients use (0x2008 maximum speed, 0x200F synchronous
/// set-points); every other address is refused. The drive powers its motors on `enable` in velocity mode and without
/// faults, follows its ramps, brakes on `emergencyStop` and on the silence of its master, and forgets everything when it
/// is switched off and on.
package final class ZLAC8015DDevice: TwinDevice {
    private enum Power { case off, on, braking }

    /// The speed that the ramps' times refer to, rpm.
    private static let ratedRPM = 200.0
    /// How long the drive starts up, deaf.
    private static let bootTime = Duration.milliseconds(300)
    private static let maximumSpeed: UInt16 = 0x2008
    private static let synchronous: UInt16 = 0x200F

    private let plant: WheelPlant
    private let unit: UInt8
    private let countsPerRadian: Double
    private let leftSign: Double
    private let rightSign: Double
    private var decoder = ModbusRequestDecoder(silence: .milliseconds(3))
    private var answers: [UInt8] = []
    private var settings: [UInt16: UInt16] = [:]
    private var power = Power.off
    /// Set-points in rad/s, in the motors' own direction: as written, and where the ramps are.
    private var target = (left: 0.0, right: 0.0)
    private var ramped = (left: 0.0, right: 0.0)
    /// Encoder angles that count as zero.
    private var zero = (left: 0.0, right: 0.0)
    private var lastWord: Instant?
    private var last: Instant?
    private var bootedAt: Instant?

    /// A drive that counts `countsPerRevolution` a turn; an inverted motor turns backwards for a forward wheel.
    /// The next request is refused, whatever it is.
    package var refusesOnce: ModbusException?

    package init(
        plant: WheelPlant, unit: UInt8, countsPerRevolution: Int, leftInverted: Bool, rightInverted: Bool
    ) {
        self.plant = plant
        self.unit = unit
        countsPerRadian = Double(countsPerRevolution) / (2 * .pi)
        leftSign = leftInverted ? -1 : 1
        rightSign = rightInverted ? -1 : 1
        forget()
    }

    /// Switches the drive off and on: settings and positions are lost, and it is deaf while it starts.
    package func powerCycle(at now: Instant) {
        forget()
        zero = (plant.leftPosition * leftSign, plant.rightPosition * rightSign)
        bootedAt = now + Self.bootTime
        answers.removeAll()
    }

    private func forget() {
        power = .off
        target = (0, 0)
        ramped = (0, 0)
        settings = [
            ZLAC8015DRegister.communicationTimeout.rawValue: 0,
            ZLAC8015DRegister.mode.rawValue: ZLAC8015DMode.undefined.rawValue,
            ZLAC8015DRegister.control.rawValue: 0,
            ZLAC8015DRegister.leftAcceleration.rawValue: 500, ZLAC8015DRegister.rightAcceleration.rawValue: 500,
            ZLAC8015DRegister.leftDeceleration.rawValue: 500, ZLAC8015DRegister.rightDeceleration.rawValue: 500,
            ZLAC8015DRegister.leftTarget.rawValue: 0, ZLAC8015DRegister.rightTarget.rawValue: 0,
            Self.maximumSpeed: 1000, Self.synchronous: 0,
        ]
        drivePlant()
    }

    // MARK: - The line

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        if let bootedAt, now < bootedAt { return }
        for frame in decoder.receive(bytes, at: now) where frame.unit == unit || frame.unit == 0 {
            lastWord = now
            let response = answer(frame.content)
            if frame.unit != 0 { answers += response.frame(unit: unit) }  // nobody answers a broadcast
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        let seconds = last.map { now.seconds(since: $0) } ?? 0
        last = now
        if plant.leftFault | plant.rightFault != 0, power != .off {
            power = .off
            target = (0, 0)
        }
        let timeout = Int64(settings[ZLAC8015DRegister.communicationTimeout.rawValue] ?? 0)
        if timeout > 0, power == .on, let lastWord, now - lastWord > .milliseconds(timeout) {
            power = .braking
            target = (0, 0)
        }
        ramped.left = ramp(ramped.left, to: target.left, .leftAcceleration, .leftDeceleration, seconds)
        ramped.right = ramp(ramped.right, to: target.right, .rightAcceleration, .rightDeceleration, seconds)
        drivePlant()
        output += answers
        answers.removeAll(keepingCapacity: true)
    }

    private func ramp(
        _ speed: Double, to target: Double, _ up: ZLAC8015DRegister, _ down: ZLAC8015DRegister, _ seconds: Double
    ) -> Double {
        guard power == .on else { return 0 }
        let register = abs(target) > abs(speed) ? up : down
        let time = Double(settings[register.rawValue] ?? 0) * 0.001
        guard time > 0 else { return target }
        let change = ZLAC8015DUnits.radiansPerSecond(rpm: Self.ratedRPM) / time * seconds
        return speed + max(-change, min(change, target - speed))
    }

    private func drivePlant() {
        plant.enabled = power != .off
        plant.targetLeft = ramped.left * leftSign
        plant.targetRight = ramped.right * rightSign
    }

    // MARK: - The registers

    private func answer(_ content: ModbusServerFrame.Content) -> ModbusResponse {
        switch content {
        case .refused(let exception, let function): return .exception(exception, function: function)
        case .request(let request):
            if let exception = refusesOnce {
                refusesOnce = nil
                return .exception(exception, function: request.function.rawValue)
            }
            do throws(ModbusException) {
                return try answer(request)
            } catch {
                return .exception(error, function: request.function.rawValue)
            }
        }
    }

    private func answer(_ request: ModbusRequest) throws(ModbusException) -> ModbusResponse {
        switch request {
        case .readInput: throw .illegalFunction
        case .readHolding(let address, let count):
            var values: [UInt16] = []
            for offset in 0..<count {
                guard let register = UInt16(exactly: Int(address) + offset), let value = read(register) else {
                    throw .illegalAddress
                }
                values.append(value)
            }
            return .registers(values, function: .readHolding)
        case .write(let address, let value):
            try check(address, value)
            write(address, value)
            return .wrote(address: address, value: value)
        case .writeMultiple(let address, let values):
            // All or nothing: every value is checked before the first is taken.
            for (offset, value) in values.enumerated() {
                guard let register = UInt16(exactly: Int(address) + offset) else { throw .illegalAddress }
                try check(register, value)
            }
            for (offset, value) in values.enumerated() { write(address + UInt16(offset), value) }
            return .wroteMultiple(address: address, count: values.count)
        }
    }

    private func read(_ address: UInt16) -> UInt16? {
        if let value = settings[address] { return value }
        guard let register = ZLAC8015DRegister(rawValue: address) else { return nil }
        switch register {
        case .busVoltage: return UInt16(clamping: Int((plant.busVoltage * 100).rounded()))
        case .leftCurrent: return Self.word(plant.leftCurrent * leftSign * 10)
        case .rightCurrent: return Self.word(plant.rightCurrent * rightSign * 10)
        default:
            let first = ZLAC8015DRegister.leftFault.rawValue
            let registers = feedback.registers
            guard address >= first, Int(address - first) < registers.count else { return nil }
            return registers[Int(address - first)]
        }
    }

    private static func word(_ value: Double) -> UInt16 {
        UInt16(bitPattern: Int16(clamping: Int(value.rounded())))
    }

    private var feedback: ZLAC8015DFeedback {
        func counts(_ angle: Double) -> Int32 {
            Int32(truncatingIfNeeded: Int64((angle * countsPerRadian).rounded(.down)))
        }
        func speed(_ velocity: Double) -> Int16 {
            Int16(clamping: Int((ZLAC8015DUnits.rpm(radiansPerSecond: velocity) * 10).rounded()))
        }
        return ZLAC8015DFeedback(
            leftFault: ZLAC8015DFaults(rawValue: plant.leftFault),
            rightFault: ZLAC8015DFaults(rawValue: plant.rightFault),
            leftPosition: counts(plant.leftPosition * leftSign - zero.left),
            rightPosition: counts(plant.rightPosition * rightSign - zero.right),
            leftSpeed: speed(plant.leftVelocity * leftSign), rightSpeed: speed(plant.rightVelocity * rightSign))
    }

    private func check(_ address: UInt16, _ value: UInt16) throws(ModbusException) {
        guard settings[address] != nil else { throw .illegalAddress }
        let isLegal =
            switch ZLAC8015DRegister(rawValue: address) {
            case .control: ZLAC8015DCommand(rawValue: value) != nil
            case .mode: (1...4).contains(value)
            case .leftAcceleration, .rightAcceleration, .leftDeceleration, .rightDeceleration: value <= 32_767
            case .leftTarget, .rightTarget:
                abs(Int(Int16(bitPattern: value))) <= Int(ZLAC8015DUnits.rpmLimit)
            case .communicationTimeout: true
            default: address == Self.maximumSpeed ? (1...1000).contains(value) : value <= 1
            }
        if !isLegal { throw .illegalValue }
    }

    private func write(_ address: UInt16, _ value: UInt16) {
        settings[address] = value
        let speed = ZLAC8015DUnits.radiansPerSecond(rpm: Double(Int16(bitPattern: value)))
        switch ZLAC8015DRegister(rawValue: address) {
        case .control: if let command = ZLAC8015DCommand(rawValue: value) { perform(command) }
        case .leftTarget: if power != .braking { target.left = speed }
        case .rightTarget: if power != .braking { target.right = speed }
        default: break
        }
    }

    private func perform(_ command: ZLAC8015DCommand) {
        switch command {
        case .emergencyStop:
            if power != .off { power = .braking }
            target = (0, 0)
        case .clearAlarm:
            plant.leftFault = 0
            plant.rightFault = 0
        case .stop:
            power = .off
            target = (0, 0)
        case .enable:
            let isVelocity = settings[ZLAC8015DRegister.mode.rawValue] == ZLAC8015DMode.velocity.rawValue
            guard isVelocity, plant.leftFault | plant.rightFault == 0 else { return }
            power = .on
        }
        if command != .clearAlarm, command != .enable {
            settings[ZLAC8015DRegister.leftTarget.rawValue] = 0
            settings[ZLAC8015DRegister.rightTarget.rawValue] = 0
        }
        drivePlant()
    }
}

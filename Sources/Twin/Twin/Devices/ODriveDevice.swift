package import DeviceProtocols
package import RobotModel

/// The wheel drive as its line sees it: an ODrive 3.x with an axis for each wheel, left on 0 and right on 1.
///
/// Answers a line with a checksum by one with a checksum, ignores a line whose checksum is wrong, says nothing to a write
/// that succeeds. An axis follows its speed in closed loop; it disarms on errors and when its watchdog is not fed, which
/// latches an error as the real one does. What was written is forgotten when it is switched off and on, as it is on a
/// real one that nobody told to save.
package final class ODriveDevice: TwinDevice {
    private struct Axis {
        var state = ODriveAxisState.idle
        var errors: [ODriveErrors.Word: UInt64] = [:]
        /// Turns a second, in the motor's own direction.
        var speed = 0.0
        var controlMode = 3.0
        var inputMode = Double(ODriveControl.passThrough)
        var hasWatchdog = false
        var watchdogTimeout = 0.0
        var lastFed: Instant?
    }

    /// How long the drive starts up, deaf.
    private static let bootTime = Duration.milliseconds(700)

    private let plant: WheelPlant
    private let firmware: ODriveFirmware
    private let axisCount: Int
    private let isCalibrated: Bool
    private let signs: [Double]
    private var axes = [Axis(), Axis()]
    /// Angles that count as zero, turns in the motors' own direction.
    private var zero = [0.0, 0.0]
    private var decoder = ODriveLineDecoder()
    private var answers: [UInt8] = []
    private var now = Instant.zero
    private var bootedAt: Instant?
    /// Lines that asked for something, for tests: what reached the drive, in order.
    package private(set) var heard: [String] = []

    /// A drive of a firmware; one of the later single-axis boards has `axisCount` 1. An inverted motor turns backwards
    /// for a forward wheel.
    package init(
        plant: WheelPlant, leftInverted: Bool, rightInverted: Bool, firmware: ODriveFirmware = ODriveFirmware(0, 5, 6),
        axisCount: Int = 2, isCalibrated: Bool = true
    ) {
        self.plant = plant
        self.firmware = firmware
        self.axisCount = axisCount
        self.isCalibrated = isCalibrated
        signs = [leftInverted ? -1 : 1, rightInverted ? -1 : 1]
        drivePlant()
    }

    /// Switches the drive off and on: settings and positions are lost, and it is deaf while it starts.
    package func powerCycle(at now: Instant) {
        axes = [Axis(), Axis()]
        zero = [angle(0), angle(1)]
        answers.removeAll()
        decoder.reset()
        bootedAt = now + Self.bootTime
        drivePlant()
    }

    /// Latches an error, as a fault of that kind does: the axis disarms.
    package func raise(_ word: ODriveErrors.Word, _ bits: UInt64, axis: Int) { fail(axis, word, bits) }

    // MARK: - The line

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        self.now = now
        if let bootedAt, now < bootedAt { return }
        var lines: [ODriveLine] = []
        decoder.decode(bytes) { lines.append($0) }
        for line in lines where line.seal != .wrong {
            heard.append(line.text)
            if heard.count > 4096 { heard.removeFirst(2048) }
            guard let answer = answer(ODriveRequest(text: line.text)) else { continue }
            answers += answer.encoded(sealed: line.seal == .valid)
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        self.now = now
        takePlantFaults()
        for axis in 0..<axisCount where axes[axis].hasWatchdog {
            let fed = axes[axis].lastFed ?? .zero
            guard now.seconds(since: fed) > axes[axis].watchdogTimeout else { continue }
            fail(axis, firmware.hasActiveErrors ? .active : .axis, firmware.hasActiveErrors ? 0x0100_0000 : 0x800)
        }
        drivePlant()
        output += answers
        answers.removeAll(keepingCapacity: true)
    }

    private func answer(_ request: ODriveRequest) -> ODriveAnswer? {
        switch request {
        case .velocity(let axis, let speed):
            guard axis < axisCount else { return .refusal("invalid motor \(axis)") }
            axes[axis].controlMode = Double(ODriveControl.velocityMode)
            axes[axis].speed = speed
            axes[axis].lastFed = now
            drivePlant()
            return nil
        case .feedWatchdog(let axis):
            guard axis < axisCount else { return .refusal("invalid motor \(axis)") }
            axes[axis].lastFed = now
            return nil
        case .feedback(let axis):
            guard axis < axisCount else { return .refusal("invalid motor \(axis)") }
            // The firmware reckons in single precision.
            return .feedback(
                position: Double(Float(angle(axis) - zero[axis])), velocity: Double(Float(velocity(axis))))
        case .read(let property): return read(property).map(ODriveAnswer.value) ?? .refusal("invalid property")
        case .write(let property, let value):
            guard let number = ODriveNumber.value(value) else { return .refusal("not implemented") }
            return write(property, number) ? nil : .refusal("invalid property")
        case .clearErrors:
            clearErrors()
            return nil
        case .other: return .refusal("unknown command")
        }
    }

    // MARK: - Properties

    /// The axis and the rest of "axis1.config.enable_watchdog".
    private func split(_ property: String) -> (axis: Int, name: String)? {
        guard property.hasPrefix("axis"), let dot = property.firstIndex(of: "."),
            let axis = Int(property[property.index(property.startIndex, offsetBy: 4)..<dot]), axis >= 0,
            axis < axisCount
        else { return nil }
        return (axis, String(property[property.index(after: dot)...]))
    }

    private func read(_ property: String) -> Double? {
        switch property {
        case ODriveProperty.firmwareVersion[0]: return Double(firmware.major)
        case ODriveProperty.firmwareVersion[1]: return Double(firmware.minor)
        case ODriveProperty.firmwareVersion[2]: return Double(firmware.revision)
        case ODriveProperty.busVoltage: return Double(Float(plant.busVoltage))
        case ODriveProperty.boardError: return firmware.hasActiveErrors ? nil : 0
        default: break
        }
        guard let (axis, name) = split(property) else { return nil }
        switch name {
        case ODriveProperty.currentState: return Double(axes[axis].state.rawValue)
        case ODriveProperty.requestedState: return 0
        case ODriveProperty.enableWatchdog: return axes[axis].hasWatchdog ? 1 : 0
        case ODriveProperty.watchdogTimeout: return axes[axis].watchdogTimeout
        case ODriveProperty.controlMode: return axes[axis].controlMode
        case ODriveProperty.inputMode: return axes[axis].inputMode
        default: break
        }
        guard let word = ODriveErrors.Word(rawValue: name), (word == .active) == firmware.hasActiveErrors else {
            return nil
        }
        return Double(axes[axis].errors[word] ?? 0)
    }

    private func write(_ property: String, _ value: Double) -> Bool {
        guard let (axis, name) = split(property) else { return false }
        switch name {
        case ODriveProperty.requestedState: request(Int(value), axis: axis)
        case ODriveProperty.enableWatchdog: axes[axis].hasWatchdog = value != 0
        case ODriveProperty.watchdogTimeout: axes[axis].watchdogTimeout = value
        case ODriveProperty.controlMode: axes[axis].controlMode = value
        case ODriveProperty.inputMode: axes[axis].inputMode = value
        default: return false
        }
        drivePlant()
        return true
    }

    private func request(_ state: Int, axis: Int) {
        switch ODriveAxisState(rawValue: state) {
        case .idle: axes[axis].state = .idle
        case .closedLoopControl:
            guard isCalibrated else { return fail(axis, firmware.hasActiveErrors ? .active : .axis, 1) }
            // With an error latched it stays where it is.
            guard axes[axis].errors.values.allSatisfy({ $0 == 0 }) else { return }
            axes[axis].state = .closedLoopControl
        default: fail(axis, .axis, 1)
        }
    }

    // MARK: - Errors and the plant

    private func fail(_ axis: Int, _ word: ODriveErrors.Word, _ bits: UInt64) {
        axes[axis].errors[word, default: 0] |= bits
        axes[axis].state = .idle
    }

    private func clearErrors() {
        for axis in axes.indices { axes[axis].errors = [:] }
        plant.leftFault = 0
        plant.rightFault = 0
    }

    /// The plant's fault bits are a ZLAC8015D's; here they become what this drive would say.
    private func takePlantFaults() {
        for (axis, fault) in [plant.leftFault, plant.rightFault].enumerated() where fault != 0 && axis < axisCount {
            let faults = ZLAC8015DFaults(rawValue: fault)
            let isNew = firmware.hasActiveErrors
            if faults.contains(.overCurrent) || faults.contains(.overload) {
                fail(axis, isNew ? .active : .motor, 0x1000)
            } else if faults.contains(.overTemperature) {
                fail(axis, isNew ? .active : .motor, isNew ? 0x2000 : 0x2_0000)
            } else if faults.contains(.encoder) || faults.contains(.hall) {
                fail(axis, isNew ? .active : .encoder, isNew ? 0x8 : 0x4)
            } else {
                fail(axis, isNew ? .active : .motor, isNew ? 0x20 : 0x8)
            }
        }
    }

    private func angle(_ axis: Int) -> Double {
        signs[axis] * (axis == 0 ? plant.leftPosition : plant.rightPosition) / (2 * .pi)
    }

    private func velocity(_ axis: Int) -> Double {
        signs[axis] * (axis == 0 ? plant.leftVelocity : plant.rightVelocity) / (2 * .pi)
    }

    /// The plant has one switch for both motors: with one axis armed the other's motor is held at zero.
    private func drivePlant() {
        func target(_ axis: Int) -> Double {
            axes[axis].state == .closedLoopControl ? axes[axis].speed * signs[axis] * 2 * .pi : 0
        }
        plant.enabled = axes.contains { $0.state == .closedLoopControl }
        plant.targetLeft = target(0)
        plant.targetRight = target(1)
    }
}

package import DeviceProtocols
package import RobotModel

/// A WitMotion WT901B in the twin: measures at an even beat, filters, and sends its frames one behind the other.
///
/// It obeys writes to its content and rate after an unlock, as the real one does for ten seconds.
package final class WitMotionDevice: TwinDevice {
    /// The sensor gives the same values for ever. For fault injection.
    package var isStuck = false
    /// A model without a barometer sends no pressure whatever it is told.
    package var hasBarometer = true
    /// Which frames are sent, bit 0 for type 50.
    package private(set) var content: UInt16
    /// Outputs a second.
    package private(set) var rate: Double

    /// Standard deviations: 2 mg, 0.1 °/s, 2 Pa; what such units show at rest.
    private static let accelerationNoise = 0.02
    private static let angularVelocityNoise = 0.0017
    private static let pressureNoise = 2.0
    private static let unlockTime = Duration.seconds(10)

    private let plant: InertialPlant
    /// From a measurement to its output: the low-pass.
    private let filterDelay: Duration
    private var random: SeededRandom
    private var decoder = WitMotionCommandDecoder()
    private var unlockedUntil = Instant.zero
    private var nextMeasurement: Instant?
    private var outbox: [(due: Instant, bytes: [UInt8])] = []
    private var held: [UInt8]?

    /// - Parameters:
    ///   - content: Types of frames that it sends.
    ///   - rate: Outputs a second.
    package init(
        plant: InertialPlant, content: [WitMotionFrame.Kind], rate: Double = 10,
        filterDelay: Duration = .microseconds(8500), seed: UInt64
    ) {
        self.plant = plant
        self.content = WitMotionCommand.content(content).value
        self.rate = rate
        self.filterDelay = filterDelay
        random = SeededRandom(seed: seed)
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        decoder.decode(bytes) { command in
            if command == .unlock {
                unlockedUntil = now + Self.unlockTime
            } else if now < unlockedUntil {
                obey(command)
            }
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        var next = nextMeasurement ?? now
        while next <= now {
            outbox.append((next + filterDelay, measure()))
            next += .seconds(1 / rate)
        }
        nextMeasurement = next
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
    }

    private func obey(_ command: WitMotionCommand) {
        switch command.register {
        case .content: content = command.value
        case .rate: rate = WitMotionCommand.hertz(code: command.value) ?? rate
        default: break
        }
    }

    private func measure() -> [UInt8] {
        if isStuck, let held { return held }
        let bytes = kinds.flatMap { frame($0).encoded }
        held = bytes
        return bytes
    }

    private var kinds: [WitMotionFrame.Kind] {
        (0..<11).map { WitMotionFrame.Kind(rawValue: 0x50 + $0) }.filter {
            content >> UInt16($0.rawValue & 0xF) & 1 == 1 && (hasBarometer || $0 != .pressure)
        }
    }

    private func frame(_ kind: WitMotionFrame.Kind) -> WitMotionFrame {
        switch kind {
        case .acceleration:
            return .acceleration(noisy(plant.acceleration, Self.accelerationNoise), temperature: plant.temperature)
        case .angularVelocity:
            return .angularVelocity(
                noisy(plant.angularVelocity, Self.angularVelocityNoise), temperature: plant.temperature)
        case .pressure:
            let pressure = plant.pressure + random.gaussian() * Self.pressureNoise
            // The unit's own height is a line's approximation: 8.3 cm a pascal.
            return .pressure(pressure, height: (101_325 - pressure) * 0.083)
        case .angle: return .angle(roll: 0, pitch: 0, yaw: 0)
        default: return WitMotionFrame(kind, words: 0, 0, 0)
        }
    }

    private func noisy(_ vector: Vector3, _ deviation: Double) -> Vector3 {
        let (x, y, z) = (random.gaussian(), random.gaussian(), random.gaussian())
        return vector + Vector3(x, y, z) * deviation
    }
}

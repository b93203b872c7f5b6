package import DeviceProtocols
package import RobotModel

/// A JBD battery in the twin: answers a host's requests, and sleeps through the first of them after a long silence.
package final class JBDDevice: TwinDevice {
    /// The protections that have acted. For fault injection.
    package var protections = JBDProtections()
    /// It answers every read with a refusal, as when its maker's program has it in factory mode. For fault injection.
    package var refuses = false

    private static let thinkingTime = Duration.milliseconds(20)
    /// The board falls asleep when nothing was asked for this long.
    private static let sleepAfter = Duration.seconds(60)
    private static let name = "JBD-SP08S020"
    private let plant: BatteryPlant
    private var decoder = JBDRequestDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []
    /// When something was asked last; nil after a power-up: asleep.
    private var lastRequest: Instant?

    package init(plant: BatteryPlant) { self.plant = plant }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        decoder.decode(bytes) { request in
            let isAwake = lastRequest.map { now - $0 < Self.sleepAfter } ?? false
            lastRequest = now
            // This protocol is only read here; what writes is left unanswered.
            guard isAwake, !request.writes else { return }
            outbox.append((now + Self.thinkingTime, answer(request.register).encoded))
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
    }

    private func answer(_ register: JBDRegister) -> JBDAnswer {
        guard !refuses else { return JBDAnswer(register, status: JBDAnswer.refusal) }
        switch register {
        case .basic: return JBDAnswer(register, data: basics.data)
        case .cells:
            let millivolts = UInt16(clamping: Int((plant.voltage / Double(plant.cells) * 1000).rounded()))
            return JBDAnswer(
                register,
                data: (0..<plant.cells).flatMap { _ in [UInt8(millivolts >> 8), UInt8(millivolts & 0xFF)] })
        case .name: return JBDAnswer(register, data: Array(Self.name.utf8))
        default: return JBDAnswer(register, status: JBDAnswer.refusal)
        }
    }

    private var basics: JBDBasics {
        let hundredth = { (value: Double) in Int((value * 100).rounded()) }
        let decikelvins = Int((plant.temperature * 10).rounded()) + 2731
        return JBDBasics(
            centivolts: hundredth(plant.voltage), centiamperes: hundredth(plant.current),
            remainingCentiampereHours: hundredth(plant.stateOfCharge * plant.capacity),
            nominalCentiampereHours: hundredth(plant.capacity), cycles: 12, date: 0x2E78, protections: protections,
            version: 0x21, percent: Int((plant.stateOfCharge * 100).rounded()),
            charges: protections.bits == 0, discharges: true, cells: plant.cells,
            temperatures: [decikelvins, decikelvins - 12])
    }
}

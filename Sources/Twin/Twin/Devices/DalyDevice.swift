package import DeviceProtocols
package import RobotModel

/// A Daly battery in the twin: answers a host's questions, one after the other, and says nothing else.
package final class DalyDevice: TwinDevice {
    /// What the faults command answers. For fault injection.
    package var faults = DalyFaults()
    /// Whether it counts a charging current as positive, as some firmwares do.
    package var countsChargingPositive = false
    /// Whether it sees the charger at all; behind common terminals some do not.
    package var seesCharger = true

    /// From a question to its answer.
    private static let thinkingTime = Duration.milliseconds(25)
    private let plant: BatteryPlant
    private var decoder = DalyDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []
    private var life: UInt8 = 0

    package init(plant: BatteryPlant) { self.plant = plant }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        decoder.decode(bytes) { frame, _ in
            guard !frame.isAnswer, let data = data(frame.command) else { return }
            outbox.append((now + Self.thinkingTime, DalyFrame.answer(frame.command, data).encoded))
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
    }

    private func data(_ command: DalyFrame.Command) -> [UInt8]? {
        let millivolts = Int((plant.voltage / Double(plant.cells) * 1000).rounded())
        let degrees = Int(plant.temperature.rounded())
        switch command {
        case .pack:
            let deciamperes = Int((plant.current * 10).rounded())
            return DalyPack(
                decivolts: Int((plant.voltage * 10).rounded()),
                deciamperes: countsChargingPositive ? deciamperes : -deciamperes,
                permille: Int((plant.stateOfCharge * 1000).rounded())
            ).data
        case .cellExtremes:
            return DalyCellExtremes(
                highestMillivolts: millivolts + 4, highestCell: 1, lowestMillivolts: millivolts - 4,
                lowestCell: plant.cells
            ).data
        case .temperatures:
            return DalyTemperatures(warmest: degrees, warmestSensor: 1, coldest: degrees - 1, coldestSensor: 2).data
        case .switches:
            life &+= 1
            let state: DalySwitches.State =
                plant.current > 0.05 ? .charging : plant.current < -0.05 ? .discharging : .idle
            return DalySwitches(
                state: state, charges: faults.protections.isEmpty, discharges: true, life: life,
                remainingMilliampereHours: UInt32(max(0, plant.stateOfCharge * plant.capacity * 1000))
            ).data
        case .status:
            return DalyStatus(
                cells: plant.cells, sensors: 2, hasCharger: seesCharger && plant.hasCharger, hasLoad: true, cycles: 41
            ).data
        case .faults: return faults.data
        default: return nil
        }
    }
}

import DeviceProtocols
import RobotModel

/// Daly batteries, as the driver asks and reads them.
struct DalyDialect: BatteryDialect {
    let title = "Daly battery"
    let card = ProtocolCard.daly
    let opening = [DalyFrame.Command.status.rawValue]
    /// The switches follow the current at once: from their state its sign is read.
    let round = [DalyFrame.Command.pack, .switches, .status, .temperatures, .cellExtremes, .faults].map(\.rawValue)
    let measuring = DalyFrame.Command.pack.rawValue
    let measuringSize = DalyFrame.size
    private(set) var reading = BatteryReading()

    private var decoder = DalyDecoder()
    private var pack: DalyPack?
    private var sense = CurrentSense()

    var counters: FrameCounters { decoder.counters }

    func bytes(of question: UInt8) -> [UInt8] {
        DalyFrame.question(DalyFrame.Command(rawValue: question)).encoded
    }

    func name(of question: UInt8) -> String {
        switch DalyFrame.Command(rawValue: question) {
        case .pack: "command 0x90 (voltage and current)"
        case .cellExtremes: "command 0x91 (cells)"
        case .temperatures: "command 0x92 (temperatures)"
        case .switches: "command 0x93 (switches)"
        case .status: "command 0x94 (status)"
        default: "command 0x98 (faults)"
        }
    }

    mutating func reset() { decoder.reset() }

    mutating func decode(_ bytes: ArraySlice<UInt8>, _ body: (BatteryUtterance) -> Void) {
        var decoder = decoder
        decoder.decode(bytes) { frame, remaining in
            guard frame.isAnswer else { return body(.echo) }
            if take(frame) { body(.answer(frame.command.rawValue, remaining: remaining)) }
        }
        self.decoder = decoder
    }

    /// False where the data makes no sense.
    private mutating func take(_ frame: DalyFrame) -> Bool {
        switch frame.command {
        case .pack:
            guard let pack = DalyPack(data: frame.data) else { return false }
            self.pack = pack
            reading.voltage = Double(pack.decivolts) / 10
            reading.stateOfCharge = Double(pack.permille) / 1000
            reading.current = sense.signed(pack.deciamperes)
        case .switches:
            guard let switches = DalySwitches(data: frame.data) else { return false }
            guard let pack else { break }
            sense.learn(pack.deciamperes, switches.state)
            reading.current = sense.signed(pack.deciamperes)
        case .status:
            guard let status = DalyStatus(data: frame.data) else { return false }
            reading.hasCharger = status.hasCharger
            reading.cells = status.cells
            reading.identity = "Daly, \(status.cells) cells, \(status.sensors) sensors, \(status.cycles) cycles"
        case .temperatures:
            guard let temperatures = DalyTemperatures(data: frame.data) else { return false }
            reading.temperature = Double(temperatures.warmest)
        case .cellExtremes:
            guard let cells = DalyCellExtremes(data: frame.data) else { return false }
            reading.detail =
                "cell \(cells.lowestCell) \(Double(cells.lowestMillivolts) / 1000) V, "
                + "cell \(cells.highestCell) \(Double(cells.highestMillivolts) / 1000) V"
        case .faults:
            guard let faults = DalyFaults(data: frame.data) else { return false }
            reading.faults = faults.summary
            reading.protections = faults.protections
            reading.warnings = faults.warnings
        default: return false
        }
        return true
    }
}

/// In which sense a Daly battery counts its current.
///
/// Firmwares differ. The first current of half an ampere whose direction the switches' state tells decides; after that
/// three in a row must say the opposite, since the two answers are a moment apart and the current may turn between
/// them.
private struct CurrentSense: Sendable {
    /// Most firmwares: discharging is positive.
    private var sign = -1.0
    private var isLearned = false
    private var contradictions = 0

    func signed(_ deciamperes: Int) -> Double {
        // Zero has no sign: -0.0 reads odd in a log.
        deciamperes == 0 ? 0 : sign * Double(deciamperes) / 10
    }

    mutating func learn(_ deciamperes: Int, _ state: DalySwitches.State) {
        guard abs(deciamperes) >= 5, state != .idle else { return }
        let told = (state == .charging) == (deciamperes > 0) ? 1.0 : -1.0
        if told == sign {
            contradictions = 0
        } else {
            contradictions += 1
            if !isLearned || contradictions >= 3 {
                sign = told
                contradictions = 0
            }
        }
        isLearned = true
    }
}

/// Reads a dump of a Daly battery's line: one record an answer.
///
/// Questions, which a line with an echo gives back, make no record and prove nothing.
public struct DalyStreamDecoder: StreamDecoder {
    private var decoder = DalyDecoder()
    private var questions = 0

    public init() {}

    public var counters: FrameCounters {
        var counters = decoder.counters
        counters.unproven += questions
        return counters
    }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var questions = questions
        decoder.decode(bytes) { frame, _ in
            if frame.isAnswer { emit(DalyRecord(frame)) } else { questions += 1 }
        }
        self.questions = questions
    }
}

/// An answer of a Daly battery in a dump; only the fields of its kind are there.
struct DalyRecord: DecodedRecord {
    /// The command's number.
    var command: UInt8
    var volts: Double?
    /// As the battery counts.
    var amperes: Double?
    /// 0...1.
    var charge: Double?
    var highestCellVolts: Double?
    var lowestCellVolts: Double?
    var warmest: Int?
    var coldest: Int?
    var state: String?
    var remainingAmpereHours: Double?
    var cells: Int?
    var charger: Bool?
    var cycles: Int?
    var protections: [String]?
    var warnings: [String]?
    /// The data bytes of what is not known.
    var data: [UInt8]?

    init(_ frame: DalyFrame) {
        command = frame.command.rawValue
        switch frame.command {
        case .pack:
            guard let pack = DalyPack(data: frame.data) else { break }
            volts = Double(pack.decivolts) / 10
            amperes = Double(pack.deciamperes) / 10
            charge = Double(pack.permille) / 1000
            return
        case .cellExtremes:
            guard let cells = DalyCellExtremes(data: frame.data) else { break }
            highestCellVolts = Double(cells.highestMillivolts) / 1000
            lowestCellVolts = Double(cells.lowestMillivolts) / 1000
            return
        case .temperatures:
            guard let temperatures = DalyTemperatures(data: frame.data) else { break }
            warmest = temperatures.warmest
            coldest = temperatures.coldest
            return
        case .switches:
            guard let switches = DalySwitches(data: frame.data) else { break }
            state = "\(switches.state)"
            remainingAmpereHours = Double(switches.remainingMilliampereHours) / 1000
            return
        case .status:
            guard let status = DalyStatus(data: frame.data) else { break }
            cells = status.cells
            charger = status.hasCharger
            cycles = status.cycles
            return
        case .faults:
            guard let faults = DalyFaults(data: frame.data) else { break }
            protections = faults.protections
            warnings = faults.warnings
            return
        default: break
        }
        data = frame.data
    }

    var summary: String {
        if let volts, let amperes, let charge { return "\(volts) V, \(amperes) A, charge \(charge)" }
        if let highestCellVolts, let lowestCellVolts { return "cells \(lowestCellVolts)…\(highestCellVolts) V" }
        if let warmest, let coldest { return "\(coldest)…\(warmest) °C" }
        if let state, let remainingAmpereHours { return "\(state), \(remainingAmpereHours) Ah left" }
        if let cells, let charger { return "\(cells) cells, charger \(charger ? "there" : "not there")" }
        if let protections, let warnings {
            return protections.isEmpty && warnings.isEmpty
                ? "no fault" : (protections + warnings.map { "warning: \($0)" }).joined(separator: ", ")
        }
        return "answer to command \(command)"
    }
}

/// Reads a dump of a JBD battery's line: one record an answer.
public struct JBDStreamDecoder: StreamDecoder {
    private var decoder = JBDAnswerDecoder()

    public init() {}

    public var counters: FrameCounters { decoder.counters }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        decoder.decode(bytes) { answer, _ in emit(JBDRecord(answer)) }
    }
}

/// An answer of a JBD battery in a dump; only the fields of its kind are there.
struct JBDRecord: DecodedRecord {
    /// The register's number.
    var register: UInt8
    /// Whether the battery refused.
    var refused: Bool
    var volts: Double?
    /// Positive while it is charged.
    var amperes: Double?
    /// 0...1.
    var charge: Double?
    var remainingAmpereHours: Double?
    var cycles: Int?
    var protections: [String]?
    /// Degrees Celsius.
    var temperatures: [Double]?
    var cellVolts: [Double]?
    var name: String?
    /// The data bytes of what is not known.
    var data: [UInt8]?

    init(_ answer: JBDAnswer) {
        register = answer.register.rawValue
        refused = answer.status != 0
        switch answer.register {
        case .basic where !refused:
            guard let basics = JBDBasics(data: answer.data) else { break }
            volts = Double(basics.centivolts) / 100
            amperes = Double(basics.centiamperes) / 100
            charge = Double(basics.percent) / 100
            remainingAmpereHours = Double(basics.remainingCentiampereHours) / 100
            cycles = basics.cycles
            protections = basics.protections.names
            temperatures = basics.temperatures.map { Double($0 - 2731) / 10 }
            return
        case .cells where !refused:
            cellVolts = stride(from: 0, to: answer.data.count - 1, by: 2).map {
                Double(BigEndian.number(UInt16.self, in: answer.data, at: $0) ?? 0) / 1000
            }
            return
        case .name where !refused:
            name = String(decoding: answer.data, as: UTF8.self)
            return
        default: break
        }
        data = answer.data
    }

    var summary: String {
        if refused { return "register \(register) refused" }
        if let volts, let amperes, let charge, let protections {
            let trouble = protections.isEmpty ? "" : ", " + protections.joined(separator: ", ")
            return "\(volts) V, \(amperes) A, charge \(charge)\(trouble)"
        }
        if let cellVolts { return "cells \(cellVolts.min() ?? 0)…\(cellVolts.max() ?? 0) V" }
        if let name { return "name \(name)" }
        return "answer of register \(register)"
    }
}

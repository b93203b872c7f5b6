/// Reads a dump of a Feetech bus: questions and answers as they come.
///
/// An answer looks like a question whose instruction is its error byte. A packet is taken for an answer when the question
/// before it went to its servo; in a dump of answers alone, when its code is no instruction's. So a dump of both
/// directions is read rightly, one of answers alone as far as no servo is in alert.
public struct FeetechStreamDecoder: StreamDecoder {
    private var decoder = FeetechDecoder()
    /// The question that is being answered.
    private var question: FeetechPacket?

    public init() {}

    public var counters: FrameCounters { decoder.counters }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var packets: [FeetechPacket] = []
        decoder.decode(bytes) { packets.append($0) }
        for packet in packets {
            guard isAnswer(packet) else {
                question = packet
                emit(FeetechRecord(question: packet))
                continue
            }
            var record = FeetechRecord(answer: packet)
            let asked = question?.asked(of: packet.id)
            let isBlock = asked.map { $0 == FeetechFeedback.block } ?? (question == nil)
            if isBlock, let feedback = FeetechFeedback(packet.parameters) { record.take(feedback) }
            emit(record)
        }
    }

    private func isAnswer(_ packet: FeetechPacket) -> Bool {
        guard packet.id != FeetechPacket.broadcastID else { return false }
        guard let question, packet != question else { return FeetechPacket.Instruction(rawValue: packet.code) == nil }
        if let asked = question.asked(of: packet.id) { return packet.parameters.count == Int(asked.length) }
        let isAsked = question.id == packet.id || question.id == FeetechPacket.broadcastID
        return isAsked && packet.parameters.isEmpty && question.code != FeetechPacket.Instruction.syncWrite.rawValue
    }
}

/// One packet of a Feetech bus in a dump.
///
///     {"id":2,"kind":"status","parameters":"0008…","alerts":[],"position":0,"velocity":0,"current":0.013,…}
public struct FeetechRecord: DecodedRecord, Hashable {
    public var id: Int
    /// An instruction's name, or "status".
    public var kind: String
    /// Hexadecimal; without the error byte.
    public var parameters: String
    /// What a status packet's error byte says.
    public var alerts: [String]?
    /// Radians of the servo, rad/s, ampere, volts and °C, where the packet holds them.
    public var position: Double?
    public var velocity: Double?
    public var current: Double?
    public var volts: Double?
    public var temperature: Int?

    init(question packet: FeetechPacket) {
        id = Int(packet.id)
        kind =
            FeetechPacket.Instruction(rawValue: packet.code).map { "\($0)" } ?? "0x" + Hexadecimal.text([packet.code])
        parameters = Hexadecimal.text(packet.parameters)
    }

    init(answer packet: FeetechPacket) {
        id = Int(packet.id)
        kind = "status"
        parameters = Hexadecimal.text(packet.parameters)
        alerts = FeetechStatus(rawValue: packet.code).names
    }

    mutating func take(_ feedback: FeetechFeedback) {
        position = Double(feedback.steps - STS.centerStep) * STS.radiansPerStep
        velocity = feedback.velocity
        current = feedback.current
        volts = feedback.volts
        temperature = feedback.temperature
    }

    public var summary: String {
        var text = "\(id) \(kind)"
        if let alerts, !alerts.isEmpty { text += " in alert: \(alerts.joined(separator: ", "))" }
        if let position { return text + " at \((position * 1000).rounded() / 1000) rad" }
        return parameters.isEmpty ? text : text + " " + parameters
    }
}

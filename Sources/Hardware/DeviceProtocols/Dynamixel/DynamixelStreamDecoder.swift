/// Reads a dump of a Dynamixel bus: instructions and status packets as they come.
///
/// What a status packet's bytes mean is known when the question before it is in the dump too. Without it the standard
/// blocks of `DynamixelFeedback` are known by their length.
public struct DynamixelStreamDecoder: StreamDecoder {
    private var decoder = DynamixelDecoder()
    /// What was asked of each servo by the last question.
    private var asked: [DynamixelPacket.BulkEntry] = []

    public init() {}

    public var counters: FrameCounters {
        FrameCounters(
            frames: decoder.frames, checksumErrors: decoder.checksumErrors, resyncs: decoder.resyncs,
            skippedBytes: decoder.skippedBytes)
    }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var packets: [DynamixelPacket] = []
        decoder.decode(bytes) { packets.append($0) }
        for packet in packets {
            if packet.instruction != .status {
                asked = packet.syncEntries ?? packet.bulkEntries ?? packet.readEntry.map { [$0] } ?? []
                emit(DynamixelRecord(packet))
            } else if packet.id == DynamixelPacket.broadcastID {
                emitParts(of: packet, emit)
            } else {
                emit(
                    record(
                        packet.id, packet.statusError ?? DynamixelStatusError(rawValue: 0), packet.statusData))
            }
        }
    }

    private func emitParts(of packet: DynamixelPacket, _ emit: (any DecodedRecord) -> Void) {
        let known = DynamixelFastAnswer(packet, dataLengths: asked.map { Int($0.length) })
        let usual = [DynamixelFeedback.map.length, DynamixelFeedback.plainBlock.length]
        let guessed = usual.lazy.compactMap { DynamixelFastAnswer(packet, dataLength: $0) }.first
        guard let answer = known ?? guessed else { return emit(DynamixelRecord(packet)) }
        for part in answer.parts { emit(record(part.id, part.error, part.data)) }
    }

    private func record(_ id: UInt8, _ error: DynamixelStatusError, _ data: [UInt8]) -> DynamixelRecord {
        var record = DynamixelRecord(.status(id, error, data))
        let entry = asked.first { $0.id == id && Int($0.length) == data.count }
        let feedback =
            switch entry?.address {
            case nil where asked.isEmpty: DynamixelFeedback(mapped: data) ?? DynamixelFeedback(plain: data)
            case DynamixelIndirectMap.firstData: DynamixelFeedback(mapped: data)
            case DynamixelFeedback.plainBlock.address: DynamixelFeedback(plain: data)
            default: nil as DynamixelFeedback?
            }
        if let feedback {
            record.position = (Double(feedback.ticks) - Double(XM430.centerTick)) * XM430.radiansPerTick
            record.velocity = feedback.velocity
            record.current = feedback.current
        }
        return record
    }
}

/// One packet of a Dynamixel bus in a dump.
///
///     {"id":3,"instruction":"status","error":"none","alert":false,"parameters":"020100…","position":0.12,…}
public struct DynamixelRecord: DecodedRecord, Hashable {
    public var id: Int
    /// Its name, or its number in hexadecimal.
    public var instruction: String
    /// A status packet's error, and whether the servo is in alert.
    public var error: String?
    public var alert: Bool?
    /// Hexadecimal, without stuffing; a status packet's without its error byte.
    public var parameters: String
    /// Radians of the servo, rad/s and ampere, where the packet holds them.
    public var position: Double?
    public var velocity: Double?
    public var current: Double?

    init(_ packet: DynamixelPacket) {
        id = Int(packet.id)
        instruction = packet.instruction.name
        if packet.instruction == .status, let error = packet.statusError {
            self.error = "\(error.code)"
            alert = error.alert
            parameters = Hexadecimal.text(packet.statusData)
        } else {
            parameters = Hexadecimal.text(packet.parameters)
        }
    }

    public var summary: String {
        var text = "\(id) \(instruction)"
        if let error, error != "none" { text += " error \(error)" }
        if alert == true { text += " in alert" }
        if let position { return text + " at \((position * 1000).rounded() / 1000) rad" }
        return parameters.isEmpty ? text : text + " " + parameters
    }
}

extension DynamixelPacket.Instruction {
    /// As the vendor calls it; a number in hexadecimal where it has no name.
    public var name: String {
        switch self {
        case .ping: "ping"
        case .read: "read"
        case .write: "write"
        case .regWrite: "reg write"
        case .action: "action"
        case .factoryReset: "factory reset"
        case .reboot: "reboot"
        case .clear: "clear"
        case .status: "status"
        case .syncRead: "sync read"
        case .syncWrite: "sync write"
        case .fastSyncRead: "fast sync read"
        case .bulkRead: "bulk read"
        case .bulkWrite: "bulk write"
        case .fastBulkRead: "fast bulk read"
        default: "0x" + Hexadecimal.text([rawValue])
        }
    }
}

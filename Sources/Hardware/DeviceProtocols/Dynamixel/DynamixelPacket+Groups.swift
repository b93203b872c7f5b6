// Instructions that several servos obey or answer. Source: ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0", "Sync Read" to
// "Fast Bulk Read".

extension DynamixelPacket {
    /// What one servo is asked for in a bulk read.
    public struct BulkEntry: Hashable, Sendable {
        public var id: UInt8
        public var address: UInt16
        public var length: UInt16

        public init(id: UInt8, address: UInt16, length: UInt16) {
            self.id = id
            self.address = address
            self.length = length
        }

        /// A whole register.
        public init(id: UInt8, _ register: DynamixelRegister) {
            self.init(id: id, address: register.address, length: UInt16(register.length))
        }
    }

    /// Writes the same register of several servos at once; nobody answers.
    public static func syncWrite(
        _ register: DynamixelRegister, _ values: [(id: UInt8, value: Int32)]
    ) -> DynamixelPacket {
        var parameters = LittleEndian.bytes(register.address) + LittleEndian.bytes(UInt16(register.length))
        for entry in values {
            parameters.append(entry.id)
            parameters += register.bytes(entry.value)
        }
        return DynamixelPacket(id: broadcastID, .syncWrite, parameters)
    }

    /// Reads the same bytes of several servos; each answers with a status packet of its own, in this order.
    public static func syncRead(address: UInt16, length: UInt16, ids: [UInt8]) -> DynamixelPacket {
        DynamixelPacket(id: broadcastID, .syncRead, LittleEndian.bytes(address) + LittleEndian.bytes(length) + ids)
    }

    /// Reads the same bytes of several servos, which answer with parts of one packet, in this order.
    public static func fastSyncRead(address: UInt16, length: UInt16, ids: [UInt8]) -> DynamixelPacket {
        DynamixelPacket(id: broadcastID, .fastSyncRead, LittleEndian.bytes(address) + LittleEndian.bytes(length) + ids)
    }

    /// Reads other bytes of each servo; each answers with a status packet of its own, in this order. No id twice.
    public static func bulkRead(_ entries: [BulkEntry]) -> DynamixelPacket {
        DynamixelPacket(id: broadcastID, .bulkRead, parameters(entries))
    }

    /// Reads other bytes of each servo, which answer with parts of one packet, in this order. No id twice.
    public static func fastBulkRead(_ entries: [BulkEntry]) -> DynamixelPacket {
        DynamixelPacket(id: broadcastID, .fastBulkRead, parameters(entries))
    }

    /// Writes another register of each servo at once; nobody answers. No id twice.
    public static func bulkWrite(
        _ values: [(id: UInt8, register: DynamixelRegister, value: Int32)]
    ) -> DynamixelPacket {
        var parameters: [UInt8] = []
        for entry in values {
            parameters.append(entry.id)
            parameters += LittleEndian.bytes(entry.register.address)
            parameters += LittleEndian.bytes(UInt16(entry.register.length)) + entry.register.bytes(entry.value)
        }
        return DynamixelPacket(id: broadcastID, .bulkWrite, parameters)
    }

    /// What a bulk read or a fast bulk read asks for; nil for other packets and torn ones.
    public var bulkEntries: [BulkEntry]? {
        guard instruction == .bulkRead || instruction == .fastBulkRead, !parameters.isEmpty,
            parameters.count % 5 == 0
        else { return nil }
        return stride(from: 0, to: parameters.count, by: 5).map { start in
            BulkEntry(id: parameters[start], address: word(at: start + 1), length: word(at: start + 3))
        }
    }

    /// What a sync read or a fast sync read asks of each servo, one entry a servo; nil for other packets and torn ones.
    public var syncEntries: [BulkEntry]? {
        guard instruction == .syncRead || instruction == .fastSyncRead, parameters.count > 4 else { return nil }
        let address = word(at: 0)
        let length = word(at: 2)
        return parameters[4...].map { BulkEntry(id: $0, address: address, length: length) }
    }

    /// What a read asks for; nil for other packets and torn ones.
    public var readEntry: BulkEntry? {
        guard instruction == .read, parameters.count == 4 else { return nil }
        return BulkEntry(id: id, address: word(at: 0), length: word(at: 2))
    }

    private func word(at index: Int) -> UInt16 { UInt16(parameters[index]) | UInt16(parameters[index + 1]) << 8 }

    private static func parameters(_ entries: [BulkEntry]) -> [UInt8] {
        entries.flatMap { [$0.id] + LittleEndian.bytes($0.address) + LittleEndian.bytes($0.length) }
    }
}

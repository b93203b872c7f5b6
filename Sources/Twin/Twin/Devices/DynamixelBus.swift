import DeviceProtocols
package import RobotModel

/// A half-duplex bus of XM430 servos in the twin, Protocol 2.0.
///
/// A packet with a wrong checksum is met with silence, as on a real bus, where nobody knows whom it was for. In reads of
/// several servos each waits for the one before it, so a missing one silences those behind it.
package final class DynamixelBus: TwinDevice {
    /// Servos that are cut off from the bus: they neither hear nor answer. For fault injection.
    package var unplugged: Set<Int> = []
    /// Whether the servos know fast reads and let their indirect block be mapped; old firmware does not.
    package var knowsFastReads = true
    package var knowsIndirectMaps = true
    package private(set) var servos: [Servo]

    private var decoder = DynamixelDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []

    package init(servos plants: [ServoPlant]) { servos = plants.map { Servo($0) } }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        var packets: [DynamixelPacket] = []
        decoder.decode(bytes) { packets.append($0) }
        for packet in packets where packet.instruction != .status {
            for index in servos.indices where isListening(index, at: now) { servos[index].hear(at: now) }
            execute(packet, at: now)
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        for index in servos.indices { servos[index].advance(to: now) }
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
    }

    /// Takes a servo's power away and gives it back: its RAM is as new.
    package func restart(id: Int, at now: Instant) {
        for index in servos.indices where servos[index].plant.id == id { servos[index].restart(at: now) }
    }

    private func isListening(_ index: Int, at now: Instant) -> Bool {
        !unplugged.contains(servos[index].plant.id) && servos[index].isAwake(at: now)
    }

    private func servo(_ id: UInt8, at now: Instant) -> Int? {
        servos.indices.first { servos[$0].id == id && isListening($0, at: now) }
    }

    /// Sends after the servo's return delay, and after what is being sent.
    private func send(_ bytes: [UInt8], after delay: Duration, at now: Instant) {
        outbox.append((max(now, outbox.last?.due ?? now) + delay, bytes))
    }

    private func execute(_ packet: DynamixelPacket, at now: Instant) {
        switch packet.instruction {
        case .syncRead, .bulkRead: readSeveral(packet.syncEntries ?? packet.bulkEntries ?? [], at: now)
        case .fastSyncRead, .fastBulkRead:
            // Who does not know an instruction for all says nothing: it was for nobody.
            if knowsFastReads { readFast(packet.syncEntries ?? packet.bulkEntries ?? [], at: now) }
        case .syncWrite: syncWrite(packet, at: now)
        case .bulkWrite: bulkWrite(packet, at: now)
        default:
            guard packet.id == DynamixelPacket.broadcastID else {
                guard let index = servo(packet.id, at: now) else { return }
                let level = servos[index].statusReturnLevel
                let (error, data) =
                    isRefusedMap(packet) ? (.access, []) : servos[index].execute(packet, at: now)
                let answers =
                    switch packet.instruction {
                    case .ping: true
                    case .read: level >= 1
                    default: level >= 2
                    }
                if answers { reply(index, error, data, at: now) }
                return
            }
            let isPing = packet.instruction == .ping
            for index in servos.indices.sorted(by: { servos[$0].id < servos[$1].id })
            where isListening(index, at: now) {
                let (error, data) = servos[index].execute(packet, at: now)
                if isPing { reply(index, error, data, at: now) }
            }
        }
    }

    private func isRefusedMap(_ packet: DynamixelPacket) -> Bool {
        guard !knowsIndirectMaps, packet.instruction == .write, packet.parameters.count > 2 else { return false }
        return (168..<224).contains(word(packet.parameters, 0))
    }

    private func reply(_ index: Int, _ code: DynamixelStatusError.Code, _ data: [UInt8], at now: Instant) {
        let error = DynamixelStatusError(code, alert: servos[index].isAlert)
        send(
            DynamixelPacket.status(servos[index].id, error, data).encoded, after: servos[index].returnDelay, at: now)
    }

    // Instructions for several servos.

    private func readSeveral(_ entries: [DynamixelPacket.BulkEntry], at now: Instant) {
        for entry in entries {
            guard let index = servo(entry.id, at: now), servos[index].statusReturnLevel >= 1 else { break }
            let (code, data) = servos[index].read(address: Int(entry.address), count: Int(entry.length), at: now)
            reply(index, code, data, at: now)
        }
    }

    private func readFast(_ entries: [DynamixelPacket.BulkEntry], at now: Instant) {
        var parts: [DynamixelFastAnswer.Part] = []
        var delay = Duration.zero
        for entry in entries {
            guard let index = servo(entry.id, at: now), servos[index].statusReturnLevel >= 1 else { break }
            let count = Int(entry.length)
            let (code, data) = servos[index].read(address: Int(entry.address), count: count, at: now)
            delay += servos[index].returnDelay
            let padded = data.isEmpty ? [UInt8](repeating: 0, count: count) : data
            parts.append(
                DynamixelFastAnswer.Part(
                    id: entry.id, error: DynamixelStatusError(code, alert: servos[index].isAlert), data: padded))
        }
        guard !parts.isEmpty else { return }
        send(
            DynamixelFastAnswer(parts: parts).encoded(announcing: entries.map { Int($0.length) }), after: delay,
            at: now)
    }

    private func syncWrite(_ packet: DynamixelPacket, at now: Instant) {
        let parameters = packet.parameters
        guard parameters.count > 4 else { return }
        let address = word(parameters, 0)
        let count = word(parameters, 2)
        guard count > 0, (parameters.count - 4) % (count + 1) == 0 else { return }
        for start in stride(from: 4, to: parameters.count, by: count + 1) {
            guard let index = servo(parameters[start], at: now) else { continue }
            _ = servos[index].write(address: address, Array(parameters[start + 1...start + count]), at: now)
        }
    }

    private func bulkWrite(_ packet: DynamixelPacket, at now: Instant) {
        let parameters = packet.parameters
        var start = 0
        while start + 5 <= parameters.count {
            let count = word(parameters, start + 3)
            guard count > 0, start + 5 + count <= parameters.count else { return }
            if let index = servo(parameters[start], at: now) {
                _ = servos[index].write(
                    address: word(parameters, start + 1), Array(parameters[start + 5..<start + 5 + count]), at: now)
            }
            start += 5 + count
        }
    }

    private func word(_ bytes: [UInt8], _ index: Int) -> Int { Int(bytes[index]) | Int(bytes[index + 1]) << 8 }
}

package import DeviceProtocols
package import RobotModel

/// A half-duplex bus of STS3215 servos in the twin.
///
/// A packet with a wrong checksum is met with silence. In a sync read each waits for the one before it, so a missing one
/// silences those behind it. There is no bus watchdog: servos hold their last goal for ever.
package final class FeetechBus: TwinDevice {
    /// Servos that are cut off from the bus: they neither hear nor answer. For fault injection.
    package var unplugged: Set<Int> = []
    /// Whether the host hears its own bytes, as on single-wire adapters without a direction switch.
    package var echoes = false
    package private(set) var servos: [Servo]

    /// How long a servo takes before it answers.
    private static let answerDelay: Duration = .microseconds(30)
    private var decoder = FeetechDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []

    package init(servos plants: [ServoPlant]) { servos = plants.map { Servo($0) } }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        if echoes { outbox.append((now, Array(bytes))) }
        var packets: [FeetechPacket] = []
        decoder.decode(bytes) { packets.append($0) }
        for packet in packets { execute(packet, at: now) }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        for index in servos.indices { servos[index].advance() }
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
    }

    /// Takes a servo's power away and gives it back: its RAM is as new.
    package func restart(id: Int, at now: Instant) {
        for index in servos.indices where servos[index].plant.id == id { servos[index].restart(at: now) }
    }

    /// Sets a register as if somebody had done so long ago.
    package func set(_ register: FeetechRegister, to value: Int, of id: Int) {
        for index in servos.indices where servos[index].plant.id == id { servos[index].memory[register] = value }
    }

    private func servo(_ id: UInt8, at now: Instant) -> Int? {
        servos.indices.first {
            servos[$0].id == id && !unplugged.contains(servos[$0].plant.id) && servos[$0].isAwake(at: now)
        }
    }

    private func reply(_ index: Int, _ data: [UInt8], at now: Instant) {
        let packet = FeetechPacket.status(servos[index].id, servos[index].status, data)
        outbox.append((max(now, outbox.last?.due ?? now) + Self.answerDelay, packet.encoded))
    }

    private func execute(_ packet: FeetechPacket, at now: Instant) {
        guard let instruction = FeetechPacket.Instruction(rawValue: packet.code) else { return }
        let parameters = packet.parameters
        switch instruction {
        case .syncRead where parameters.count > 2:
            for id in parameters[2...] {
                guard let index = servo(id, at: now),
                    let data = servos[index].read(Int(parameters[0]), Int(parameters[1]))
                else { return }
                reply(index, data, at: now)
            }
        case .syncWrite where parameters.count > 2:
            let count = Int(parameters[1])
            guard count > 0, (parameters.count - 2) % (count + 1) == 0 else { return }
            for start in stride(from: 2, to: parameters.count, by: count + 1) {
                guard let index = servo(parameters[start], at: now) else { continue }
                servos[index].write(Int(parameters[0]), Array(parameters[start + 1...start + count]))
            }
        case .syncRead, .syncWrite: return
        default:
            let isForAll = packet.id == FeetechPacket.broadcastID
            let addressed = isForAll ? servos.map(\.id).sorted() : [packet.id]
            for id in addressed {
                guard let index = servo(id, at: now) else { continue }
                guard let data = servos[index].execute(instruction, parameters, at: now) else { continue }
                let isAsked = instruction == .ping || instruction == .read
                if isForAll ? instruction == .ping : isAsked || servos[index].memory[STS.responseLevel] == 1 {
                    reply(index, data, at: now)
                }
            }
        }
    }
}

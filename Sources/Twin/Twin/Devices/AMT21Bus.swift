import DeviceProtocols
package import RobotModel

/// A bus of AMT21 encoders in the twin, each on the shaft of a servo.
package final class AMT21Bus: TwinDevice {
    /// One encoder. Its angle is the servo's, plus where its own zero lies.
    package struct Encoder {
        package let address: UInt8
        package let plant: ServoPlant
        /// 14 or 12.
        package let bits: Int
        package let countsTurns: Bool
        /// Radians of the encoder at the servo's 0.
        package var zero: Double
        var bootEnd: Instant?

        package init(address: UInt8, plant: ServoPlant, bits: Int = 14, countsTurns: Bool = false, zero: Double = 0) {
            self.address = address
            self.plant = plant
            self.bits = bits
            self.countsTurns = countsTurns
            self.zero = zero
        }

        /// 1/16384 of a turn, counted on over the turns.
        var steps: Int {
            let steps = Int(((plant.position + zero) / AMT21Word.radiansPerStep).rounded())
            return bits == 12 ? steps & ~3 : steps
        }
    }

    /// Encoders that are cut off from the bus. For fault injection.
    package var unplugged: Set<UInt8> = []
    /// Whether the host hears its own bytes, as on adapters that keep their receiver on.
    package var echoes = false
    package private(set) var encoders: [Encoder]

    /// An encoder begins to answer 3 µs after the request (datasheet).
    private static let turnaround: Duration = .microseconds(3)
    /// How long one takes to start (datasheet: 200 ms).
    private static let bootTime: Duration = .milliseconds(200)
    private var decoder = AMT21RequestDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []

    package init(encoders: [Encoder]) { self.encoders = encoders }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        if echoes { outbox.append((now, Array(bytes))) }
        var requests: [AMT21Request] = []
        decoder.decode(bytes) { requests.append($0) }
        for request in requests { execute(request, at: now) }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
    }

    private func execute(_ request: AMT21Request, at now: Instant) {
        switch request {
        case .position(let address):
            guard let index = encoder(address, at: now) else { return }
            say(AMT21Word(value: UInt16(truncatingIfNeeded: encoders[index].steps)), at: now)
        case .turns(let address):
            guard let index = encoder(address, at: now), encoders[index].countsTurns else { return }
            say(AMT21Word(turns: encoders[index].steps >> 14), at: now)
        case .setZero(let address):
            guard let index = encoder(address, at: now), !encoders[index].countsTurns else { return }
            encoders[index].zero = -encoders[index].plant.position
            encoders[index].bootEnd = now + Self.bootTime
        case .reset(let address):
            guard let index = encoder(address, at: now) else { return }
            encoders[index].bootEnd = now + Self.bootTime
        }
    }

    private func encoder(_ address: UInt8, at now: Instant) -> Int? {
        encoders.indices.first {
            encoders[$0].address == address && !unplugged.contains(address)
                && encoders[$0].bootEnd.map { now >= $0 } ?? true
        }
    }

    private func say(_ word: AMT21Word, at now: Instant) {
        outbox.append((max(now, outbox.last?.due ?? now) + Self.turnaround, word.encoded))
    }
}

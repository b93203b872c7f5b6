import DeviceProtocols
import RobotModel
import Twin

/// A LiDAR's stream as the twin's device sends it, and where its frames stand.
struct DecodeStream {
    let bytes: [UInt8]
    /// Where each frame of one repetition begins, and where the last one ends; empty where the card cannot say.
    let bounds: [Int]
    /// Bytes of one repetition.
    let period: Int

    /// - Parameters:
    ///   - bytes: Its length, at the least.
    ///   - distinct: How much the device is made to send; that is repeated.
    /// - Returns: nil where the device sends nothing that is decoded.
    init?(_ card: ProtocolCard, bytes: Int, distinct: Int, seed: UInt64) {
        guard let sent = Self.sent(card, count: min(bytes, distinct), seed: seed) else { return nil }
        let places = Self.frames(card, sent)
        if let first = places.first {
            // Whole frames, from the first one to the last one before anything else stands between.
            var bounds = [first.lowerBound]
            for place in places where place.lowerBound == bounds[bounds.count - 1] { bounds.append(place.upperBound) }
            self.bounds = bounds.map { $0 - first.lowerBound }
        } else {
            bounds = []
        }
        let start = places.first?.lowerBound ?? 0
        let tile = sent[start..<start + (bounds.last ?? sent.count)]
        guard !tile.isEmpty else { return nil }
        period = tile.count
        var repeated: [UInt8] = []
        repeated.reserveCapacity(bytes + tile.count)
        while repeated.count < bytes { repeated += tile }
        self.bytes = repeated
    }

    /// What the device of a card sends on a hand-driven clock, without whatever comes before its measurements.
    private static func sent(_ card: ProtocolCard, count: Int, seed: UInt64) -> [UInt8]? {
        guard let bench = BenchDevice.named(card.name, path: "", seed: seed) else { return nil }
        var output: [UInt8] = []
        var now = Instant.zero
        func pass(_ time: Duration) {
            now += time
            bench.device.advance(to: now, output: &output)
        }
        pass(.milliseconds(5))
        for request in bench.scanRequests.isEmpty ? card.starts : bench.scanRequests {
            bench.device.receive(request[...], at: now)
            for _ in 0..<20 { pass(.milliseconds(5)) }
        }
        // A motor may take seconds; a device that has sent nothing in a minute sends nothing.
        while output.count < count {
            pass(.milliseconds(5))
            if output.count < 1000, now > Instant.zero + .seconds(60) { return nil }
        }
        return output
    }

    /// Where the frames of a clean stream stand.
    private static func frames(_ card: ProtocolCard, _ bytes: [UInt8]) -> [Range<Int>] {
        guard var decoder = card.pointDecoder?() else { return [] }
        var places: [Range<Int>] = []
        decoder.decode(bytes.span) { frame, _ in
            let end = bytes.count - frame.remaining
            places.append(end - frame.size..<end)
        }
        return places
    }

    /// The stream with some bytes changed, and where.
    func damaged(share: Double, seed: UInt64) -> (bytes: [UInt8], places: [Int]) {
        var random = SeededRandom(seed: seed)
        var damaged = bytes
        var places = Set<Int>()
        while Double(places.count) < Double(bytes.count) * share {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            guard places.insert(place).inserted else { continue }
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
        }
        return (damaged, places.sorted())
    }
}

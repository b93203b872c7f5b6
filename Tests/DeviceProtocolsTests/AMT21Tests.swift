import DeviceProtocols
import RobotModel
import Testing

@Suite("AMT21 words and requests")
struct AMT21Tests {
    @Test("check bits are those of the datasheet's formula")
    func vectors() {
        // CUI's example: 0x61AB is position 0x21AB.
        let word = AMT21Word(low: 0xAB, high: 0x61)
        #expect(word.isSound && word.value == 0x21AB)
        #expect(AMT21Word(value: 0x21AB).rawValue == 0x61AB)
        #expect(AMT21Word(value: 0).rawValue == 0xC000)
        #expect(AMT21Word(value: 1).rawValue == 0x8001 && AMT21Word(value: 2).rawValue == 0x4002)
        #expect(abs(AMT21Word(value: 0x2000).angle - .pi) < 1e-12)
        #expect(AMT21Word(turns: -3).turns == -3 && AMT21Word(turns: 8191).turns == 8191)
    }

    @Test("every word that is packed is sound, and every single wrong bit is found")
    func soundness() {
        for value in UInt16(0)..<16_384 {
            let word = AMT21Word(value: value)
            #expect(word.isSound && word.value == value)
        }
        var random = SeededRandom(seed: 51)
        for _ in 0..<2000 {
            let word = AMT21Word(value: UInt16.random(in: 0..<16_384, using: &random))
            let wrong = word.rawValue ^ 1 << UInt16.random(in: 0..<16, using: &random)
            #expect(!AMT21Word(rawValue: wrong).isSound)
            #expect(AMT21Word(low: word.encoded[0], high: word.encoded[1]) == word)
        }
    }

    @Test("each odd and even half has an odd number of ones, check bits included")
    func parity() {
        for value in stride(from: UInt16(0), to: 16_384, by: 13) {
            let raw = AMT21Word(value: value).rawValue
            #expect((raw & 0xAAAA).nonzeroBitCount % 2 == 1 && (raw & 0x5555).nonzeroBitCount % 2 == 1)
        }
    }

    @Test("requests are the bytes of the maker's sample code, and are found again")
    func requests() {
        let requests: [(AMT21Request, [UInt8])] = [
            (.position(0x54), [0x54]), (.turns(0x58), [0x59]), (.setZero(0x54), [0x56, 0x5E]),
            (.reset(0x54), [0x56, 0x75]),
        ]
        var decoder = AMT21RequestDecoder()
        var found: [AMT21Request] = []
        for (request, bytes) in requests {
            #expect(request.encoded == bytes)
            for byte in bytes { decoder.decode([byte]) { found.append($0) } }
        }
        #expect(found == requests.map(\.0))
        // An extended request that was broken off takes no other with it.
        found = []
        decoder.decode([0x56, 0x58]) { found.append($0) }
        #expect(found == [.position(0x58)])
    }

    private func records(_ bytes: [UInt8], cut: Int = .max) -> ([AMT21Record], FrameCounters) {
        var decoder = AMT21StreamDecoder()
        var records: [AMT21Record] = []
        let take: (any DecodedRecord) -> Void = { if let record = $0 as? AMT21Record { records.append(record) } }
        var rest = bytes[...]
        while !rest.isEmpty {
            decoder.decode(rest.prefix(cut), take)
            rest = rest.dropFirst(cut)
        }
        decoder.finish(take)
        return (records, decoder.counters)
    }

    @Test("a dump of both directions gives address and angle, however it is cut")
    func dump() {
        var random = SeededRandom(seed: 52)
        var bytes: [UInt8] = []
        var values: [Int] = []
        for index in 0..<60 {
            let value = UInt16.random(in: 0..<16_384, using: &random)
            values.append(Int(value))
            let address = 0x54 + 4 * UInt8(index % 3)
            bytes += AMT21Request.position(address).encoded + AMT21Word(value: value).encoded
        }
        bytes += AMT21Request.turns(0x54).encoded + AMT21Word(turns: -2).encoded
        for cut in [1, 5, 1000] {
            let (found, counters) = records(bytes, cut: cut)
            #expect(found.dropLast().map(\.value) == values && found.last?.turns == -2)
            #expect(found.prefix(4).map(\.address) == [0x54, 0x58, 0x5C, 0x54])
            #expect(counters == FrameCounters(frames: 61))
        }
    }

    @Test("a dump of answers alone is read without addresses")
    func answersAlone() {
        var random = SeededRandom(seed: 53)
        let values = (0..<40).map { _ in UInt16.random(in: 0..<16_384, using: &random) }
        let (found, counters) = records(values.flatMap { AMT21Word(value: $0).encoded })
        #expect(found.map(\.value) == values.map(Int.init) && found.allSatisfy { $0.address == nil })
        #expect(counters.skippedBytes == 0)
    }

    @Test("a wrong byte is counted, and the rhythm is found again")
    func resync() {
        var random = SeededRandom(seed: 54)
        var bytes: [UInt8] = []
        for _ in 0..<200 {
            bytes += [0x54] + AMT21Word(value: UInt16.random(in: 0..<16_384, using: &random)).encoded
        }
        bytes[301] ^= 0x10
        bytes.remove(at: 450)
        let (found, counters) = records(bytes)
        #expect(counters.checksumErrors >= 2 && found.count > 180)
        #expect(found.suffix(40).allSatisfy { $0.address == 0x54 })
    }

    @Test("noise is not taken for an encoder")
    func noise() {
        var random = SeededRandom(seed: 55)
        let (_, counters) = records((0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(!ProtocolCard.amt21.recognises(counters) && counters.skippedBytes > 19_000)
    }
}

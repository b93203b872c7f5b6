import DeviceProtocols
import Foundation
import RobotModel
import Testing

@Suite("A dump of a Dynamixel bus")
struct DynamixelStreamDecoderTests {
    private func records(_ bytes: [UInt8], cut: Int = .max) -> ([DynamixelRecord], FrameCounters) {
        var decoder = DynamixelStreamDecoder()
        var records: [DynamixelRecord] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            decoder.decode(rest.prefix(cut)) { if let record = $0 as? DynamixelRecord { records.append(record) } }
            rest = rest.dropFirst(cut)
        }
        return (records, decoder.counters)
    }

    /// Status return level 2, torque on, no error, watchdog 10, then current 10, velocity 20, position 3072.
    private let block = hex("02 01 00 0a 0a00 14000000 000c0000")

    @Test("a fast sync read of the mapped block gives each servo's angle, however the bytes are cut")
    func feedback() throws {
        let question = DynamixelPacket.fastSyncRead(address: 224, length: UInt16(block.count), ids: [4, 5])
        let answer = DynamixelFastAnswer(parts: [
            .init(id: 4, error: .init(.none), data: block), .init(id: 5, error: .init(.none, alert: true), data: block),
        ])
        for cut in [1, 7, 1000] {
            let (found, counters) = records(question.encoded + answer.encoded, cut: cut)
            #expect(found.map(\.instruction) == ["fast sync read", "status", "status"])
            #expect(found.map(\.id) == [254, 4, 5] && found.last?.alert == true)
            #expect(abs((found[1].position ?? 0) - .pi / 2) < 1e-9)
            #expect(abs((found[1].velocity ?? 0) - 0.47938) < 1e-4 && found[1].current == 0.0269)
            #expect(counters == FrameCounters(frames: 2))
        }
    }

    @Test("a position at either end of the register's range is a number, and no end of the program")
    func extremes() throws {
        for ticks in [Int32.min, .min + 1, .max] {
            let position = (0..<4).map { UInt8(truncatingIfNeeded: ticks >> (8 * $0)) }
            let data = block.prefix(10) + position
            let answer = DynamixelFastAnswer(parts: [.init(id: 4, error: .init(.none), data: Array(data))])
            let found = try #require(records(answer.encoded).0.first?.position)
            #expect(abs(found - (Double(ticks) - 2048) * .pi / 2048) < 1)
        }
    }

    @Test("answers alone are read where their length tells what they are")
    func answersAlone() {
        let answer = DynamixelFastAnswer(parts: [.init(id: 4, error: .init(.none), data: block)])
        #expect(records(answer.encoded).0.first?.position != nil)
        let plain = DynamixelPacket.status(2, .init(.none), Array(block.dropFirst(4)))
        #expect(abs((records(plain.encoded).0.first?.position ?? 0) - .pi / 2) < 1e-9)
    }

    @Test("an answer to another question is not taken for an angle")
    func otherAnswers() {
        let question = DynamixelPacket.read(2, address: 36, length: 10)
        let (found, _) = records(question.encoded + DynamixelPacket.status(2, .init(.none), [UInt8](0..<10)).encoded)
        #expect(found.map(\.instruction) == ["read", "status"] && found[1].position == nil)
        #expect(found[1].parameters == "00010203040506070809")
    }

    @Test("a record is one JSON object, and one line for people")
    func json() throws {
        let (found, counters) = records([0x12] + DynamixelPacket.status(7, .init(.access, alert: true)).encoded)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(found[0]), as: UTF8.self)
        #expect(text == #"{"alert":true,"error":"access","id":7,"instruction":"status","parameters":""}"#)
        #expect(found[0].summary == "7 status error access in alert")
        #expect(counters == FrameCounters(frames: 1, resyncs: 1, skippedBytes: 1))
    }
}

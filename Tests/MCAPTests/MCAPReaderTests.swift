import MCAP
import Testing

@Suite("MCAPReader")
struct MCAPReaderTests {
    @Test("a file cut anywhere reads as far as its last whole chunk and is never called complete")
    func torn() throws {
        let whole = sampleFile(count: 230)
        var previous = 0
        for cut in stride(from: 8, to: whole.count, by: 7) {
            let reader = try MCAPReader(Array(whole[..<cut]))
            #expect(!reader.isComplete)
            #expect(reader.damage != nil)
            #expect(reader.messageCount >= previous)
            previous = reader.messageCount
        }
        // The last cut lies behind the data section.
        #expect(previous == 253)
    }

    @Test("a flipped bit anywhere in the file is noticed, and none brings the reader down")
    func flippedBits() throws {
        let whole = sampleFile(count: 120)
        for offset in stride(from: 8, to: whole.count, by: 7) {
            var bytes = whole
            bytes[offset] ^= UInt8(1 << (offset % 8))
            let reader = try MCAPReader(bytes)
            #expect(!reader.isComplete, "the bit flipped in byte \(offset) went unnoticed")
        }
    }

    @Test("a length beyond every number does not bring the reader down", arguments: [1, 9, 17])
    func hugeLengths(at offset: Int) throws {
        // A record of each kind whose fields all claim the largest number there is.
        for opcode in UInt8(1)...15 {
            var bytes: [UInt8] = Array(sampleFile(count: 0, finished: false).prefix(8)) + [opcode]
            bytes += [64, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: offset)
            bytes += [UInt8](repeating: 0xFF, count: 64 - offset)
            #expect(try !MCAPReader(bytes).isComplete)
        }
    }

    @Test("bytes that are no MCAP are refused")
    func notMCAP() {
        #expect(throws: MCAPError.self) { try MCAPReader(Array("hello, this is text".utf8)) }
        #expect(throws: MCAPError.self) { try MCAPReader([]) }
    }
}

import Digests
import MCAP
import Reflow
import RobotModel
import Testing

@Suite("SegmentStore")
struct SegmentStoreTests {
    private func store(in folder: TestFolder) throws -> SegmentStore {
        try SegmentStore(directory: folder.path, syncsEveryAppend: false)
    }

    @Test("a segment has its final name only when it is sealed, and its digest is that of the file")
    func seal() throws {
        let folder = TestFolder()
        let store = try SegmentStore(directory: folder.path, syncsEveryAppend: true)
        try store.open("a.mcap")
        try store.append([1, 2, 3])
        #expect(store.segments.isEmpty)
        #expect(folder.names(endingIn: ".part") == ["a.mcap.part"])
        #expect(store.tornSegments.isEmpty)
        try store.append([4])
        let sealed = try store.seal(messages: 2)
        #expect(store.segments == ["a.mcap"])
        #expect(folder.names(endingIn: ".part").isEmpty)
        #expect(sealed.bytes == 4)
        #expect(sealed.sha256 == SHA256.hexadecimal(of: [1, 2, 3, 4]))
    }

    @Test("a name that is taken is never overwritten")
    func taken() throws {
        let folder = TestFolder()
        let store = try store(in: folder)
        try folder.write([1], to: "a.mcap")
        try folder.write([2], to: "b.mcap.part")
        #expect(throws: RobotError.self) { try store.open("a.mcap") }
        #expect(throws: RobotError.self) { try store.open("b.mcap") }
        #expect(try folder.bytes(of: "a.mcap") == [1])
        #expect(try folder.bytes(of: "b.mcap.part") == [2])
    }

    @Test("an empty torn segment and one that is no MCAP are removed")
    func hopeless() throws {
        let folder = TestFolder()
        let store = try store(in: folder)
        try folder.write([], to: "a.mcap.part")
        try folder.write(Array("no MCAP at all".utf8), to: "b.mcap.part")
        var writer = MCAPWriter(library: "doorstep tests")
        try folder.write(writer.takeBytes(), to: "c.mcap.part")
        #expect(try store.repair("a.mcap") == .unreadable)
        #expect(try store.repair("b.mcap") == .unreadable)
        #expect(try store.repair("c.mcap") == .empty)
        #expect(store.tornSegments.isEmpty)
    }

    @Test("200 power cuts at random bytes: every repaired file is whole, and only the open chunk is lost")
    func killPoints() throws {
        let source = TestFolder()
        do {
            let recorder = try Recorder(
                origin: origin, settings: .init(directory: source.path, quota: 1 << 30, isDurable: false))
            record(recorder, seconds: 4)
        }
        let name = try #require(source.names(endingIn: ".mcap.part").first)
        let whole = try source.bytes(of: name)
        let chunks = Self.chunks(of: whole)
        try #require(chunks.count > 15)

        let folder = TestFolder()
        let store = try store(in: folder)
        var random = SeededRandom(seed: 2026)
        for point in 0..<200 {
            let cut = Int.random(in: 0...whole.count, using: &random)
            var torn = Array(whole[..<cut])
            // After a power cut a file may also have its new length, but zeros or something old for the last bytes.
            if point % 3 == 1 { torn += [UInt8](repeating: 0, count: Int.random(in: 1...5000, using: &random)) }
            if point % 3 == 2 { torn += (0..<700).map { _ in UInt8.random(in: 0...255, using: &random) } }
            let expected = chunks.filter { $0.end <= cut }.reduce(0) { $0 + $1.messages }
            try folder.write(torn, to: "\(point).mcap.part")
            switch try store.repair("\(point).mcap") {
            case .sealed(let sealed, _):
                let bytes = try folder.bytes(of: "\(point).mcap")
                let reader = try MCAPReader(bytes)
                #expect(reader.isComplete, "cut at \(cut)")
                #expect(reader.messageCount == expected, "cut at \(cut)")
                #expect(sealed.messages == expected)
                #expect(sealed.bytes == bytes.count)
                #expect(sealed.sha256 == SHA256.hexadecimal(of: bytes))
                store.remove("\(point).mcap")
            case .empty, .unreadable:
                #expect(expected == 0, "cut at \(cut)")
            }
            #expect(store.tornSegments.isEmpty)
        }
    }

    /// Where the chunks of a data section end and how many messages each holds, from the message indexes behind them.
    private static func chunks(of bytes: [UInt8]) -> [(end: Int, messages: Int)] {
        var chunks: [(end: Int, messages: Int)] = []
        var position = 8
        while position + 9 <= bytes.count {
            let length = (0..<8).reduce(0) { $0 | Int(bytes[position + 1 + $1]) << (8 * $1) }
            let end = position + 9 + length
            if bytes[position] == 6 { chunks.append((end, 0)) }
            // u16 channel, u32 length of the array, 16 bytes an entry.
            if bytes[position] == 7 { chunks[chunks.count - 1].messages += (length - 6) / 16 }
            position = end
        }
        return chunks
    }
}

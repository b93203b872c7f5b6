import Console
import RobotModel
import Testing

@Suite struct KeyDecoderTests {
    static let vectors: [(String, [Key])] = [
        ("a", [.character("a")]), ("ä", [.character("ä")]), ("電", [.character("電")]), ("🍜", [.character("🍜")]),
        ("\r", [.enter]), ("\n", [.enter]), ("\r\n", [.enter]), ("\r\r\n\n", [.enter, .enter, .enter]),
        ("\u{7F}\u{08}", [.backspace, .backspace]), ("\t", [.tab]), ("\u{03}", [.control("C")]),
        ("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D", [.up, .down, .right, .left]), ("\u{1B}OA", [.up]),
        ("\u{1B}[H\u{1B}[F\u{1B}[1~\u{1B}[4~\u{1B}OH\u{1B}OF", [.home, .end, .home, .end, .home, .end]),
        ("\u{1B}[3~", [.delete]), ("\u{1B}[1;5D\u{1B}[1;3C", [.wordLeft, .wordRight]),
        ("\u{1B}b\u{1B}f", [.wordLeft, .wordRight]), ("\u{1B}[5~x", [.character("x")]),
        ("\u{1B}\r", [.enter]), ("\u{1B}[12\rx", [.enter, .character("x")]), ("\u{1B}\u{1B}[A", [.up]),
        ("\u{1B}[24;50R\u{1B}[R", [.cursorReport(column: 50)]), ("\u{200B}\u{202E}x", [.character("x")]),
    ]

    @Test("each key is known by its bytes, whole or one at a time", arguments: vectors)
    func decodes(bytes: String, keys: [Key]) {
        var decoder = KeyDecoder()
        #expect(bytes.utf8.compactMap { decoder.decode($0) } == keys)
        #expect(!decoder.isInside)
    }

    @Test("broken UTF-8 gives no characters, and what follows it is read")
    func skipsBrokenCharacters() {
        var decoder = KeyDecoder()
        // A lone continuation, an overlong form, a surrogate, a beginning without its end.
        let bytes: [UInt8] = [0x80, 0xC0, 0xAF, 0xED, 0xA0, 0x80, 0xE2, 0x82, 0x61]
        #expect(bytes.compactMap { decoder.decode($0) } == [.character("a")])
    }

    @Test("no bytes at all keep it from reading a line afterwards")
    func survivesNoise() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            var decoder = KeyDecoder()
            for _ in 0..<500 { _ = decoder.decode(UInt8.random(in: 0...255, using: &random)) }
            // Return ends whatever was begun.
            #expect(decoder.decode(0x0D) == .enter)
            #expect(decoder.decode(UInt8(ascii: "x")) == .character("x"))
        }
    }

    @Test("a sequence without an end is not kept")
    func boundsSequences() {
        var decoder = KeyDecoder()
        _ = "\u{1B}[".utf8.compactMap { decoder.decode($0) }
        for _ in 0..<100_000 { #expect(decoder.decode(UInt8(ascii: "1")) == nil) }
        #expect(decoder.decode(UInt8(ascii: "A")) == .up)
    }
}

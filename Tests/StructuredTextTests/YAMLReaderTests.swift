import RobotModel
import StructuredText
import Testing

@Suite("YAML reader")
struct YAMLReaderTests {
    private enum Colour: String, CaseIterable { case white, amber }

    private func problems(of text: String, _ build: (Field) -> Void) throws -> [RobotError] {
        try #require(throws: FileProblems.self) { try YAMLReader.read(file: "f", text: text, build) }.errors
    }

    @Test("values of every kind are read")
    func values() throws {
        let text = """
            name: "a: b"
            code: 0042
            count: 0x10
            ratio: -1.5e-3
            on: true
            colour: amber
            list: [1, 2, 3]
            map: {b: 1, a: 2}
            """
        try YAMLReader.read(file: "f", text: text) { root in
            #expect(root.required("name").string() == "a: b")
            #expect(root.required("code").string() == "0042")
            #expect(root.required("count").int() == 16)
            #expect(root.required("ratio").double() == -0.0015)
            #expect(root.required("on").bool())
            #expect(root.required("colour").choice() == Colour.amber)
            #expect(root.required("list").list { $0.int() } == [1, 2, 3])
            #expect(root.required("map").entries().map(\.key) == ["b", "a"])
            #expect(root.required("map").entries().map { $0.value.int() } == [1, 2])
            #expect(root.optional("absent") == nil)
        }
    }

    @Test(
        "a syntax error points at its line and column",
        arguments: [
            ("a: 1\nb: [1, 2\nc: 3\n", 3), ("a: 1\n\tb: 2\n", 2), ("a: 'open\n", 2), ("a: *nobody\n", 1),
            ("a: 1\n---\nb: 2\n", 2),
        ])
    func syntax(text: String, line: Int) throws {
        let errors = try problems(of: text) { _ in }
        #expect(errors.count == 1)
        #expect(errors[0].location?.line == line, "\(errors)")
        #expect(errors[0].what.hasPrefix("not YAML"))
    }

    @Test("a tab is named as what it is")
    func tab() throws {
        #expect(try problems(of: "a:\n\tb: 2\n") { _ in }.first?.hint == "indent with spaces, not tabs")
    }

    @Test(
        "an empty file, a scalar and a list are not a mapping", arguments: ["", "# nothing\n", "just text", "[1, 2]"])
    func noMapping(text: String) throws {
        let errors = try problems(of: text) { root in
            root.required("a").int()
            root.required("b").int()
        }
        #expect(errors.count == 1, "\(errors)")
    }

    @Test("a misspelt required key is one mistake, not an unknown and a missing one")
    func misspelt() throws {
        let errors = try problems(of: "speeed: 1\n") { $0.required("speed").int() }
        #expect(errors.map(\.what) == ["unknown key 'speeed' in the file"])
        #expect(errors[0].hint == "did you mean 'speed'?")
    }

    @Test("a missing key is told once, however often it is asked for")
    func missingOnce() throws {
        let errors = try problems(of: "a: 1\n") { root in
            root.required("a").int()
            root.required("b").required("c").int()
            root.required("b").list { $0.int() }.forEach { _ in }
        }
        #expect(errors.map(\.what) == ["the file has no 'b'"])
    }

    @Test("a value read twice is complained about once")
    func wrongOnce() throws {
        let errors = try problems(of: "a: x\n") { root in
            root.required("a").int()
            root.required("a").int()
        }
        #expect(errors.count == 1)
    }

    @Test(
        "numbers are not taken from quotes, from other words, or from beyond the finite",
        arguments: [
            "\"1\"", "one", "1.5.2", ".inf", ".nan", "1e999", "1_000", "~", "",
        ])
    func noNumber(value: String) throws {
        let errors = try problems(of: "a: \(value)\n") { $0.required("a").double() }
        #expect(errors.count == 1)
        #expect(errors[0].expected == "a number")
    }

    @Test(
        "nesting that is meant to exhaust the stack is refused",
        arguments: [
            String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
            String(repeating: "{a: ", count: 100_000),
        ])
    func deep(text: String) throws {
        #expect(try problems(of: text) { _ in }.count == 1)
    }

    @Test("a file longer than a megabyte is refused unread")
    func long() throws {
        let errors = try problems(of: String(repeating: "a", count: 1 << 21)) { _ in }
        #expect(errors.first?.what.contains("bytes") == true)
    }

    @Test("what the caller rejects is told at the field's place")
    func rejected() throws {
        let errors = try problems(of: "a: 1\nb:\n  - 7\n  - 8\n") { root in
            root.required("a").int()
            root.required("b").list()[1].reject("eight is not allowed", expected: "seven", hint: "try seven")
        }
        #expect(
            errors == [
                RobotError(
                    .invalidFile, "eight is not allowed", at: SourceLocation(file: "f", line: 4, column: 5),
                    expected: "seven", hint: "try seven")
            ])
    }

    @Test("no text at all makes it crash: seeded garbage gives a value or problems")
    func garbage() {
        var random = SeededRandom(seed: 11)
        let alphabet = Array("ab:-[]{}#&*!|>'\"%@`,?\n\t  01.\u{0}é")
        for _ in 0..<3000 {
            let length = Int.random(in: 0...40, using: &random)
            let text = String((0..<length).map { _ in alphabet.randomElement(using: &random)! })
            do throws(FileProblems) {
                let sum = try YAMLReader.read(file: "f", text: text) { root in
                    root.required("a").int() + (root.optional("b")?.list { $0.int() } ?? []).count
                }
                #expect(sum != .min)
            } catch {
                #expect(!error.errors.isEmpty)
            }
        }
    }

    @Test("hashes of the content differ where the content does, and nowhere else")
    func comparesContents() throws {
        func hashes(_ text: String) throws -> [String: Int] {
            try YAMLReader.read(file: "f", text: text) { root in
                let hashes = root.contentHashes(splitting: ["b"])
                _ = root.optional("a")?.entries()
                _ = root.optional("b")?.entries()
                return hashes
            }
        }
        let first = try hashes("a: { x: 1, y: [2, 3] }\nb: { c: 4, d: 5 }\n")
        #expect(first.keys.sorted() == ["a", "b.c", "b.d"])
        #expect(try hashes("# a word\nb:\n  c: 4\n  d: 5\na:\n  x: 1\n  y: [2, 3] # more\n") == first)
        let other = try hashes("a: { x: 1, y: [2, 4] }\nb: { c: 4, d: 6 }\n")
        #expect(first.keys.filter { first[$0] != other[$0] }.sorted() == ["a", "b.d"])
    }
}

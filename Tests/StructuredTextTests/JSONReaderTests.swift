import RobotModel
import StructuredText
import Testing

@Suite("JSON reader")
struct JSONReaderTests {
    private func read<Value>(_ text: String, _ build: (JSONField) -> Value) throws -> Value {
        var warnings: [RobotError] = []
        return try JSONReader.read(file: "f", bytes: Array(text.utf8), warnings: &warnings, build)
    }

    private func problems(of text: String, _ build: (JSONField) -> Void) throws -> [RobotError] {
        try #require(throws: FileProblems.self) { try read(text, build) }.errors
    }

    @Test("values of every kind are read, in whatever order and layout")
    func values() throws {
        let text = """
            {"list" : [1, 2.5 ,-3e2, 1e-1], "name":"a: b", "on":true,"off": false,
             "nothing": null, "inner": {"deep": {"x": "found"}, "empty": [], "none": {}}, "point": [1.5, -2, 9]}
            """
        try read(text) { root in
            #expect(root.required("name").string() == "a: b")
            #expect(root.required("list").list().map { $0.double() } == [1, 2.5, -300, 0.1])
            #expect(root.required("on").bool() && !root.required("off").bool())
            #expect(root.optional("nothing") == nil && root.optional("absent") == nil)
            let inner = root.required("inner")
            #expect(inner.required("deep").required("x").string() == "found")
            #expect(inner.required("empty").list().isEmpty && inner.required("none").entries().isEmpty)
            #expect(inner.entries().map(\.key) == ["deep", "empty", "none"])
            #expect(root.required("point").point() == Point2D(1.5, -2))
            #expect(root.required("list").list()[2].source == "-3e2")
        }
    }

    @Test(
        "escapes stand for what they say, in keys too",
        arguments: [
            (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"),
            (#""\ud83d\ude00!""#, "😀!"), (#""\ud83d""#, "\u{FFFD}"), (#""""#, ""), (#""ü😀""#, "ü😀"),
        ])
    func escapes(json: String, text: String) throws {
        #expect(try read("{\"k\\u0065y\": \(json)}") { $0.required("key").string() } == text)
    }

    @Test(
        "whole numbers are exact, others are the nearest there is",
        arguments: [
            ("0", 0), ("-0", 0), ("123456789012345", 123_456_789_012_345), ("4294967295", 4_294_967_295),
            ("1.0", 1), ("0.1", 0.1), ("-1.25e-3", -0.00125), ("1234567890123456", 1_234_567_890_123_456),
            ("12345678901234567168", 12_345_678_901_234_567_168),
        ])
    func numbers(text: String, value: Double) throws {
        #expect(try read("[\(text)]") { $0.list()[0].double() } == value)
        #expect(try read("{\"a\":\(text)}") { $0.required("a").double() } == value)
    }

    @Test(
        "what is not JSON is refused at its place",
        arguments: [
            ("", 1, 1), ("{", 1, 2), ("{\"a\": 1,}", 1, 9), ("[1, 2", 1, 6), ("[1 2]", 1, 4), ("{'a': 1}", 1, 2),
            ("{\"a\" 1}", 1, 6), ("[01]", 1, 3), ("[1.]", 1, 4), ("[.5]", 1, 2), ("[+1]", 1, 2), ("[1e]", 1, 4),
            ("[tru]", 1, 5), ("[nan]", 1, 3), ("{\n\"a\":\n\"\u{1}\"}", 3, 2), ("[\"\\x\"]", 1, 4),
            ("[\"\\u12g4\"]", 1, 7),
            ("[1]\n[2]", 2, 1), ("[\"abc", 1, 6), ("// no\n{}", 1, 1),
        ])
    func syntax(text: String, line: Int, column: Int) throws {
        let errors = try problems(of: text) { _ in }
        #expect(errors.count == 1 && errors[0].what.hasPrefix("not JSON"))
        #expect(errors[0].location == SourceLocation(file: "f", line: line, column: column), "\(errors)")
    }

    @Test("nesting that is meant to exhaust the stack is refused")
    func deep() throws {
        for text in [String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 1_000_000)] {
            #expect(try problems(of: text) { _ in }.first?.what.contains("nested") == true)
        }
    }

    @Test("a wrong or missing value is told with its place and what was expected, all of them at once")
    func wrong() throws {
        let text = "{\"a\": \"1\",\n \"b\": [1, \"x\"],\n \"c\": 70000.5, \"d\": {}}"
        let errors = try problems(of: text) { root in
            _ = root.required("a").double()
            _ = root.required("b").point()
            _ = root.required("c").int(in: 0...9)
            _ = root.required("d").list()
            _ = root.required("e").string()
            _ = root.required("e").required("f").bool()
        }
        #expect(errors.map { $0.location?.line } == [1, 1, 2, 3, 3])
        #expect(
            errors.map(\.what) == [
                "an object has no 'e'", "found \"1\"", "found a list", "found 70000.5", "found an object",
            ])
        #expect(errors[3].expected == "a whole number from 0 to 9")
    }

    @Test("a byte order mark is passed over, and columns are counted behind it")
    func byteOrderMark() throws {
        var warnings: [RobotError] = []
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("{\"a\": 7}".utf8)
        #expect(try JSONReader.read(file: "f", bytes: bytes, warnings: &warnings) { $0.required("a").double() } == 7)
    }

    @Test("what is odd is a warning, also beside an error, and does not hinder")
    func warnings() throws {
        var warnings: [RobotError] = []
        let value = try JSONReader.read(file: "f", bytes: Array("[1,\n2]".utf8), warnings: &warnings) { root in
            root.list()[1].warn("two is odd")
            root.list()[0].warn("so is one")
            return root.list().count
        }
        #expect(value == 2 && warnings.map(\.what) == ["so is one", "two is odd"])
        #expect(warnings.map { $0.location?.line } == [1, 2])
    }

    @Test("a file that is wrong throughout is told by its first problems")
    func many() throws {
        let text = "[" + [String](repeating: "\"x\"", count: 1000).joined(separator: ",\n") + "]"
        let errors = try problems(of: text) { root in root.forEach { _ = $0.double() } }
        #expect(errors.count == 201 && errors.last?.what == "and 800 more problems")
    }

    @Test("no text at all makes it crash: seeded garbage, and right texts with a byte changed")
    func garbage() {
        var random = SeededRandom(seed: 5)
        let alphabet = Array("{}[]\",:\\u0019eE+-.tfn \n".utf8) + [0, 0xC3, 0xFF]
        let right = Array(#"{"a": [1, {"b": "\u00e9x", "c": -1.5e3}, null], "d": {"e": [[1, 2], true]}, "f": ""}"#.utf8)
        for round in 0..<6000 {
            var bytes = right
            if round % 2 == 0 {
                bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in alphabet.randomElement(using: &random)!
                }
            } else {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = alphabet.randomElement(using: &random)!
                if round % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            }
            var warnings: [RobotError] = []
            do throws(FileProblems) {
                let sum = try JSONReader.read(file: "f", bytes: bytes, warnings: &warnings) { visit($0) }
                #expect(sum >= 0)
            } catch {
                #expect(!error.errors.isEmpty)
            }
        }
    }

    /// Looks at everything in a value with every getter, and counts.
    private func visit(_ field: JSONField) -> Int {
        _ = (field.textValue, field.numberValue, field.source, field.isNull)
        if field.isObject {
            return field.entries().reduce(1) { $0 + visit($1.value) } + (field.optional("b") == nil ? 0 : 1)
        }
        guard field.source?.first == "[" else { return 1 }
        return field.list().reduce(1) { $0 + visit($1) }
    }
}

import DeviceProtocols
import RobotModel
import Testing

@Suite("JSON values")
struct JSONValueTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    private func write(_ value: JSONValue) -> String { String(decoding: value.bytes, as: UTF8.self) }

    @Test("the example of RFC 8259, section 13, is read and written again")
    func example() throws {
        let text = """
            { "Image": { "Width":  800, "Height": 600, "Title":  "View from 15th Floor",
              "Thumbnail": { "Url": "http://www.example.com/image/481989943", "Height": 125, "Width":  100 },
              "Animated" : false, "IDs": [116, 943, 234, 38793] } }
            """
        let value = try parse(text)
        #expect(value["Image"]?["Width"]?.integer == 800)
        #expect(value["Image"]?["Animated"]?.bool == false)
        #expect(value["Image"]?["IDs"]?.array?.compactMap(\.integer) == [116, 943, 234, 38793])
        #expect(
            write(value)
                == #"{"Image":{"Width":800,"Height":600,"Title":"View from 15th Floor","#
                + #""Thumbnail":{"Url":"http://www.example.com/image/481989943","Height":125,"Width":100},"#
                + #""Animated":false,"IDs":[116,943,234,38793]}}"#)
    }

    @Test("escapes and surrogate pairs become the characters that they stand for")
    func escapes() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E""#) == .string("\"\\/\u{8}\u{c}\n\r\té𝄞"))
        #expect(write(.string("a\"\\\n\u{1}é")) == #""a\"\\\u000a\u0001é""#)
    }

    @Test(
        "numbers keep what they are",
        arguments: [
            ("0", JSONValue.integer(0)), ("-17", .integer(-17)), ("1795262400.125", .number(1_795_262_400.125)),
            ("1e3", .number(1000)), ("-0.5E-1", .number(-0.05)), ("99999999999999999999", .number(1e20)),
        ])
    func numbers(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    @Test(
        "what is no JSON is refused with its place",
        arguments: [
            ("", 0, "a value"), ("{", 1, "a key in quotes"), ("[1,]", 3, "a value"), ("{\"a\" 1}", 5, "':'"),
            ("01", 1, "the end of the text"), ("1.", 2, "a digit"), ("tru", 0, "true"), ("\"a", 2, "'\"'"),
            ("\"\\x\"", 2, "an escape"), ("\"\\uD834\"", 7, "the second half of a pair"), ("[1 2]", 3, "',' or ']'"),
            ("\"\n\"", 1, "no control character in a text"), ("{} {}", 3, "the end of the text"), ("+1", 0, "a value"),
            ("\"\\u+123\"", 3, "four hexadecimal digits"), ("1e999", 0, "a number that a computer can hold"),
        ])
    func problems(text: String, offset: Int, expected: String) {
        #expect(throws: JSONProblem(offset: offset, expected: expected)) { try parse(text) }
    }

    @Test("bytes that are no UTF-8, texts that are too long and nests that are too deep are refused")
    func limits() throws {
        #expect(throws: JSONProblem(offset: 0, expected: "UTF-8")) {
            try JSONValue(parsing: [UInt8(ascii: "\""), 0xC3, UInt8(ascii: "\"")])
        }
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: [UInt8](repeating: 0x20, count: 65_537)) }
        let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        #expect(throws: JSONProblem(offset: 16, expected: "at most 16 levels")) { try parse(deep) }
        #expect(try parse(String(deep.dropFirst().dropLast())).array?.count == 1)
    }

    private func anyValue(_ depth: Int, _ random: inout SeededRandom) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int.random(in: .min ... .max, using: &random))
        case 3: return .number(Double.random(in: -1e9...1e9, using: &random))
        case 4:
            let scalars = (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &random))
            }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5:
            return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in anyValue(depth - 1, &random) })
        default:
            return .object(
                (0..<Int.random(in: 0..<4, using: &random)).map { ("key \($0)", anyValue(depth - 1, &random)) })
        }
    }

    @Test("what is written is read again as it was")
    func roundTrip() throws {
        var random = SeededRandom(seed: 8)
        for _ in 0..<2000 {
            let value = anyValue(4, &random)
            #expect(try JSONValue(parsing: value.bytes) == value)
        }
    }
}

/// A JSON text (RFC 8259) as a value: for the small messages of building controllers, without reflection.
///
///     let message = try JSONValue(parsing: bytes)
///     message["floor"]?.string                             // "8F"
///     JSONValue.object([("state", .integer(1))]).bytes     // {"state":1}
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number with a fraction or an exponent, or one that does not fit into an `Int`.
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// Keys in the order of the text.
    case object(JSONObject)

    /// An object from its members.
    public static func object(_ members: [(String, JSONValue)]) -> JSONValue { .object(JSONObject(members)) }

    /// The value of an object's key; nil where there is none, or this is no object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

    /// A whole number; one that is written with a fraction of zero counts.
    public var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

/// The members of a JSON object.
public struct JSONObject: Hashable, Sendable {
    /// In the order of the text.
    public private(set) var keys: [String]
    public private(set) var values: [JSONValue]

    public init(_ members: [(String, JSONValue)]) {
        keys = members.map(\.0)
        values = members.map(\.1)
    }

    /// The value of a key; the last one where a key stands several times.
    public subscript(key: String) -> JSONValue? { keys.lastIndex(of: key).map { values[$0] } }
}

/// What is wrong with a JSON text, and where.
public struct JSONProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Byte of the text, from 0.
    public var offset: Int
    public var expected: String

    public init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }

    public var description: String { "no JSON at byte \(offset): expected \(expected)" }
}

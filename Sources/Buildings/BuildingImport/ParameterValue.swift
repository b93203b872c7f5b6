import StructuredText

/// A parameter of a vertex or an edge, as Open-RMF writes it: `[type, value]`.
///
/// Types: 1 string, 2 int, 3 double, 4 bool (rmf_building_map_tools, `param_value.py`).
public enum ParameterValue: Hashable, Sendable, CustomStringConvertible {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)

    /// The text of a string, or of a whole number without quotes in a string's place; nil for anything else, and for
    /// an empty text.
    public var word: String? {
        switch self {
        case .string(let value): value.isEmpty ? nil : value
        case .int(let value): "\(value)"
        default: nil
        }
    }
    /// The whole number, for an int.
    public var int: Int? { if case .int(let value) = self { value } else { nil } }
    /// The number, for a double or an int.
    public var double: Double? {
        switch self {
        case .double(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }
    /// The truth, for a bool.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The value as text, without its type: also a name that is written as a number.
    public var description: String {
        switch self {
        case .string(let value): value
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .bool(let value): "\(value)"
        }
    }

    /// Reads `[type, value]`; nil for type 0 (undefined) and, after a recorded problem, for anything else.
    ///
    /// Open-RMF takes the value as YAML has it and does not look at the type; one that says something else is noted.
    init?(_ field: Field) {
        let parts = field.list()
        guard parts.count == 2 else {
            if field.isList { field.reject("a parameter has \(parts.count) elements", expected: "[type, value]") }
            return nil
        }
        let type = parts[0].int(in: 0...4)
        guard type > 0 else { return nil }
        let value = ParameterValue(untyped: parts[1])
        switch (type, value) {
        case (1, .string), (1, .int), (2, .int), (3, .double), (4, .bool): self = value
        case (1, _): self = .string(parts[1].stringOrEmpty())
        case (3, .int(let number)): self = .double(Double(number))
        case (2, .double(let number)) where number == number.rounded() && abs(number) < 1e9: self = .int(Int(number))
        default:
            let names = ["", "a string", "a whole number", "a number", "true or false"]
            parts[1].warn("the value '\(value)' is not of its type \(type)", expected: names[type])
            self = value
        }
    }

    /// Reads a scalar in whatever type YAML 1.1 gives it.
    init(untyped field: Field) {
        let text = field.stringOrEmpty()
        self = field.isPlain ? ParameterValue(plain: text) : .string(text)
    }

    /// A scalar without quotes, whose type is worked out from its looks.
    init(plain text: String) {
        switch text {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": self = .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": self = .bool(false)
        default:
            if let number = Int(text), "\(number)" == text {
                self = .int(number)
            } else if let first = text.utf8.first, Self.numberStarts.contains(first), let number = Double(text) {
                self = .double(number)
            } else {
                self = .string(text)
            }
        }
    }

    private static let numberStarts = Set("+-.0123456789".utf8)
}

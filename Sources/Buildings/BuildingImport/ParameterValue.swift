import StructuredText

/// A parameter of a vertex or an edge, as Open-RMF writes it: `[type, value]`.
///
/// Types: 1 string, 2 int, 3 double, 4 bool (rmf_building_map_tools, `param_value.py`).
public enum ParameterValue: Hashable, Sendable, CustomStringConvertible {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)

    /// The text, for a string.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
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

    /// The value as text, without its type.
    public var description: String {
        switch self {
        case .string(let value): value
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .bool(let value): "\(value)"
        }
    }

    /// Reads `[type, value]`; nil for type 0 (undefined) and, after a recorded problem, for anything else.
    init?(_ field: Field) {
        let parts = field.list()
        guard parts.count == 2 else {
            field.reject("a parameter has \(parts.count) elements", expected: "[type, value]")
            return nil
        }
        switch parts[0].int(in: 0...4) {
        case 1: self = .string(parts[1].stringOrEmpty())
        case 2: self = .int(parts[1].int())
        case 3: self = .double(parts[1].double())
        case 4: self = .bool(parts[1].bool())
        default: return nil
        }
    }
}

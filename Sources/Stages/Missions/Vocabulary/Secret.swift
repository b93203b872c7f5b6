/// A value that must reach its user and nobody else: a box's code, typed digits.
///
/// Printing, interpolating or dumping it shows dots. It is encoded only where the journal needs it to go on after a
/// restart.
public struct Secret<Value: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    /// The value itself; hand it to the device or the hash and to nothing that writes text.
    public let revealed: Value

    public init(_ value: Value) { revealed = value }

    public init(from decoder: any Decoder) throws {
        revealed = try decoder.singleValueContainer().decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(revealed)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

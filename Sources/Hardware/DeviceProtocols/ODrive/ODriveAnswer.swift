/// What an ODrive answers.
public enum ODriveAnswer: Hashable, Sendable {
    /// To `f`: position in turns and speed in turns a second.
    case feedback(position: Double, velocity: Double)
    /// To `r`: a property's value.
    case value(Double)
    /// A request that it cannot follow.
    case refusal(String)
    /// Anything else: an information line, or the answer to somebody else's request.
    case other(String)

    /// The firmware's refusals (ascii_protocol.cpp); "invalid motor" goes on with the axis' number.
    private static let refusals = [
        "invalid property", "invalid command format", "invalid motor", "not implemented", "unknown command",
    ]

    /// Reads a line's text.
    public init(text: String) {
        if Self.refusals.contains(where: text.hasPrefix) {
            self = .refusal(text)
            return
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.compactMap(ODriveNumber.value)
        if numbers.count == words.count, numbers.count == 2 {
            self = .feedback(position: numbers[0], velocity: numbers[1])
        } else if numbers.count == words.count, numbers.count == 1 {
            self = .value(numbers[0])
        } else {
            self = .other(text)
        }
    }

    /// The line without its checksum, as the firmware prints it.
    public var text: String {
        switch self {
        case .feedback(let position, let velocity):
            "\(ODriveNumber.text(position)) \(ODriveNumber.text(velocity))"
        case .value(let value):
            // A whole number is printed as one; others with as many decimals as fit.
            value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : ODriveNumber.text(value)
        case .refusal(let text), .other(let text): text
        }
    }

    /// The bytes on the line, with checksum or without, as the request had one.
    public func encoded(sealed: Bool) -> [UInt8] {
        sealed ? ODriveLine.sealed(text, end: "\r\n") : Array("\(text)\r\n".utf8)
    }
}

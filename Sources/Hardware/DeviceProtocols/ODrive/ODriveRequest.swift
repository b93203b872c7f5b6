/// What a host says to an ODrive. Turns and turns a second, as the firmware counts since 0.5.
///
/// A velocity and a watchdog's feed are not answered, nor is a write that succeeds. A velocity feeds the axis' watchdog; a
/// question does not. Source: odriverobotics/ODrive docs/ascii-protocol and Firmware/communication/ascii_protocol.cpp
/// of 0.5.4.
public enum ODriveRequest: Hashable, Sendable {
    /// `v axis velocity`: follow this speed, in velocity control.
    case velocity(axis: Int, turnsPerSecond: Double)
    /// `f axis`: where is the encoder, and how fast?
    case feedback(axis: Int)
    /// `u axis`: the host is alive.
    case feedWatchdog(axis: Int)
    /// `r property`
    case read(String)
    /// `w property value`
    case write(String, String)
    /// `sc`: clear all errors of all axes.
    case clearErrors
    /// Anything else.
    case other(String)

    /// The line without its checksum.
    public var text: String {
        switch self {
        case .velocity(let axis, let speed): "v \(axis) \(ODriveNumber.text(speed))"
        case .feedback(let axis): "f \(axis)"
        case .feedWatchdog(let axis): "u \(axis)"
        case .read(let property): "r \(property)"
        case .write(let property, let value): "w \(property) \(value)"
        case .clearErrors: "sc"
        case .other(let text): text
        }
    }

    /// The bytes on the line, with checksum.
    public var encoded: [UInt8] { ODriveLine.sealed(text) }

    /// What a line asks for.
    public init(text: String) {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        let axis = words.count > 1 ? Int(words[1]).flatMap { $0 >= 0 ? $0 : nil } : nil
        self = .other(text)
        switch (words.first, words.count) {
        case ("v", 3...):
            guard let axis, let speed = ODriveNumber.value(words[2]) else { return }
            self = .velocity(axis: axis, turnsPerSecond: speed)
        case ("f", 2): if let axis { self = .feedback(axis: axis) }
        case ("u", 2): if let axis { self = .feedWatchdog(axis: axis) }
        case ("r", 2): self = .read(words[1])
        case ("w", 3): self = .write(words[1], words[2])
        case ("sc", 1): self = .clearErrors
        default: break
        }
    }
}

/// Numbers as the protocol writes them.
public enum ODriveNumber {
    /// Six decimals, as C's "%f"; what is no number is zero, and what is too large for a drive is held at a million.
    public static func text(_ value: Double) -> String {
        guard value == value else { return "0.000000" }
        let millionths = Int((max(-1e6, min(1e6, value)) * 1e6).rounded())
        let (whole, rest) = abs(millionths).quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest)
        return (millionths < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// A plain decimal number, or a truth value as 1 and 0.
    public static func value(_ text: some StringProtocol) -> Double? {
        switch text {
        case "True", "true": return 1
        case "False", "false": return 0
        default: break
        }
        // No hexadecimal, "nan" or "inf", which Double would also take.
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46, 101].contains($0) }),
            let value = Double(String(text)), value.isFinite
        else { return nil }
        return value
    }
}

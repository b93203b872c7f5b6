/// Why a file could not be read.
public struct MCAPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of damage.
    public enum Code: String, Hashable, Sendable {
        /// No MCAP magic at the start.
        case notMCAP
        /// A record or the file ends too early.
        case truncated
        /// A checksum does not fit.
        case checksum
        /// Compressed bytes do not decompress.
        case compression
        /// A field has an impossible value.
        case malformed
    }

    public var code: Code
    public var detail: String

    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    public var description: String { "\(code.rawValue): \(detail)" }
}

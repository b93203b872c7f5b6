/// The MCAP container, version 0, as `foxglove/mcap`'s specification gives it.
///
/// A file is `magic · header · data section · summary · footer · magic`. Every record is an opcode (u8), the length of
/// its content (u64) and the content; everything is little-endian. Strings carry their length in bytes (u32) in front,
/// maps and arrays their length in bytes too.
enum MCAPFormat {
    static let magic: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]

    enum Opcode: UInt8 {
        case header = 0x01
        case footer = 0x02
        case schema = 0x03
        case channel = 0x04
        case message = 0x05
        case chunk = 0x06
        case messageIndex = 0x07
        case chunkIndex = 0x08
        case attachment = 0x09
        case attachmentIndex = 0x0A
        case statistics = 0x0B
        case metadata = 0x0C
        case metadataIndex = 0x0D
        case summaryOffset = 0x0E
        case dataEnd = 0x0F
    }
}

/// Bytes being put together, little-endian.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: String) {
        let utf8 = text.utf8
        put(UInt32(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    mutating func put(_ data: [UInt8], lengthAs _: UInt32.Type) {
        put(UInt32(data.count))
        bytes.append(contentsOf: data)
    }

    /// A map of strings, sorted by key so that the same content gives the same bytes.
    mutating func put(_ map: [String: String]) {
        var content = ByteWriter()
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            content.put(key)
            content.put(value)
        }
        put(content.bytes, lengthAs: UInt32.self)
    }

    /// A record: opcode, length, content.
    mutating func putRecord(_ opcode: MCAPFormat.Opcode, _ content: [UInt8]) {
        bytes.append(opcode.rawValue)
        put(UInt64(content.count))
        bytes.append(contentsOf: content)
    }
}

/// Bytes being taken apart; every read is checked.
struct ByteReader {
    var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    mutating func take(_ count: Int) throws(MCAPError) -> ArraySlice<UInt8> {
        guard count >= 0, bytes.count >= count else { throw MCAPError(.truncated, "a record ends too early") }
        let part = bytes.prefix(count)
        bytes = bytes.dropFirst(count)
        return part
    }

    mutating func integer<T: FixedWidthInteger>(_: T.Type) throws(MCAPError) -> T {
        var value: T = 0
        for (index, byte) in try take(T.bitWidth / 8).enumerated() {
            value |= T(truncatingIfNeeded: UInt64(byte) << UInt64(8 * index))
        }
        return value
    }

    mutating func string() throws(MCAPError) -> String {
        let count = try integer(UInt32.self)
        return String(decoding: try take(Int(count)), as: UTF8.self)
    }

    mutating func map() throws(MCAPError) -> [String: String] {
        var inner = ByteReader(try take(Int(try integer(UInt32.self))))
        var result: [String: String] = [:]
        while !inner.bytes.isEmpty {
            let key = try inner.string()
            result[key] = try inner.string()
        }
        return result
    }
}

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

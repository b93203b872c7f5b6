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

    /// One record: its opcode as it stands there, and its content.
    mutating func record() throws(MCAPError) -> (opcode: UInt8, content: ArraySlice<UInt8>) {
        let opcode = try integer(UInt8.self)
        guard opcode != 0 else { throw MCAPError(.malformed, "opcode 0") }
        let length = try integer(UInt64.self)
        return (opcode, try take(Int(clamping: length)))
    }
}

/// Bytes being put together, little-endian.
struct ByteWriter: Sendable {
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

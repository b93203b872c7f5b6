/// The MCAP container, version 0, as `foxglove/mcap`'s specification gives it.
///
/// A file is `magic · header · data section · summary · footer · magic`. Every record is an opcode (u8), the length of
/// its content (u64) and the content; everything is little-endian. Strings carry their length in bytes (u32) in front,
/// maps and arrays their length in bytes too.
enum MCAPFormat {
    static let magic: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]

    /// Opcode and length in front of every record's content.
    static let recordHead = 9

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

/// Finds commands in the bytes that a host sends; the device's side of the line.
///
/// A command ends with LF, CR or both. What is no command is handed out as well: a real device answers it with 0E.
public struct HokuyoCommandDecoder: Sendable {
    /// A line of the host.
    public struct Line: Hashable, Sendable {
        /// Nil where the device does not know it.
        public var command: HokuyoCommand?
        /// What the device repeats: the line with the string behind its semicolon.
        public var echo: [UInt8]
    }

    /// The longest command with the longest string, and room for what came before it.
    private static let limit = 64
    private var line: [UInt8] = []

    public init() {}

    /// Takes bytes in order and calls `body` for each line that is not empty.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (Line) -> Void) {
        for byte in bytes {
            guard byte == 0x0A || byte == 0x0D else {
                if line.count >= Self.limit { line.removeFirst() }
                line.append(byte)
                continue
            }
            guard !line.isEmpty else { continue }
            let text = line.firstIndex(of: 0x3B).map { line[..<$0] } ?? line[...]
            body(Line(command: HokuyoCommand(text), echo: line))
            line.removeAll(keepingCapacity: true)
        }
    }
}

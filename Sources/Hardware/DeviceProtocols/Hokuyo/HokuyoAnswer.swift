/// The answer to a command: echo, status, lines of text, an empty line.
///
///     PP⏎ 00P⏎ MODL:URG-04LX(Hokuyo Automatic Co.,Ltd.);N⏎ … ⏎
///
/// A line of text has a semicolon and a sum behind it (the sum leaves the semicolon out); the clock's line has the sum alone.
public struct HokuyoAnswer: Hashable, Sendable {
    /// What is answered.
    public var command: HokuyoCommand
    public var status: HokuyoStatus
    /// The lines' characters without semicolons and sums.
    public var lines: [[UInt8]]

    public init(_ command: HokuyoCommand, _ status: HokuyoStatus = .ok, lines: [[UInt8]] = []) {
        self.command = command
        self.status = status
        self.lines = lines
    }

    /// The bytes that the device sends.
    public var encoded: [UInt8] { Self.encoded(echo: command.characters, status, lines: lines) }

    /// The answer to any line, which may be one that the device does not know.
    public static func encoded(echo: [UInt8], _ status: HokuyoStatus, lines: [[UInt8]] = []) -> [UInt8] {
        var bytes = echo + [0x0A] + status.encoded
        for line in lines {
            let isText = line.contains(0x3A)
            bytes += line + (isText ? [0x3B] : []) + [HokuyoNumber.sum(line[...]), 0x0A]
        }
        return bytes + [0x0A]
    }

    /// The value of a line by its four letters: `field("SERI")`.
    public func field(_ key: String) -> String? {
        let mark = Array(key.utf8) + [0x3A]
        guard let line = lines.first(where: { $0.starts(with: mark) }) else { return nil }
        let text = line.dropFirst(mark.count)
        return String(decoding: text.drop { $0 == 0x20 }, as: UTF8.self)
    }

    /// The milliseconds of a clock's answer (24 bits), nil in another's.
    public var milliseconds: UInt32? {
        guard command == .clock, let line = lines.first, line.count == 4, let time = HokuyoNumber.decoded(line[...])
        else { return nil }
        return time
    }
}

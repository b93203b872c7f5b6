public import RobotModel

/// A piece of what went over a line: bytes in one direction, and when.
///
/// What `RecordingPort` hands out and a replay plays. How it is kept (a channel of a recording, a file of a bug report)
/// is the owner's business.
public struct RawLineRecord: Hashable, Sendable, Codable {
    /// Who said it.
    public enum Direction: String, Hashable, Sendable, Codable { case fromDevice, toDevice }

    /// When the host's port gave or took the bytes.
    public var time: Instant
    public var direction: Direction
    public var bytes: [UInt8]

    public init(_ direction: Direction, _ bytes: [UInt8], at time: Instant) {
        self.direction = direction
        self.bytes = bytes
        self.time = time
    }

    private enum CodingKeys: String, CodingKey { case time, direction, bytes }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        time = Instant(nanoseconds: try container.decode(Int64.self, forKey: .time))
        direction = try container.decode(Direction.self, forKey: .direction)
        bytes = try container.decode([UInt8].self, forKey: .bytes)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(time.nanoseconds, forKey: .time)
        try container.encode(direction, forKey: .direction)
        try container.encode(bytes, forKey: .bytes)
    }
}

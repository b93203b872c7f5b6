/// A segment that the station has, as its catalogue tells of it.
public struct SegmentEntry: Sendable, Hashable, Codable {
    public var robot: String
    public var name: String
    public var bytes: Int
    public var messages: Int
    /// Hexadecimal.
    public var sha256: String

    public init(robot: String, name: String, bytes: Int, messages: Int, sha256: String) {
        self.robot = robot
        self.name = name
        self.bytes = bytes
        self.messages = messages
        self.sha256 = sha256
    }
}

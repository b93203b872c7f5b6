/// The name under which this robot asks for doors and lifts: the same at every start, so that a restarted robot finds its
/// own sessions.
public struct SessionID: Hashable, Sendable {
    /// The robot's name, from the board file.
    public var robot: String
    /// For controllers that know sessions by number; never 0, which means nobody.
    public var number: UInt16

    public init(robot: String, number: UInt16) {
        precondition(number != 0, "session 0 means nobody")
        self.robot = robot
        self.number = number
    }

    /// The usual one of a robot: its number is a hash of its name.
    public init(robot: String) {
        // FNV-1a, 32 bit, folded to 16 (RFC draft-eastlake-fnv, section 3).
        var hash: UInt32 = 2_166_136_261
        for byte in robot.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        self.init(robot: robot, number: max(1, UInt16(truncatingIfNeeded: (hash >> 16) ^ hash)))
    }

    /// For controllers that know sessions by name: "dory/41203".
    public var text: String { "\(robot)/\(number)" }
}

public import RobotModel

/// A GPIO line of the board file.
public struct GPIORequest: Hashable, Sendable, Codable {
    /// Which way the line goes.
    public enum Direction: String, Hashable, Sendable, Codable { case input, output }

    /// The line's role ("emergency_stop", "lock").
    public var role: String
    /// The chip ("gpiochip0", or a socket's path for the twin).
    public var chip: String
    /// Offset on the chip.
    public var line: Int
    public var direction: Direction
    /// True where a low level means "on".
    public var activeLow: Bool
    /// An output's safe state: what it is set to when it is requested, also for the first time after a crash, and before
    /// it is given back in order.
    public var initial: Bool

    public init(
        role: String, chip: String, line: Int, direction: Direction, activeLow: Bool = false, initial: Bool = false
    ) {
        self.role = role
        self.chip = chip
        self.line = line
        self.direction = direction
        self.activeLow = activeLow
        self.initial = initial
    }
}

/// A change of an input line, in its logical sense.
public struct GPIOEdge: Hashable, Sendable {
    /// The new state.
    public var isOn: Bool
    /// When it happened, by the kernel's monotonic time stamp where there is one.
    public var time: Instant
    /// Counts the edges of the line from 1, those that were dropped unread too; 0 where nobody counts them
    /// (libgpiod 1.6).
    public var sequence: UInt32

    public init(isOn: Bool, time: Instant, sequence: UInt32 = 0) {
        self.isOn = isOn
        self.time = time
        self.sequence = sequence
    }
}

/// A requested GPIO line. Levels and edges are logical: `activeLow` has been applied.
public protocol GPIOLine: AnyObject, Sendable {
    /// Becomes readable when an edge waits; nil in memory.
    var pollDescriptor: Int32? { get }
    /// The present state.
    func level() throws(PortError) -> Bool
    /// The oldest edge not yet taken, if one waits. Never waits itself.
    func nextEdge() throws(PortError) -> GPIOEdge?
    /// Drives an output.
    func set(_ on: Bool) throws(PortError)
    func close()
}

/// Requests GPIO lines: through libgpiod, or from a twin.
public protocol GPIOLineOpening: Sendable {
    func open(_ request: GPIORequest) throws(PortError) -> any GPIOLine
    /// Requests inputs of one chip that are read together, in the order of the requests.
    func openTogether(_ requests: [GPIORequest]) throws(PortError) -> any GPIOLineGroup
}

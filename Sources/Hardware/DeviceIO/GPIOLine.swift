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
    /// What an output is set to when it is requested.
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

    public init(isOn: Bool, time: Instant) {
        self.isOn = isOn
        self.time = time
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
}

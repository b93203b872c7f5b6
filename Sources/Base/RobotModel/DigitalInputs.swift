/// The switches of the robot, in their logical sense (polarity is the board file's business).
@frozen
public struct DigitalInputs: OptionSet, Sendable, BitwiseCopyable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The emergency stop is pressed.
    @inlinable public static var emergencyStop: DigitalInputs { DigitalInputs(rawValue: 1) }
    /// The bumper touches something.
    @inlinable public static var bumper: DigitalInputs { DigitalInputs(rawValue: 2) }
    /// The lid of the cargo compartment is open.
    @inlinable public static var lidOpen: DigitalInputs { DigitalInputs(rawValue: 4) }
    /// The light barrier of the cargo compartment sees something in it.
    @inlinable public static var loaded: DigitalInputs { DigitalInputs(rawValue: 8) }
}

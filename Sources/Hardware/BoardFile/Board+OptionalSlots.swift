import RobotModel

// Slots that a robot may do without.

/// Quadrature encoders of the wheels, on GPIO lines.
public struct WheelEncoderSlot: Sendable {
    /// The two lines of one encoder.
    public struct Encoder: Hashable, Sendable {
        public var lineA: Int
        public var lineB: Int
        public var inverted: Bool
    }

    /// "gpiochip0" on a board, or "socket:/path" for a twin's.
    public var chip: String
    public var left: Encoder
    public var right: Encoder
    /// Edges of both lines a revolution of a wheel (four times the lines of the disc).
    public var countsPerRevolution: Int
    public var staleAfter: Duration
}

/// Absolute encoders on the joints' shafts, on one RS-485 bus.
public struct JointEncoderSlot: Sendable {
    /// The cards that fit.
    public enum Driver: String, Sendable, CaseIterable { case amt21 }

    /// One encoder.
    public struct Encoder: Hashable, Sendable {
        /// Index of its joint in the arm.
        public var joint: Int
        /// Node address on the bus.
        public var address: Int
        /// +1 or -1: encoder angle = sign × joint angle + offset.
        public var sign: Double
        /// Radians.
        public var offset: Double
    }

    public var driver: Driver
    public var port: PortSettings
    /// Cycles a second.
    public var rate: Int
    public var encoders: [Encoder]
    /// How far servo and encoder may differ before the arm is stopped, radians.
    public var maxDifference: Double
    public var staleAfter: Duration
}

/// A battery that speaks for itself.
public struct BatteryMonitorSlot: Sendable {
    /// The cards that fit.
    public enum Driver: String, Sendable, CaseIterable { case daly, jbd }

    public var driver: Driver
    public var port: PortSettings
    public var staleAfter: Duration
}

/// An inertial unit with a barometer.
public struct InertialSlot: Sendable {
    /// The cards that fit.
    public enum Driver: String, Sendable, CaseIterable { case witmotion }

    public var driver: Driver
    public var port: PortSettings
    /// Outputs a second that the unit is set to.
    public var outputRate: Double
    /// The unit's frame in `base_link`: roll, pitch, yaw in radians.
    public var roll: Double
    public var pitch: Double
    public var yaw: Double
    public var staleAfter: Duration
}

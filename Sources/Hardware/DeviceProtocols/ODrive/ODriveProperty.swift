/// The names of the properties that the house reads and writes.
///
/// Source: odriverobotics/ODrive Firmware/odrive-interface.yaml (0.5) and docs.odriverobotics.com (0.6): the state, the
/// watchdog and the controller are where they were, the errors are not.
public enum ODriveProperty {
    public static let firmwareVersion = ["fw_version_major", "fw_version_minor", "fw_version_revision"]
    public static let busVoltage = "vbus_voltage"
    /// The board's own errors (0.5).
    public static let boardError = "error"

    /// A property of an axis: `.axis(0, "current_state")` is "axis0.current_state".
    public static func axis(_ axis: Int, _ name: String) -> String { "axis\(axis).\(name)" }

    public static let requestedState = "requested_state"
    public static let currentState = "current_state"
    public static let enableWatchdog = "config.enable_watchdog"
    /// Seconds.
    public static let watchdogTimeout = "config.watchdog_timeout"
    public static let controlMode = "controller.config.control_mode"
    public static let inputMode = "controller.config.input_mode"
}

/// States of an axis that the house uses (ODrive.Axis.AxisState).
public enum ODriveAxisState: Int, Hashable, Sendable {
    case undefined = 0
    case idle = 1
    case closedLoopControl = 8
}

/// Settings of the controller that the house uses: follow a speed, as it is given.
public enum ODriveControl {
    public static let velocityMode = 2
    public static let passThrough = 1
}

/// A firmware's version.
public struct ODriveFirmware: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var major: Int
    public var minor: Int
    public var revision: Int

    public init(_ major: Int, _ minor: Int, _ revision: Int) {
        self.major = major
        self.minor = minor
        self.revision = revision
    }

    /// Before 0.5.4 some properties could not be read or written over this protocol (its release notes); before 0.5.0
    /// positions were counts.
    public static let oldest = ODriveFirmware(0, 5, 4)

    /// Since 0.6 all errors of an axis are in one word.
    public var hasActiveErrors: Bool { self >= ODriveFirmware(0, 6, 0) }

    public var description: String { "\(major).\(minor).\(revision)" }

    public static func < (a: ODriveFirmware, b: ODriveFirmware) -> Bool {
        (a.major, a.minor, a.revision) < (b.major, b.minor, b.revision)
    }
}

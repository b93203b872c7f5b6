/// What the safety supervisor makes the robot do. Later cases win over earlier ones.
public enum SafetyAction: UInt8, Comparable, Sendable, BitwiseCopyable, CaseIterable {
    /// Nothing is wrong.
    case none = 0
    /// Something is worth saying.
    case warn = 1
    /// Drive slowly.
    case slow = 2
    /// Come to a smooth stop and hold; go on when it clears.
    case hold = 3
    /// Stop as fast as the wheels can, hold the arm; needs its condition cleared, and for some causes a person.
    case protectiveStop = 4
    /// Wheels without power, arm held by its brakes or limp.
    case torqueOff = 5

    @inlinable public static func < (a: SafetyAction, b: SafetyAction) -> Bool { a.rawValue < b.rawValue }
}

/// Why the safety supervisor acts; several causes can stand at once.
///
/// The bits stand in journals and recordings: new causes are appended, and none is ever given another bit.
@frozen
public struct SafetyCauses: OptionSet, Sendable, BitwiseCopyable, Hashable, Codable {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable public static var emergencyStop: SafetyCauses { SafetyCauses(rawValue: 1 << 0) }
    @inlinable public static var bumper: SafetyCauses { SafetyCauses(rawValue: 1 << 1) }
    /// No fresh scan.
    @inlinable public static var staleLidar: SafetyCauses { SafetyCauses(rawValue: 1 << 2) }
    /// No fresh wheel encoders.
    @inlinable public static var staleWheels: SafetyCauses { SafetyCauses(rawValue: 1 << 3) }
    /// No fresh joint encoders.
    @inlinable public static var staleJoints: SafetyCauses { SafetyCauses(rawValue: 1 << 4) }
    /// No word from the GPIO chip.
    @inlinable public static var staleInputs: SafetyCauses { SafetyCauses(rawValue: 1 << 5) }
    @inlinable public static var servoAlert: SafetyCauses { SafetyCauses(rawValue: 1 << 6) }
    @inlinable public static var wheelFault: SafetyCauses { SafetyCauses(rawValue: 1 << 7) }
    /// Measured and asked-for motion of the wheels differ too much.
    @inlinable public static var followingError: SafetyCauses { SafetyCauses(rawValue: 1 << 8) }
    @inlinable public static var tickOverrun: SafetyCauses { SafetyCauses(rawValue: 1 << 9) }
    @inlinable public static var notLocalized: SafetyCauses { SafetyCauses(rawValue: 1 << 10) }
    @inlinable public static var batteryLow: SafetyCauses { SafetyCauses(rawValue: 1 << 11) }
    /// Something is inside the protective field.
    @inlinable public static var protectiveField: SafetyCauses { SafetyCauses(rawValue: 1 << 12) }
    /// Something is inside the slow-down field.
    @inlinable public static var warningField: SafetyCauses { SafetyCauses(rawValue: 1 << 13) }
    /// The deliberation has not been heard of.
    @inlinable public static var silentDeliberation: SafetyCauses { SafetyCauses(rawValue: 1 << 14) }

    /// A joint of the arm is not where it was told to be.
    @inlinable public static var jointFollowing: SafetyCauses { SafetyCauses(rawValue: 1 << 15) }
    /// A joint's encoder and its servo disagree about where the joint is.
    @inlinable public static var encoderMismatch: SafetyCauses { SafetyCauses(rawValue: 1 << 16) }
    /// The battery is about to give out.
    @inlinable public static var batteryEmpty: SafetyCauses { SafetyCauses(rawValue: 1 << 17) }
    /// The battery has protected itself, or is too hot or too cold.
    @inlinable public static var batteryFault: SafetyCauses { SafetyCauses(rawValue: 1 << 18) }

    /// No word from a sensor that the robot can drive without: a battery's own line, an inertial unit.
    @inlinable public static var staleSensors: SafetyCauses { SafetyCauses(rawValue: 1 << 19) }

    /// How many causes there are: the bits from 0.
    @inlinable public static var count: Int { 20 }

    /// The causes in words, for people.
    public var names: [String] {
        let table: [(SafetyCauses, String)] = [
            (.emergencyStop, "emergency stop pressed"), (.bumper, "bumper hit"), (.staleLidar, "no LiDAR data"),
            (.staleWheels, "no wheel data"), (.staleJoints, "no joint data"), (.staleInputs, "no GPIO data"),
            (.servoAlert, "servo alert"), (.wheelFault, "wheel drive fault"), (.followingError, "following error"),
            (.tickOverrun, "tick overrun"), (.notLocalized, "not localised"), (.batteryLow, "battery low"),
            (.protectiveField, "protective field"), (.warningField, "warning field"),
            (.silentDeliberation, "deliberation silent"), (.jointFollowing, "joint following error"),
            (.encoderMismatch, "joint encoder mismatch"), (.batteryEmpty, "battery empty"),
            (.batteryFault, "battery fault"), (.staleSensors, "no battery or inertial data"),
        ]
        return table.filter { contains($0.0) }.map { $0.1 }
    }

    /// How much the causes matter to a person: an error needs somebody, a warning passes by itself.
    public var urgency: Urgency {
        let needSomebody: SafetyCauses = [
            .emergencyStop, .staleLidar, .staleWheels, .staleJoints, .staleInputs, .servoAlert, .wheelFault,
            .encoderMismatch, .batteryEmpty, .batteryFault,
        ]
        return isDisjoint(with: needSomebody) ? .warning : .error
    }

    /// What a person can do about the causes; nil when there are none.
    public var hint: String? {
        let table: [(SafetyCauses, String)] = [
            (.emergencyStop, "see that nobody is at the robot, turn the button until it springs out, then `clear`"),
            (.bumper, "step back: it goes on after standing free for 3 s"),
            (.staleLidar, "look at the LiDAR's plug and cable"),
            (.staleWheels, "look at the wheel drive's power and cable"),
            (.staleJoints, "look at the arm's power and bus cable"),
            (.staleInputs, "look at the GPIO chip and its cable: the emergency stop cannot be read"),
            (.servoAlert, "look at the arm, hold it, then `clear`"),
            (.wheelFault, "look at the wheels and the drive's fault word (`wheels`), then `clear`"),
            (.followingError, "look whether a wheel spins or something holds the robot"),
            (.tickOverrun, "look what else runs on the board (`top`)"),
            (.notLocalized, "push the robot back to where it last knew its place, turned the same way"),
            (.batteryLow, "charge the battery"),
            (.protectiveField, "clear the way: it goes on a second later"),
            (.silentDeliberation, "it goes on by itself; if it does not, `systemctl restart doorstepd`"),
            (.jointFollowing, "look whether something holds or pushes the arm"),
            (.encoderMismatch, "look for a slipped coupling, and at the board file's offsets, then `clear`"),
            (.batteryEmpty, "bring a charger to the robot: it goes on when the battery is charged"),
            (.staleSensors, "`status devices` names the line: look at its plug"),
            (.batteryFault, "look at the battery, let it cool or warm up, then `clear`"),
        ]
        let hints = table.filter { contains($0.0) }.map { $0.1 }
        return hints.isEmpty ? nil : hints.joined(separator: "; ")
    }
}

/// What the supervisor decided in a tick.
@frozen
public struct SafetyState: Sendable, BitwiseCopyable, Equatable {
    /// The strongest action that any cause demands.
    public var action: SafetyAction
    /// Every cause that stands now.
    public var causes: SafetyCauses
    /// Causes that have gone, but wait for a person to clear them.
    public var latched: SafetyCauses

    @inlinable public init(
        action: SafetyAction = .none, causes: SafetyCauses = [], latched: SafetyCauses = []
    ) {
        self.action = action
        self.causes = causes
        self.latched = latched
    }
}

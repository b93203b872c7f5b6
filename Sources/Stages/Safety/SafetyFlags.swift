public import RobotModel

/// How old, how far or how often something may be before the supervisor acts. Seconds and SI units.
@frozen
public struct SafetyLimits: Sendable, BitwiseCopyable {
    /// Seconds without fresh data before a device counts as silent.
    public var lidarAge: Double
    public var wheelsAge: Double
    public var jointsAge: Double
    public var inputsAge: Double
    /// Seconds without a word from the deliberation.
    public var deliberationAge: Double
    /// Greatest difference of asked-for and measured motion, m/s (of the turning, of one wheel about the other); it has to last
    /// (`followingTime` seconds).
    public var followingError: Double
    public var followingTime: Double
    /// Greatest difference of a joint's set-point and its position, radians, and for how many seconds. Twice what the
    /// arm's own monitor allows a motion, which ends the motion first: this is for the arm that is pushed while it holds.
    public var jointError: Double
    public var jointErrorTime: Double
    /// Greatest difference of what a joint's encoder and its servo say, radians, and for how many seconds. At 3 rad/s two
    /// readings 10 ms apart differ by 0.03, the gears' play adds 0.01; a coupling that slips shows more.
    public var encoderMismatch: Double
    public var encoderMismatchTime: Double
    /// Overrun ticks in the watched window that are too many.
    public var overruns: Int
    /// State of charge (0...1) below which the battery is low.
    public var stateOfCharge: Double
    /// State of charge below which it is about to give out, and for how many seconds: it sags while much is drawn from it.
    public var emptyCharge: Double
    public var emptyTime: Double
    /// Degrees Celsius of a cell between which a lithium battery may be discharged.
    public var coldestBattery: Double
    public var hottestBattery: Double

    public init(
        lidarAge: Double = 0.35, wheelsAge: Double = 0.12, jointsAge: Double = 0.1, inputsAge: Double = 0.1,
        deliberationAge: Double = 0.5, followingError: Double = 0.3, followingTime: Double = 0.4,
        jointError: Double = 0.3, jointErrorTime: Double = 0.5, encoderMismatch: Double = 0.1,
        encoderMismatchTime: Double = 0.2, overruns: Int = 20, stateOfCharge: Double = 0.15,
        emptyCharge: Double = 0.05, emptyTime: Double = 10, coldestBattery: Double = -20, hottestBattery: Double = 60
    ) {
        self.lidarAge = lidarAge
        self.wheelsAge = wheelsAge
        self.jointsAge = jointsAge
        self.inputsAge = inputsAge
        self.deliberationAge = deliberationAge
        self.followingError = followingError
        self.followingTime = followingTime
        self.jointError = jointError
        self.jointErrorTime = jointErrorTime
        self.encoderMismatch = encoderMismatch
        self.encoderMismatchTime = encoderMismatchTime
        self.overruns = overruns
        self.stateOfCharge = stateOfCharge
        self.emptyCharge = emptyCharge
        self.emptyTime = emptyTime
        self.coldestBattery = coldestBattery
        self.hottestBattery = hottestBattery
    }
}

/// What the supervisor is told in a tick.
///
/// The initial values say that all is well, so that a robot without one of the devices leaves its fields alone.
@frozen
public struct SafetyFlags: Sendable, BitwiseCopyable {
    public var emergencyStop = false
    public var bumper = false
    /// Seconds since each was heard of; of several LiDARs the one that has been silent longest (`LidarWatch`).
    public var lidarAge = 0.0
    public var wheelsAge = 0.0
    public var jointsAge = 0.0
    public var inputsAge = 0.0
    public var deliberationAge = 0.0
    /// Joints (bit i = joint i) whose servo reports an alert.
    public var servoAlerts: UInt16 = 0
    /// The wheel drive's fault words, or-ed.
    public var wheelFault: UInt16 = 0
    /// Difference of asked-for and measured speed, m/s, and for how many seconds it has been beyond the limit.
    public var followingError = 0.0
    public var followingErrorDuration = 0.0
    /// The greatest difference of a joint's set-point and its position, radians, of the joints that hold torque, and for
    /// how many seconds it has been beyond the limit.
    public var jointError = 0.0
    public var jointErrorDuration = 0.0
    /// The greatest difference of what a joint's encoder and its servo say, radians, and for how many seconds it has been
    /// beyond the limit.
    public var encoderMismatch = 0.0
    public var encoderMismatchDuration = 0.0
    /// Overrun ticks in the watched window.
    public var overruns = 0
    public var localized = true
    public var stateOfCharge = 1.0
    /// Seconds for which it has been below what counts as empty.
    public var emptyDuration = 0.0
    /// Degrees Celsius of the warmest (or coldest) cell.
    public var batteryTemperature = 20.0
    /// The battery's own protections that have acted.
    public var batteryFaults: UInt32 = 0
    /// How old the word of the sensors is that the robot can drive without (a battery's own line, an inertial unit), as a
    /// multiple of what each may be; above 1 is too old.
    public var auxiliaryAge = 0.0
    /// Something is in the protective or in the warning field, of any LiDAR.
    public var protectiveField = false
    public var warningField = false
    /// The robot stands (below 1 cm/s and 0.02 rad/s).
    public var standing = true

    @_noAllocation @_noLocks
    public init() {}

    /// The causes that these flags raise under some limits. Never allocates.
    @_noAllocation @_noLocks
    public func causes(_ limits: SafetyLimits) -> SafetyCauses {
        var bits: UInt32 = 0
        if emergencyStop { bits |= 1 << 0 }
        if bumper { bits |= 1 << 1 }
        // Written so that an age that is not a number counts as silent.
        if !(lidarAge <= limits.lidarAge) { bits |= 1 << 2 }
        if !(wheelsAge <= limits.wheelsAge) { bits |= 1 << 3 }
        if !(jointsAge <= limits.jointsAge) { bits |= 1 << 4 }
        if !(inputsAge <= limits.inputsAge) { bits |= 1 << 5 }
        if servoAlerts != 0 { bits |= 1 << 6 }
        if wheelFault != 0 { bits |= 1 << 7 }
        if !(followingError <= limits.followingError) && followingErrorDuration >= limits.followingTime {
            bits |= 1 << 8
        }
        if overruns >= limits.overruns { bits |= 1 << 9 }
        if !localized { bits |= 1 << 10 }
        if !(stateOfCharge >= limits.stateOfCharge) { bits |= 1 << 11 }
        if protectiveField { bits |= 1 << 12 }
        if warningField { bits |= 1 << 13 }
        if !(deliberationAge <= limits.deliberationAge) { bits |= 1 << 14 }
        if !(jointError <= limits.jointError) && jointErrorDuration >= limits.jointErrorTime { bits |= 1 << 15 }
        if !(encoderMismatch <= limits.encoderMismatch) && encoderMismatchDuration >= limits.encoderMismatchTime {
            bits |= 1 << 16
        }
        if !(stateOfCharge >= limits.emptyCharge) && emptyDuration >= limits.emptyTime { bits |= 1 << 17 }
        let isMild = batteryTemperature >= limits.coldestBattery && batteryTemperature <= limits.hottestBattery
        if batteryFaults != 0 || !isMild { bits |= 1 << 18 }
        if !(auxiliaryAge <= 1) { bits |= 1 << 19 }
        return SafetyCauses(rawValue: bits)
    }
}

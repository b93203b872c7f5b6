public import RobotModel

/// Who may end what a cause demands, once the cause itself is gone.
@frozen
public enum SafetyClearing: Sendable, BitwiseCopyable, Equatable {
    /// It ends by itself.
    case itself
    /// A person has to say so.
    case person
    /// A person has to say so, and the same word resets the device that reports the cause: it also counts for a cause
    /// that is gone within 3 s after it.
    case personWithReset
    /// A person may say so; it ends by itself when the robot has stood still for 3 s after the cause was gone.
    case personOrStanding
}

/// What the supervisor does about one cause.
@frozen
public struct SafetyRule: Sendable, BitwiseCopyable, Equatable {
    public var action: SafetyAction
    /// Nanoseconds that the condition has to be gone before it counts as gone.
    public var settle: Int64
    public var clearing: SafetyClearing

    /// Whether the cause is latched when it goes. (Comparing enums is not accepted in a function that may not allocate.)
    public var latches: Bool {
        @_noAllocation @_noLocks get {
            switch clearing {
            case .itself: false
            case .person, .personWithReset, .personOrStanding: true
            }
        }
    }

    /// Whether a person's word from before the cause was gone counts.
    public var takesWordAhead: Bool {
        @_noAllocation @_noLocks get {
            switch clearing {
            case .personWithReset: true
            case .itself, .person, .personOrStanding: false
            }
        }
    }

    /// Whether standing still ends the latch.
    public var clearsStanding: Bool {
        @_noAllocation @_noLocks get {
            switch clearing {
            case .personOrStanding: true
            case .itself, .person, .personWithReset: false
            }
        }
    }

    @_noAllocation @_noLocks
    init(_ action: SafetyAction, settleMilliseconds: Int64, _ clearing: SafetyClearing) {
        self.action = action
        settle = settleMilliseconds * 1_000_000
        self.clearing = clearing
    }

    /// The causes that only a person's word ends.
    public static var endedByPerson: SafetyCauses {
        var causes = SafetyCauses()
        for index in 0..<count {
            switch rule(index).clearing {
            case .person, .personWithReset: causes.insert(SafetyCauses(rawValue: 1 << UInt32(index)))
            case .itself, .personOrStanding: break
            }
        }
        return causes
    }

    /// How many causes there are: the bits of `SafetyCauses` from 0.
    public static var count: Int { @_noAllocation @_noLocks get { 20 } }
    /// Nanoseconds of standing still after which `personOrStanding` clears.
    public static var standingTime: Int64 { @_noAllocation @_noLocks get { 3_000_000_000 } }
    /// Nanoseconds for which a person's word counts ahead (`personWithReset`): a servo restarts in less than one second.
    public static var wordTime: Int64 { @_noAllocation @_noLocks get { 3_000_000_000 } }

    /// The table: the rule for the cause whose bit in `SafetyCauses` is `1 << index`.
    ///
    /// A switch and not an array, since an array would be allocated in the tick.
    @_noAllocation @_noLocks
    public static func rule(_ index: Int) -> SafetyRule {
        switch index {
        // Releasing the button must not start the machine again (ISO 13850): a person does that, at the console.
        // 0.5 s, since the contacts of a turning button bounce for long.
        case 0: SafetyRule(.torqueOff, settleMilliseconds: 500, .person)  // emergencyStop
        // Whoever was touched has to get away first. Standing clear of it for 3 s is as good as a person's word: the
        // robot only drives away from what the planner sees.
        case 1: SafetyRule(.protectiveStop, settleMilliseconds: 200, .personOrStanding)  // bumper
        // Blind: nothing says that the way is free. Three scans show that the device is back for good.
        case 2: SafetyRule(.protectiveStop, settleMilliseconds: 300, .itself)  // staleLidar
        // The drive may still turn the wheels; it is told zero for as long as it does not answer.
        case 3: SafetyRule(.protectiveStop, settleMilliseconds: 500, .itself)  // staleWheels
        // The servos hold where they are, by their watchdog or by their last goal; but driving with an arm that nobody sees
        // may hit something.
        case 4: SafetyRule(.hold, settleMilliseconds: 500, .itself)  // staleJoints
        // The emergency stop cannot be read: as bad as a pressed one, but nobody pressed it.
        case 5: SafetyRule(.protectiveStop, settleMilliseconds: 500, .itself)  // staleInputs
        // An overloaded or hot servo has let go; it is restarted on the word of a person who looks at the arm.
        case 6: SafetyRule(.hold, settleMilliseconds: 200, .personWithReset)  // servoAlert
        // Over-current or a lost hall sensor: the drive cannot brake in a controlled way.
        case 7: SafetyRule(.torqueOff, settleMilliseconds: 500, .personWithReset)  // wheelFault
        // Stuck against something, or wheels that spin: stand, let things settle, try again.
        case 8: SafetyRule(.protectiveStop, settleMilliseconds: 2000, .itself)  // followingError
        // The loop is late so often that a stop would be late too; the window itself has to empty first.
        case 9: SafetyRule(.hold, settleMilliseconds: 1000, .itself)  // tickOverrun
        // Driving by dead reckoning ends in a wall; five scans in a row have to fit again.
        case 10: SafetyRule(.hold, settleMilliseconds: 500, .itself)  // notLocalized
        // Said, and no mission is begun any more; nothing is gained by stopping in a corridor.
        case 11: SafetyRule(.warn, settleMilliseconds: 10_000, .itself)  // batteryLow
        // One second, so that somebody who steps back and forth does not make the robot twitch.
        case 12: SafetyRule(.protectiveStop, settleMilliseconds: 1000, .itself)  // protectiveField
        // Three scans, so that the speed does not hunt at the field's edge.
        case 13: SafetyRule(.slow, settleMilliseconds: 300, .itself)  // warningField
        // The set-points are old; the tick brings the robot to a stop on its own.
        case 14: SafetyRule(.hold, settleMilliseconds: 200, .itself)  // silentDeliberation
        // Something pushes the arm, or it pushes something: it stays on its path and the wheels stand, or both would go on.
        case 15: SafetyRule(.hold, settleMilliseconds: 1000, .itself)  // jointFollowing
        // Nobody knows where the arm is, and no planner may guess; what has slipped does not mend itself.
        case 16: SafetyRule(.hold, settleMilliseconds: 500, .person)  // encoderMismatch
        // A stand in order, while there is power for it. A minute, since the voltage of an empty battery comes up again as
        // soon as nothing is driven, and falls with the next start.
        case 17: SafetyRule(.hold, settleMilliseconds: 60_000, .itself)  // batteryEmpty
        // A battery that has protected itself is looked at before more is asked of it.
        case 18: SafetyRule(.hold, settleMilliseconds: 10_000, .person)  // batteryFault
        // Said; the robot drives as well without them.
        default: SafetyRule(.warn, settleMilliseconds: 1000, .itself)  // staleSensors
        }
    }
}

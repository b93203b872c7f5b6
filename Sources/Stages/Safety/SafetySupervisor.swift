public import RobotModel

/// What to do when things go wrong: flags in, action out.
///
/// A pure value and a kernel of the tick: it never allocates, waits or reads a clock. The rules are a table
/// (`SafetyRule`). The action is always the strongest that any standing or latched cause demands, so a second fault can
/// never weaken what a first one asked for.
///
/// The form is that of PX4's failsafe class (`src/modules/commander/failsafe/framework.h`): flags in, ordered actions,
/// a clear condition for each cause.
public struct SafetySupervisor: Sendable, BitwiseCopyable {
    public var limits: SafetyLimits
    /// What the last step decided.
    public private(set) var state = SafetyState()

    /// Steps done: whoever watches the supervisor looks whether this goes on.
    public private(set) var judgements = 0
    /// What is wrong with the supervisor itself; nothing clears it but a new start.
    public private(set) var fault = Fault.none

    /// An inner contradiction, which no flags can explain.
    @frozen
    public enum Fault: UInt8, Sendable, BitwiseCopyable {
        case none
        /// A step was handed an earlier moment than the one before: what has settled cannot be told any more.
        case timeRanBackwards
        /// What was decided is not what the standing and latched causes demand.
        case weakDecision
    }

    private var standing: UInt32 = 0
    private var latched: UInt32 = 0
    /// When each cause was last present.
    private var lastSeen = InlineArray<20, Int64>(repeating: 0)
    /// Since when the robot stands; .max while it moves.
    private var standsSince = Int64.max
    /// A person has spoken since the last step, and when the last time was.
    private var personSpoke = false
    private var spoken = Int64.min / 2
    private var lastStep = Int64.min

    /// - Parameter latched: What waited for a person's word when the program ended: a restart is no such word. Causes
    ///   that end by themselves are left out.
    public init(limits: SafetyLimits = SafetyLimits(), latched: SafetyCauses = []) {
        self.limits = limits
        self.latched = latched.intersection(SafetyRule.endedByPerson).rawValue
        decide()
    }

    /// One tick: what the flags demand now.
    @_noAllocation @_noLocks
    public mutating func step(_ flags: SafetyFlags, at now: Instant) -> SafetyState {
        step(causes: flags.causes(limits), isStanding: flags.standing, at: now)
    }

    /// One tick, with the causes already derived.
    @_noAllocation @_noLocks
    public mutating func step(causes: SafetyCauses, isStanding: Bool, at now: Instant) -> SafetyState {
        let time = now.nanoseconds
        if time < lastStep { fault = .timeRanBackwards }
        lastStep = time
        if personSpoke {
            personSpoke = false
            spoken = time
        }
        if !isStanding {
            standsSince = .max
        } else if standsSince == .max {
            standsSince = time
        }
        for index in 0..<SafetyRule.count {
            let bit: UInt32 = 1 << UInt32(index)
            let rule = SafetyRule.rule(index)
            if causes.rawValue & bit != 0 {
                standing |= bit
                latched &= ~bit
                lastSeen[index] = time
                continue
            }
            let gone = time - lastSeen[index]
            if standing & bit != 0 && gone >= rule.settle {
                standing &= ~bit
                let hasWord = rule.takesWordAhead && time - spoken < SafetyRule.wordTime
                if rule.latches && !hasWord { latched |= bit }
            }
            if latched & bit != 0 && rule.clearsStanding && gone >= SafetyRule.standingTime
                && standsSince != .max && time - standsSince >= SafetyRule.standingTime
            {
                latched &= ~bit
            }
        }
        decide()
        judgements &+= 1
        check(causes)
        return state
    }

    /// Holds the decision against the table once more, cause by cause.
    @_noAllocation @_noLocks
    private mutating func check(_ causes: SafetyCauses) {
        let demanding = causes.rawValue | state.causes.rawValue | state.latched.rawValue
        for index in 0..<SafetyRule.count where demanding & (1 << UInt32(index)) != 0 {
            if state.action.rawValue < SafetyRule.rule(index).action.rawValue { fault = .weakDecision }
        }
    }

    /// A person says that it is safe to go on: ends what waits for that. Causes that still stand are not touched, but
    /// those whose device the same word resets need no second one when they are gone soon.
    ///
    /// - Returns: What still stands and therefore could not be cleared.
    @_noAllocation @_noLocks
    public mutating func clearByPerson() -> SafetyCauses {
        latched = 0
        personSpoke = true
        decide()
        return SafetyCauses(rawValue: standing)
    }

    @_noAllocation @_noLocks
    private mutating func decide() {
        var action: UInt8 = 0
        let demanding = standing | latched
        for index in 0..<SafetyRule.count where demanding & (1 << UInt32(index)) != 0 {
            action = max(action, SafetyRule.rule(index).action.rawValue)
        }
        state.action = Self.action(action)
        state.causes = SafetyCauses(rawValue: standing)
        state.latched = SafetyCauses(rawValue: latched)
    }

    @_noAllocation @_noLocks
    private static func action(_ rawValue: UInt8) -> SafetyAction {
        switch rawValue {
        case 0: .none
        case 1: .warn
        case 2: .slow
        case 3: .hold
        case 4: .protectiveStop
        default: .torqueOff
        }
    }
}

import RobotModel
import Safety
import Testing

/// Every combination of causes, driven through the supervisor and held against an oracle that is written anew here, from
/// what the robot shall do and not from the supervisor's table.
@Suite("The safety supervisor, all combinations")
struct SafetyCombinationTests {
    /// Who ends a cause once it is gone.
    enum End { case itself, person, personWithReset, personOrStanding }

    /// What the robot shall do about each cause, how long it has to be gone (milliseconds), and who lets it go on.
    static let demands: [(cause: SafetyCauses, action: SafetyAction, settle: Int64, end: End)] = [
        (.emergencyStop, .torqueOff, 500, .person),
        (.bumper, .protectiveStop, 200, .personOrStanding),
        (.staleLidar, .protectiveStop, 300, .itself),
        (.staleWheels, .protectiveStop, 500, .itself),
        (.staleJoints, .hold, 500, .itself),
        (.staleInputs, .protectiveStop, 500, .itself),
        (.servoAlert, .hold, 200, .personWithReset),
        (.wheelFault, .torqueOff, 500, .personWithReset),
        (.followingError, .protectiveStop, 2000, .itself),
        (.tickOverrun, .hold, 1000, .itself),
        (.notLocalized, .hold, 500, .itself),
        (.batteryLow, .warn, 10_000, .itself),
        (.protectiveField, .protectiveStop, 1000, .itself),
        (.warningField, .slow, 300, .itself),
        (.silentDeliberation, .hold, 200, .itself),
        (.jointFollowing, .hold, 1000, .itself),
        (.encoderMismatch, .hold, 500, .person),
        (.batteryEmpty, .hold, 60_000, .itself),
        (.batteryFault, .hold, 10_000, .person),
        (.staleSensors, .warn, 1000, .itself),
    ]

    /// The oracle's tables: by the eight low and twelve high bits, so that a million look-ups are cheap.
    struct Oracle {
        private let low: [SafetyAction]
        private let high: [SafetyAction]
        let latching: (moving: UInt32, standing: UInt32)

        init() {
            func strongest(_ bits: UInt32) -> SafetyAction {
                var action = SafetyAction.none
                for demand in SafetyCombinationTests.demands where bits & demand.cause.rawValue != 0 {
                    action = max(action, demand.action)
                }
                return action
            }
            low = (0..<256).map { strongest($0) }
            high = (0..<4096).map { strongest($0 << 8) }
            var (moving, standing): (UInt32, UInt32) = (0, 0)
            for demand in SafetyCombinationTests.demands where demand.end != .itself {
                moving |= demand.cause.rawValue
                if demand.end != .personOrStanding { standing |= demand.cause.rawValue }
            }
            latching = (moving, standing)
        }

        func action(_ bits: UInt32) -> SafetyAction { max(low[Int(bits & 255)], high[Int(bits >> 8)]) }
    }

    static let all = UInt32(1 << 20) - 1
    static let oracle = Oracle()

    static func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: (1000 + milliseconds) * 1_000_000) }

    static func flags(_ bits: UInt32, _ limits: SafetyLimits = SafetyLimits()) -> SafetyFlags {
        var flags = SafetyFlags()
        let causes = SafetyCauses(rawValue: bits)
        flags.emergencyStop = causes.contains(.emergencyStop)
        flags.bumper = causes.contains(.bumper)
        if causes.contains(.staleLidar) { flags.lidarAge = 1 }
        if causes.contains(.staleWheels) { flags.wheelsAge = 1 }
        if causes.contains(.staleJoints) { flags.jointsAge = 1 }
        if causes.contains(.staleInputs) { flags.inputsAge = 1 }
        if causes.contains(.servoAlert) { flags.servoAlerts = 1 }
        if causes.contains(.wheelFault) { flags.wheelFault = 1 }
        if causes.contains(.followingError) { (flags.followingError, flags.followingErrorDuration) = (1, 1) }
        if causes.contains(.tickOverrun) { flags.overruns = 1000 }
        if causes.contains(.notLocalized) { flags.localized = false }
        if causes.contains(.batteryLow) { flags.stateOfCharge = 0.1 }
        flags.protectiveField = causes.contains(.protectiveField)
        flags.warningField = causes.contains(.warningField)
        if causes.contains(.silentDeliberation) { flags.deliberationAge = 1 }
        if causes.contains(.jointFollowing) { (flags.jointError, flags.jointErrorDuration) = (1, 1) }
        if causes.contains(.encoderMismatch) { (flags.encoderMismatch, flags.encoderMismatchDuration) = (1, 1) }
        // Nothing is empty that is not low.
        if causes.contains(.batteryEmpty) { (flags.stateOfCharge, flags.emptyDuration) = (0.01, 10) }
        if causes.contains(.batteryFault) { flags.batteryFaults = 1 }
        if causes.contains(.staleSensors) { flags.auxiliaryAge = 2 }
        return flags
    }

    @Test("each of the 2^20 gets its strongest action, from the flags on, and one cause more never weakens it")
    func actions() {
        var wrong = 0
        for bits in 0...Self.all {
            var supervisor = SafetySupervisor()
            let state = supervisor.step(Self.flags(bits), at: Self.at(0))
            // An empty battery is a low one, too.
            let raised = bits & (1 << 17) != 0 ? bits | 1 << 11 : bits
            let action = Self.oracle.action(raised)
            if state.action != action || state.causes.rawValue != raised || !state.latched.isEmpty { wrong += 1 }
            var more = bits
            while more != Self.all {
                // The next cause that is not there yet.
                let next = ~more & (more &+ 1)
                var second = supervisor
                let both = second.step(
                    causes: SafetyCauses(rawValue: next), isStanding: true, at: Self.at(1))
                if both.action < action || both.causes.rawValue != raised | next { wrong += 1 }
                more |= next
            }
            if supervisor.fault != .none { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test("each of the 2^20, once gone, lasts until every settling time is over, and leaves what its rules say")
    func ends() {
        var wrong = 0
        let times = Set(Self.demands.map(\.settle)).sorted()
        for bits in 0...Self.all {
            for isStanding in [false, true] {
                var supervisor = SafetySupervisor()
                _ = supervisor.step(causes: SafetyCauses(rawValue: bits), isStanding: isStanding, at: Self.at(0))
                // A millisecond before and right at each settling time.
                for time in times where Self.mayChange(bits, at: time) {
                    for moment in [time - 1, time] {
                        let state = supervisor.step(causes: [], isStanding: isStanding, at: Self.at(moment))
                        if state != Self.expected(bits, isStanding, gone: moment) { wrong += 1 }
                    }
                }
                let left = supervisor.step(causes: [], isStanding: isStanding, at: Self.at(3_600_000))
                let latching = bits & (isStanding ? Self.oracle.latching.standing : Self.oracle.latching.moving)
                if left.latched.rawValue != latching || left.action != Self.oracle.action(latching) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// Whether one of the causes settles at a time; others need no look there.
    private static func mayChange(_ bits: UInt32, at time: Int64) -> Bool {
        settling[time].map { $0 & bits != 0 } ?? false
    }

    private static let settling: [Int64: UInt32] = Dictionary(
        demands.map { ($0.settle, $0.cause.rawValue) }, uniquingKeysWith: { $0 | $1 })

    /// What stands and what is latched so long after all of some causes are gone.
    private static func expected(_ bits: UInt32, _ isStanding: Bool, gone: Int64) -> SafetyState {
        var standing: UInt32 = 0
        for (settle, mask) in settling where gone < settle { standing |= bits & mask }
        let over = bits & ~standing
        // The robot stands from the first step on, so 3 s of standing and 3 s of absence end together.
        let latched = over & (isStanding && gone >= 3000 ? oracle.latching.standing : oracle.latching.moving)
        return SafetyState(
            action: oracle.action(standing | latched), causes: SafetyCauses(rawValue: standing),
            latched: SafetyCauses(rawValue: latched))
    }

    @Test("each latch that can be reached is left by exactly the ways its rule allows")
    func latches() {
        var wrong = 0
        let latching = Self.oracle.latching.moving
        // Every subset of the causes that latch, together with all and with none of those that do not.
        var subset: UInt32 = 0
        repeat {
            for others in [0, Self.all & ~latching] {
                var latched = SafetySupervisor()
                _ = latched.step(causes: SafetyCauses(rawValue: subset | others), isStanding: false, at: Self.at(0))
                _ = latched.step(causes: [], isStanding: false, at: Self.at(100_000))
                if latched.state.latched.rawValue != subset || !latched.state.causes.isEmpty { wrong += 1 }

                // Time alone, while the robot moves: nothing.
                var waiting = latched
                if waiting.step(causes: [], isStanding: false, at: Self.at(10_000_000)).latched.rawValue != subset {
                    wrong += 1
                }
                // Standing for three seconds: the bumper alone.
                var still = latched
                _ = still.step(causes: [], isStanding: true, at: Self.at(200_000))
                if still.step(causes: [], isStanding: true, at: Self.at(202_999)).latched.rawValue != subset {
                    wrong += 1
                }
                let stood = still.step(causes: [], isStanding: true, at: Self.at(203_000))
                if stood.latched.rawValue != subset & ~SafetyCauses.bumper.rawValue { wrong += 1 }
                // A person's word: everything.
                var cleared = latched
                if !cleared.clearByPerson().isEmpty || cleared.state != SafetyState() { wrong += 1 }
                // The cause again: it stands and is not latched any more, and a word does not end it.
                for demand in Self.demands where subset & demand.cause.rawValue != 0 {
                    var again = latched
                    let back = again.step(causes: demand.cause, isStanding: false, at: Self.at(200_000))
                    if back.latched.rawValue != subset & ~demand.cause.rawValue || back.causes != demand.cause {
                        wrong += 1
                    }
                    if again.clearByPerson() != demand.cause || again.state.action != demand.action { wrong += 1 }
                    // A word ahead counts for 3 s and only where the same word resets the device.
                    for (goneFor, counts) in [(Int64(0), true), (3001, false)] {
                        var reset = again
                        _ = reset.step(causes: demand.cause, isStanding: false, at: Self.at(200_001))
                        _ = reset.step(causes: demand.cause, isStanding: false, at: Self.at(200_001 + goneFor))
                        let later = 200_001 + goneFor + demand.settle
                        let end = reset.step(causes: [], isStanding: false, at: Self.at(later))
                        let isForgiven = counts && demand.end == .personWithReset
                        if end.latched.isEmpty != isForgiven { wrong += 1 }
                    }
                }
            }
            subset = (subset &- latching) & latching
        } while subset != 0
        #expect(wrong == 0)
    }
}

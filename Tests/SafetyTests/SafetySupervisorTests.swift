import RobotModel
import Safety
import Testing

@Suite("The safety supervisor")
struct SafetySupervisorTests {
    static let all: UInt32 = (1 << 20) - 1

    static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9) + 1_000_000_000) }

    /// The strongest action that any of some causes demands, by the table.
    static func strongest(_ bits: UInt32) -> SafetyAction {
        (0..<20).filter { bits & (1 << UInt32($0)) != 0 }.map { SafetyRule.rule($0).action }.max() ?? .none
    }

    @Test("what waited for a person before a restart waits after it, and nothing else does")
    func restart() {
        for bits in 0...Self.all {
            var supervisor = SafetySupervisor(latched: SafetyCauses(rawValue: bits))
            let kept = bits & SafetyRule.endedByPerson.rawValue
            let first = supervisor.step(causes: [], isStanding: true, at: Self.at(0))
            let later = supervisor.step(causes: [], isStanding: true, at: Self.at(60))
            guard first == later, later.latched.rawValue == kept, later.action == Self.strongest(kept) else {
                Issue.record("\(SafetyCauses(rawValue: bits).names): \(later)")
                return
            }
            _ = supervisor.clearByPerson()
            #expect(supervisor.step(causes: [], isStanding: true, at: Self.at(61)).action == .none)
        }
        #expect(
            SafetyRule.endedByPerson == [.emergencyStop, .servoAlert, .wheelFault, .encoderMismatch, .batteryFault])
    }

    @Test("in a long random history the action is never weaker than what stands, and only a person ends a latch")
    func history() {
        var random = SeededRandom(seed: 11)
        var supervisor = SafetySupervisor()
        var present: UInt32 = 0
        var before = SafetyState()
        var wrong = 0
        for tick in 0..<200_000 {
            if random.next() % 40 == 0 { present ^= 1 << UInt32(random.next() % 20) }
            if random.next() % 300 == 0 { present = 0 }
            let state = supervisor.step(
                causes: SafetyCauses(rawValue: present), isStanding: tick / 5000 % 2 == 0,
                at: Self.at(Double(tick) * 0.01))
            let demanding = state.causes.rawValue | state.latched.rawValue
            if state.action != Self.strongest(demanding) || present & ~state.causes.rawValue != 0 { wrong += 1 }
            // A latch that ended without a person can only be one that standing still clears, or stands again.
            let ended = before.latched.subtracting(state.latched).subtracting(state.causes)
            if !ended.subtracting(.bumper).isEmpty { wrong += 1 }
            if random.next() % 500 == 0 {
                let left = supervisor.clearByPerson()
                if left != supervisor.state.causes || !supervisor.state.latched.isEmpty { wrong += 1 }
            }
            before = supervisor.state
        }
        #expect(wrong == 0)
    }

    @Test("a released emergency stop waits for a person")
    func emergencyStop() {
        var supervisor = SafetySupervisor()
        var flags = SafetyFlags()
        flags.emergencyStop = true
        #expect(supervisor.step(flags, at: Self.at(0)).action == .torqueOff)
        #expect(supervisor.clearByPerson() == .emergencyStop)
        #expect(supervisor.state.action == .torqueOff)
        flags.emergencyStop = false
        _ = supervisor.step(flags, at: Self.at(0.4))
        // The contacts may still bounce: too early.
        #expect(supervisor.clearByPerson() == .emergencyStop)
        let released = supervisor.step(flags, at: Self.at(1))
        #expect(released.action == .torqueOff)
        #expect(released.latched == .emergencyStop)
        #expect(supervisor.step(flags, at: Self.at(3600)).action == .torqueOff)
        #expect(supervisor.clearByPerson().isEmpty)
        #expect(supervisor.step(flags, at: Self.at(3601)).action == .none)
    }

    @Test("one word resets a servo or a drive and lets the robot go on; it counts for nothing else, and not for long")
    func wordAhead() {
        func end(_ cause: SafetyCauses, goneAfter seconds: Double) -> SafetyState {
            var supervisor = SafetySupervisor()
            _ = supervisor.step(causes: cause, isStanding: true, at: Self.at(0))
            #expect(supervisor.clearByPerson() == cause)
            _ = supervisor.step(causes: cause, isStanding: true, at: Self.at(0.001))
            _ = supervisor.step(causes: cause, isStanding: true, at: Self.at(seconds))
            return supervisor.step(causes: [], isStanding: true, at: Self.at(seconds + 1))
        }
        #expect(end(.servoAlert, goneAfter: 0.6) == SafetyState())
        #expect(end(.wheelFault, goneAfter: 0.6) == SafetyState())
        #expect(end(.servoAlert, goneAfter: 4).latched == .servoAlert)
        #expect(end(.emergencyStop, goneAfter: 0.6).latched == .emergencyStop)
        #expect(end([.wheelFault, .emergencyStop], goneAfter: 0.6).latched == .emergencyStop)
    }

    @Test("a bumper that is free again ends by itself only after 3 s of standing still")
    func bumper() {
        func end(standing: (Double) -> Bool) -> Double? {
            var supervisor = SafetySupervisor()
            var flags = SafetyFlags()
            for tick in 0..<2000 {
                let time = Double(tick) * 0.01
                flags.bumper = time < 1
                flags.standing = standing(time)
                let state = supervisor.step(flags, at: Self.at(time))
                if time > 1 && state.action == .none { return time }
            }
            return nil
        }
        let still = end { _ in true }
        #expect(still.map { $0 > 3.9 && $0 < 4.1 } ?? false)
        let late = end { $0 > 5 }
        #expect(late.map { $0 > 7.9 && $0 < 8.1 } ?? false)
        #expect(end { _ in false } == nil)
    }

    @Test("flags become causes at their limits, and a missing number counts as the worst")
    func flags() {
        let limits = SafetyLimits()
        #expect(SafetyFlags().causes(limits).isEmpty)
        var flags = SafetyFlags()
        func causes(_ change: (inout SafetyFlags) -> Void) -> SafetyCauses {
            flags = SafetyFlags()
            change(&flags)
            return flags.causes(limits)
        }
        #expect(causes { $0.lidarAge = 0.36 } == .staleLidar)
        #expect(causes { $0.lidarAge = 0.35 } == [])
        #expect(causes { $0.wheelsAge = .infinity } == .staleWheels)
        #expect(causes { $0.jointsAge = .nan } == .staleJoints)
        #expect(causes { $0.inputsAge = 1 } == .staleInputs)
        #expect(causes { $0.deliberationAge = 0.6 } == .silentDeliberation)
        #expect(causes { $0.servoAlerts = 4 } == .servoAlert)
        #expect(causes { $0.wheelFault = 2 } == .wheelFault)
        #expect(causes { $0.followingError = 0.5 } == [])
        #expect(
            causes {
                $0.followingError = 0.5
                $0.followingErrorDuration = 0.5
            } == .followingError)
        #expect(causes { $0.overruns = 20 } == .tickOverrun)
        #expect(causes { $0.localized = false } == .notLocalized)
        #expect(causes { $0.stateOfCharge = 0.1 } == .batteryLow)
        // A battery sags while much is drawn from it.
        #expect(causes { $0.stateOfCharge = 0.04 } == .batteryLow)
        for charge in [0.04, Double.nan] {
            #expect(
                causes {
                    $0.stateOfCharge = charge
                    $0.emptyDuration = 10
                } == [.batteryLow, .batteryEmpty])
        }
        #expect(causes { $0.batteryTemperature = 60.5 } == .batteryFault)
        #expect(causes { $0.batteryTemperature = -21 } == .batteryFault)
        #expect(causes { $0.batteryTemperature = .nan } == .batteryFault)
        #expect(causes { $0.batteryFaults = 8 } == .batteryFault)
        #expect(causes { $0.jointError = 0.5 } == [])
        #expect(
            causes {
                $0.jointError = 0.5
                $0.jointErrorDuration = 0.5
            } == .jointFollowing)
        #expect(causes { $0.encoderMismatch = 0.2 } == [])
        #expect(
            causes {
                $0.encoderMismatch = .nan
                $0.encoderMismatchDuration = 0.2
            } == .encoderMismatch)
        #expect(causes { $0.protectiveField = true } == .protectiveField)
        #expect(causes { $0.warningField = true } == .warningField)
        #expect(causes { $0.bumper = true } == .bumper)
        #expect(causes { $0.emergencyStop = true } == .emergencyStop)
    }

    @Test("a silent LiDAR stops the robot and lets it go on when it has been back for a while")
    func recovery() {
        var supervisor = SafetySupervisor()
        var flags = SafetyFlags()
        flags.lidarAge = 0.5
        #expect(supervisor.step(flags, at: Self.at(0)).action == .protectiveStop)
        flags.lidarAge = 0.01
        #expect(supervisor.step(flags, at: Self.at(0.1)).action == .protectiveStop)
        #expect(supervisor.step(flags, at: Self.at(0.29)).causes == .staleLidar)
        #expect(supervisor.step(flags, at: Self.at(0.31)) == SafetyState())
    }

    @Test("an empty battery makes the robot stand; a voltage that comes up then does not let it go on at once")
    func emptyBattery() {
        var supervisor = SafetySupervisor()
        var flags = SafetyFlags()
        flags.stateOfCharge = 0.12
        #expect(supervisor.step(flags, at: Self.at(0)).action == .warn)
        flags.stateOfCharge = 0.04
        flags.emptyDuration = 10
        #expect(supervisor.step(flags, at: Self.at(1)).action == .hold)
        flags.stateOfCharge = 0.08
        #expect(supervisor.step(flags, at: Self.at(2)).action == .hold)
        #expect(supervisor.step(flags, at: Self.at(60)).action == .hold)
        let charged = supervisor.step(flags, at: Self.at(62))
        #expect(charged.action == .warn && charged.causes == .batteryLow && charged.latched.isEmpty)
    }

    @Test("counts its judgements, and notices a clock that runs backwards: then it judges on the safe side")
    func innerFault() {
        var supervisor = SafetySupervisor()
        for tick in 0..<100 {
            _ = supervisor.step(causes: .staleLidar, isStanding: true, at: Self.at(Double(tick) * 0.001))
        }
        #expect(supervisor.judgements == 100)
        #expect(supervisor.fault == .none)
        #expect(supervisor.step(causes: [], isStanding: true, at: Self.at(-5)).action == .protectiveStop)
        #expect(supervisor.fault == .timeRanBackwards)
        // It does not come right by going on.
        _ = supervisor.step(causes: [], isStanding: true, at: Self.at(10))
        #expect(supervisor.fault == .timeRanBackwards)
    }

    @Test("every cause has a name and a rule, and every one that stops the robot a hint")
    func words() {
        #expect(SafetyRule.count == SafetyCauses.count)
        var names: Set<String> = []
        for index in 0..<SafetyCauses.count {
            let cause = SafetyCauses(rawValue: 1 << UInt32(index))
            #expect(cause.names.count == 1, "bit \(index)")
            names.formUnion(cause.names)
            if SafetyRule.rule(index).action >= .hold { #expect(cause.hint != nil, "\(cause.names)") }
            let needsWord = SafetyRule.endedByPerson.contains(cause)
            #expect(cause.hint?.contains("`clear`") ?? false == needsWord, "\(cause.names)")
        }
        #expect(names.count == SafetyCauses.count)
    }
}

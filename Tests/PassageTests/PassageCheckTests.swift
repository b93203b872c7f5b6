import Missions
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Every interleaving of a ride and what may go wrong in it, on the types that run on the robot.
@Suite("Rides and crossings, explored")
struct PassageCheckTests {
    /// With `DOORSTEP_CHECK=all` any two faults may meet, which takes some twenty minutes.
    private static let isThorough = getenv("DOORSTEP_CHECK").map { String(cString: $0) == "all" } ?? false

    private func explore(
        _ mutant: Mutant? = nil, budget: Int = 1, barometer: Bool = false, rules: [Rule] = Rule.allCases,
        last: [LiftFault]? = nil
    ) -> Explorer<LiftSystem>.Found {
        Explorer(faults: LiftFault.allCases, rules: Set(rules), budget: budget, lastFaults: last)
            .explore(from: LiftSystem(mutant: mutant, hasBarometer: barometer))
    }

    private func expectAllHeld<System>(_ found: Explorer<System>.Found, _ what: String) {
        print("\(what): \(found.summary)")
        #expect(found.breach == nil, "\(found.breach.map { "\($0)" } ?? "")")
        #expect(!found.isCut, "\(found.cut.suffix(40))")
        #expect(found.states > 1000)
        #expect(found.ends["outside", default: 0] > 20)
    }

    @Test("whatever goes wrong at whatever moment of a ride, no rule is broken", arguments: [false, true])
    func ride(barometer: Bool) {
        let faults = Self.isThorough ? 2 : 1
        expectAllHeld(
            explore(budget: faults, barometer: barometer),
            "rides \(barometer ? "with" : "without") a barometer, \(faults) of \(LiftFault.allCases.count) kinds of fault"
        )
    }

    @Test("a power cut after whatever has gone wrong on a ride breaks no rule either")
    func powerCut() {
        expectAllHeld(
            explore(budget: 2, last: [.longCrash]),
            "rides, any of \(LiftFault.allCases.count) kinds of fault and then a power cut")
    }

    @Test("whatever goes wrong at whatever moment of a crossing, no rule is broken")
    func crossing() {
        let last: [DoorFault]? = Self.isThorough ? nil : [.longCrash, .cancel]
        expectAllHeld(
            Explorer(faults: DoorFault.allCases, budget: 2, lastFaults: last).explore(from: DoorSystem()),
            "crossings, any of \(DoorFault.allCases.count) kinds of fault and then "
                + (Self.isThorough ? "any other" : "a power cut or a cancellation"))
    }

    @Test(
        "a robot that is broken at a door is caught",
        arguments: zip(
            [Mutant.boardsUnasked, .releasesInside, .keepsSession],
            [Rule.entersOnlyWithSession, .gotOffOnlyOutside, .closesSessions]))
    func brokenCrossing(mutant: Mutant, rule: Rule) {
        let found = Explorer(faults: DoorFault.allCases, rules: [rule], budget: 2)
            .explore(from: DoorSystem(mutant: mutant))
        #expect(found.breach?.rule == rule, "\(found.breach.map { "\($0)" } ?? "not caught")")
    }

    @Test(
        "a robot that is broken in one way is caught breaking the rule that it breaks",
        arguments: zip(
            [Mutant.boardsUnasked, .trustsTheLift, .callsBack, .releasesInside, .keepsSession],
            [
                Rule.entersOnlyWithSession, .leavesOnlyConfirmed, .neverCallsBack, .gotOffOnlyOutside,
                .closesSessions,
            ]))
    func mutants(mutant: Mutant, rule: Rule) {
        let found = explore(mutant, budget: 1, rules: [rule])
        #expect(found.breach?.rule == rule, "\(found.breach.map { "\($0)" } ?? "not caught")")
    }
}

import Missions
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Every interleaving of a ride and what may go wrong in it, on the types that run on the robot.
@Suite("Rides and crossings, explored")
struct PassageCheckTests {
    /// How many faults there may be in one ride; `DOORSTEP_CHECK_FAULTS=2` takes some minutes more.
    private static let budget = getenv("DOORSTEP_CHECK_FAULTS").flatMap { Int(String(cString: $0)) } ?? 1

    private func explore(
        _ mutant: Mutant? = nil, budget: Int = budget, barometer: Bool = false, rules: [Rule] = Rule.allCases
    ) -> Explorer<LiftSystem>.Found {
        Explorer(faults: LiftFault.allCases, rules: Set(rules), budget: budget)
            .explore(from: LiftSystem(mutant: mutant, hasBarometer: barometer))
    }

    @Test("whatever goes wrong at whatever moment of a ride, no rule is broken", arguments: [false, true])
    func rules(barometer: Bool) {
        let found = explore(barometer: barometer)
        print(
            "rides \(barometer ? "with" : "without") a barometer, up to \(Self.budget) of "
                + "\(LiftFault.allCases.count) kinds of fault: " + found.summary)
        #expect(found.breach == nil, "\(found.breach.map { "\($0)" } ?? "")")
        #expect(!found.isCut, "\(found.cut.suffix(40))")
        #expect(found.states > 1000)
        #expect(found.ends["outside", default: 0] > 20)
    }

    @Test("whatever goes wrong at whatever moment of a crossing, no rule is broken")
    func crossing() {
        let found = Explorer(faults: DoorFault.allCases, budget: Self.budget).explore(from: DoorSystem())
        print(
            "crossings, up to \(Self.budget) of \(DoorFault.allCases.count) kinds of fault: " + found.summary)
        #expect(found.breach == nil, "\(found.breach.map { "\($0)" } ?? "")")
        #expect(!found.isCut, "\(found.cut.prefix(80))")
        #expect(found.states > 500)
        #expect(found.ends["outside", default: 0] > 10)
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

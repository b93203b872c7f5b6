import Missions
import RobotModel
import Testing

/// Every interleaving of a ride and what may go wrong in it, on the types that run on the robot.
@Suite("Rides, explored")
struct RideCheckTests {
    private func explore(_ mutant: Mutant? = nil, budget: Int, barometer: Bool) -> Explorer.Found {
        Explorer(faults: LiftFault.allCases, budget: budget, depth: 400)
            .explore(from: CheckedRobot(mutant: mutant), LiftWorld(hasBarometer: barometer))
    }

    @Test("no two faults at any moments of a ride make the robot break a rule", arguments: [false, true])
    func twoFaults(barometer: Bool) {
        let found = explore(budget: 1, barometer: barometer)
        print(
            "rides, \(barometer ? "with" : "without") a barometer: \(found.states) states, \(found.steps) steps, "
                + "deepest \(found.deepest), ends \(found.ends.sorted { $0.key < $1.key })")
        #expect(found.breach == nil, "\(found.breach.map { "\($0)" } ?? "")")
        #expect(!found.isCut)
    }
}

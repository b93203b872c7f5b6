import Control
import RobotModel
import Testing

@Suite struct EmergencyStopPageTests {
    static let states: [(change: @Sendable (inout RobotStatus) -> Void, says: [String])] = [
        (
            {
                $0.gpio.emergencyStop = true
                $0.safety.action = "torqueOff"
                $0.safety.causes = SafetyCauses.emergencyStop.names
            }, ["is PRESSED", "Turn the button", "`clear`", "broken wire"]
        ),
        (
            {
                $0.safety.action = "torqueOff"
                $0.safety.latched = SafetyCauses.emergencyStop.names
            }, ["is released", "nobody is at the robot", "`clear`"]
        ),
        (
            {
                $0.safety.action = "protectiveStop"
                $0.safety.causes = SafetyCauses.staleInputs.names
            }, ["cannot be read", "GPIO chip"]
        ),
        (
            {
                $0.safety.action = "protectiveStop"
                $0.safety.causes = SafetyCauses.bumper.names
            }, ["nothing waits for it", "Also standing: bumper hit", "protectiveStop"]
        ),
    ]

    @Test("`estop` says what the stop does, and what to do to come free", arguments: states.indices)
    func explains(index: Int) {
        let (change, says) = Self.states[index]
        var technician = Technician()
        technician.answer = { _ in
            var status = RobotStatus.sample
            change(&status)
            return .status(status)
        }
        let page = technician.order("estop")
        for words in says { #expect(page.contains(words), "\(page)") }
    }
}

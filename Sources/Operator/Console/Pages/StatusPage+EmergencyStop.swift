import Control
import RobotModel

extension RobotStatus {
    /// What the emergency stop does now, and how the robot comes free again.
    var estopPage: [PageLine] {
        let stopName = SafetyCauses.emergencyStop.names[0]
        var lines: [PageLine]
        if safety.causes.contains(SafetyCauses.staleInputs.names[0]) {
            lines = [PageLine("The emergency stop cannot be read: the robot stands as if it were pressed.", .alert)]
            lines += PageLine.wrap("Look at the GPIO chip and its cable: `devices` says what is wrong.")
        } else if gpio.emergencyStop || safety.causes.contains(stopName) {
            lines = [PageLine("The emergency stop is PRESSED: wheels without power, arm held.", .alert)]
            lines += Self.steps([
                "Look why it was pressed, and make the place safe.", "Turn the button until it springs out.",
                "Step back from the robot.", "`unlock`, then `clear`.",
            ])
            lines += PageLine.wrap("A broken wire to the button looks the same.")
        } else if safety.latched.contains(stopName) {
            lines = [PageLine("The emergency stop is released; the robot waits for a person's word.", .alert)]
            lines += Self.steps(["See that nobody is at the robot or under its arm.", "`unlock`, then `clear`."])
        } else {
            lines = [PageLine("The emergency stop is released, and nothing waits for it.")]
        }
        let others = safety.causes.filter { $0 != stopName } + safety.latched.filter { $0 != stopName }
        if !others.isEmpty {
            lines += PageLine.wrap("Also standing: \(others.joined(separator: ", ")).", indent: 2)
        }
        lines.append(PageLine("The supervisor's action now: \(safety.action)."))
        return lines
    }

    private static func steps(_ steps: [String]) -> [PageLine] {
        steps.enumerated().flatMap { PageLine.wrap("  \($0 + 1). \($1)", indent: 5) }
    }
}

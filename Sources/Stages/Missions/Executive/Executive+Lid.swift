internal import RobotModel

// The robot does not drive with its lid open: the meal would lie open to everybody, or fall out.
extension Executive {
    /// How long an open lid is waited for before somebody has to come, and how often people are asked to shut it.
    private static var lidPatience: (wait: Duration, reminder: Duration) { (.seconds(120), .seconds(20)) }

    /// Keeps the robot standing while its lid is open although it wants to drive; nil when there is nothing to mind.
    mutating func mindLid(_ view: WorldView) -> [MissionAction]? {
        guard view.inputs.contains(.lidOpen) else {
            guard lidOpen != nil else { return nil }
            lidOpen = nil
            return [.say("my lid is shut; going on", .info)] + goals.restore(view)
        }
        guard let (since, reminded) = lidOpen else {
            guard goals.isDriving || skill is Travel || skill is DockAtBox else { return nil }
            lidOpen = (view.now, view.now)
            return goals.suspend(view) + [.say("my lid is open; please shut it", .warning)]
        }
        if view.now - since >= Self.lidPatience.wait {
            lidOpen = nil
            let error = RobotError(
                .hardwareAlert, "my lid stands open", hint: "shut the lid, look at its latch, and resume")
            mode = .needsHelp(error)
            return [.complain(error, lead: "I need help: ")]
        }
        // Whatever has restored the goals meanwhile (a pause that is over, a stop that is cleared): they wait.
        let stops = goals.isSuspended ? [] : goals.suspend(view)
        guard view.now - reminded >= Self.lidPatience.reminder else { return stops }
        lidOpen = (since, view.now)
        return stops + [.say("my lid is open; please shut it", .warning)]
    }
}

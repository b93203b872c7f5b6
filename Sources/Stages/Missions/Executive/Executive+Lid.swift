internal import RobotModel

// The robot neither drives nor waits with its lid open: the meal would lie open to everybody, or fall out.
extension Executive {
    /// How long an open lid is waited for before somebody has to come, and how often people are asked to shut it.
    private static var lidPatience: (wait: Duration, reminder: Duration) { (.seconds(120), .seconds(20)) }

    /// How long the light barrier has to miss the meal: not a meal that jolts on a threshold.
    private static var mealPatience: Duration { .seconds(1) }

    /// Ends the mission when the meal has gone out of a compartment that nobody was to open; nil while it has not.
    mutating func mindMeal(_ view: WorldView) -> [MissionAction]? {
        guard let errand, errand.custody == .robot, errand.leg.carriesMeal, !view.inputs.contains(.loaded),
            !view.safety.causes.contains(.staleInputs)
        else {
            mealGone = nil
            return nil
        }
        let since = mealGone ?? view.now
        mealGone = since
        // A car or a doorway is left first, and whoever has typed the PIN takes the meal rightly.
        guard view.now - since >= Self.mealPatience, let skill, skill.isInterruptible, !(skill is StowArm) else {
            return nil
        }
        return loseMeal(view)
    }

    /// Ends the mission without the meal: nobody says that it has been delivered.
    mutating func loseMeal(_ view: WorldView) -> [MissionAction] {
        let error = RobotError(
            .mealMissing, "the meal is not in my compartment any more",
            hint: "somebody may have taken it out: ask the recipient, and send the meal once more")
        errand?.custody = .unknown
        mealGone = nil
        lidOpen = nil
        let entry = errand?.mission.map { [MissionAction.journal(.custody($0.id, .unknown))] } ?? []
        return [.drive(.stand)] + entry + [.complain(error)] + close(.failed, error, view)
    }

    /// Keeps the robot standing while its lid is open although it wants to drive, or waits for somebody; nil when there
    /// is nothing to mind.
    mutating func mindLid(_ view: WorldView) -> [MissionAction]? {
        guard view.inputs.contains(.lidOpen) else {
            guard lidOpen != nil else { return nil }
            lidOpen = nil
            return [.say("my lid is shut; going on", .info)] + goals.restore(view)
        }
        guard let (since, reminded) = lidOpen else {
            let isWaiting = (skill as? HandOver)?.isInterruptible ?? false
            guard goals.isDriving || skill is Travel || skill is DockAtBox || isWaiting else { return nil }
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

public import BuildingMap
public import RobotModel

/// How long the pose has been unknown, and whether somebody has been asked for it.
struct PoseWatch: Sendable {
    /// How long the robot looks for its pose by itself before it asks.
    static let patience = Duration.seconds(20)

    private var since: Instant?
    /// A technician has been asked.
    private(set) var hasAsked = false

    /// Looks once; returns what to say, each thing once.
    mutating func look(_ view: WorldView, isKnown: Bool, error: RobotError) -> [MissionAction] {
        if isKnown {
            defer { (since, hasAsked) = (nil, false) }
            return hasAsked ? [.say("I know where I am again: on \(view.level)")] : []
        }
        // Without a LiDAR nobody could say whether a pose is right: that is another trouble, and said already.
        guard !view.safety.causes.contains(.staleLidar) else {
            since = nil
            return []
        }
        let start = since ?? view.now
        since = start
        guard !hasAsked, view.now - start >= Self.patience else { return [] }
        hasAsked = true
        return [.complain(error)]
    }
}

extension RobotError {
    /// The robot does not know where it is, and what to type about it.
    public static func lostPose(_ view: WorldView, _ building: Building) -> RobotError {
        let places = building.level(view.level)?.places.keys.map(\.rawValue).sorted() ?? []
        let example = places.first ?? "<place>"
        return RobotError(
            .notLocalized, "I do not know where I am; I wait for a technician",
            hint: "say it at the console: `unlock`, then `pose set \(example)` for a place (\(view.level) has "
                + "\(places.isEmpty ? "none" : places.joined(separator: ", "))), or `pose set \(view.level) <x> <y> <yaw°>`; "
                + "or push me back to where I last knew it")
    }
}

extension SafetyState {
    /// Whether the robot stands for something that a skill cannot end by doing something else, so that its time does
    /// not count: a switch, a device, a person's word. Some causes may be left out of this.
    func isStanding(without others: SafetyCauses = []) -> Bool {
        guard action >= .hold else { return false }
        let all = causes.union(latched)
        return all.isEmpty || !all.isSubset(of: others.union([.warningField, .batteryLow, .notLocalized]))
    }
}

internal import RobotModel

/// Remembers what has been said, journalled and reported, so that each thing is said once.
struct StatusReporter: Sendable {
    private(set) var lastProgress: MissionProgress?
    private var lastStatus: MissionStatus?
    private var lastStatusTime = Instant.zero
    private var lastPose: (pose: Pose2D, level: LevelID, time: Instant)?

    /// The step being done, if it is another one than before.
    mutating func progress(_ errand: Executive.Errand?, _ skill: (any Skill)?) -> JournalEntry? {
        guard let errand, let skill else {
            guard lastProgress != nil, errand == nil else { return nil }
            lastProgress = nil
            return .idle
        }
        let progress = MissionProgress(
            mission: errand.mission?.id, leg: errand.leg, skill: skill.name, state: skill.stateName,
            step: skill.facility == nil ? nil : skill.routeStep, words: skill.words)
        guard progress != lastProgress else { return nil }
        lastProgress = progress
        return .progress(progress)
    }

    /// Whether a status is worth sending: something other than the time of arrival has changed, or a second is over.
    mutating func isNews(_ status: MissionStatus, at now: Instant) -> Bool {
        var (new, old) = (status, lastStatus)
        (new.eta, new.etaAtMost) = (nil, nil)
        old?.eta = nil
        old?.etaAtMost = nil
        guard new != old || now - lastStatusTime >= .seconds(1) else { return false }
        lastStatus = status
        lastStatusTime = now
        return true
    }

    /// The pose for the journal: every second while the robot moves, and where it comes to a stand. A restart looks for
    /// the robot around there, within what it can drive in that time.
    mutating func pose(_ view: WorldView) -> JournalEntry? {
        if case .tracking = view.localization {} else { return nil }
        if let lastPose {
            let way = lastPose.pose.position.distance(to: view.pose.position)
            let turn = abs(normalizedAngle(lastPose.pose.yaw - view.pose.yaw))
            let hasMoved = view.isStanding ? way > 0.05 || turn > 0.1 : way > 0.2 || turn > 0.3
            let isDue = hasMoved && view.now - lastPose.time >= .seconds(1)
            guard isDue || lastPose.level != view.level else { return nil }
        }
        lastPose = (view.pose, view.level, view.now)
        return .pose(view.pose, view.level)
    }
}

public import RobotModel

/// A door or a lift, where it does not matter which.
public enum Facility: Hashable, Sendable, Codable, CustomStringConvertible {
    case door(DoorID)
    case lift(LiftID)

    public var description: String {
        switch self {
        case .door(let id): "door \(id)"
        case .lift(let id): "lift \(id)"
        }
    }
}

/// The legs of a mission, in the order in which they are done.
public enum MissionLeg: String, Hashable, Sendable, Codable, CaseIterable {
    case toCollect = "to_collect"
    case dock
    case collect
    case toDeliver = "to_deliver"
    case handOver = "hand_over"
    /// With the meal back to where it came from, or to the other place.
    case toReturn = "to_return"
    case giveBack = "give_back"
    case toHome = "to_home"

    /// Whether the meal is to be in the compartment during this leg, until it is handed over.
    var carriesMeal: Bool {
        switch self {
        case .toDeliver, .handOver, .toReturn, .giveBack: true
        case .toCollect, .dock, .collect, .toHome: false
        }
    }

    /// Whether the meal is still on its way to the recipient.
    var isOutward: Bool {
        switch self {
        case .toCollect, .dock, .collect, .toDeliver, .handOver: true
        case .toReturn, .giveBack, .toHome: false
        }
    }
}

/// Which step of a mission the robot is in: enough to go on there after a restart.
public struct MissionProgress: Hashable, Sendable, Codable {
    /// Nil on the way home after the last mission.
    public var mission: MissionID?
    public var leg: MissionLeg
    /// The skill at work ("lift") and its state ("riding").
    public var skill: String
    public var state: String
    /// The route's step being done, for a door or a lift.
    public var step: RouteStep?
    /// What the robot was doing, for people.
    public var words: String?

    public init(
        mission: MissionID?, leg: MissionLeg, skill: String, state: String, step: RouteStep? = nil,
        words: String? = nil
    ) {
        self.mission = mission
        self.leg = leg
        self.skill = skill
        self.state = state
        self.step = step
        self.words = words
    }

    /// Whether the robot was at work in a lift, at its doors included.
    public var isAtLift: Bool { skill == "lift" }
    /// Whether the robot stood at its place in a lift's car.
    public var isRiding: Bool { isAtLift && LiftRideState(rawValue: state)?.isRiding ?? false }
}

/// What the journal makes durable.
public enum JournalEntry: Hashable, Sendable, Codable {
    /// A mission has been taken in.
    case accepted(Mission)
    case state(MissionID, MissionState, RobotError?)
    case progress(MissionProgress)
    /// Nothing is under way any more.
    case idle
    /// About to ask for a session, under this number.
    case sessionOpening(Facility, number: UInt16)
    /// About to give it back.
    case sessionEnding(Facility)
    /// The building has confirmed that it is over.
    case sessionEnded(Facility)
    case custody(MissionID, Custody)
    /// About to unlock (false) or lock (true) the compartment.
    case lock(MissionID, Bool)
    /// About to present the code to the box.
    case boxUnlock(MissionID, box: Int)
    /// What a person has to clear before the robot may move, whether it still stands or is over; kept as one row.
    case safety(SafetyCauses)
    /// Where the robot is; kept as one row, not as history.
    case pose(Pose2D, LevelID)
}

/// What a journal knew when it was opened.
public struct RecoveredState: Hashable, Sendable {
    /// Missions that are not finished, in the order in which they came in.
    public var missions: [Mission]
    /// Their states.
    public var states: [MissionID: MissionState]
    /// Those of them that have been called off, whatever their state.
    public var cancelled: Set<MissionID>
    /// The step that was being done, if a mission was under way.
    public var progress: MissionProgress?
    /// Sessions that were open, with their numbers.
    public var sessions: [Facility: UInt16]
    /// Sessions of those that were being given back.
    public var ending: Set<Facility>
    public var custody: [MissionID: Custody]
    /// What waited for a person's word: a restart is none.
    public var safety: SafetyCauses
    public var lastPose: Pose2D?
    public var lastLevel: LevelID?
    /// The journal, or a part of it, cannot be read: somebody has to look where the robot and its meal are.
    public var damage: RobotError?
    /// What else is missing of the journal, in words.
    public var notice: String?

    public init() {
        missions = []
        states = [:]
        cancelled = []
        sessions = [:]
        ending = []
        custody = [:]
        safety = []
    }
}

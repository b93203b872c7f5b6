internal import BuildingMap
internal import RobotModel

/// Which doors and lifts the robot has asked for and not yet got rid of, as the journal knows them.
struct SessionLedger: Sendable {
    private struct Entry { var isEnding: Bool }

    private var entries: [Facility: Entry] = [:]
    private let number: UInt16

    init(number: UInt16, recovered: RecoveredState) {
        self.number = number
        for facility in recovered.sessions.keys {
            entries[facility] = Entry(isEnding: recovered.ending.contains(facility))
        }
    }

    /// Puts what the journal has to know before each action that opens or ends a session.
    mutating func journalled(_ actions: [MissionAction]) -> [MissionAction] {
        actions.flatMap { action -> [MissionAction] in
            switch action {
            case .requestDoor(let id): opening(.door(id)) + [action]
            case .callLift(let id, _), .sendLift(let id, _): opening(.lift(id)) + [action]
            case .releaseDoor(let id): ending(.door(id)) + [action]
            case .releaseLift(let id): ending(.lift(id)) + [action]
            default: [action]
            }
        }
    }

    private mutating func opening(_ facility: Facility) -> [MissionAction] {
        if let entry = entries[facility], !entry.isEnding { return [] }
        entries[facility] = Entry(isEnding: false)
        return [.journal(.sessionOpening(facility, number: number))]
    }

    private mutating func ending(_ facility: Facility) -> [MissionAction] {
        guard let entry = entries[facility], !entry.isEnding else { return [] }
        entries[facility] = Entry(isEnding: true)
        return [.journal(.sessionEnding(facility))]
    }

    /// What to give back because nobody needs it, and what has been confirmed as given back.
    mutating func tend(_ view: WorldView, keeping used: Facility?, _ standsIn: (Facility) -> Bool) -> [MissionAction] {
        var actions: [MissionAction] = []
        for (facility, entry) in entries.sorted(by: { $0.key.description < $1.key.description }) {
            if entry.isEnding {
                if view.session(facility) == FacilitySession.none {
                    entries[facility] = nil
                    actions.append(.journal(.sessionEnded(facility)))
                }
            } else if facility != used, !standsIn(facility) {
                actions.append(facility.release)
            }
        }
        return actions
    }

    /// Whether a session has been asked for and not been given back.
    func holds(_ facility: Facility) -> Bool { entries[facility].map { !$0.isEnding } ?? false }

    /// Everything that is open, for a shutdown.
    var open: [Facility] {
        entries.filter { !$0.value.isEnding }.keys.sorted { $0.description < $1.description }
    }

    /// What is being given back, and has not been confirmed.
    var ending: [Facility] {
        entries.filter { $0.value.isEnding }.keys.sorted { $0.description < $1.description }
    }
}

extension Facility {
    /// The action that gives it back.
    var release: MissionAction {
        switch self {
        case .door(let id): .releaseDoor(id)
        case .lift(let id): .releaseLift(id)
        }
    }
}

extension WorldView {
    func session(_ facility: Facility) -> FacilitySession {
        switch facility {
        case .door(let id): doors[id]?.session ?? .none
        case .lift(let id): lifts[id]?.session ?? .none
        }
    }
}

extension Building {
    /// Whether a robot at a pose stands in a lift's car or between a door's posts, its hull (0.45 m around) included.
    func contains(_ pose: Pose2D, on level: LevelID, in facility: Facility) -> Bool {
        switch facility {
        case .door(let id):
            guard let door = doors[id], door.level == level else { return false }
            return Path.distance(from: pose.position, to: door.a, door.b) < 0.45
        case .lift(let id):
            return lifts[id]?.contains(pose.position, margin: 0.45) ?? false
        }
    }
}

public import RobotModel

/// Missions that wait, the most urgent first: by priority, then by promised time, then by arrival.
public struct MissionQueue: Sendable {
    private struct Entry {
        var mission: Mission
        var number: Int
        /// Not looked at before this: there was no energy or no way.
        var notBefore: Instant?
    }

    private var entries: [Entry] = []
    private var next = 0

    public init() {}

    /// The waiting missions in the order in which they will be done.
    public var missions: [Mission] { entries.map(\.mission) }
    public var count: Int { entries.count }

    /// Takes a mission in; one whose id waits already is ignored.
    public mutating func insert(_ mission: Mission) {
        guard !entries.contains(where: { $0.mission.id == mission.id }) else { return }
        entries.append(Entry(mission: mission, number: next))
        next += 1
        entries.sort { a, b in
            let (first, second) = (a.mission, b.mission)
            if first.priority != second.priority { return first.priority > second.priority }
            if first.deliver.promised != second.deliver.promised {
                return first.deliver.promised < second.deliver.promised
            }
            return a.number < b.number
        }
    }

    /// Takes a mission out, if it waits.
    public mutating func remove(_ id: MissionID) -> Mission? {
        guard let index = entries.firstIndex(where: { $0.mission.id == id }) else { return nil }
        return entries.remove(at: index).mission
    }

    /// The mission to look at now.
    func head(at now: Instant) -> Mission? {
        entries.first { $0.notBefore.map { $0 <= now } ?? true }?.mission
    }

    /// Looks at a mission again only after a while.
    mutating func put(off id: MissionID, until: Instant) {
        guard let index = entries.firstIndex(where: { $0.mission.id == id }) else { return }
        entries[index].notBefore = until
    }
}

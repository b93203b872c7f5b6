import DeviceIO
public import RobotModel

/// Notices edges of one input that never arrived.
///
/// Three ways: an edge's number that skips some (libgpiod 2), an edge to the level that the line had already, and a level
/// that no edge has announced by the next look (an edge may be on its way while the level is read).
struct EdgeWitness: Sendable {
    /// How long a loss is shown.
    static let remembered = Duration.seconds(10)

    private var level: Bool?
    private var lastSequence: UInt32 = 0
    private var isUnexplained = false
    private var missing = 0

    init() {}

    /// Takes an edge that arrived.
    mutating func take(_ edge: GPIOEdge) {
        isUnexplained = false
        let isNumbered = edge.sequence != 0 && lastSequence != 0
        let skipped = isNumbered ? Int(edge.sequence &- lastSequence) - 1 : 0
        if skipped > 0 {
            missing += skipped
        } else if level == edge.isOn {
            missing += 1
        }
        lastSequence = edge.sequence
        level = edge.isOn
    }

    /// Takes the level that was read behind the last edge; returns how many edges are known to be missing since the last
    /// call, at least.
    mutating func take(level now: Bool) -> Int {
        defer { missing = 0 }
        guard let before = level else {
            level = now
            return missing
        }
        guard now != before else {
            isUnexplained = false
            return missing
        }
        if isUnexplained {
            missing += 1
            level = now
        }
        isUnexplained.toggle()
        return missing
    }
}

extension RobotError {
    /// The kernel dropped edges of a GPIO line before anybody read them.
    static func edgesLost(slot: SlotID, where place: String, count: Int) -> RobotError {
        RobotError(
            .edgesLost, "\(slot): edges were lost on \(place): at least \(count) since the start",
            expected: "every edge",
            hint: "look for a contact or cable that chatters; libgpiod 2 (Debian 13) keeps more edges than 1.6")
    }
}

extension RobotError.Code {
    /// Changes of a line were dropped unread.
    public static let edgesLost: RobotError.Code = "edges-lost"
}

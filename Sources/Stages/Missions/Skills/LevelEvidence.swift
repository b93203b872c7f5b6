public import RobotModel

/// A level that a lift serves.
public struct ServedLevel: Hashable, Sendable {
    public var id: LevelID
    /// Metres above the building's zero.
    public var elevation: Double

    public init(id: LevelID, elevation: Double) {
        self.id = id
        self.elevation = elevation
    }
}

/// What speaks for and against a level, before a robot leaves a lift's car there.
///
/// Three sources that fail in different ways: the lift's own report, the LiDAR against that level's map, and the height
/// that the barometer and the ride's acceleration measured. A level is confirmed by two of them and by no contradiction
/// of the third.
struct LevelEvidence {
    /// Two levels whose fits differ by less than this look the same.
    static let fitMargin = 0.05
    /// A level that fits worse than this is not confirmed.
    static let fitNeeded = 0.5
    /// A height measured worse than this says nothing, metres.
    static let heightLimit = 1.2

    /// What one source says of a level.
    enum Verdict: Equatable {
        case confirms
        /// Nothing, or as much for another level.
        case silent
        /// It is another one, as far as this source can tell.
        case denies(LevelID?)
    }

    let report: Verdict
    let scan: Verdict
    let height: Verdict

    /// - Parameters:
    ///   - boarded: The level where the height's measuring began; nil when nobody measured.
    init(for level: LevelID, of levels: [ServedLevel], boarded: LevelID?, lift: LiftState, _ view: WorldView) {
        report = Self.report(level, lift)
        scan = Self.scan(level, levels, view.levelFit)
        height = Self.height(level, levels, boarded, view.heightChange)
    }

    private var verdicts: [Verdict] { [report, scan, height] }

    var isConfirmed: Bool {
        let agreeing = verdicts.count { $0 == .confirms }
        return agreeing >= 2 && agreeing + verdicts.count { $0 == .silent } == verdicts.count
    }

    /// Why the level is not confirmed, for people.
    var doubt: String {
        if case .denies(let other?) = scan { return "it looks like \(other)" }
        if case .denies(let other?) = height { return "by its height it is \(other)" }
        if case .denies = height { return "its height is that of no level" }
        if case .denies(let other?) = report { return "the lift says \(other)" }
        return scan == .silent ? "the LiDAR cannot tell the level" : "nothing else confirms it"
    }

    private static func report(_ level: LevelID, _ lift: LiftState) -> Verdict {
        guard lift.mode != .offline, let there = lift.currentLevel, lift.motion == .stopped else { return .silent }
        return there == level ? .confirms : .denies(there)
    }

    private static func scan(_ level: LevelID, _ levels: [ServedLevel], _ fits: [LevelID: Double]) -> Verdict {
        let fit = fits[level] ?? 0
        var best: (level: LevelID, fit: Double)?
        for other in levels where other.id != level {
            let fit = fits[other.id] ?? 0
            if fit > best?.fit ?? 0 { best = (other.id, fit) }
        }
        if fit >= fitNeeded, fit >= (best?.fit ?? 0) + fitMargin { return .confirms }
        if let best, best.fit >= fitNeeded, best.fit >= fit + fitMargin { return .denies(best.level) }
        return .silent
    }

    private static func height(
        _ level: LevelID, _ levels: [ServedLevel], _ boarded: LevelID?, _ change: HeightChange?
    ) -> Verdict {
        guard let change, change.deviation < heightLimit, let start = levels.first(where: { $0.id == boarded }),
            let goal = levels.first(where: { $0.id == level })
        else { return .silent }
        let climbed = start.elevation + change.metres
        let distances = levels.map { (id: $0.id, distance: abs($0.elevation - climbed)) }
        let nearest = distances.min { $0.distance < $1.distance }
        let own = abs(goal.elevation - climbed)
        let others = distances.filter { $0.id != level }.map(\.distance).min() ?? .infinity
        let isNear = own <= max(3 * change.deviation, 0.5)
        // Levels that the measure cannot tell apart are none that it confirms.
        if isNear, others > own + 2 * change.deviation { return .confirms }
        if isNear { return .silent }
        guard let nearest, nearest.id != level, nearest.distance <= max(3 * change.deviation, 0.5) else {
            return .denies(nil)
        }
        return .denies(nearest.id)
    }
}

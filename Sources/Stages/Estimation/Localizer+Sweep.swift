internal import BuildingMap
public import RobotModel

// A pose that is far from where it was thought to be: regions of the map are looked through, one with each scan.
extension Localizer {
    /// A region in which the robot may be.
    public struct Guess: Hashable, Sendable {
        public var level: LevelID
        /// Its middle, map frame.
        public var pose: Pose2D
        public var spread: Spread

        public init(level: LevelID, pose: Pose2D, spread: Spread) {
            self.level = level
            self.pose = pose
            self.spread = spread
        }
    }

    /// What became of a sweep.
    public enum SweepOutcome: Hashable, Sendable {
        /// The scan fits here (map frame) and nowhere else nearly as well; the next scans have to confirm it.
        case found(LevelID, Pose2D)
        /// It fits in two places about as well: nobody can tell by the walls alone.
        case ambiguous(LevelID, Pose2D, orAlso: LevelID, Pose2D)
        /// It fits nowhere; `best` is the greatest share of beams that did, 0...1.
        case nowhere(best: Double)
    }

    struct Sweep: Sendable {
        var guesses: [Guess]
        var isTold: Bool
        var finds: [Find] = []
        var bestQuality = 0.0
    }

    struct Find: Sendable {
        var level: LevelID
        var match: ScanMatch

        /// Whether this is another place than `other`, and not the same one found from two sides.
        func isElsewhere(than other: Find) -> Bool {
            level != other.level || match.pose.position.distance(to: other.match.pose.position) > 0.5
                || abs(normalizedAngle(match.pose.yaw - other.match.pose.yaw)) > 0.35
        }
    }

    /// Two places whose fits differ by less look alike.
    private static var margin: Double { 0.06 }
    /// The most regions of a sweep: ten seconds.
    private static var mostGuesses: Int { 100 }

    /// Whether regions are being looked through.
    public var isSweeping: Bool { sweep != nil }

    /// Looks through some regions, one with each scan, and takes the best place if no other is nearly as good. The
    /// robot has to stand meanwhile; the pose counts as unknown until scans have confirmed it. Where nothing is found
    /// the pose stays what it was, and in question.
    ///
    /// - Parameter isTold: A person has said that it is there; what the robot thinks of by itself needs a better fit,
    ///   more scans that confirm it, and no other level that looks the same.
    public mutating func seek(_ guesses: [Guess], isTold: Bool) {
        let known = guesses.filter { matchers[$0.level] != nil }.prefix(Self.mostGuesses)
        sweepOutcome = nil
        guard !known.isEmpty else {
            sweepOutcome = .nowhere(best: 0)
            return
        }
        let isLost = if case .lost = state { true } else { false }
        sweep = Sweep(guesses: Array(known), isTold: isTold)
        if !isLost { state = .unknown }
    }

    /// What the last sweep has come to, once.
    public mutating func takeSweepOutcome() -> SweepOutcome? {
        defer { sweepOutcome = nil }
        return sweepOutcome
    }

    /// All headings around a place: eight regions.
    public static func guesses(around position: Point2D, on level: LevelID, metres: Double) -> [Guess] {
        (0..<8).map { index in
            Guess(
                level: level, pose: Pose2D(position, yaw: normalizedAngle(Double(index) * .pi / 4)),
                spread: Spread(metres: metres, radians: 0.45))
        }
    }

    /// Where a lost robot looks by itself: some metres around where it thought it was, and the level's named places.
    public var ownGuesses: [Guess] {
        let here = pose(odometry: odometry ?? Pose2D()).position
        let around = [here] + (0..<6).map { here + Pose2D(yaw: Double($0) * .pi / 3).transform(Point2D(2.0, 0)) }
        let places = building.level(level)?.places.values.sorted { $0.id < $1.id }.map(\.position) ?? []
        // The nearest first, since a sweep has an end.
        let others = places.sorted { $0.distance(to: here) < $1.distance(to: here) }
        return (Array(around.prefix(1)) + others + Array(around.dropFirst())).flatMap {
            Self.guesses(around: $0, on: level, metres: 1.2)
        }
    }

    /// One scan of a sweep.
    mutating func sweepOn(_ points: [ScanPoint], scan: LaserScan) -> ScanMatch? {
        guard var sweep, let guess = sweep.guesses.first, let matcher = matchers[guess.level] else { return nil }
        sweep.guesses.removeFirst()
        let match = matcher.search(
            points, around: guess.pose, metres: guess.spread.metres, radians: guess.spread.radians)
        if match.usable >= Self.fewestBeams {
            sweep.bestQuality = max(sweep.bestQuality, match.quality)
            if match.quality >= Self.goodQuality { sweep.finds.append(Find(level: guess.level, match: match)) }
        }
        self.sweep = sweep
        if sweep.guesses.isEmpty { conclude(sweep, points: points, scan: scan) }
        return match
    }

    private mutating func conclude(_ sweep: Sweep, points: [ScanPoint], scan: LaserScan) {
        self.sweep = nil
        let needed = sweep.isTold ? Self.goodQuality : Self.ownQuality
        guard let best = sweep.finds.max(by: { $0.match.quality < $1.match.quality }), best.match.quality >= needed
        else {
            return fail(.nowhere(best: sweep.bestQuality))
        }
        var rivals = sweep.finds.filter { $0.isElsewhere(than: best) }
        if !sweep.isTold { rivals += sameSpotElsewhere(best, points) }
        let rival = rivals.max { $0.match.quality < $1.match.quality }
        if let rival, rival.match.quality > best.match.quality - Self.margin {
            return fail(.ambiguous(best.level, best.match.pose, orAlso: rival.level, rival.match.pose))
        }
        level = best.level
        place(at: best.match.pose, spread: Spread(metres: 0.3, radians: 0.2))
        search?.needed = sweep.isTold ? 3 : 5
        search?.confirmations = 1
        search?.mapToOdom = best.match.pose.composed(with: scan.endOdometry.inverse)
        sweepOutcome = .found(best.level, best.match.pose)
    }

    /// The same spot on the other levels: storeys are often alike.
    private func sameSpotElsewhere(_ find: Find, _ points: [ScanPoint]) -> [Find] {
        building.levels.filter { $0.id != find.level }.compactMap { other in
            guard let matcher = matchers[other.id] else { return nil }
            let match = matcher.search(points, around: find.match.pose, metres: 0.3, radians: 0.2)
            return match.usable >= Self.fewestBeams ? Find(level: other.id, match: match) : nil
        }
    }

    /// Back to the pose as it was, which scans have to confirm anew.
    private mutating func fail(_ outcome: SweepOutcome) {
        sweepOutcome = outcome
        search = Search(spread: Spread(metres: Self.nearSpread, radians: 0.4), needed: 4)
    }
}

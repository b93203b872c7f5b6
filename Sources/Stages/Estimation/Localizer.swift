public import BuildingMap
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Where the robot is: odometry, corrected by scans against the map of the level it is on.
///
/// It holds the transform from `map` to `odom` and its uncertainty. Odometry moves the pose and loosens it, a scan pulls
/// it to the walls and tightens it; in a direction that the scan does not fix the odometry rules. While the pose is in
/// question (at the start, after a lift ride, when lost) it is searched in a region until several scans agree.
///
/// A value of the deliberation: about a millisecond a scan, and it allocates, so it never runs in the tick.
public struct Localizer: Sendable {
    /// How far the robot may be from where it is thought to be.
    public struct Spread: Hashable, Sendable {
        public var metres: Double
        public var radians: Double

        public init(metres: Double, radians: Double) {
            self.metres = metres
            self.radians = radians
        }
    }

    /// The level whose map is used.
    public internal(set) var level: LevelID
    /// How well the robot knows where it is. `unknown` while a start or a new level waits for scans that confirm it.
    public internal(set) var state: Localization
    /// While suspended, scans are ignored and odometry alone moves the pose.
    public private(set) var isSuspended = false
    /// `odom` in the map frame.
    public internal(set) var mapToOdom: Pose2D
    /// Uncertainty of the pose, map frame.
    public private(set) var covariance: PoseCovariance
    /// What the last scan that was used said.
    public private(set) var lastMatch: ScanMatch?

    let building: Building
    let lidarMount: Pose2D
    var matchers: [LevelID: ScanMatcher]
    /// Odometry as last told, and when.
    var odometry: Pose2D?
    private var time: Instant = .zero
    private var quality = 0.0
    var search: Search?
    /// Regions that are being looked through, see `seek`.
    var sweep: Sweep?
    var sweepOutcome: SweepOutcome?
    private var badSince: Instant?

    /// A pose in question.
    struct Search: Sendable {
        var spread: Spread
        /// How many scans in a row have agreed, and how many have to; nil for as many as the state asks for.
        var confirmations = 0
        var needed: Int?
        /// Where they say it is.
        var mapToOdom: Pose2D?
    }

    /// Fewer beams than this say nothing (a closed car, a crowd around the robot).
    static let fewestBeams = 25
    /// A scan of which less fits is bad: a known pose keeps 0.5 even with a third of the beams on unmapped things.
    private static let badQuality = 0.35
    /// A scan of which more fits confirms a pose in question.
    static let goodQuality = 0.55
    /// What confirms one that was found further away, or without anybody's word.
    static let ownQuality = 0.7
    /// Metres around the pose in question that count as near.
    static let nearSpread = 0.6
    /// Bad scans for this long are a lost pose.
    private static let lostAfter = Duration.milliseconds(1500)

    /// Starts on a level near a pose, which scans must confirm within `spread`.
    ///
    /// `lidarMount` is the laser in `base_link`. Levels without an occupancy map cannot be matched: there the state stays
    /// `unknown` and odometry rules.
    public init(
        building: Building, lidarMount: Pose2D, start: (level: LevelID, pose: Pose2D),
        spread: Spread = Spread(metres: 0.4, radians: 0.3)
    ) {
        self.building = building
        self.lidarMount = lidarMount
        level = start.level
        state = .unknown
        mapToOdom = start.pose
        covariance = PoseCovariance(metres: spread.metres, radians: spread.radians)
        matchers = [:]
        search = Search(spread: spread)
        let lifts = building.lifts.values.sorted { $0.id < $1.id }
        for level in building.levels {
            guard let grid = level.occupancy else { continue }
            matchers[level.id] = ScanMatcher(field: LikelihoodField(grid), lifts: lifts)
        }
    }

    /// `base_link` in the map frame, for `odom` → `base_link` as it is now.
    public func pose(odometry: Pose2D) -> Pose2D { mapToOdom.composed(with: odometry) }

    /// Tells the odometry as it is now; call it at least once a scan, before `update`.
    ///
    /// The first one is taken to be at the start's pose.
    public mutating func predict(odometry now: Pose2D, at moment: Instant) {
        guard let before = odometry else {
            mapToOdom = mapToOdom.composed(with: now.inverse)
            odometry = now
            time = moment
            return
        }
        guard moment >= time else { return }
        let from = pose(odometry: before)
        let to = pose(odometry: now)
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length = (dx * dx + dy * dy).squareRoot()
        let turn = abs(normalizedAngle(to.yaw - from.yaw))
        covariance = covariance.moved(dx: dx, dy: dy)
        // A random walk: after a metre 4 cm along, 2 cm across and 0.1 rad of heading, and 0.06 rad after a radian. A
        // slipping wheel does most of it.
        let (c, s) = (cos(to.yaw), sin(to.yaw))
        let along = 0.0016 * length + 0.0001 * turn
        let across = 0.0004 * length + 0.0001 * turn
        covariance.xx += c * c * along + s * s * across
        covariance.xy += c * s * (along - across)
        covariance.yy += s * s * along + c * c * across
        covariance.tt += 0.01 * length + 0.0036 * turn
        odometry = now
        time = moment
    }

    /// Takes a scan with its odometry, and says what came of it; nil when it was not used (suspended, no map).
    @discardableResult
    public mutating func update(scan: LaserScan) -> ScanMatch? {
        predict(odometry: scan.endOdometry, at: scan.end)
        guard !isSuspended, let matcher = matchers[level] else { return nil }
        let points = ScanPoints(scan, mount: lidarMount).points
        if sweep != nil { return sweepOn(points, scan: scan) }
        let match =
            search == nil
            ? track(points, scan: scan, with: matcher) : look(points, scan: scan, with: matcher)
        lastMatch = match
        return match
    }

    /// From now on only odometry counts: in the closed car of a lift.
    public mutating func suspend() { isSuspended = true }

    /// Scans count again.
    public mutating func resume() {
        isSuspended = false
        badSince = nil
    }

    /// The robot is on a level now, near a pose (map frame), after a ride or because somebody says so.
    ///
    /// The state is `unknown` until two scans agree on a pose within `spread`. Suspension stays as it is. Returns false,
    /// and changes nothing, when the building has no such level.
    @discardableResult
    public mutating func setLevel(_ level: LevelID, near pose: Pose2D, spread: Spread) -> Bool {
        guard building.level(level) != nil else { return false }
        self.level = level
        place(at: pose, spread: spread)
        return true
    }

    /// How well a scan fits each level's map near a pose (map frame), 0...1: the share of beams that end at a wall and
    /// pass through none, at the best pose nearby. Beams that end in a lift's car do not count, so that it is the view
    /// through the open door that decides; with fewer than 15 of the others a level gets no figure.
    public func levelFit(
        _ scan: LaserScan, levels: [LevelID], around pose: Pose2D, spread: Spread = Spread(metres: 0.2, radians: 0.12)
    ) -> [LevelID: Double] {
        let points = ScanPoints(scan, mount: lidarMount).points
        var fits: [LevelID: Double] = [:]
        for level in levels {
            guard let matcher = matchers[level] else { continue }
            let match = matcher.search(points, around: pose, metres: spread.metres, radians: spread.radians)
            if match.usable >= 15 { fits[level] = match.quality }
        }
        return fits
    }

    // MARK: - One scan

    mutating func place(at pose: Pose2D, spread: Spread) {
        mapToOdom = odometry.map { pose.composed(with: $0.inverse) } ?? pose
        covariance = PoseCovariance(metres: spread.metres, radians: spread.radians)
        search = Search(spread: spread)
        sweep = nil
        state = .unknown
        badSince = nil
        quality = 0
    }

    /// A known pose: a small correction.
    private mutating func track(_ points: [ScanPoint], scan: LaserScan, with matcher: ScanMatcher) -> ScanMatch {
        let prior = pose(odometry: scan.endOdometry)
        var match = matcher.match(points, prior: prior, covariance: covariance)
        guard match.usable >= Self.fewestBeams else { return match }
        if match.quality < 0.5 {
            // A skid may have thrown the pose further than the kernel reaches.
            let wide = matcher.search(points, around: prior, metres: 0.3, radians: 0.25)
            if wide.usable >= Self.fewestBeams, wide.quality > match.quality + 0.15 { match = wide }
        }
        quality += 0.3 * (match.quality - quality)
        if match.quality >= Self.badQuality {
            mapToOdom = match.pose.composed(with: scan.endOdometry.inverse)
            covariance = match.covariance
            badSince = nil
            state = .tracking(quality: quality)
        } else {
            let since = badSince ?? scan.end
            badSince = since
            if scan.end - since >= Self.lostAfter {
                state = .lost(since: since)
                search = Search(spread: Spread(metres: 0.6, radians: 0.4))
            } else {
                state = .tracking(quality: quality)
            }
        }
        return match
    }

    /// A pose in question: search until scans agree.
    private mutating func look(_ points: [ScanPoint], scan: LaserScan, with matcher: ScanMatcher) -> ScanMatch {
        guard var search else { preconditionFailure("only called while searching") }
        var match: ScanMatch
        if let found = search.mapToOdom {
            match = matcher.match(
                points, prior: found.composed(with: scan.endOdometry),
                covariance: PoseCovariance(metres: 0.1, radians: 0.06), kernel: 0.4)
            // As strict as the search: no beam may have passed through a wall.
            (match.quality, match.usable) = matcher.fit(points, at: match.pose)
        } else {
            match = matcher.search(
                points, around: pose(odometry: scan.endOdometry), metres: search.spread.metres,
                radians: search.spread.radians)
        }
        // The further away it may be, the more places there are that fit by chance.
        let good = search.spread.metres > Self.nearSpread ? Self.ownQuality : Self.goodQuality
        let fits = match.usable >= Self.fewestBeams && match.quality >= good
        // A lost robot needs more convincing than one that was told where it is.
        let usual = if case .lost = state { 4 } else { 2 }
        let needed = search.needed ?? usual
        if fits {
            search.confirmations += 1
            search.mapToOdom = match.pose.composed(with: scan.endOdometry.inverse)
            self.search = search
            if search.confirmations >= needed, let found = search.mapToOdom {
                mapToOdom = found
                covariance = PoseCovariance(metres: 0.05, radians: 0.03)
                quality = match.quality
                state = .tracking(quality: quality)
                self.search = nil
            }
        } else {
            search.confirmations = 0
            search.mapToOdom = nil
            // The longer nothing is found, the wider the search, up to 1.5 m and 45°.
            if match.usable >= Self.fewestBeams {
                search.spread.metres = max(search.spread.metres, min(1.5, search.spread.metres * 1.05))
                search.spread.radians = max(search.spread.radians, min(.pi / 4, search.spread.radians * 1.05))
            }
            self.search = search
        }
        return match
    }
}

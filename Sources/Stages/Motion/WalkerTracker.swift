import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Finds people among obstacle points: small things in the foreground, followed from scan to scan.
///
/// People are told from furniture by having moved: by standing where half a second ago the laser looked through, or by
/// having left a place that it looks through now. The mere motion of a cluster's centre proves nothing, since the visible
/// part of a wall or a shelf moves with the robot.
struct WalkerTracker: Sendable {
    /// A small thing that is followed.
    struct Track: Sendable {
        /// Centre in the map frame, and how far its points reach from it.
        var center: Point2D
        var radius: Double
        /// m/s in the map frame, over about half a second.
        var velocity = Point2D(0, 0)
        var firstSeen: Instant
        var lastSeen: Instant
        /// When it last moved; nil when it never has.
        var lastMoved: Instant?
        /// It is the visible rest of something larger.
        var isFurniture = false
        /// How often, from near by, it has been seen to be of one piece that is wider than a leg.
        var wideLooks = 0
        var history: [(time: Instant, center: Point2D, points: [Point2D])] = []

        /// Whether it walks now.
        func walks(at now: Instant) -> Bool { lastMoved.map { now.seconds(since: $0) < 0.6 } ?? false }

        /// Whether it has to be given a person's distance.
        ///
        /// What has walked is a person for a minute; what is wider than one may only have come out from behind one, and
        /// is so for 8 s. What never has may still be a person who stands, if `watchful`: until it has stood still for
        /// 8 s, or, if it looks like legs, for as long as it stands.
        func mayBePerson(at now: Instant, watchful: Bool) -> Bool {
            if let lastMoved, now.seconds(since: lastMoved) < (radius < Self.person ? 60 : 8) { return true }
            guard watchful, !isFurniture else { return false }
            return looksLikeLegs || now.seconds(since: firstSeen) < 8
        }

        private var looksLikeLegs: Bool { radius < Self.person && wideLooks < 3 }

        /// Half the width of somebody in mid-stride, metres.
        private static let person = 0.28
    }

    private(set) var tracks: [Track] = []

    /// What one point belongs to: an index of `tracks`, or -1.
    private(set) var owner: [Int] = []

    private var views: [PolarView] = []
    /// Places (a fifth of a metre wide) where something larger than a person stood, and when it was last seen.
    private var furniture: [Cell: Instant] = [:]

    private struct Cell: Hashable, Sendable {
        var x: Int
        var y: Int
        init(_ p: Point2D) {
            x = Int((p.x * 5).rounded(.down))
            y = Int((p.y * 5).rounded(.down))
        }
    }

    /// Widest thing that may be a person, metres.
    private let widest = 0.8
    /// m/s above which a thing walks.
    private let walkingSpeed = 0.25

    /// Takes the obstacle points of this moment, in `base_link`.
    mutating func update(_ points: [Point2D], pose: Pose2D, at now: Instant) {
        owner = [Int](repeating: -1, count: points.count)
        let frame = Turned(pose.yaw)
        let view = PolarView(points, pose: pose, at: now)
        views.removeAll { now.seconds(since: $0.time) > 0.6 }
        for run in runs(points) {
            let inMap = run.points.map { frame.out(points[$0]) + pose.position }
            var lower = inMap[0]
            var upper = inMap[0]
            for p in inMap {
                lower = Point2D(min(lower.x, p.x), min(lower.y, p.y))
                upper = Point2D(max(upper.x, p.x), max(upper.y, p.y))
            }
            let radius = upper.distance(to: lower) / 2
            if radius > widest / 2 {
                for p in inMap { furniture[Cell(p)] = now }
            } else if run.isInFront {
                let index = track(inMap, (lower + upper) * 0.5, radius, view, now)
                for point in run.points { owner[point] = index }
            }
        }
        views.append(view)
        forget(at: now)
    }

    private mutating func track(
        _ points: [Point2D], _ center: Point2D, _ radius: Double, _ view: PolarView, _ now: Instant
    ) -> Int {
        // A dozen points tell as much as a hundred.
        let few = points.count <= 12 ? points : (0..<12).map { points[$0 * points.count / 12] }
        var best = -1
        var nearest = 0.5
        for (index, track) in tracks.enumerated() {
            let predicted = track.center + track.velocity * now.seconds(since: track.lastSeen)
            let distance = min(predicted.distance(to: center), track.center.distance(to: center))
            if distance < nearest && track.lastSeen < now {
                nearest = distance
                best = index
            }
        }
        if best < 0 {
            // The visible rest of a shelf or a wall has been known for long.
            let known = few.count { furniture[Cell($0)] != nil } * 2 >= few.count
            tracks.append(
                Track(
                    center: center, radius: radius, firstSeen: now, lastSeen: now, isFurniture: known,
                    history: [(now, center, few)]))
            return tracks.count - 1
        }
        var track = tracks[best]
        track.center = center
        track.radius = max(radius, 0.9 * track.radius)
        if Self.isWide(points, from: view.pose.position) { track.wideLooks += 1 }
        track.lastSeen = now
        track.history.append((now, center, few))
        track.history.removeAll { now.seconds(since: $0.time) > 0.6 }
        let oldest = track.history[0]
        let span = now.seconds(since: oldest.time)
        if span >= 0.18 {
            track.velocity = Self.slope(track.history)
            // A short look is a noisy one.
            if track.velocity.length > (span < 0.38 ? 2 : 1) * walkingSpeed,
                hasMoved(few, oldest.points, span, view, now)
            {
                track.lastMoved = now
            }
        }
        tracks[best] = track
        return best
    }

    /// Whether one of the pieces that points in order of bearing form is wider than a leg, as far as that can be told: from
    /// farther than 2 m two legs are one.
    private static func isWide(_ points: [Point2D], from eye: Point2D) -> Bool {
        guard var start = points.first, start.distance(to: eye) < 2 else { return false }
        var last = start
        for point in points.dropFirst() {
            if point.distance(to: last) > 0.03 + 0.012 * point.distance(to: eye) { start = point }
            if point.distance(to: start) > 0.22 { return true }
            last = point
        }
        return false
    }

    /// The velocity of the straight line that fits a history best: scans come slower than steps, so that neighbouring
    /// entries alone would make it jump.
    private static func slope(_ history: [(time: Instant, center: Point2D, points: [Point2D])]) -> Point2D {
        let start = history[0].time
        let count = Double(history.count)
        let middle = history.reduce(0) { $0 + $1.time.seconds(since: start) } / count
        var sum = Point2D(0, 0)
        var weight = 0.0
        for entry in history {
            let t = entry.time.seconds(since: start) - middle
            sum = sum + entry.center * t
            weight += t * t
        }
        return weight > 1e-9 ? sum * (1 / weight) : Point2D(0, 0)
    }

    /// Whether the laser looked through where the thing is now, or looks through where it was.
    private func hasMoved(
        _ points: [Point2D], _ old: [Point2D], _ span: Double, _ view: PolarView, _ now: Instant
    ) -> Bool {
        if old.count(where: { view.seesThrough($0) }) * 2 >= old.count { return true }
        guard let before = views.last(where: { now.seconds(since: $0.time) >= span - 0.01 }) else { return false }
        return points.count(where: { before.seesThrough($0) }) * 2 >= points.count
    }

    private mutating func forget(at now: Instant) {
        var keep: [Track] = []
        var place = [Int](repeating: -1, count: tracks.count)
        for (index, track) in tracks.enumerated() where now.seconds(since: track.lastSeen) < 1 {
            place[index] = keep.count
            keep.append(track)
        }
        tracks = keep
        for index in owner.indices where owner[index] >= 0 { owner[index] = place[owner[index]] }
        if furniture.count > 2000 { furniture = furniture.filter { now.seconds(since: $0.value) < 15 } }
    }

    /// Neighbouring points in order of bearing.
    private struct Run {
        var points: [Int]
        /// Both its edges are its own, and not the edges of something before it that hides the rest.
        var isInFront = false
    }

    /// The points cut into runs wherever two neighbours are apart; runs of less than three points are left out.
    private func runs(_ points: [Point2D]) -> [Run] {
        let ranges = points.map(\.length)
        let near = points.indices.filter { ranges[$0] < 6 }
        let bearings = points.map { atan2($0.y, $0.x) }
        let order = near.sorted { (bearings[$0], $0) < (bearings[$1], $1) }
        guard order.count > 2 else { return [] }
        func apart(_ a: Int, _ b: Int) -> Bool {
            points[a].distance(to: points[b]) > 0.15 + 0.02 * min(ranges[a], ranges[b])
        }
        // Start behind a gap, so that no run is cut by the seam at ±π.
        let gap = order.indices.first { apart(order[$0], order[($0 + order.count - 1) % order.count]) }
        let seam = gap ?? 0
        var runs: [Run] = []
        for index in order[seam...] + order[..<seam] {
            if let last = runs.last?.points.last, !apart(last, index) {
                runs[runs.count - 1].points.append(index)
            } else {
                runs.append(Run(points: [index]))
            }
        }
        func isInFront(_ edge: Int, of neighbour: Int) -> Bool {
            let gap = abs(normalizedAngle(bearings[neighbour] - bearings[edge]))
            return gap > 0.05 || ranges[neighbour] > ranges[edge]
        }
        if gap != nil && runs.count > 1 {
            for index in runs.indices {
                let before = runs[(index + runs.count - 1) % runs.count].points
                let after = runs[(index + 1) % runs.count].points
                let run = runs[index].points
                runs[index].isInFront =
                    isInFront(run[0], of: before[before.count - 1]) && isInFront(run[run.count - 1], of: after[0])
            }
        }
        return runs.filter { $0.points.count >= 3 }
    }
}

public import BuildingMap
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// What a scan says about a pose.
public struct ScanMatch: Hashable, Sendable {
    /// `base_link` in the map frame at the end of the scan.
    public var pose: Pose2D
    /// Share (0...1) of the usable beams that end within about 8 cm of a wall of the map.
    public var quality: Double
    /// How many beams could be used: those that are not in a lift's car and not where the map knows nothing.
    public var usable: Int
    /// Covariance of the pose, prior and scan together.
    public var covariance: PoseCovariance
    /// How evenly the scan alone fixes the position, 0...1; near 0 there is a direction (along a corridor) in which it
    /// says nothing.
    public var observability: Double
}

/// Fits scans into one level's map.
///
/// The end points are pulled to the nearest walls by Gauss–Newton on the likelihood field (Kohlbrecher et al., "A
/// flexible and scalable SLAM system with full 3D motion estimation", SSRR 2011, section IV), with two additions: the
/// beams are weighted by a Geman–McClure kernel that narrows from step to step, so that people and furniture which the
/// map does not have lose their pull; and the prior pose takes part with its covariance, so that a direction which the
/// scan does not fix keeps the prior instead of drifting.
public struct ScanMatcher: Sendable {
    public let field: LikelihoodField
    /// Beams that end in these cars tell nothing: what is in a car is in no map.
    public let lifts: [Lift]
    /// The most beams that take part in a fit.
    public var beamLimit = 200
    /// Beams beyond this number add no certainty: their errors (of the map, mostly) are not independent.
    private let independentBeams = 60.0

    public init(field: LikelihoodField, lifts: [Lift] = []) {
        self.field = field
        self.lifts = lifts
    }

    /// Refines a pose. `covariance` is the prior's, in the map frame; `kernel` in metres is how far from a wall an end
    /// point may start and still be pulled.
    public func match(
        _ points: [ScanPoint], prior: Pose2D, covariance: PoseCovariance, kernel: Double = 0.3
    ) -> ScanMatch {
        let chosen = selection(points, at: prior, margin: 0.12, spacing: 0.05, limit: beamLimit)
        return refine(chosen, prior: prior, covariance: covariance, kernel: kernel)
    }

    /// How well a scan fits at a pose: the share (0...1) of the usable beams that end at a wall and pass through none,
    /// and how many are usable.
    public func fit(_ points: [ScanPoint], at pose: Pose2D) -> (share: Double, usable: Int) {
        let chosen = selection(points, at: pose, margin: 0.12, spacing: 0.03, limit: 240)
        let (c, s) = (cos(pose.yaw), sin(pose.yaw))
        var good = 0
        var usable = 0
        for point in chosen {
            let end = Self.place(point.position, pose, c, s)
            let isThroughWall = field.isBlocked(from: Self.place(point.origin, pose, c, s), to: end, slack: 0.25)
            // Where the map knows nothing, only a wall on the way speaks, and it speaks against the pose.
            if isSilent(end), !isThroughWall { continue }
            usable += 1
            if !isThroughWall, field.sample(end.x, end.y).distance < Self.tolerance(point.range) { good += 1 }
        }
        return (usable > 0 ? Double(good) / Double(usable) : 0, usable)
    }

    /// Looks for the pose within `metres` and `radians` of a centre: a grid of starts, scored by the distances alone,
    /// of which the best few are refined and the one that fits best is taken.
    public func search(
        _ points: [ScanPoint], around centre: Pose2D, metres: Double, radians: Double
    ) -> ScanMatch {
        let prior = PoseCovariance(metres: max(0.05, metres), radians: max(0.03, radians))
        let sparse = selection(points, at: centre, margin: 0.12 + 0.7 * metres, spacing: 0.1, limit: 72)
        var best: ScanMatch?
        var bestScore = -1.0
        for start in starts(sparse, around: centre, metres: metres, radians: radians) {
            let chosen = selection(points, at: start, margin: 0.12, spacing: 0.05, limit: beamLimit)
            var rough = refine(chosen, prior: start, covariance: prior, kernel: 0.4)
            guard isFloor(rough.pose.position) else { continue }
            let deviation = centre.relative(rough.pose)
            // The refinement may leave the searched region: such a pose is not what was asked for.
            guard deviation.position.length <= metres * 1.5 + 0.1, abs(deviation.yaw) <= radians * 1.5 + 0.05 else {
                continue
            }
            let fit = fit(points, at: rough.pose)
            let score = fit.share - 0.02 * (deviation.position.length / (metres + 0.1))
            if score > bestScore {
                bestScore = score
                rough.quality = fit.share
                rough.usable = fit.usable
                best = rough
            }
        }
        return best
            ?? ScanMatch(pose: centre, quality: 0, usable: sparse.count, covariance: prior, observability: 0)
    }

    // MARK: - The parts

    /// The best starts of a search, best first, no two of them alike.
    private func starts(
        _ points: [ScanPoint], around centre: Pose2D, metres: Double, radians: Double
    ) -> [Pose2D] {
        // Steps that the refinement bridges, and at most 11 × 11 × 13 starts.
        let step = max(0.2, metres / 5)
        let turn = max(0.08, radians / 6)
        let reach = Int((metres / step).rounded(.up))
        let turns = Int((radians / turn).rounded(.up))
        var ranked: [(score: Double, pose: Pose2D)] = []
        for k in -turns...turns {
            let yaw = normalizedAngle(centre.yaw + Double(k) * turn)
            let (c, s) = (cos(yaw), sin(yaw))
            let ends = points.map { Self.place($0.position, Pose2D(x: centre.x, y: centre.y), c, s) }
            for i in -reach...reach {
                for j in -reach...reach where i * i + j * j <= reach * reach + 1 {
                    let (dx, dy) = (Double(i) * step, Double(j) * step)
                    var score = 0.0
                    for end in ends {
                        let distance = field.distance(end.x + dx, end.y + dy)
                        if distance < 0.4 { score += 0.4 - distance }
                    }
                    ranked.append((score, Pose2D(x: centre.x + dx, y: centre.y + dy, yaw: yaw)))
                }
            }
        }
        ranked.sort { $0.score > $1.score }
        var chosen = [centre]
        for candidate in ranked where chosen.count < 7 {
            let isNew = chosen.allSatisfy { other in
                other.position.distance(to: candidate.pose.position) > 1.2 * step
                    || abs(normalizedAngle(other.yaw - candidate.pose.yaw)) > 1.2 * turn
            }
            if isNew { chosen.append(candidate.pose) }
        }
        return chosen
    }

    /// The beams that may take part: outside the cars, at least `spacing` metres apart so that near walls do not
    /// outvote far ones, and thinned out evenly to `limit`.
    private func selection(
        _ points: [ScanPoint], at pose: Pose2D, margin: Double, spacing: Double, limit: Int
    ) -> [ScanPoint] {
        let (c, s) = (cos(pose.yaw), sin(pose.yaw))
        // No car matters that is further away than any beam reaches.
        let near = lifts.filter { $0.pose.position.distance(to: pose.position) < 20 }
        var chosen: [ScanPoint] = []
        chosen.reserveCapacity(points.count)
        for point in points {
            if let last = chosen.last, last.position.distance(to: point.position) < spacing { continue }
            if !near.isEmpty {
                let end = Self.place(point.position, pose, c, s)
                if near.contains(where: { $0.contains(end, margin: margin) }) { continue }
            }
            chosen.append(point)
        }
        guard chosen.count > limit else { return chosen }
        return (0..<limit).map { chosen[$0 * chosen.count / limit] }
    }

    private func refine(
        _ points: [ScanPoint], prior: Pose2D, covariance: PoseCovariance, kernel: Double
    ) -> ScanMatch {
        guard let trust = covariance.inverse, !points.isEmpty else {
            return ScanMatch(pose: prior, quality: 0, usable: 0, covariance: covariance, observability: 0)
        }
        let certainty = min(1, independentBeams / Double(points.count))
        var pose = prior
        var width = kernel
        var scan = PoseCovariance()
        var iteration = 0
        while iteration < 24 {
            let normal = normalEquations(points, at: pose, kernel: width, certainty: certainty)
            scan = normal.information
            let offset = (
                x: pose.x - prior.x, y: pose.y - prior.y, t: normalizedAngle(pose.yaw - prior.yaw)
            )
            let pull = trust.times(offset.x, offset.y, offset.t)
            guard let solution = (scan + trust).inverse else { break }
            var step = solution.times(
                normal.pull.x - pull.x, normal.pull.y - pull.y, normal.pull.t - pull.t)
            // Linear only near the present pose: no longer steps than a kernel's reach.
            let size = max((step.x * step.x + step.y * step.y).squareRoot() / 0.3, abs(step.t) / 0.15)
            if size > 1 { step = (step.x / size, step.y / size, step.t / size) }
            pose.x += step.x
            pose.y += step.y
            pose.yaw = normalizedAngle(pose.yaw + step.t)
            iteration += 1
            let isSettled = abs(step.x) + abs(step.y) < 1e-3 && abs(step.t) < 5e-4
            if isSettled || iteration % 5 == 0 {
                if width <= Self.finestKernel, isSettled { break }
                width = max(Self.finestKernel, width / 2)
            }
        }
        let score = score(points, at: pose)
        return ScanMatch(
            pose: pose, quality: score.share, usable: score.usable,
            covariance: (scan + trust).inverse ?? covariance, observability: scan.positionCondition)
    }

    /// Gauss–Newton's normal equations: information of the scan about (x, y, yaw), and its pull on them.
    private func normalEquations(
        _ points: [ScanPoint], at pose: Pose2D, kernel: Double, certainty: Double
    ) -> (information: PoseCovariance, pull: (x: Double, y: Double, t: Double)) {
        let (c, s) = (cos(pose.yaw), sin(pose.yaw))
        let narrow = 1 / (kernel * kernel)
        var sum = PoseCovariance()
        var pull = (x: 0.0, y: 0.0, t: 0.0)
        for point in points {
            let rx = c * point.position.x - s * point.position.y
            let ry = s * point.position.x + c * point.position.y
            let (distance, gx, gy) = field.sample(pose.x + rx, pose.y + ry)
            if gx == 0 && gy == 0 { continue }
            let gt = gy * rx - gx * ry
            let shrink = 1 / (1 + distance * distance * narrow)
            // 2 cm for the map's cells, 8 mm and 0.5 % of the range for the laser.
            let noise = 0.008 + 0.005 * point.range
            let weight = shrink * shrink / (0.0004 + noise * noise) * certainty
            sum.xx += weight * gx * gx
            sum.xy += weight * gx * gy
            sum.yy += weight * gy * gy
            sum.xt += weight * gx * gt
            sum.yt += weight * gy * gt
            sum.tt += weight * gt * gt
            pull.x -= weight * gx * distance
            pull.y -= weight * gy * distance
            pull.t -= weight * gt * distance
        }
        return (sum, pull)
    }

    private func score(_ points: [ScanPoint], at pose: Pose2D) -> (share: Double, usable: Int) {
        let (c, s) = (cos(pose.yaw), sin(pose.yaw))
        var good = 0
        var usable = 0
        for point in points {
            let end = Self.place(point.position, pose, c, s)
            if isSilent(end) { continue }
            usable += 1
            if field.sample(end.x, end.y).distance < Self.tolerance(point.range) { good += 1 }
        }
        return (usable > 0 ? Double(good) / Double(usable) : 0, usable)
    }

    /// Whether a robot can stand here: from where the map knows nothing, a few beams that happen to end at walls would be
    /// a perfect fit.
    private func isFloor(_ point: Point2D) -> Bool {
        !field.isUnknown(point.x, point.y) || lifts.contains { $0.contains(point, margin: 0) }
    }

    /// Whether the map says nothing about an end point: unknown there, and no wall next to it.
    private func isSilent(_ end: Point2D) -> Bool {
        field.isUnknown(end.x, end.y) && field.distance(end.x, end.y) > 0.15
    }

    /// The last width of the kernel, metres: five deviations of a wall that is where the map has it.
    private static let finestKernel = 0.1

    /// How far from a wall an end point may lie and still count as on it, metres.
    private static func tolerance(_ range: Double) -> Double { 0.08 + 0.005 * range }

    @inline(__always)
    private static func place(_ p: Point2D, _ pose: Pose2D, _ c: Double, _ s: Double) -> Point2D {
        Point2D(pose.x + c * p.x - s * p.y, pose.y + s * p.x + c * p.y)
    }
}

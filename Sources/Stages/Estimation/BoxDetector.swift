public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Finds the front face of the delivery box in a scan: a straight piece of known width whose two ends are free.
///
/// Straight lines near the expected pose are voted for by heading and distance (a Hough transform over the few headings
/// that are possible), each is fitted by total least squares, and cut where its points leave a gap. A piece of the right
/// width beside which the view goes deeper on both sides is the face. One that something nearer hides in part is none:
/// its width would be a guess.
public struct BoxDetector: Sendable {
    /// Width of the face in metres.
    public var faceWidth: Double
    /// How much the measured width may differ, metres.
    public var widthTolerance = 0.06
    /// How far from the expected pose the face may be: metres and radians.
    public var searchRadius = 0.6
    public var searchAngle = 25 * Double.pi / 180

    private let lidarMount: Pose2D

    /// `lidarMount` is the laser in `base_link`.
    public init(lidarMount: Pose2D, faceWidth: Double = 0.60) {
        self.lidarMount = lidarMount
        self.faceWidth = faceWidth
    }

    /// The box near `expected`: the centre of its face in `base_link` at the scan's end, yaw out of the face. Nil when
    /// it is not seen whole.
    public func detect(_ scan: LaserScan, expected: Pose2D) -> BoxSighting? {
        let points = ordered(ScanPoints(scan, mount: lidarMount).points, beams: scan.count, around: expected)
        let near = points.indices.filter {
            points[$0].position.distance(to: expected.position) <= searchRadius + faceWidth / 2
        }
        var best: (sighting: BoxSighting, cost: Double)?
        for var line in lines(points, near, expected: expected) {
            // The vote is coarse: twice over the points that are the line's own.
            for _ in 0..<2 {
                let own = near.filter { abs(line.side(points[$0].position)) <= Self.band(points[$0].range) }
                guard let fitted = Line(own.map { points[$0].position }) else { break }
                line = fitted
            }
            for run in runs(points, near, on: line, beams: scan.count) {
                guard let face = face(points, run, beams: scan.count, expected: expected, time: scan.end) else {
                    continue
                }
                let deviation = expected.relative(face.sighting.pose)
                let cost = deviation.position.length + abs(deviation.yaw) + 5 * abs(face.width - faceWidth)
                if cost < best?.cost ?? .infinity { best = (face.sighting, cost) }
            }
        }
        return best?.sighting
    }

    /// How far from a line its own points may be, metres: three deviations of the laser's noise.
    private static func band(_ range: Double) -> Double { 3 * (0.008 + 0.005 * range) }

    /// The points in the order of their beams, the seam opposite to where the box is expected.
    private func ordered(_ points: [ScanPoint], beams: Int, around expected: Pose2D) -> [ScanPoint] {
        let local = lidarMount.inverseTransform(expected.position)
        let ahead = Int((atan2(local.y, local.x) / (2 * .pi) * Double(beams)).rounded())
        let seam = (ahead + beams + beams / 2) % beams
        guard let first = points.firstIndex(where: { $0.beam >= seam }) else { return points }
        return Array(points[first...] + points[..<first])
    }

    /// Lines that many points vote for.
    private func lines(_ points: [ScanPoint], _ near: [Int], expected: Pose2D) -> [Line] {
        let cell = 0.02
        let reach = Int(searchRadius / cell)
        let turns = Int(searchAngle / 0.035) + 1
        var lines: [Line] = []
        for turn in -turns...turns {
            let yaw = expected.yaw + 0.035 * Double(turn)
            let normal = Point2D(cos(yaw), sin(yaw))
            var votes = [Int](repeating: 0, count: 2 * reach + 1)
            for index in near {
                let bin = Int((normal.dot(points[index].position - expected.position) / cell).rounded()) + reach
                if votes.indices.contains(bin) { votes[bin] += 1 }
            }
            for bin in votes.indices where votes[bin] >= 8 {
                let isPeak =
                    (bin == 0 || votes[bin - 1] <= votes[bin]) && votes.dropFirst(bin + 1).first ?? 0 < votes[bin]
                guard isPeak else { continue }
                let centre = expected.position + normal * (Double(bin - reach) * cell)
                lines.append(Line(centre: centre, direction: Point2D(-normal.y, normal.x)))
            }
        }
        return lines
    }

    /// A piece of a line without gaps.
    private struct Run {
        var line: Line
        /// Its first and last point by beam, as indices.
        var first: Int
        var last: Int
        var count: Int
    }

    private func runs(_ points: [ScanPoint], _ near: [Int], on line: Line, beams: Int) -> [Run] {
        let own = near.filter { abs(line.side(points[$0].position)) <= Self.band(points[$0].range) }
        var runs: [Run] = []
        for index in own {
            guard let run = runs.last else {
                runs.append(Run(line: line, first: index, last: index, count: 1))
                continue
            }
            let before = points[run.last]
            let here = points[index]
            // A few beams may be missing; on a face seen at 60° the spacing doubles.
            let spacing = 2 * here.range * 2 * .pi / Double(beams)
            if abs(line.along(here.position) - line.along(before.position)) > 0.03 + 3 * spacing {
                runs.append(Run(line: line, first: index, last: index, count: 1))
            } else {
                runs[runs.count - 1].last = index
                runs[runs.count - 1].count += 1
            }
        }
        return runs.filter { $0.count >= 8 }
    }

    private func face(
        _ points: [ScanPoint], _ run: Run, beams: Int, expected: Pose2D, time: Instant
    ) -> (sighting: BoxSighting, width: Double)? {
        let coarse = run.line
        let piece = points[run.first...run.last].filter { abs(coarse.side($0.position)) <= Self.band($0.range) }
        guard let line = Line(piece.map(\.position)) else { return nil }
        let places = piece.map { line.along($0.position) }
        guard let low = places.min(), let high = places.max() else { return nil }
        // The edge lies somewhere between the last beam on the face and the next one: half a spacing on average.
        let width = (high - low) * (1 + 1 / Double(piece.count - 1))
        guard abs(width - faceWidth) <= widthTolerance else { return nil }
        let centre = line.centre + line.direction * ((low + high) / 2)
        // Out of the face is towards the laser.
        var normal = Point2D(-line.direction.y, line.direction.x)
        if normal.dot(piece[piece.count / 2].origin - centre) < 0 { normal = normal * -1 }
        let pose = Pose2D(centre, yaw: atan2(normal.y, normal.x))
        guard pose.position.distance(to: expected.position) <= searchRadius,
            abs(normalizedAngle(pose.yaw - expected.yaw)) <= searchAngle,
            isFree(points, beside: run.first, step: -1, beams: beams, centre: centre, normal: normal),
            isFree(points, beside: run.last, step: 1, beams: beams, centre: centre, normal: normal)
        else { return nil }
        return (BoxSighting(pose: pose, residual: line.residual, time: time), width)
    }

    /// Whether the view beside an end of the face goes deeper: of the next five beams most end behind the face's line, or
    /// did not come back.
    private func isFree(
        _ points: [ScanPoint], beside end: Int, step: Int, beams: Int, centre: Point2D, normal: Point2D
    ) -> Bool {
        var deeper = 5
        var index = end + step
        while points.indices.contains(index) {
            let point = points[index]
            let distance = (step * (point.beam - points[end].beam) + beams) % beams
            guard distance <= 5 else { break }
            if normal.dot(point.position - centre) > -Self.band(point.range) { deeper -= 1 }
            index += step
        }
        return deeper >= 3
    }
}

public import RobotModel

/// What the LiDAR sees of a doorway: how much of it is free.
public struct DoorwayView: Sendable {
    private let lidarMount: Pose2D

    /// `lidarMount` is the laser in `base_link`.
    public init(lidarMount: Pose2D) { self.lidarMount = lidarMount }

    /// The widest free gap in metres between the posts `a` and `b` (map frame), seen from `pose` (`base_link` in the map
    /// frame at the scan's end).
    ///
    /// A beam that goes on for 0.25 m behind the line of the posts is free; one that ends at the line or just before it
    /// is not; one that ends well before it sees nothing of the doorway and breaks the gap. Nil when fewer than ten beams
    /// look at the doorway, or the view is too flat. Whether the leaf is glass is for the caller to know.
    public func gap(_ scan: LaserScan, a: Point2D, b: Point2D, pose: Pose2D) -> Double? {
        let width = a.distance(to: b)
        guard width > 0.1 else { return nil }
        let along = (b - a) * (1 / width)
        var across = Point2D(-along.y, along.x)
        let laser = pose.transform(lidarMount.position)
        if across.dot(a - laser) < 0 { across = across * -1 }
        // From nearer than 10 cm to the line nothing can be said about what is on it.
        guard across.dot(a - laser) > 0.1 else { return nil }

        var looks: [(place: Double, isFree: Bool)] = []
        var seen = 0
        for point in ScanPoints(scan, mount: lidarMount).points {
            let origin = pose.transform(point.origin)
            let end = pose.transform(point.position)
            let ray = (end - origin) * (1 / point.range)
            let speed = across.dot(ray)
            // Flatter than 10° to the doorway's plane.
            guard speed > 0.17 else { continue }
            let reach = across.dot(a - origin) / speed
            let place = along.dot(origin + ray * reach - a)
            guard place > 0, place < width else { continue }
            let depth = across.dot(end - a)
            looks.append((place, depth >= 0.25))
            if depth > -0.4 { seen += 1 }
        }
        guard seen >= 10 else { return nil }
        looks.sort { $0.place < $1.place }
        let spacing = width / Double(looks.count)

        var widest = 0.0
        var index = 0
        while index < looks.count {
            guard looks[index].isFree else {
                index += 1
                continue
            }
            var last = index
            while last + 1 < looks.count, looks[last + 1].isFree { last += 1 }
            // Up to the post when no beam is left before it, else half way to the beam that is not free.
            let from = index == 0 ? max(0, looks[index].place - 2 * spacing) : middle(looks, index - 1, index)
            let to =
                last == looks.count - 1 ? min(width, looks[last].place + 2 * spacing) : middle(looks, last, last + 1)
            widest = max(widest, to - from)
            index = last + 1
        }
        return widest
    }

    private func middle(_ looks: [(place: Double, isFree: Bool)], _ a: Int, _ b: Int) -> Double {
        (looks[a].place + looks[b].place) / 2
    }
}

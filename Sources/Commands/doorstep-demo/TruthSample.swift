import Foundation
import RobotModel
import Twin

/// What really is, as the twin tells it for the view and the summary.
struct TruthSample {
    /// Seconds of the twin's own time, and of the machine's monotonic clock.
    var time: Double
    var clock: Double
    var level: String
    var pose: Pose2D
    var twist: Twist2D
    var meal: String
    var distance: Double
    var nearest: Double
    var nearestPerson: Double
    var contacts: Int
    /// People on the robot's level, and the front of the box if it stands there.
    var people: [Point2D]
    var box: Pose2D?

    /// The same a moment earlier or later: a status and a line of the twin's file are never of one instant.
    func moved(to clock: Double) -> TruthSample {
        var sample = self
        let seconds = clock - self.clock
        let middle = Pose2D(pose.position, yaw: pose.yaw + twist.angular * seconds / 2)
        sample.pose = Pose2D(
            middle.transform(Point2D(twist.linear * seconds, 0)),
            yaw: normalizedAngle(pose.yaw + twist.angular * seconds))
        sample.clock = clock
        return sample
    }
}

extension TruthSample {
    init(_ truth: Truth) {
        self.init(
            time: truth.time.seconds(since: .zero), clock: truth.time.seconds(since: .zero),
            level: truth.level.rawValue, pose: truth.pose, twist: truth.twist, meal: truth.meal.rawValue,
            distance: truth.distance, nearest: truth.nearestApproach, nearestPerson: truth.nearestPerson,
            contacts: truth.contacts, people: truth.people, box: truth.box)
    }

    /// A line of the twin's file.
    fileprivate init?(json: Data) {
        guard let line = try? JSONDecoder().decode(Line.self, from: json) else { return nil }
        self.init(
            time: line.t, clock: line.clock, level: line.level, pose: Pose2D(x: line.x, y: line.y, yaw: line.yaw),
            twist: Twist2D(linear: line.v, angular: line.w), meal: line.meal, distance: line.distance,
            nearest: line.nearest ?? .infinity, nearestPerson: line.nearest_person ?? .infinity,
            contacts: line.contacts, people: line.people.compactMap { $0.count == 2 ? Point2D($0[0], $0[1]) : nil },
            box: line.box.flatMap { $0.count == 3 ? Pose2D(x: $0[0], y: $0[1], yaw: $0[2]) : nil })
    }

    private struct Line: Decodable {
        var t: Double
        var clock: Double
        var level: String
        var x: Double
        var y: Double
        var yaw: Double
        var v: Double
        var w: Double
        var nearest: Double?
        var nearest_person: Double?
        var contacts: Int
        var distance: Double
        var meal: String
        var people: [[Double]]
        var box: [Double]?
    }
}

/// Follows the file into which the twin writes what really is.
struct TruthReader {
    private let path: String
    private var offset: UInt64 = 0
    private(set) var last: TruthSample?

    init(path: String) { self.path = path }

    /// The samples that have been written since the last call.
    mutating func new() -> [TruthSample] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        try? file.seek(toOffset: offset)
        guard let data = try? file.readToEnd(), let end = data.lastIndex(of: 0x0A) else { return [] }
        offset += UInt64(end - data.startIndex + 1)
        let samples = data[...end].split(separator: 0x0A).compactMap { TruthSample(json: Data($0)) }
        last = samples.last ?? last
        return samples
    }
}

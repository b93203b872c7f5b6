public import RobotModel

/// Where a technician says that the robot is.
public enum PoseClaim: Sendable, Codable, Hashable {
    /// At a named place, turned anyhow.
    case place(String)
    /// Near a pose in the map frame of a level: metres and radians.
    case near(level: String, pose: Pose2D)

    /// How it is written.
    public static let usage = "pose set <place> | pose set <level> <x> <y> <yaw°>"

    /// Reads the words of `pose set`: a place, or a level with metres and degrees.
    ///
    /// - Throws: `refused`, with what was expected.
    public init(words: [String]) throws(RobotError) {
        switch words.count {
        case 1: self = .place(words[0])
        case 4:
            let numbers = words.dropFirst().map { Double($0) ?? .nan }
            guard numbers.allSatisfy(\.isFinite), abs(numbers[2]) <= 360 else {
                throw RobotError(
                    .refused, "\(words.dropFirst().joined(separator: " ")) is no pose",
                    expected: "x and y in metres, yaw in degrees within ±360", hint: Self.usage)
            }
            let yaw = normalizedAngle(numbers[2] * .pi / 180)
            self = .near(level: words[0], pose: Pose2D(x: numbers[0], y: numbers[1], yaw: yaw))
        default:
            throw RobotError(
                .refused, "a pose is a place, or a level with x, y and yaw", expected: "one word or four",
                hint: Self.usage)
        }
    }
}

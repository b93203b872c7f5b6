public import RobotModel

/// Where the meal is.
public enum MealLocation: String, Hashable, Sendable {
    case inBox, inGripper, inCompartment, delivered, onFloor
    /// There never was one.
    case missing
}

/// What really is, for tests and for the demo's summary. The robot never sees any of it.
public struct Truth: Hashable, Sendable {
    /// When this was true.
    public var time: Instant
    public var level: LevelID
    /// `base_link` in the building's frame.
    public var pose: Pose2D
    /// Over the ground.
    public var twist: Twist2D
    /// The smallest gap between the hull and anything so far while the robot moved, metres.
    public var nearestApproach: Double
    /// The smallest gap between the hull and a person so far while the robot moved, metres.
    public var nearestPerson: Double
    /// How often the hull touched something.
    public var contacts: Int
    /// What the hull touched last.
    public var lastContact: String?
    /// Driven so far, metres.
    public var distance: Double
    public var meal: MealLocation
    /// The arm's angles, radians, and the opening of the gripper, metres.
    public var joints: [Double]
    public var gripperWidth: Double
    /// The tool centre point in `base_link`, metres.
    public var tool: Vector3
    /// Openings, 0...1, of the robot's lid and of the box's flap; 0 without a box.
    public var lidOpening: Double
    public var flapOpening: Double
    /// 0...1.
    public var stateOfCharge: Double
    /// The front face of the box in the building's frame (yaw out of the face), if there is a box on the robot's level.
    public var box: Pose2D?
    /// The people on the robot's level, in the building's frame.
    public var people: [Point2D]

    /// One line of JSON.
    public var json: String {
        func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }
        var fields = [
            "\"t\":\(number(time.seconds(since: .zero)))", "\"level\":\"\(level)\"",
            "\"x\":\(number(pose.x))", "\"y\":\(number(pose.y))", "\"yaw\":\(number(pose.yaw))",
            "\"v\":\(number(twist.linear))", "\"w\":\(number(twist.angular))",
            "\"nearest\":\(number(nearestApproach))", "\"nearest_person\":\(number(nearestPerson))",
            "\"contacts\":\(contacts)", "\"distance\":\(number(distance))", "\"meal\":\"\(meal.rawValue)\"",
            "\"joints\":[\(joints.map(number).joined(separator: ","))]", "\"gripper\":\(number(gripperWidth))",
            "\"lid\":\(number(lidOpening))", "\"flap\":\(number(flapOpening))", "\"charge\":\(number(stateOfCharge))",
        ]
        fields.append("\"people\":[" + people.map { "[\(number($0.x)),\(number($0.y))]" }.joined(separator: ",") + "]")
        if let box { fields.append("\"box\":[\(number(box.x)),\(number(box.y)),\(number(box.yaw))]") }
        if let lastContact { fields.append("\"last_contact\":\"\(lastContact)\"") }
        return "{" + fields.joined(separator: ",") + "}"
    }
}

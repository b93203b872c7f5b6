public import RobotModel

/// The shape of a delivery box's front, in the face's own frame.
///
/// The frame lies on the floor below the centre of the front face: x points out of the face, y to the left of someone
/// who looks out of the box, z up; metres and radians.
public struct BoxGeometry: Hashable, Sendable {
    /// The opening's lower and upper edge; the flap hinges on the upper one.
    public var openingBottom = 0.50
    public var openingTop = 0.78
    /// From the hinge to the flap's lower edge.
    public var flapLength = 0.28
    /// The handle sits at the middle of the flap's lower edge, stands 3 cm out of the flap and is gripped at 2 cm.
    public var handleStandOff = 0.02
    /// How far the flap's lower edge stands out once the latch has let go.
    public var ajar = 0.04
    /// Beyond this angle the gas spring opens the flap by itself.
    public var springAngle = 60.0 * Double.pi / 180
    /// Where the meal is gripped: behind the face, above the floor, and how wide it is there.
    public var mealDepth = 0.12
    public var mealHeight = 0.62
    public var mealWidth = 0.03
    /// Where the robot stands to work: `base_link` before the face. Any nearer, and the arm cannot fold enough to swing
    /// the flap up before itself; any farther, and the meal is out of comfortable reach.
    public var dockDistance = 0.58
    /// How far before the face the place of collection is expected to be; the box is looked for there.
    public var expectedDistance = 0.80

    public init() {}

    /// The docked pose in the face's frame.
    public var dockPose: Pose2D { Pose2D(x: dockDistance, y: 0, yaw: .pi) }

    /// The flap's angle, from shut, at which it stands after unlatching.
    public var ajarAngle: Double { ajar / flapLength }

    /// How far the meal's grip is above what the meal stands on.
    public var gripAboveBottom: Double { mealHeight - openingBottom }
}

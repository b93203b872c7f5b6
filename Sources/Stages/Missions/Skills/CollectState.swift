internal import RobotModel

/// The states of collecting a meal, in the order in which they are done.
public enum CollectState: String, SkillState {
    /// Measuring where the box's face is.
    case measuring
    /// Reading the box's number and order.
    case identifying
    case unlocking
    /// The robot's own compartment springs open.
    case opening
    case reaching
    case gripping
    case swinging
    case leaving
    /// The flap has to report that it stands open.
    case watching
    case inserting
    case grasping
    case extracting
    case lowering
    case releasing
    case rising
    case shuttingLid = "shutting_lid"
    case latchingLid = "latching_lid"
    case shuttingFlap = "shutting_flap"
    case latchingFlap = "latching_flap"
    case stowing
    case undocking
    /// Letting go and drawing the arm back, to begin again or to give up.
    case retreating
    case finished

    public var deadline: Duration {
        switch self {
        case .measuring, .identifying: .seconds(15)
        case .unlocking: .seconds(20)
        case .opening, .watching, .latchingLid, .latchingFlap: .seconds(10)
        case .gripping, .grasping, .releasing: .seconds(8)
        case .reaching, .inserting, .leaving, .rising, .stowing, .retreating: .seconds(30)
        case .swinging, .extracting, .lowering, .shuttingLid, .shuttingFlap: .seconds(45)
        case .undocking: .seconds(30)
        case .finished: .seconds(1)
        }
    }

    public var words: String {
        switch self {
        case .measuring: "measuring where it is"
        case .identifying: "reading its number and order"
        case .unlocking: "unlocking it"
        case .opening: "opening my compartment"
        case .reaching: "reaching for the flap's handle"
        case .gripping: "gripping the handle"
        case .swinging: "opening the flap"
        case .leaving: "letting go of the handle"
        case .watching: "waiting for the flap to stand open"
        case .inserting: "reaching for the meal"
        case .grasping: "gripping the meal"
        case .extracting: "taking the meal out"
        case .lowering: "lowering the meal into my compartment"
        case .releasing: "letting go of the meal"
        case .rising: "drawing the arm out of my compartment"
        case .shuttingLid: "shutting my compartment"
        case .latchingLid: "checking that my compartment is shut"
        case .shuttingFlap: "shutting the flap"
        case .latchingFlap: "checking that the box is locked"
        case .stowing: "stowing the arm"
        case .undocking: "undocking"
        case .retreating: "drawing the arm back"
        case .finished: "finished"
        }
    }

    /// Whether the handle or the meal may be in the gripper.
    var mayHold: Bool {
        switch self {
        case .gripping, .swinging, .grasping, .extracting, .lowering: true
        default: false
        }
    }

    /// About how many seconds are left after this state.
    var secondsLeft: Int {
        let order = Self.allCases
        let place = order.firstIndex(of: self) ?? 0
        return self == .retreating ? 40 : max(0, (order.count - 2 - place) * 4)
    }
}

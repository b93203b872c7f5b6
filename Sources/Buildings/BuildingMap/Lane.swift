public import RobotModel

/// A directed lane between two vertices of one level.
///
/// A graph can have millions of them: what few lanes have lies apart, so that a plain lane takes 48 bytes.
public struct Lane: Hashable, Sendable {
    /// How the robot must face on a lane.
    public enum Orientation: String, Hashable, Sendable {
        case forward, backward
    }

    private var start: UInt32
    private var finish: UInt32
    private var storedLimit: Double
    /// The door that the lane passes, if any.
    public var door: DoorID?
    /// How the robot must face on it, if that matters.
    public var orientation: Orientation?
    private var storedExtras: StoredExtras

    /// Indices of vertices are below 2³².
    public init(
        from: Int, to: Int, door: DoorID? = nil, speedLimit: Double? = nil, orientation: Orientation? = nil,
        extras: LaneExtras = LaneExtras()
    ) {
        start = UInt32(from)
        finish = UInt32(to)
        storedLimit = speedLimit ?? .infinity
        self.door = door
        self.orientation = orientation
        storedExtras = extras == LaneExtras() ? .none : .some(extras)
    }

    /// The vertex that it starts from, by index on its level.
    public var from: Int {
        get { Int(start) }
        set { start = UInt32(newValue) }
    }

    /// The vertex that it leads to, by index on its level.
    public var to: Int {
        get { Int(finish) }
        set { finish = UInt32(newValue) }
    }

    /// m/s, if limited.
    public var speedLimit: Double? {
        get { storedLimit < .infinity ? storedLimit : nil }
        set { storedLimit = newValue ?? .infinity }
    }

    /// Mutex group, docks and mock lift; most lanes have none.
    public var extras: LaneExtras {
        get { if case .some(let extras) = storedExtras { extras } else { LaneExtras() } }
        set { storedExtras = newValue == LaneExtras() ? .none : .some(newValue) }
    }

    /// A pointer's size where there are none.
    private indirect enum StoredExtras: Hashable, Sendable {
        case none
        case some(LaneExtras)
    }
}

/// What few lanes have.
public struct LaneExtras: Hashable, Sendable {
    /// The group of lanes and vertices that only one robot may be in.
    public var mutex: String?
    /// The dock that the lane ends in.
    public var dock: String?
    /// The dock that the lane starts from.
    public var undock: String?
    /// A lift that is only pretended, and the level that it pretends to go to (Open-RMF's `demo_mock_lift_name` and
    /// `demo_mock_floor_name`).
    public var mockLift: String?
    public var mockLevel: String?
    /// A limit as a share of the robot's own top speed, 0...1 (nav2's `speed_limit`, which is in percent).
    public var speedShare: Double?

    public init(
        mutex: String? = nil, dock: String? = nil, undock: String? = nil, mockLift: String? = nil,
        mockLevel: String? = nil, speedShare: Double? = nil
    ) {
        self.mutex = mutex
        self.dock = dock
        self.undock = undock
        self.mockLift = mockLift
        self.mockLevel = mockLevel
        self.speedShare = speedShare
    }
}

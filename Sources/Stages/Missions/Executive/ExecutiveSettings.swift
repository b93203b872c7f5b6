public import RobotModel

/// What the executive and its skills know of the robot; from the board file.
public struct ExecutiveSettings: Sendable {
    /// Where the robot lives and charges.
    public var home: PlaceID
    /// The number under which this robot asks for doors and lifts; never 0.
    public var sessionNumber: UInt16
    public var motion: MotionSettings
    public var energy: EnergySettings
    public var arm: ArmWorkspace
    public var compartment: CompartmentShape
    public var box: BoxGeometry

    public init(
        home: PlaceID, sessionNumber: UInt16, motion: MotionSettings, energy: EnergySettings, arm: ArmWorkspace,
        compartment: CompartmentShape, box: BoxGeometry = BoxGeometry()
    ) {
        self.home = home
        self.sessionNumber = sessionNumber
        self.motion = motion
        self.energy = energy
        self.arm = arm
        self.compartment = compartment
        self.box = box
    }
}

/// Speeds in m/s and side distances in metres that skills ask of the wheels.
public struct MotionSettings: Hashable, Sendable {
    /// Along lanes that set no limit.
    public var cruiseSpeed: Double
    /// Between door posts.
    public var doorwaySpeed: Double
    /// Into and out of a lift's car.
    public var liftSpeed: Double
    /// Side distance on lanes, and between door posts or in a car.
    public var laneClearance: Double
    public var doorwayClearance: Double
    /// A door narrower than this is not passed: the hull and twice the doorway clearance with some room.
    public var doorwayGap: Double

    public init(
        cruiseSpeed: Double, doorwaySpeed: Double = 0.45, liftSpeed: Double = 0.35, laneClearance: Double = 0.12,
        doorwayClearance: Double = 0.05, doorwayGap: Double = 0.75
    ) {
        self.cruiseSpeed = cruiseSpeed
        self.doorwaySpeed = doorwaySpeed
        self.liftSpeed = liftSpeed
        self.laneClearance = laneClearance
        self.doorwayClearance = doorwayClearance
        self.doorwayGap = doorwayGap
    }
}

/// What a mission's energy is estimated from.
public struct EnergySettings: Hashable, Sendable {
    /// Watt-hours when full.
    public var capacity: Double
    /// State of charge that a mission must leave, 0...1.
    public var reserve: Double
    /// Watts while driving and while standing.
    public var drivingPower: Double
    public var standingPower: Double

    public init(capacity: Double, reserve: Double, drivingPower: Double, standingPower: Double) {
        self.capacity = capacity
        self.reserve = reserve
        self.drivingPower = drivingPower
        self.standingPower = standingPower
    }
}

/// Where the arm stands and how it works; `base_link`, metres and radians.
public struct ArmWorkspace: Hashable, Sendable {
    /// The first joint's origin.
    public var shoulder: Vector3
    /// The yaw at which the arm works over the compartment: as far as its first joint turns to the rear.
    public var rearYaw: Double
    /// The name of the posture for driving: folded, inside the hull's outline or nearly.
    public var stowed: String
    /// Opening of the gripper in metres.
    public var openWidth: Double
    /// Speeds of the tool in m/s: free, with a meal or along a thing, and towards contact.
    public var freeSpeed: Double
    public var carrySpeed: Double
    public var touchSpeed: Double

    public init(
        shoulder: Vector3, rearYaw: Double = 3.05, stowed: String = "stowed", openWidth: Double = 0.085,
        freeSpeed: Double = 0.5, carrySpeed: Double = 0.25, touchSpeed: Double = 0.10
    ) {
        self.shoulder = shoulder
        self.rearYaw = rearYaw
        self.stowed = stowed
        self.openWidth = openWidth
        self.freeSpeed = freeSpeed
        self.carrySpeed = carrySpeed
        self.touchSpeed = touchSpeed
    }
}

/// The robot's own cargo compartment in `base_link`, metres: open at the top, its lid hinged at the rear edge.
public struct CompartmentShape: Hashable, Sendable {
    /// Centre of the opening.
    public var center: Vector3
    public var length: Double
    public var width: Double
    /// How deep below the opening a meal rests.
    public var depth: Double
    /// A point on the closed lid's free edge.
    public var lidEdge: Vector3

    public init(center: Vector3, length: Double, width: Double, depth: Double, lidEdge: Vector3) {
        self.center = center
        self.length = length
        self.width = width
        self.depth = depth
        self.lidEdge = lidEdge
    }
}

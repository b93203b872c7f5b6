public import RobotModel

/// What the twin's world is like: everything that the robot's map does not tell it.
///
/// A value, read from `twin.yaml` beside a site's building (`Scenario+Reading.swift`). The same scenario with the same
/// seed always gives the same world.
public struct Scenario: Sendable {
    /// Feeds every random stream of the world.
    public var seed: UInt64 = 1
    /// Where the robot stands at the start; nil for the board's home.
    public var start: RobotStart?
    /// Charge of the battery at the start, 0...1.
    public var stateOfCharge = 0.86
    /// How much the wheels slip: 0 not at all, 1 as on a clean floor (about 1 %), 3 as on a wet one.
    public var slip = 1.0
    public var laser = LaserNoise()
    public var facilities = FacilityTimings()
    public var furniture: [Furniture] = []
    /// The delivery vehicle with its box, if one stands on the site.
    public var vehicle: Vehicle?
    public var people: [PersonSetup] = []

    public init() {}
}

/// Where the robot stands when the twin starts.
public struct RobotStart: Hashable, Sendable {
    public var level: LevelID
    public var pose: Pose2D

    public init(level: LevelID, pose: Pose2D) {
        self.level = level
        self.pose = pose
    }
}

/// How a LiDAR errs.
public struct LaserNoise: Hashable, Sendable {
    /// Deviation of a range in metres, and its growth a metre of range.
    public var deviation = 0.008
    public var relativeDeviation = 0.005
    /// Share of beams that bring nothing back.
    public var dropOut = 0.01
    /// Share of beams that glass throws back when they meet it squarely.
    public var glassReturn = 0.03
    /// Metres.
    public var minimum = 0.12
    public var maximum = 18.0

    public init() {}
}

/// How fast the doors and the lifts of a site are.
public struct FacilityTimings: Hashable, Sendable {
    /// Seconds a door takes from shut to open.
    public var doorTime = 2.5
    /// Seconds a door stays open after nobody asks for it any more.
    public var doorHold = 3.0
    /// m/s of a car.
    public var liftSpeed = 1.0
    /// Seconds a car's door takes from shut to open.
    public var liftDoorTime = 2.5
    /// Seconds a car's door stays open when nobody holds it.
    public var liftDwell = 5.0
    /// The floor on which each lift's car waits at the start, by the relay box's number; 1 where none is given.
    public var liftFloors: [LiftID: Int] = [:]
    /// Doors that also open by a radar of their own when a person comes near.
    public var automaticDoors: Set<DoorID> = []
    /// Somebody else's call, served once while the robot rides: the car stops on the way, opens and goes on.
    public var intermediateStop: IntermediateStop?

    public init() {}
}

/// A stop that a lift makes on its way for somebody who is not the robot.
public struct IntermediateStop: Hashable, Sendable {
    public var lift: LiftID
    /// Floor number in the relay box.
    public var floor: Int
    /// How long the door stays open there, seconds.
    public var seconds: Double

    public init(lift: LiftID, floor: Int, seconds: Double = 4) {
        self.lift = lift
        self.floor = floor
        self.seconds = seconds
    }
}

/// A thing on the floor that the map does not have.
public struct Furniture: Hashable, Sendable {
    public enum Shape: Hashable, Sendable {
        /// A rectangle; metres along its own x and y.
        case box(length: Double, width: Double)
        case round(radius: Double)
    }

    public var level: LevelID
    public var pose: Pose2D
    public var shape: Shape

    public init(level: LevelID, pose: Pose2D, shape: Shape) {
        self.level = level
        self.pose = pose
        self.shape = shape
    }
}

/// The delivery vehicle and the box on it.
public struct Vehicle: Hashable, Sendable {
    /// The place that the robot is sent to; the box's face stands in front of it, turned towards it.
    public var place: PlaceID
    /// From the place to the centre of the box's front face, metres.
    public var distance = 0.80
    /// How far the box may be displaced from there: metres and radians each way, drawn from the seed.
    public var displacement = 0.05
    public var turn = 5 * Double.pi / 180
    /// How far the box stands from there for certain, in the frame of its face (x out of it): metres and radians.
    public var shift = Pose2D()
    /// The vehicle's body behind the box: along and across the face, metres.
    public var length = 2.4
    public var width = 1.3
    /// What the box's radio says and wants.
    public var boxNumber = 7
    public var order = 0
    public var code: UInt32 = 0
    /// False when somebody forgot to put the meal in.
    public var hasMeal = true

    public init(place: PlaceID) { self.place = place }
}

/// A person of the scenario.
public enum PersonSetup: Hashable, Sendable {
    case recipient(RecipientSetup)
    case walker(WalkerSetup)
    case doorway(DoorwaySetup)
}

/// Who gets the meal, and how this person behaves at the robot.
public struct RecipientSetup: Hashable, Sendable {
    public var level: LevelID
    public var position: Point2D
    /// Digits to type.
    public var pin: String
    /// How many times a wrong PIN is typed first.
    public var wrongFirst = 0
    /// How many times a PIN is typed before this person gives up.
    public var attempts = 6
    /// How many times the lid is shut over the meal before it is taken.
    public var shutsOver = 0
    /// Does not come at all.
    public var noShow = false
    /// Seconds: from the robot's standing there to the first key, between keys, from the open lid to taking the meal,
    /// from taking it to shutting the lid.
    public var reaction = 2.0
    public var keyInterval = 0.4
    public var takeDelay = 3.0
    public var shutDelay = 2.0

    public init(level: LevelID, position: Point2D, pin: String) {
        self.level = level
        self.position = position
        self.pin = pin
    }
}

/// When a person sets out.
public enum Trigger: Hashable, Sendable {
    /// Seconds after the start.
    case time(Double)
    /// When the robot is on the same level and within so many metres of the path's start.
    case robotWithin(Double)
}

/// Somebody who walks through.
public struct WalkerSetup: Hashable, Sendable {
    public var level: LevelID
    /// Stands at its first point until triggered, and at its last one afterwards.
    public var path: [Point2D]
    /// m/s.
    public var speed: Double
    public var trigger: Trigger

    public init(level: LevelID, path: [Point2D], speed: Double = 1.1, trigger: Trigger) {
        self.level = level
        self.path = path
        self.speed = speed
        self.trigger = trigger
    }
}

/// Somebody who comes, stands in a doorway for a while and walks off again.
public struct DoorwaySetup: Hashable, Sendable {
    public var door: DoorID
    public var seconds: Double
    public var trigger: Trigger

    public init(door: DoorID, seconds: Double = 60, trigger: Trigger) {
        self.door = door
        self.seconds = seconds
        self.trigger = trigger
    }
}

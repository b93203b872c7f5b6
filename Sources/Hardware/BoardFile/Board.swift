public import RobotModel

/// A robot's wiring: which device is in which slot, on which port or line, with what rate, limits and geometry.
///
/// Read from one YAML file (`Board+Reading.swift`). No logic lives here.
public struct Board: Sendable {
    /// The robot's own name, for logs and recordings.
    public var name: String
    /// The folder of the site's maps, resolved against the board file's folder.
    public var sitePath: String
    /// Where the robot lives and charges.
    public var home: PlaceID
    public var control: ControlSettings
    public var base: BaseGeometry
    /// At least one. The first is the one that the robot knows its place by; all of them guard its way.
    public var lidars: [LidarSlot]
    public var wheels: WheelSlot
    /// Encoders on the wheels themselves; without them the wheel drive's count.
    public var wheelEncoders: WheelEncoderSlot?
    public var joints: JointSlot
    /// Absolute encoders on joints, held against what the servos say.
    public var jointEncoders: JointEncoderSlot?
    public var compartment: CompartmentGeometry
    /// The relay box of the building's doors and lifts, where it has one.
    public var facilities: FacilitySlot?
    /// The building's broker, where doors or lifts are reached over one.
    public var buildingBroker: BuildingBrokerSlot?
    public var boxRadio: BoxRadioSlot
    public var keypad: KeypadSlot
    public var gpio: [GPIOSlot]
    public var battery: BatterySettings
    /// The inertial unit with a barometer that feels the lift.
    public var inertial: InertialSlot?
    public var console: ConsoleSlot
    public var reflow: ReflowSettings
    public var missions: MissionSettings
    public var log: LogSettings
    /// What each part of the file says, by its key: a number that is equal for equal content within one process.
    public var contents: [String: Int] = [:]
    /// Where in the file the names stand that the site has to know: by their keys, "home" or "facilities.doors.lobby".
    public var locations: [String: SourceLocation] = [:]

    /// The LiDAR that the robot knows its place by.
    public var lidar: LidarSlot { lidars[0] }
}

/// A serial port of a slot.
public struct PortSettings: Hashable, Sendable {
    /// The parity of a character on the line.
    public enum Parity: String, Hashable, Sendable { case none, even, odd }
    /// Path of the port; by-id on a real board.
    public var path: String
    public var baudRate: Int
    public var parity: Parity = .none
    public var stopBits: Int = 1

    public init(path: String, baudRate: Int, parity: Parity = .none, stopBits: Int = 1) {
        self.path = path
        self.baudRate = baudRate
        self.parity = parity
        self.stopBits = stopBits
    }
}

/// The tick.
public struct ControlSettings: Sendable {
    /// Ticks a second.
    public var tickRate: Int = 1000
    /// SCHED_FIFO priority.
    public var priority: Int = 80
    /// The processor to run on; nil for any.
    public var cpu: Int?
    /// Every task of the tick, in the order in which it runs them.
    public var tasks: [ControlTaskSettings] = ControlTaskSettings.usual(tickRate: 1000)
    /// The board's own watchdog, which resets the board when nobody feeds it; nil for none.
    public var hardwareWatchdog: HardwareWatchdogSettings?
}

/// A watchdog of the board, as Linux shows it.
public struct HardwareWatchdogSettings: Sendable {
    /// "/dev/watchdog", or "/dev/watchdog0" where there are several.
    public var device: String
    /// How long the board waits for a sign of life.
    public var timeout: Duration
}

/// Differential drive and hull. Metres, m/s, m/s², rad/s, rad/s².
public struct BaseGeometry: Sendable {
    public var wheelRadius: Double
    public var wheelSeparation: Double
    /// The hull, centred on `base_link`.
    public var length: Double
    public var width: Double
    public var maxSpeed: Double
    public var maxAcceleration: Double
    public var maxDeceleration: Double
    public var maxTurnRate: Double
    public var maxTurnAcceleration: Double
}

/// A LiDAR.
public struct LidarSlot: Sendable {
    /// The cards that fit.
    public enum Driver: String, Sendable, CaseIterable {
        case rplidar, ld06, ydlidar, hokuyo
        case hesaiJT16 = "hesai-jt16"
        case hesaiXT = "hesai-xt"
    }

    /// Its key in the board file: "lidar", "lidar_rear".
    public var slot: SlotID
    public var driver: Driver
    /// The model, for drivers of several that cannot tell them apart by asking ("x4").
    public var model: String?
    /// Path of the maker's calibration file, for drivers that have one.
    public var calibration: String?
    public var port: PortSettings
    /// The laser's frame in `base_link`; metres and radians.
    public var mount: Pose2D
    /// Revolutions a minute: set where the device lets itself be told, and otherwise what it does.
    public var motorRPM: Int
    /// Beams that a revolution is sorted into.
    public var beams: Int
    /// Metres.
    public var minRange: Double
    public var maxRange: Double
    /// Data older than this stops the robot.
    public var staleAfter: Duration
}

/// The wheel drive.
public struct WheelSlot: Sendable {
    /// The cards that fit.
    public enum Driver: String, Sendable, CaseIterable { case zlac8015d, odrive }

    public var driver: Driver
    public var port: PortSettings
    /// Modbus unit address; 0 where the driver needs none.
    public var unit: Int
    /// Cycles (read state, write set-point) a second.
    public var rate: Int
    public var leftInverted: Bool
    public var rightInverted: Bool
    /// Encoder counts a revolution of a wheel; 0 where the drive counts in turns by itself.
    public var countsPerRevolution: Int
    public var staleAfter: Duration
}

/// The joints' bus: an arm and a gripper.
public struct JointSlot: Sendable {
    /// The cards that fit.
    public enum Driver: String, Sendable, CaseIterable { case dynamixel, feetech }

    public var driver: Driver
    public var port: PortSettings
    /// Cycles a second.
    public var rate: Int
    /// The servos' own watchdog: they stop when the bus is silent for this long.
    public var busWatchdog: Duration
    public var staleAfter: Duration
    public var arm: KinematicChain
    /// Servo ids, one for each joint of the arm.
    public var ids: [Int]
    /// Signs (+1 or -1), one for each joint: servo angle = sign × joint angle + offset.
    public var signs: [Double]
    /// Offsets in radians, one for each joint.
    public var offsets: [Double]
    /// Joints beside the arm (a mast, a lift column): held where they are found, moved by nobody.
    public var held: [HeldJoint]
    public var gripper: GripperSettings
    /// Current in ampere above which a joint feels contact, one for each joint.
    public var contactCurrents: [Double]
    /// Named postures: angles in radians, one for each joint of the arm.
    public var postures: [String: [Double]]
}

/// A joint that is not the arm's.
public struct HeldJoint: Hashable, Sendable {
    public var name: String
    /// Servo id.
    public var id: Int
    /// Servo angle = sign × joint angle + offset (radians).
    public var sign: Double
    public var offset: Double
}

extension JointSlot {
    /// Every joint in the order of a `JointVector`: the arm from its base outwards, the held ones, the gripper.
    public var count: Int { arm.joints.count + held.count + 1 }
}

/// A parallel gripper driven by one servo.
public struct GripperSettings: Sendable {
    public var id: Int
    /// Opening in metres when the servo is at 0 rad, and metres of opening a radian.
    public var closedWidth: Double
    public var widthPerRadian: Double
    public var maxWidth: Double
    /// Metres a second.
    public var speed: Double
    /// Current in ampere that means something is held.
    public var gripCurrent: Double
}

/// The robot's own cargo compartment: a box open at the top with a lid hinged at its rear edge. Metres in `base_link`.
public struct CompartmentGeometry: Sendable {
    /// Centre of the opening.
    public var center: Vector3
    public var length: Double
    public var width: Double
    /// How deep below the opening a meal rests.
    public var depth: Double
    /// A point on the closed lid's free edge (where the arm pushes it shut).
    public var lidEdge: Vector3
}

/// The relay box for doors and lifts.
public struct FacilitySlot: Sendable {
    /// "relay-box".
    public var driver: String
    public var port: PortSettings
    public var unit: Int
    /// Door number in the relay box for each door of the building.
    public var doors: [DoorID: Int]
    /// Lift number in the relay box and its floor numbers, for each lift of the building.
    public var lifts: [LiftID: LiftWiring]
}

/// A lift in the relay box.
public struct LiftWiring: Sendable {
    public var number: Int
    public var floors: [LevelID: Int]
}

/// The short-range radio line over which a delivery box is reached.
public struct BoxRadioSlot: Sendable {
    /// "box-radio".
    public var driver: String
    public var port: PortSettings
    public var unit: Int
}

/// The keypad at the handover side.
public struct KeypadSlot: Sendable {
    public var port: PortSettings
}

/// One GPIO line.
public struct GPIOSlot: Sendable {
    /// What the line is for.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        case emergencyStop = "emergency_stop"
        case bumper
        case lid
        case load
        case lock
    }
    public var role: Role
    /// "gpiochip0" on a board, or "socket:/path" for a twin's.
    public var chip: String
    public var line: Int
    public var activeLow: Bool
}

/// The battery.
public struct BatterySettings: Sendable {
    /// Watt-hours when full.
    public var capacity: Double
    /// State of charge that a mission must leave, 0...1.
    public var reserve: Double
    /// Mean electrical power while driving and while standing, watts: what a mission's energy is estimated from.
    public var drivingPower: Double
    public var standingPower: Double
    /// Discharge curve: volts and state of charge, rising.
    public var curve: [(voltage: Double, stateOfCharge: Double)]
    /// Volts by which the charger at the home dock lifts the terminals: what the wheel drive measures there is so much too
    /// high for the curve.
    public var chargerRise: Double
    /// The battery's own line; without it the wheel drive's voltage and the curve must do.
    public var monitor: BatteryMonitorSlot?
}

/// The technician's console.
public struct ConsoleSlot: Sendable {
    public var port: PortSettings
    /// Argon2id hash of the unlock code (made by `doorstep console hash-code`).
    public var unlockHash: String
}

/// Recording and streaming upstream.
public struct ReflowSettings: Sendable {
    /// Folder of the recording's segments.
    public var directory: String
    /// The station's base address; nil records only.
    public var station: String?
    /// Bytes of disk that recordings may use.
    public var quota: Int
}

/// The log.
public struct LogSettings: Sendable {
    /// How important a record is, in the words of swift-log.
    public enum Level: String, Sendable, CaseIterable { case trace, debug, info, notice, warning, error, critical }

    /// The least important records that are written.
    public var level = Level.info
}

/// Missions.
public struct MissionSettings: Sendable {
    /// Folder with inbox, outbox, quarantine, archive and the journal.
    public var directory: String
}

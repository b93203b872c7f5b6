import RobotModel

// The world's side of the emulated devices. The physics moves these; the devices read and command them. All of it
// lives on the twin's one thread.

/// What a LiDAR looks into: a ray through the world at a moment.
protocol LaserPlant: AnyObject {
    /// Range in metres (nil when nothing comes back) and echo strength for a bearing in the laser's frame, radians
    /// counter-clockwise, at a moment; noise, drop-outs and glass included.
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)?
}

/// Two hub motors and the battery that feeds them.
final class WheelPlant {
    /// Commanded by the drive, rad/s, forward positive.
    var targetLeft = 0.0
    var targetRight = 0.0
    /// Whether the drive powers the motors.
    var enabled = false
    /// Measured by the drive's encoders: radians and rad/s, forward positive. Slip happens between these and the floor.
    var leftPosition = 0.0
    var rightPosition = 0.0
    var leftVelocity = 0.0
    var rightVelocity = 0.0
    /// Motor currents, ampere.
    var leftCurrent = 0.0
    var rightCurrent = 0.0
    /// Volts.
    var busVoltage = 25.6
    /// The drive's fault words.
    var leftFault: UInt16 = 0
    var rightFault: UInt16 = 0
}

/// One servo of the joints' bus. Angles are the servo's own (sign and offset of the board file applied).
final class ServoPlant {
    let id: Int
    /// Commanded, radians.
    var goalPosition = 0.0
    var torqueEnabled = false
    /// rad/s the servo may use; 0 means its own maximum.
    var profileVelocity = 0.0
    /// rad/s²; 0 means its own maximum.
    var profileAcceleration = 0.0
    /// Measured.
    var position = 0.0
    var velocity = 0.0
    /// Ampere, signed.
    var current = 0.0
    var voltage = 12.0
    /// Degrees Celsius.
    var temperature = 34.0
    /// Dynamixel's Hardware Error Status bits; torque is off while any is set.
    var hardwareError: UInt8 = 0

    init(id: Int) { self.id = id }
}

/// One door as its controller sees it.
final class DoorPlant {
    let number: Int
    /// Which session holds it open; 0 for none.
    var session: UInt16 = 0
    var mode: DoorMode = .closed
    /// 0 closed ... 1 open; the world moves it.
    var opening = 0.0
    init(number: Int) { self.number = number }
}

/// One lift as its controller sees it.
final class LiftPlant {
    let number: Int
    var session: UInt16 = 0
    var destination = 1
    var holdDoor = false
    var floor = 1
    var motion: LiftMotion = .stopped
    var door: DoorMode = .closed
    var mode: LiftMode = .agv
    /// 0 closed ... 1 open; the world moves it.
    var opening = 0.0
    init(number: Int) { self.number = number }
}

/// The building's doors and lifts behind the relay box.
final class FacilityPlant {
    var doors: [DoorPlant] = []
    var lifts: [LiftPlant] = []
}

/// The delivery box on the vehicle.
final class BoxPlant {
    var number = 7
    var order = 0
    var code: UInt32 = 0
    var access: BoxState.Access = .locked
    var latched = true
    /// 0 shut ... 1 fully open.
    var flapOpening = 0.0
}

/// The keypad: keys that a person pressed and the device has not sent yet.
final class KeypadPlant {
    var pressed: [Character] = []
}

/// The GPIO chip's lines by number, as physical levels.
final class GPIOPlant {
    var levels: [Int: Bool] = [:]
}

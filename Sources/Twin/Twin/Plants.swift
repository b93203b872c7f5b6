package import RobotModel

// The world's side of the emulated devices. The physics moves these; the devices read and command them. All of it
// lives on the twin's one thread.

/// What a LiDAR looks into: a ray through the world at a moment.
package protocol LaserPlant: AnyObject {
    /// Range in metres (nil when nothing comes back) and echo strength for a bearing in the laser's frame, radians
    /// counter-clockwise, at a moment; noise, drop-outs and glass included.
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)?
}

/// Two hub motors and the battery that feeds them.
package final class WheelPlant {
    /// Commanded by the drive, rad/s, forward positive.
    package var targetLeft = 0.0
    package var targetRight = 0.0
    /// Whether the drive powers the motors.
    package var enabled = false
    /// Measured by the drive's encoders: radians and rad/s, forward positive. Slip happens between these and the floor.
    package var leftPosition = 0.0
    package var rightPosition = 0.0
    package var leftVelocity = 0.0
    package var rightVelocity = 0.0
    /// Motor currents, ampere.
    package var leftCurrent = 0.0
    package var rightCurrent = 0.0
    /// Volts.
    package var busVoltage = 25.6
    /// The drive's fault words.
    package var leftFault: UInt16 = 0
    package var rightFault: UInt16 = 0

    package init() {}
}

/// One servo of the joints' bus. Angles are the servo's own (sign and offset of the board file applied).
package final class ServoPlant {
    package let id: Int
    /// Commanded, radians.
    package var goalPosition = 0.0
    package var torqueEnabled = false
    /// rad/s the servo may use; 0 means its own maximum.
    package var profileVelocity = 0.0
    /// rad/s²; 0 means its own maximum.
    package var profileAcceleration = 0.0
    /// Measured.
    package var position = 0.0
    package var velocity = 0.0
    /// Ampere, signed.
    package var current = 0.0
    package var voltage = 12.0
    /// Degrees Celsius.
    package var temperature = 34.0
    /// Dynamixel's Hardware Error Status bits; torque is off while any is set.
    package var hardwareError: UInt8 = 0

    package init(id: Int) { self.id = id }
}

/// One door as its controller sees it.
package final class DoorPlant {
    package let number: Int
    /// Which session holds it open; 0 for none.
    package var session: UInt16 = 0
    package var mode: DoorMode = .closed
    /// 0 closed ... 1 open; the world moves it.
    package var opening = 0.0
    /// Faults of its controller: it says nothing; somebody else's session has taken the place of all others.
    package var isSilent = false
    package var isStolen = false
    package init(number: Int) { self.number = number }
}

/// One lift as its controller sees it.
package final class LiftPlant {
    package let number: Int
    package var session: UInt16 = 0
    package var destination = 1
    package var holdDoor = false
    package var floor = 1
    package var motion: LiftMotion = .stopped
    package var door: DoorMode = .closed
    package var mode: LiftMode = .agv
    /// 0 closed ... 1 open; the world moves it.
    package var opening = 0.0
    /// Faults of its controller: it says nothing; somebody else's session has taken the place of ours.
    package var isSilent = false
    package var isStolen = false
    package init(number: Int) { self.number = number }
}

/// The building's doors and lifts behind the relay box.
package final class FacilityPlant {
    package var doors: [DoorPlant] = []
    package var lifts: [LiftPlant] = []

    package init() {}
}

/// The delivery box on the vehicle.
package final class BoxPlant {
    package var number = 7
    package var order = 0
    package var code: UInt32 = 0
    package var access: BoxState.Access = .locked
    package var latched = true
    /// 0 shut ... 1 fully open.
    package var flapOpening = 0.0
    /// A fault: the latch does not move.
    package var isLatchStuck = false
    /// The opening below which the latch catches the flap: its edge is 6 mm out.
    private static let shut = 0.0125

    package init() {}

    /// The latch lets go when access is granted, and otherwise catches a flap that is shut.
    package func moveLatch() {
        if isLatchStuck { return }
        if access == .granted {
            latched = false
        } else if flapOpening < Self.shut {
            latched = true
        }
    }
}

/// The keypad: keys that a person pressed and the device has not sent yet.
package final class KeypadPlant {
    package var pressed: [Character] = []

    package init() {}
}

/// The GPIO chip's lines by number, as physical levels.
package final class GPIOPlant {
    package var levels: [Int: Bool] = [:]

    package init() {}
}

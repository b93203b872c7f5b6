import RobotModel

/// What the robot's body feels of the world: the plants of its inertial unit and of its battery's own electronics.
package struct BodySenses {
    package let inertial = InertialPlant()
    package let battery = BatteryPlant()
    /// Metres of the ground level above the sea.
    private static let ground = 60.0
    /// Seconds in which a car comes up to speed: the world's cars know only "stands" and "goes".
    private static let carRamp = 0.5
    private static let gravity = 9.80665

    private var elevation: Double?
    private var climb = 0.0
    private var twist = Twist2D.zero

    package init() {}

    /// A millisecond of motion.
    ///
    /// - Parameters:
    ///   - elevation: Of the floor that the robot stands on, metres.
    ///   - twist: How it moves on it.
    mutating func move(elevation: Double, twist: Twist2D, _ dt: Double) {
        let wanted = (elevation - (self.elevation ?? elevation)) / dt
        let rise = (wanted - climb) / Self.carRamp
        climb += rise * dt
        let forward = (twist.linear - self.twist.linear) / dt
        self.elevation = elevation
        self.twist = twist
        inertial.height = Self.ground + elevation
        // The rubber that the unit sits on lets no jolt of the physics' steps through.
        inertial.acceleration = Vector3(
            max(-20, min(20, forward)), twist.linear * twist.angular, Self.gravity + max(-5, min(5, rise)))
        inertial.angularVelocity = Vector3(0, 0, twist.angular)
    }

    /// What the battery's electronics measure.
    ///
    /// - Parameters:
    ///   - power: Watts that flow out; negative while it is charged.
    ///   - hasCharger: Whether the dock's contact is closed.
    func draw(voltage: Double, power: Double, stateOfCharge: Double, hasCharger: Bool) {
        battery.voltage = voltage
        battery.current = -power / max(voltage, 1)
        battery.stateOfCharge = stateOfCharge
        battery.hasCharger = hasCharger
    }
}

import RobotModel

/// One servo's motor: follows its goal along a trapezoidal speed profile while it holds torque.
package struct ServoBody: Sendable {
    /// What the servo can do by itself: the no-load speed of an XM430-W350 at 12 V, and a brisk start.
    static let ownVelocity = 4.8
    static let ownAcceleration = 25.0
    /// Ampere a radian of error against something hard: the stiff position loop of a servo.
    static let stiffness = 150.0
    static let stallCurrent = 4.5

    /// Where the servo wants to be after this step.
    package private(set) var nextPosition = 0.0
    package private(set) var nextVelocity = 0.0
    /// What its load and a contact cost, ampere, signed.
    package var loadCurrent = 0.0
    package var contactCurrent = 0.0

    /// Works out the next position. Without torque the gears' friction holds the servo where it is.
    package mutating func plan(_ plant: ServoPlant, _ dt: Double) {
        guard plant.torqueEnabled, plant.hardwareError == 0 else {
            nextPosition = plant.position
            nextVelocity = 0
            return
        }
        let error = plant.goalPosition - plant.position
        if error == 0 && plant.velocity == 0 {
            nextPosition = plant.position
            nextVelocity = 0
            return
        }
        let top = plant.profileVelocity > 0 ? min(plant.profileVelocity, Self.ownVelocity) : Self.ownVelocity
        let ramp =
            plant.profileAcceleration > 0 ? min(plant.profileAcceleration, Self.ownAcceleration) : Self.ownAcceleration
        let brake = (2 * ramp * abs(error)).squareRoot()
        let wanted = error > 0 ? min(top, brake) : -min(top, brake)
        let change = min(max(wanted - plant.velocity, -ramp * dt), ramp * dt)
        let velocity = plant.velocity + change
        let step = velocity * dt
        if abs(error) <= abs(step) || (abs(error) < 1e-5 && abs(velocity) <= ramp * dt) {
            nextPosition = plant.goalPosition
            nextVelocity = 0
        } else {
            nextPosition = plant.position + step
            nextVelocity = velocity
        }
    }

    /// Something holds the servo where it is.
    package mutating func stall(_ plant: ServoPlant) {
        nextPosition = plant.position
        nextVelocity = 0
        let push = (plant.goalPosition - plant.position) * Self.stiffness
        contactCurrent = min(max(push, -Self.stallCurrent), Self.stallCurrent)
    }

    /// Makes the planned step and sets the current that it costs.
    package mutating func commit(_ plant: ServoPlant, _ dt: Double, noise: Double) {
        let change = (nextVelocity - plant.velocity) / dt
        let acceleration = min(max(change, -Self.ownAcceleration), Self.ownAcceleration)
        plant.position = nextPosition
        plant.velocity = nextVelocity
        guard plant.torqueEnabled, plant.hardwareError == 0 else {
            plant.current = 0
            return
        }
        let friction = nextVelocity == 0 ? 0 : (nextVelocity > 0 ? 0.08 : -0.08)
        plant.current = loadCurrent + contactCurrent + friction + 0.008 * acceleration + noise
    }
}

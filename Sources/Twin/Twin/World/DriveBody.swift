package import BoardFile
package import RobotModel

/// The two hub motors and what the floor makes of their turning.
///
/// The drive's encoders measure the wheels; the floor sees tyres that are a little larger or smaller than the board
/// file says, that creep, and that now and then slip.
package struct DriveBody: Sendable {
    /// Seconds of the first-order answer of a motor to its set-point.
    private static let response = 0.05
    /// rad/s² that the motors can give, and that their brakes take.
    private static let acceleration = 25.0
    private static let braking = 60.0
    /// How often the creep is drawn anew, seconds, and how long it remembers.
    private static let creepPeriod = 0.02
    private static let creepMemory = 3.0

    private let geometry: BaseGeometry
    private let slip: Double
    private let separation: Double
    private var left: Tyre
    private var right: Tyre
    private var random: SeededRandom
    private var untilCreep = 0.0
    /// Something holds the robot: the motors labour.
    package var isBlocked = false

    /// One tyre's errors.
    private struct Tyre {
        /// Of the radius, constant.
        var size = 0.0
        var creep = 0.0
        /// Seconds that a slip still lasts.
        var slipping = 0.0
        var share: Double { 1 + size - creep - (slipping > 0 ? 0.15 : 0) }
    }

    package init(_ geometry: BaseGeometry, slip: Double, random: SeededRandom) {
        var random = random
        self.geometry = geometry
        self.slip = slip
        func limited(_ deviation: Double) -> Double { min(max(random.gaussian(), -2), 2) * deviation * slip }
        left = Tyre(size: limited(0.004))
        right = Tyre(size: limited(0.004))
        separation = geometry.wheelSeparation * (1 + limited(0.006))
        self.random = random
    }

    /// Turns the wheels by one step and returns the motion over the ground that they ask for.
    package mutating func step(_ plant: WheelPlant, hasPower: Bool, _ dt: Double) -> Twist2D {
        let before = (plant.leftVelocity, plant.rightVelocity)
        let powered = hasPower && plant.enabled && plant.leftFault == 0 && plant.rightFault == 0
        plant.leftVelocity = turn(plant.leftVelocity, to: powered ? plant.targetLeft : 0, powered, dt)
        plant.rightVelocity = turn(plant.rightVelocity, to: powered ? plant.targetRight : 0, powered, dt)
        plant.leftPosition += plant.leftVelocity * dt
        plant.rightPosition += plant.rightVelocity * dt
        plant.leftCurrent = current(plant.leftVelocity, before.0, plant.targetLeft, powered, dt)
        plant.rightCurrent = current(plant.rightVelocity, before.1, plant.targetRight, powered, dt)
        if plant.leftVelocity == 0 && plant.rightVelocity == 0 { return .zero }
        creep(plant, dt)
        let l = plant.leftVelocity * geometry.wheelRadius * left.share
        let r = plant.rightVelocity * geometry.wheelRadius * right.share
        return Twist2D(linear: (l + r) / 2, angular: (r - l) / separation)
    }

    private func turn(_ velocity: Double, to target: Double, _ powered: Bool, _ dt: Double) -> Double {
        // Against an obstacle the wheels labour at a fifth of their speed.
        let goal = isBlocked ? target * 0.2 : target
        let limit = (powered ? Self.acceleration : Self.braking) * dt
        let change = powered ? (goal - velocity) * dt / Self.response : goal - velocity
        let next = velocity + min(max(change, -limit), limit)
        return abs(next) < 1e-5 && goal == 0 ? 0 : next
    }

    private func current(
        _ velocity: Double, _ before: Double, _ target: Double, _ powered: Bool, _ dt: Double
    ) -> Double {
        guard powered else { return 0 }
        if isBlocked && abs(target) > 0.1 { return target > 0 ? 12 : -12 }
        let friction = velocity == 0 ? 0 : (velocity > 0 ? 0.6 : -0.6)
        return friction + 0.12 * velocity + 0.1 * (velocity - before) / dt
    }

    private mutating func creep(_ plant: WheelPlant, _ dt: Double) {
        left.slipping = max(0, left.slipping - dt)
        right.slipping = max(0, right.slipping - dt)
        untilCreep -= dt
        if untilCreep > 0 || slip == 0 { return }
        untilCreep += Self.creepPeriod
        let memory = 1 - Self.creepPeriod / Self.creepMemory
        let kick = 0.008 * slip * (2 * Self.creepPeriod / Self.creepMemory).squareRoot()
        left.creep = left.creep * memory + kick * random.gaussian()
        right.creep = right.creep * memory + kick * random.gaussian()
        // A slip about every half minute of driving.
        if Double.random(in: 0..<1, using: &random) < Self.creepPeriod / 30 * slip {
            if Bool.random(using: &random) { left.slipping = 0.25 } else { right.slipping = 0.25 }
        }
    }
}

package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The delivery box on the vehicle: an opening in its front face behind a flap that is hinged at the top.
///
/// Its frame: origin on the floor under the centre of the front face, x out of the face (towards the robot), z up.
package final class BoxBody {
    /// Metres. The box is a solid block to a LiDAR and to a hull.
    package static let width = 0.60
    package static let depth = 0.50
    package static let height = 1.10
    /// The opening in the face: its lower and upper edge and half its width.
    package static let sill = 0.50
    package static let lintel = 0.78
    package static let openingHalfWidth = 0.25
    /// The flap hangs from the upper edge and just covers the opening.
    package static let flapLength = lintel - sill
    package static let flapHalfWidth = 0.27
    /// The handle's grip point stands off the flap's outer side by this much; it is as wide as `handleWidth`.
    package static let handleStandOff = 0.02
    package static let handleWidth = 0.025
    /// Where the spring lets the flap stand after the latch opens: the lower edge is 4 cm out.
    static let ajar = 0.04 / flapLength
    /// From this share of the way the gas spring carries the flap open.
    static let springPoint = 0.5
    /// rad/s that the spring opens with.
    private static let springSpeed = 1.2
    private static let fullyOpen = Double.pi / 2

    package let plant: BoxPlant
    package let level: LevelID
    /// The front face: the box's frame in the building's, seen from above.
    package let face: Pose2D
    package let vehicle: Vehicle
    /// A fault: the flap swings no further than the latch's spring throws it.
    package var isFlapStuck = false
    /// The flap's angle from hanging shut, radians.
    package private(set) var angle = 0.0
    /// The meal's grip point in the box's frame.
    package var mealPoint: Vector3
    private let frame: Pose3D

    package init(_ vehicle: Vehicle, level: LevelID, at place: Pose2D, plant: BoxPlant, random: inout SeededRandom) {
        func either(_ limit: Double) -> Double {
            limit > 0 ? Double.random(in: -limit...limit, using: &random) : 0
        }
        self.vehicle = vehicle
        self.level = level
        self.plant = plant
        let nominal = place.composed(with: Pose2D(x: vehicle.distance, yaw: .pi))
        let shift = Point2D(either(vehicle.displacement), either(vehicle.displacement))
        face = nominal.composed(with: vehicle.shift).composed(with: Pose2D(shift, yaw: either(vehicle.turn)))
        frame = Pose3D(face)
        mealPoint = Vector3(-0.12, either(0.01), 0.62)
        plant.number = vehicle.boxNumber
        plant.order = vehicle.order
        plant.code = vehicle.code
        plant.latched = true
        plant.flapOpening = 0
    }

    /// What stands on the floor: the box and the vehicle behind it.
    package var outlines: [Edge] {
        let box = face.composed(with: Pose2D(x: -Self.depth / 2))
        let body = face.composed(with: Pose2D(x: -Self.depth - vehicle.width / 2))
        return rectangle(of: box, length: Self.depth, width: Self.width, kind: .box)
            + rectangle(of: body, length: vehicle.width, width: vehicle.length, kind: .vehicle)
    }

    /// A point of the building's frame in the box's.
    package func local(_ point: Vector3) -> Vector3 { frame.inverse.transform(point) }
    /// A direction of the building's frame in the box's.
    package func localDirection(_ v: Vector3) -> Vector3 { frame.inverse.rotate(v) }
    /// A direction of the box's frame in the building's.
    package func worldDirection(_ v: Vector3) -> Vector3 { frame.rotate(v) }

    /// The handle's grip point in the box's frame.
    package var handle: Vector3 { Self.handle(at: angle) }

    static func handle(at angle: Double) -> Vector3 {
        let (s, c) = (sin(angle), cos(angle))
        return Vector3(
            flapLength * s + handleStandOff * c, 0, lintel - flapLength * c + handleStandOff * s)
    }

    /// Moves the latch and the spring. `isHeld` while a gripper holds the handle.
    package func step(_ dt: Double, isHeld: Bool, floor limit: Double?, ceiling: Double?) {
        plant.moveLatch()
        // What the latch has caught it draws home.
        if plant.latched { angle = 0 }
        if !plant.latched && !isHeld {
            var next = angle
            if angle < Self.ajar {
                next = min(Self.ajar, angle + 2 * dt)
            } else if angle > Self.springPoint * Self.fullyOpen && angle < Self.fullyOpen {
                next = min(Self.fullyOpen, angle + Self.springSpeed * dt)
            }
            if let ceiling { next = min(next, max(ceiling, 0)) }
            if let limit { next = max(next, min(limit, widest)) }
            angle = next
        }
        plant.flapOpening = angle / Self.fullyOpen
    }

    /// How far the flap can swing, radians.
    private var widest: Double { isFlapStuck ? Self.ajar : Self.fullyOpen }

    /// Lets a gripper that holds the handle carry the flap, and says how far the grip is then off the handle, metres.
    package func carry(grip: Vector3) -> Double {
        if !plant.latched {
            let start = Self.handle(at: 0)
            let now = atan2(grip.x, Self.lintel - grip.z)
            angle = min(max(now - atan2(start.x, Self.lintel - start.z), 0), widest)
        }
        return (grip - handle).length
    }

    /// The angles between which a ball at a point lets the flap be: a `ceiling` when it is on the outer side, a `floor`
    /// on the inner one, neither when it is clear of the flap.
    ///
    /// - Parameter wasOutside: Which side the ball was on; kept up to date while it is clear.
    package func limits(ball: Vector3, radius: Double, wasOutside: inout Bool) -> (floor: Double?, ceiling: Double?) {
        let x = ball.x
        let down = Self.lintel - ball.z
        let reach = (x * x + down * down).squareRoot()
        let bearing = atan2(x, down)
        if abs(ball.y) > Self.flapHalfWidth || reach > Self.flapLength + radius || reach < radius {
            wasOutside = bearing > angle
            return (nil, nil)
        }
        let margin = asin(min(1, radius / reach))
        if abs(bearing - angle) > margin + 0.05 { wasOutside = bearing > angle }
        return wasOutside ? (nil, bearing - margin) : (bearing + margin, nil)
    }

    /// Whether a flap at rest against its stops (or its latch) would be pushed beyond them.
    package func isBeyondStops(floor: Double?, ceiling: Double?) -> Bool {
        if let ceiling { return ceiling < (plant.latched ? angle - 1e-6 : -1e-6) }
        if let floor { return floor > (plant.latched ? 1e-6 : widest) }
        return false
    }

    /// Turns the flap to where a ball pushes it.
    package func push(floor: Double?, ceiling: Double?) {
        guard !plant.latched else { return }
        if let ceiling, angle > ceiling { angle = max(0, ceiling) }
        if let floor, angle < floor { angle = min(widest, floor) }
        plant.flapOpening = angle / Self.fullyOpen
    }

    /// The flap's outer normal in the box's frame.
    package var flapNormal: Vector3 { Vector3(cos(angle), 0, sin(angle)) }

    /// Whether a ball of `radius` enters something rigid of the box, and the direction into it (box's frame).
    package func rigidContact(ball: Vector3, radius: Double) -> Vector3? {
        guard ball.x < radius, ball.x > -Self.depth, abs(ball.y) < Self.width / 2 + radius,
            ball.z < Self.height + radius, ball.z > 0
        else { return nil }
        let side = Self.openingHalfWidth - abs(ball.y)
        let below = ball.z - Self.sill
        let above = Self.lintel - ball.z
        if side > 0, below > 0, above > 0 {
            // In the opening: its walls, floor, ceiling and back.
            if ball.x - radius < -Self.depth { return Vector3(-1, 0, 0) }
            if ball.x > 0 { return nil }
            let nearest = min(side, below, above)
            if nearest > radius { return nil }
            if nearest == side { return Vector3(0, ball.y > 0 ? 1 : -1, 0) }
            return Vector3(0, 0, nearest == below ? -1 : 1)
        }
        // Outside the opening the face and the sides are closed.
        if ball.x > -0.05 { return Vector3(-1, 0, 0) }
        return Vector3(0, 0, ball.z > Self.height / 2 ? -1 : 1)
    }
}

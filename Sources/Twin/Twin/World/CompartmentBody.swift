package import BoardFile
package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The robot's cargo compartment: open at the top, with a sprung lid that is hinged at its rear edge and a latch.
///
/// All positions are in `base_link`.
package struct CompartmentBody {
    /// The lid's angle when it stands open: leaning a little forward, so that the arm can get behind it.
    package static let openAngle = 75 * Double.pi / 180
    /// Seconds in which the spring throws the lid open.
    private static let springTime = 0.6
    /// Radians below which the latch catches.
    private static let shut = 0.02

    private let geometry: CompartmentGeometry
    private let hinge: (x: Double, z: Double)
    private let lidLength: Double
    /// Radians from shut.
    package private(set) var angle = 0.0
    package private(set) var isLatched = true
    /// The coil that holds the latch open is on.
    package var isUnlocked = false
    /// Faults: the lid does not move; its latch does not hold.
    package var isStuck = false
    package var isLatchBroken = false
    /// Somebody's hand shuts the lid; rad/s.
    package var hand: Double?

    package init(_ geometry: CompartmentGeometry) {
        self.geometry = geometry
        lidLength = geometry.length
        hinge = (geometry.lidEdge.x - geometry.length, geometry.lidEdge.z)
    }

    /// 0 shut ... 1 open.
    package var opening: Double { angle / Self.openAngle }

    /// Moves the latch and the spring; `ceiling` and `floor` are the angles that the arm allows.
    package mutating func step(_ dt: Double, floor limit: Double?, ceiling: Double?) {
        if isStuck { return }
        if isUnlocked || isLatchBroken {
            isLatched = false
        } else if !isLatched && angle < Self.shut {
            isLatched = true
            angle = 0
        }
        guard !isLatched else { return }
        var next = angle
        if let hand {
            next = max(0, angle - hand * dt)
        } else {
            next = min(Self.openAngle, angle + Self.openAngle / Self.springTime * dt)
        }
        if let ceiling { next = min(next, max(ceiling, 0)) }
        if let limit { next = max(next, min(limit, Self.openAngle)) }
        angle = next
    }

    /// The angles between which a ball lets the lid be; see `BoxBody.limits`.
    package func limits(ball: Vector3, radius: Double, wasOutside: inout Bool) -> (floor: Double?, ceiling: Double?) {
        let x = ball.x - hinge.x
        let z = ball.z - hinge.z
        let reach = (x * x + z * z).squareRoot()
        let bearing = atan2(z, x)
        if abs(ball.y - geometry.center.y) > geometry.width / 2 || reach > lidLength + radius || reach < radius {
            wasOutside = bearing > angle
            return (nil, nil)
        }
        let margin = asin(min(1, radius / reach))
        if abs(bearing - angle) > margin + 0.05 { wasOutside = bearing > angle }
        return wasOutside ? (nil, bearing - margin) : (bearing + margin, nil)
    }

    /// The lid cannot swing.
    private var isHung: Bool { isLatched || isStuck }

    package func isBeyondStops(floor: Double?, ceiling: Double?) -> Bool {
        if let ceiling { return ceiling < (isHung ? angle - 1e-6 : -1e-6) }
        if let floor { return floor > (isHung ? angle + 1e-6 : Self.openAngle) }
        return false
    }

    /// Turns the lid to where a ball pushes it.
    package mutating func push(floor: Double?, ceiling: Double?) {
        guard !isHung else { return }
        if let ceiling, angle > ceiling { angle = max(0, ceiling) }
        if let floor, angle < floor { angle = min(Self.openAngle, floor) }
    }

    /// The lid's outer normal.
    package var lidNormal: Vector3 { Vector3(-sin(angle), 0, cos(angle)) }

    /// Whether a meal let go with its grip point here falls into the compartment.
    package func catches(grip: Vector3) -> Bool {
        let height = grip.z - geometry.center.z
        return opening > 0.8 && abs(grip.x - geometry.center.x) <= geometry.length / 2
            && abs(grip.y - geometry.center.y) <= geometry.width / 2
            && height <= 0.25 && height >= -geometry.depth
    }
}

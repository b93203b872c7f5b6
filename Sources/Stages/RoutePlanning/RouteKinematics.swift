import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// How the robot drives and turns, for expected times.
///
/// Speed and turn rate follow trapezoids: they rise and fall with a constant acceleration, and on a short way the top is
/// never reached (a triangle).
public struct RouteKinematics: Hashable, Sendable {
    /// m/s.
    public var speed: Double
    /// m/s², for speeding up and for slowing down.
    public var acceleration: Double
    /// rad/s.
    public var turnRate: Double
    /// rad/s², for turning up and for turning down; nil where turns start and end at once.
    public var turnAcceleration: Double?
    /// A bend up to this is driven without a stop, radians.
    public var bend: Double
    /// From a stand, a turn below this is none, radians.
    public var leastTurn: Double
    /// Whether lanes may be driven backwards, to save a turn. Only traces know of that; the steps of a `Route` are driven
    /// forwards, so a robot that does them leaves it false.
    public var isReversible: Bool

    public init(
        speed: Double = 0.8, acceleration: Double = 0.7, turnRate: Double = 1.0, turnAcceleration: Double? = nil,
        bend: Double = 0.35, leastTurn: Double = 0, isReversible: Bool = false
    ) {
        precondition(
            speed > 0 && acceleration > 0 && turnRate > 0 && (turnAcceleration ?? 1) > 0, "a robot that moves")
        self.speed = speed
        self.acceleration = acceleration
        self.turnRate = turnRate
        self.turnAcceleration = turnAcceleration
        self.bend = bend
        self.leastTurn = leastTurn
        self.isReversible = isReversible
    }

    /// Seconds for a straight way from stand to stand, metres.
    @inline(__always)
    func driveTime(_ distance: Double, limit: Double? = nil) -> Double {
        driveTime(distance, top: min(speed, limit ?? speed))
    }

    /// Seconds for a straight way from stand to stand at a top speed, m/s.
    @inline(__always)
    func driveTime(_ distance: Double, top: Double) -> Double {
        if distance * acceleration >= top * top { return distance / top + top / acceleration }
        return 2 * (distance / acceleration).squareRoot()
    }

    /// Seconds to turn on the spot by an angle, radians in (-π, π].
    @inline(__always)
    func turnTime(by angle: Double) -> Double {
        let angle = abs(angle)
        if angle < leastTurn { return 0 }
        guard let turnAcceleration else { return angle / turnRate }
        if angle * turnAcceleration >= turnRate * turnRate {
            return angle / turnRate + turnRate / turnAcceleration
        }
        return 2 * (angle / turnAcceleration).squareRoot()
    }

    /// Seconds to turn on the spot.
    func turnTime(from a: Double, to b: Double) -> Double { turnTime(by: normalizedAngle(b - a)) }

    /// What driving along a polyline comes to.
    struct Driven {
        var seconds: Double
        /// The heading at the end, radians.
        var heading: Double
        /// The length of the last straight piece since the last stop, metres.
        var run: Double
    }

    /// Drives along a polyline from a heading and from stand to stand, stopping to turn at each corner.
    func pathTime(_ path: [Point2D], from heading: Double, limit: Double? = nil) -> Driven {
        var driven = Driven(seconds: 0, heading: heading, run: 0)
        for (a, b) in zip(path, path.dropFirst()) where a.distance(to: b) > 1e-6 {
            let course = atan2(b.y - a.y, b.x - a.x)
            if driven.run > 0, abs(normalizedAngle(course - driven.heading)) > bend {
                driven.seconds += driveTime(driven.run, limit: limit)
                driven.run = 0
            }
            if driven.run == 0 { driven.seconds += turnTime(from: driven.heading, to: course) }
            driven.run += a.distance(to: b)
            driven.heading = course
        }
        if driven.run > 0 { driven.seconds += driveTime(driven.run, limit: limit) }
        return driven
    }
}

extension RouteKinematics {
    /// Open-RMF's delivery robot on its hotel map, which stops at every bend above 1° and drives backwards where that
    /// saves a turn.
    ///
    /// Source: rmf_traffic, `agv/Interpolate.cpp` (thresholds) and `agv/VehicleTraits.hpp` (reversible unless said
    /// otherwise); the figures are those of the reference routes.
    public static func openRMF(
        speed: Double = 0.7, acceleration: Double = 0.75, turnRate: Double = 0.6, turnAcceleration: Double = 2.0
    ) -> RouteKinematics {
        RouteKinematics(
            speed: speed, acceleration: acceleration, turnRate: turnRate, turnAcceleration: turnAcceleration,
            bend: .pi / 180, leastTurn: .pi / 180, isReversible: true)
    }
}

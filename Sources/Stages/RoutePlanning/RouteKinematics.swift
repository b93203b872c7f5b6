import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// How fast the robot drives and turns, for expected times.
public struct RouteKinematics: Hashable, Sendable {
    /// m/s.
    public var speed: Double
    /// m/s², for speeding up and for slowing down.
    public var acceleration: Double
    /// rad/s.
    public var turnRate: Double

    public init(speed: Double = 0.8, acceleration: Double = 0.7, turnRate: Double = 1.0) {
        precondition(speed > 0 && acceleration > 0 && turnRate > 0, "a robot that moves")
        self.speed = speed
        self.acceleration = acceleration
        self.turnRate = turnRate
    }

    /// Seconds for a straight way from stand to stand: a trapezoid of speed, or a triangle when it is short.
    func driveTime(_ distance: Double, limit: Double? = nil) -> Double {
        let top = min(speed, limit ?? speed)
        if distance <= top * top / acceleration { return 2 * (distance / acceleration).squareRoot() }
        return distance / top + top / acceleration
    }

    /// Seconds to turn on the spot.
    func turnTime(from a: Double, to b: Double) -> Double { abs(normalizedAngle(b - a)) / turnRate }

    /// Seconds along a polyline from a heading, stopping to turn at each corner, and the heading at its end.
    func pathTime(_ path: [Point2D], from heading: Double, limit: Double? = nil) -> (seconds: Double, heading: Double) {
        var seconds = 0.0
        var heading = heading
        var straight = 0.0
        for (a, b) in zip(path, path.dropFirst()) where a.distance(to: b) > 1e-6 {
            let course = atan2(b.y - a.y, b.x - a.x)
            // A bend below 20° is driven without a stop.
            if straight > 0, abs(normalizedAngle(course - heading)) > 0.35 {
                seconds += driveTime(straight, limit: limit)
                straight = 0
            }
            if straight == 0 { seconds += turnTime(from: heading, to: course) }
            straight += a.distance(to: b)
            heading = course
        }
        if straight > 0 { seconds += driveTime(straight, limit: limit) }
        return (seconds, heading)
    }
}

/// What doors and lifts take, for expected times.
public struct FacilityTiming: Hashable, Sendable {
    /// From the request until a door is open.
    public var doorOpening: Duration
    /// Until a lift's session is ours.
    public var liftSession: Duration
    /// The mean wait for the car.
    public var liftCall: Duration
    /// The car's door, once open or once shut.
    public var liftDoor: Duration
    /// m/s of the car between levels.
    public var liftSpeed: Double
    /// What starting and stopping add to a ride.
    public var liftStart: Duration

    public init(
        doorOpening: Duration = .seconds(4), liftSession: Duration = .seconds(1), liftCall: Duration = .seconds(8),
        liftDoor: Duration = .seconds(4), liftSpeed: Double = 1.0, liftStart: Duration = .seconds(2)
    ) {
        precondition(liftSpeed > 0, "a lift that moves")
        self.doorOpening = doorOpening
        self.liftSession = liftSession
        self.liftCall = liftCall
        self.liftDoor = liftDoor
        self.liftSpeed = liftSpeed
        self.liftStart = liftStart
    }

    /// Seconds until the car stands open before the robot.
    var boardingSeconds: Double { (liftSession + liftCall + liftDoor).inSeconds }

    /// Seconds from shutting the car's door to having it open on the other level.
    func rideSeconds(from a: Double, to b: Double) -> Double {
        (liftDoor + liftStart + liftDoor).inSeconds + abs(b - a) / liftSpeed
    }
}

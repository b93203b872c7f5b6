import RobotModel

/// What stands around the robot in one step, in the frame that it drives in: `base_link`, or `base_link` turned round
/// when it drives backwards.
struct Surroundings {
    /// An obstacle point.
    struct Thing {
        var point: Point2D
        /// Metres that have to stay free beside it.
        var clearance: Double
        /// Distance to the hull now.
        var distance: Double
        /// It belongs to something that walks.
        var moves: Bool

        /// How near the hull may come when it is nearer than the clearance already: a centimetre nearer, for the sake of
        /// the laser's noise, but not again and again.
        var leastDistance: Double {
            distance - (distance > max(0.6 * clearance, clearance - 0.05) ? 0.01 : 0.002)
        }
    }

    /// A pose that the hull will take, after `travel` metres, when it has come `along` metres on its leg.
    struct Station {
        var pose: Pose2D
        var travel: Double
        var along: Double
    }

    /// What a swept hull meets.
    struct Sweep {
        /// Metres that are free.
        var free: Double
        /// The clearance of the thing that ends them; 0 when they end by themselves.
        var clearanceThere: Double
        /// Whether something ends them.
        var meets: Bool
        /// Smallest distance of anything to the hull within the free part's first `near` metres.
        var closest: Double
    }

    var things: [Thing] = []
    let hull: Hull

    init(hull: Hull) { self.hull = hull }

    /// Sweeps the hull over stations, in their order.
    ///
    /// A thing that is nearer than its clearance already does not block for as long as the hull gets no nearer: a robot
    /// that somebody stepped up to can drive off.
    func sweep(_ stations: [Station], near: Double = 1.2, ignoringMoving: Bool = false) -> Sweep {
        var closest = 3.0
        let reach = hull.cornerRadius
        var before = 0.0
        for station in stations {
            let x = station.pose.x
            let y = station.pose.y
            let heading = station.pose
            let frame = Turned(heading.yaw)
            for thing in things where !(ignoringMoving && thing.moves) {
                let dx = thing.point.x - x
                let dy = thing.point.y - y
                let bound = reach + max(thing.clearance, 0.5)
                if abs(dx) > bound || abs(dy) > bound { continue }
                let distance = hull.distance(to: frame.into(dx, dy))
                if distance < thing.clearance && distance < thing.leastDistance {
                    return Sweep(free: before, clearanceThere: thing.clearance, meets: true, closest: closest)
                }
                if station.travel <= near { closest = min(closest, distance) }
            }
            before = station.travel
        }
        return Sweep(free: before, clearanceThere: 0, meets: false, closest: closest)
    }

    /// The same with `margin` metres more beside everything.
    func widened(by margin: Double) -> Surroundings {
        var result = self
        for index in result.things.indices { result.things[index].clearance += margin }
        return result
    }

    /// The same, seen from `distance` metres further back.
    func seenFromBehind(_ distance: Double) -> Surroundings {
        var result = self
        for index in result.things.indices {
            result.things[index].point.x += distance
            result.things[index].distance = hull.distance(to: result.things[index].point)
        }
        return result
    }

    /// How far the hull may turn on the spot, as a share (0...1) of `turn` radians, with `margin` metres around.
    func freeTurn(_ turn: Double, margin: Double) -> Double {
        let near = things.filter { $0.point.length < hull.cornerRadius + margin && $0.distance > 0 }
        if near.isEmpty { return 1 }
        let steps = max(1, Int((abs(turn) / 0.05).rounded(.up)))
        for step in 1...steps {
            let frame = Turned(turn * Double(step) / Double(steps))
            for thing in near {
                let distance = hull.distance(to: frame.into(thing.point.x, thing.point.y))
                if distance < margin && distance < thing.distance - 0.005 {
                    return Double(step - 1) / Double(steps)
                }
            }
        }
        return 1
    }
}

#if canImport(Glibc)
    import Glibc
#endif

/// A rotation, with its cosine and sine worked out once.
struct Turned {
    let cosine: Double
    let sine: Double

    init(_ angle: Double) {
        cosine = cos(angle)
        sine = sin(angle)
    }

    /// A vector of the parent frame in the turned one.
    func into(_ dx: Double, _ dy: Double) -> Point2D { Point2D(cosine * dx + sine * dy, cosine * dy - sine * dx) }

    /// A vector of the turned frame in the parent one.
    func out(_ p: Point2D) -> Point2D { Point2D(cosine * p.x - sine * p.y, sine * p.x + cosine * p.y) }
}

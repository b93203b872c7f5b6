import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// How docking at the box stands.
struct DockState: Sendable {
    /// The box's front face in the map frame, smoothed over sightings.
    var face: Pose2D?
    /// The last sighting that was used.
    var lastSighting: Instant?
    /// Poses of the last half second, for sightings that are a little old.
    var trail: [(time: Instant, pose: Pose2D)] = []
    /// It drives back for a better start until so many metres are left to the goal.
    var retreatTo: Double?
    var retreats = 0
    var aligning = false
    /// Offset from the line, smoothed, metres: what decides whether the approach is good enough.
    var lateral: Double?

    mutating func remember(_ pose: Pose2D, at now: Instant) {
        trail.append((now, pose))
        if trail.count > 16 { trail.removeFirst() }
    }

    /// Where the robot was at a moment of the trail.
    func pose(at time: Instant) -> Pose2D? {
        guard let newest = trail.last else { return nil }
        guard let index = trail.lastIndex(where: { $0.time <= time }) else { return trail.first?.pose ?? newest.pose }
        guard index + 1 < trail.count else { return newest.pose }
        let (a, b) = (trail[index], trail[index + 1])
        let share = time.seconds(since: a.time) / max(b.time.seconds(since: a.time), 1e-6)
        return Pose2D(
            a.pose.position + (b.pose.position - a.pose.position) * share,
            yaw: a.pose.yaw + normalizedAngle(b.pose.yaw - a.pose.yaw) * share)
    }

    /// Takes a sighting that has not been used yet.
    mutating func take(_ sighting: BoxSighting) {
        if let lastSighting, sighting.time <= lastSighting { return }
        guard let then = pose(at: sighting.time) else { return }
        lastSighting = sighting.time
        let seen = then.composed(with: sighting.pose)
        guard let old = face, old.position.distance(to: seen.position) < 0.15 else {
            face = seen
            return
        }
        // A quarter of the new: noise of a few millimetres averages out over the slow approach.
        let weight = 0.25
        face = Pose2D(
            old.position + (seen.position - old.position) * weight,
            yaw: normalizedAngle(old.yaw + normalizedAngle(seen.yaw - old.yaw) * weight))
    }
}

extension DrivePlanner {
    /// Fastest docking speed, m/s.
    static var dockingSpeed: Double { 0.15 }

    mutating func stepDock(_ input: Input, relativeToBox target: Pose2D) -> Wish {
        if let box = input.box, box.time > input.goalSet - .milliseconds(500) { docking.take(box) }
        let seen = max(docking.lastSighting ?? input.goalSet, input.goalSet)
        if input.now.seconds(since: seen) > 1.5 {
            return Wish(.stop, .failed("the box has not been seen for 1.5 s while docking; is it open or covered?"))
        }
        guard let face = docking.face else { return Wish(.stop, .moving(remaining: 1)) }
        let goal = face.composed(with: target)
        let here = goal.relative(input.pose)
        let faceHere = input.pose.inverseTransform(face.position)
        // What is within 0.45 m of the face is the box itself and what it stands on.
        let around = surroundings(input, clearance: 0.04, reverse: false, watchful: false) {
            $0.distance(to: faceHere) < 0.45
        }
        if let retreatTo = docking.retreatTo {
            return retreat(input, here, goal, until: retreatTo)
        }
        let remaining = -here.x
        let lateral = (docking.lateral ?? here.y) * 0.7 + here.y * 0.3
        docking.lateral = lateral
        if docking.aligning || remaining <= 0.004 {
            docking.aligning = true
            return align(input, here, goal, around)
        }
        // From too near, an offset cannot be steered away any more.
        if abs(lateral) > 0.012 && remaining < 1.6 * abs(lateral) + 0.06 {
            docking.retreatTo = min(2.2 * abs(lateral) + 0.45, 2)
            return Wish(.stop, .moving(remaining: remaining))
        }
        let length = min(max(0.6 * remaining, 0.22), 0.7)
        let wanted = min(max(-1.6 / length * here.y, -0.6), 0.6)
        if abs(normalizedAngle(here.yaw - wanted)) > (abs(input.twist.linear) < 0.03 ? 0.3 : 0.6) || turning.side != 0 {
            switch rotate(input, to: goal.yaw + wanted, around, tolerance: 0.05) {
            case .turning(let rate): return Wish(.turn(rate: rate), .moving(remaining: remaining))
            case .blocked: return Wish(.stop, .blocked)
            case .done: break
            }
        }
        guard
            let speed = creep(
                input, around, remaining: remaining, top: Self.dockingSpeed, gap: 0.1,
                reverse: false)
        else { return Wish(.stop, .blocked) }
        let curvature = lineCurvature(lateral: here.y, angle: here.yaw, length: length)
        return Wish(.drive(speed: speed, curvature: curvature), .moving(remaining: remaining))
    }

    /// The last degrees on the spot; then the question whether it is good enough.
    private mutating func align(_ input: Input, _ here: Pose2D, _ goal: Pose2D, _ around: Surroundings) -> Wish {
        switch rotate(input, to: goal.yaw, around, tolerance: 0.01) {
        case .turning(let rate): return Wish(.turn(rate: rate), .moving(remaining: 0))
        case .blocked: return Wish(.stop, .blocked)
        case .done: break
        }
        docking.aligning = false
        if abs(docking.lateral ?? here.y) <= 0.013 && abs(here.x) <= 0.015 { return Wish(.stop, .reached) }
        guard docking.retreats < 4 else {
            return Wish(.stop, .failed("docking missed the box four times; does the floor or a wheel slip?"))
        }
        docking.retreatTo = 2.2 * abs(here.y) + 0.45
        return Wish(.stop, .moving(remaining: 0))
    }

    /// Straight back, until there is room to steer. Turned as at the goal: aslant it would get farther off the line than
    /// it gains room.
    private mutating func retreat(_ input: Input, _ here: Pose2D, _ goal: Pose2D, until distance: Double) -> Wish {
        let missing = distance + here.x
        if missing <= 0.01 || docking.retreats >= 4 {
            docking.retreatTo = nil
            docking.retreats += 1
            return Wish(.stop, .moving(remaining: -here.x))
        }
        if abs(here.yaw) > 0.15 || turning.side != 0 {
            let beside = surroundings(input, clearance: 0.03, reverse: false, watchful: false)
            // Where there is no room to turn, it has to do as it is.
            if case .turning(let rate) = rotate(input, to: goal.yaw, beside, tolerance: 0.05) {
                return Wish(.turn(rate: rate), .moving(remaining: -here.x))
            }
        }
        let around = surroundings(input, clearance: 0.03, reverse: true, watchful: false)
        guard
            let speed = creep(
                input, around, remaining: missing, top: Self.dockingSpeed, gap: 0.12,
                reverse: true)
        else { return Wish(.stop, .blocked) }
        return Wish(.drive(speed: -speed, curvature: 0), .moving(remaining: -here.x))
    }
}

public import RobotModel

/// Decides twenty times a second how the wheels should move to reach their goal without touching anything.
///
/// A kernel of the deliberation: pose, speed and obstacle points in, twist and status out. The twists keep the base's
/// limits of speed, acceleration and turn rate; the tick shapes them again. It allocates.
///
/// People and things: a thing that walks, or that is small and has not been watched standing for a while, gets 0.50 m on
/// all sides; everything else the goal's clearance, and 0.40 m ahead when the robot stops for it.
/// Walls that a laser does not see (glass) have to be among the obstacle points: the map knows them.
public struct DrivePlanner: Sendable {
    public let limits: DriveLimits
    public let hull: Hull
    /// The goal last set.
    public private(set) var goal: DriveGoal = .stand

    /// The twist last given out.
    var command = Twist2D.zero
    var tracker = WalkerTracker()
    var follow = FollowState()
    var turning = TurnState()
    var docking = DockState()
    var backing = BackUpState()
    /// It waits for something on a slow straight way.
    var creepWaits = false

    /// It has begun to pass before somebody.
    private var passing = false
    private var goalSet = Instant.zero
    private var lastStep: Instant?
    private var blockedSince: Instant?
    private var outcome: DriveStatus?

    /// Metres that are left to a thing ahead when the robot stops for it.
    static let stopGap = 0.40
    /// Metres that a person has on all sides: 0.30, what a body stands out beyond the legs that the laser sees, and some
    /// for noise.
    static let personClearance = 0.50

    /// What is left to a thing ahead that has this clearance at the sides.
    static func stopGap(clearance: Double) -> Double {
        clearance >= personClearance ? personClearance : stopGap
    }
    /// Seconds from seeing to braking: a scan's age, a planning period, the wheels' own delay.
    static let latency = 0.2

    public init(limits: DriveLimits, hull: Hull) {
        self.limits = limits
        self.hull = hull
    }

    /// Takes a goal. The goal that is already being pursued, given again, changes nothing.
    public mutating func set(_ goal: DriveGoal, at now: Instant) {
        if goal == self.goal { return }
        self.goal = goal
        goalSet = now
        blockedSince = nil
        outcome = nil
        follow = FollowState()
        turning = TurnState()
        docking = DockState()
        backing = BackUpState()
        creepWaits = false
        passing = false
    }

    /// One step, to be called at about 20 Hz.
    ///
    /// - Parameters:
    ///   - pose: `base_link` in the map frame.
    ///   - twist: The measured twist.
    ///   - obstacles: What the laser sees, as points in `base_link` at `now`, metres.
    ///   - box: The latest sighting of the box, if any.
    /// - Returns: The twist to drive and how far the goal is reached.
    public mutating func step(
        pose: Pose2D, twist: Twist2D, obstacles: [Point2D], box: BoxSighting?, at now: Instant
    ) -> (command: Twist2D, status: DriveStatus) {
        let dt = min(max(lastStep.map { now.seconds(since: $0) } ?? 0.05, 0.005), 0.2)
        lastStep = now
        tracker.update(obstacles, pose: pose, at: now)
        docking.remember(pose, at: now)
        if let outcome {
            slow(to: Wish(.stop), measured: twist, dt: dt)
            return (command, outcome)
        }
        let input = Input(pose: pose, twist: twist, obstacles: obstacles, box: box, now: now, goalSet: goalSet)
        let wish: Wish
        switch goal {
        case .stand: wish = Wish(.stop, .idle)
        case .follow(let path, let yaw, let limit, let clearance, let reverse):
            wish = stepFollow(
                input, path: path, finalYaw: yaw, speedLimit: limit, clearance: clearance, reverse: reverse)
        case .turn(let heading): wish = stepTurn(input, to: heading)
        case .dock(let target): wish = stepDock(input, relativeToBox: target)
        case .backUp(let distance): wish = stepBackUp(input, distance: distance)
        }
        slow(to: wish, measured: twist, dt: dt)
        return (command, status(wish, twist, now))
    }

    private mutating func status(_ wish: Wish, _ twist: Twist2D, _ now: Instant) -> DriveStatus {
        if case .blocked = wish.progress {
            let since = blockedSince ?? now
            blockedSince = since
            return .blocked(since: since)
        }
        blockedSince = nil
        switch wish.progress {
        case .idle: return .idle
        case .moving(let remaining): return .moving(remaining: remaining)
        case .blocked: return .blocked(since: now)
        case .reached:
            guard abs(twist.linear) < 0.02, abs(twist.angular) < 0.04, command == .zero else {
                return .moving(remaining: 0)
            }
            outcome = .reached
            return .reached
        case .failed(let why):
            outcome = .failed(why)
            return .failed(why)
        }
    }

    // MARK: - What the parts share

    struct Input {
        var pose: Pose2D
        var twist: Twist2D
        var obstacles: [Point2D]
        var box: BoxSighting?
        var now: Instant
        var goalSet: Instant
    }

    /// What a part wants of the wheels, and how far it is.
    struct Wish {
        enum Motion {
            case stop
            /// Speed in m/s (negative: backwards) and curvature in 1/m.
            case drive(speed: Double, curvature: Double)
            /// rad/s on the spot.
            case turn(rate: Double)
        }
        enum Progress {
            case idle
            case moving(remaining: Double)
            case blocked
            case reached
            case failed(String)
        }
        var motion: Motion
        var progress: Progress

        init(_ motion: Motion, _ progress: Progress = .idle) {
            self.motion = motion
            self.progress = progress
        }
    }

    /// Brings the command towards a wish within the accelerations.
    private mutating func slow(to wish: Wish, measured: Twist2D, dt: Double) {
        // After a stop by the supervisor the wheels are slower than the last command: start from what they do.
        let base = min(max(command.linear, measured.linear - 0.3), measured.linear + 0.3)
        let turnBase = min(max(command.angular, measured.angular - 0.8), measured.angular + 0.8)
        let turnStep = limits.maxTurnAcceleration * dt
        switch wish.motion {
        case .stop:
            let speed = eased(base, to: 0, dt: dt)
            let keep = base == 0 ? 0 : speed / base
            command = Twist2D(
                linear: speed, angular: min(max(turnBase * keep, turnBase - turnStep), turnBase + turnStep))
            if abs(command.angular) < 0.01 && speed == 0 { command.angular = 0 }
        case .drive(let speed, let curvature):
            let linear = eased(base, to: speed, dt: dt)
            let rate = min(max(linear * curvature, -limits.maxTurnRate), limits.maxTurnRate)
            command = Twist2D(linear: linear, angular: min(max(rate, turnBase - turnStep), turnBase + turnStep))
        case .turn(let rate):
            command = Twist2D(
                linear: eased(base, to: 0, dt: dt), angular: min(max(rate, turnBase - turnStep), turnBase + turnStep))
        }
    }

    private func eased(_ value: Double, to goal: Double, dt: Double) -> Double {
        let up = limits.maxAcceleration * dt
        let down = limits.maxDeceleration * dt
        if value >= 0 && goal >= 0 { return goal > value ? min(goal, value + up) : max(goal, value - down) }
        if value <= 0 && goal <= 0 { return goal < value ? max(goal, value - up) : min(goal, value + down) }
        return value > 0 ? max(0, value - down) : min(0, value + down)
    }

    /// The fastest speed from which the robot stands within `distance` metres, with a reaction time before.
    func stoppingSpeed(_ distance: Double, deceleration: Double, latency: Double = DrivePlanner.latency) -> Double {
        guard distance > 0 else { return 0 }
        return deceleration * ((latency * latency + 2 * distance / deceleration).squareRoot() - latency)
    }

    /// The obstacle points as things with their clearances, in the driving frame.
    ///
    /// - Parameters:
    ///   - reverse: The driving frame looks backwards.
    ///   - watchful: Small things that have not been watched standing for a while count as people.
    ///   - leaving: Points that are not to be regarded (of the box that is docked at), in `base_link`.
    func surroundings(
        _ input: Input, clearance: Double, reverse: Bool, watchful: Bool,
        leaving ignored: (Point2D) -> Bool = { _ in false }
    ) -> Surroundings {
        var result = Surroundings(hull: hull)
        result.things.reserveCapacity(input.obstacles.count)
        for (index, point) in input.obstacles.enumerated() {
            guard abs(point.x) < 4, abs(point.y) < 4, !ignored(point) else { continue }
            let owner = tracker.owner[index]
            var walks = false
            var person = false
            if owner >= 0 {
                let track = tracker.tracks[owner]
                walks = track.walks(at: input.now)
                person = track.mayBePerson(at: input.now, watchful: watchful)
            } else if let last = result.things.last, last.distance > 0.5 {
                // Of a wall's many points one every 3 cm is enough.
                let here = reverse ? Point2D(-point.x, -point.y) : point
                if here.distance(to: last.point) < 0.03 { continue }
            }
            let here = reverse ? Point2D(-point.x, -point.y) : point
            result.things.append(
                Surroundings.Thing(
                    point: here, clearance: person ? max(clearance, Self.personClearance) : clearance,
                    distance: hull.distance(to: here), moves: walks))
        }
        return result
    }

    /// The greatest share of `speed` at which walkers are safe from the robot on its stations.
    ///
    /// Each walker is taken to go on as it does. A speed is safe when the robot, reacting and braking from it, stands
    /// before anybody is within 0.45 m (0.30 m, and half a step for what was not foreseen); or when driving on at it
    /// leads past everybody at 0.4 m: stopping in front of somebody who would have passed behind helps nobody. Of the
    /// speeds from which it could stop, one is taken that lets it stand beside their way and not in it. A walker who is nearer is waited for until he walks away.
    mutating func speedBesideWalkers(
        _ speed: Double, stations: [Surroundings.Station], input: Input, reverse: Bool
    ) -> Double {
        let walkers = tracker.tracks.filter { $0.walks(at: input.now) }
        guard !walkers.isEmpty, speed > 0 else { return speed }
        var frame = input.pose
        if reverse { frame.yaw += .pi }
        let turned = Turned(frame.yaw)
        let present = min(abs(input.twist.linear), speed)
        var result = speed
        for walker in walkers {
            let place = frame.inverseTransform(walker.center)
            guard place.length < 5 else { continue }
            let velocity = turned.into(walker.velocity.x, walker.velocity.y)
            let meeting = Meeting(
                hull: hull, stations: stations, place: place, velocity: velocity, radius: max(walker.radius, 0.2))
            result = safest(upTo: result, meeting, present)
        }
        return result
    }

    private mutating func safest(upTo speed: Double, _ meeting: Meeting, _ present: Double) -> Double {
        let braking = 0.8 * limits.maxDeceleration
        var fallback: Double?
        for share in [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1] {
            let tried = speed * share
            if meeting.passesClear(at: tried, from: present, 0.9 * limits.maxAcceleration, begun: passing) {
                passing = true
                return tried
            }
            guard meeting.stopsClear(from: tried, braking) else { continue }
            if meeting.standsClear(from: tried, braking) {
                passing = false
                return tried
            }
            fallback = fallback ?? tried
        }
        passing = false
        // Standing still is best where it is out of the way; in the way, going on as far as one may.
        return meeting.standsClear(from: 0, braking) ? 0 : fallback ?? 0
    }

    /// Curvature that brings the robot onto a straight line: `lateral` metres left of it, `angle` radians turned.
    ///
    /// A cascade: the offset asks for a heading (at most 0.6 rad), the heading for a curvature. `length` is the distance
    /// over which the offset fades, metres.
    func lineCurvature(lateral: Double, angle: Double, length: Double) -> Double {
        let wanted = min(max(-1.6 / length * lateral, -0.6), 0.6)
        return min(max(4 / length * (wanted - angle), -2.5), 2.5)
    }

    /// Stations on the straight line ahead.
    func straight(_ distance: Double) -> [Surroundings.Station] {
        let steps = max(1, Int((distance / 0.05).rounded(.up)))
        return (0...steps).map {
            let x = distance * Double($0) / Double(steps)
            return Surroundings.Station(pose: Pose2D(x: x, y: 0, yaw: 0), travel: x, along: x)
        }
    }
}

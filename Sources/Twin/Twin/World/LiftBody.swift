package import BuildingMap
package import RobotModel

/// A lift: its car and its doors; its controller speaks for it.
package final class LiftBody {
    /// A served floor.
    package struct Floor: Hashable, Sendable {
        package var number: Int
        package var level: LevelID
        package var elevation: Double
    }

    package let lift: Lift
    package let plant: LiftPlant
    /// By rising elevation.
    package let floors: [Floor]
    private let timings: FacilityTimings
    /// Where the car is, metres above the building's zero.
    package private(set) var elevation: Double
    /// The floor that the car drives to; nil while it stands.
    private var leg: Floor?
    /// Seconds that the door still stays open without being held.
    private var dwell = 0.0
    /// Seconds until a car with shut doors may start: contacts settle.
    private var settle = 0.0
    private var intermediate: IntermediateStop?
    private var servedSession: UInt16 = 0
    private var served = 0
    private var wrong: (destination: Int, floor: Floor)?
    // Faults.
    package var isStuck = false
    package var goesWrong = false { didSet { if !goesWrong { wrong = nil } } }
    package var isOnFire = false
    package var isOffline = false
    /// The car goes on to the next floor, opens and stays.
    package var isInEmergency = false
    /// The power is gone: the car stands where it is, its controller has forgotten its sessions and says nothing.
    package var isPowerless = false
    /// The door shuts although a session holds it; only somebody in the doorway stops it.
    package var closesEarly = false
    /// Once, when the car stands open where it was called to, it goes off to another floor and comes back.
    package var leaves = false { didSet { if !leaves { detour = .none } } }
    private enum Detour { case none, away(Floor), over }
    private var detour = Detour.none

    /// Whether its controller hears and answers nothing.
    package var isMute: Bool { isPowerless || isOffline || plant.isSilent }
    /// Whether its controller does not even say how the lift is; that it is offline it says.
    package var isMuteForStates: Bool { isPowerless || plant.isSilent }

    package init(_ lift: Lift, plant: LiftPlant, floors: [Floor], start: Int, timings: FacilityTimings) {
        self.lift = lift
        self.plant = plant
        self.floors = floors.sorted { $0.elevation < $1.elevation }
        self.timings = timings
        let first = floors.first { $0.number == start } ?? floors.first
        elevation = first?.elevation ?? 0
        plant.floor = first?.number ?? 1
        plant.destination = plant.floor
        intermediate = timings.intermediateStop?.lift == lift.id ? timings.intermediateStop : nil
    }

    /// The level at which the car stands; nil while it moves.
    package var standingLevel: LevelID? {
        leg == nil ? floors.first { $0.number == plant.floor }?.level : nil
    }

    /// How far the doors are open on a level, 0...1.
    package func opening(on level: LevelID) -> Double { standingLevel == level ? plant.opening : 0 }

    /// Lets time pass and says whether a door has moved or the car has arrived.
    ///
    /// - Parameter isOccupied: Somebody or the robot is between the door's posts.
    package func step(_ dt: Double, isOccupied: () -> Bool) -> Bool {
        plant.mode =
            isOffline || isPowerless ? .offline : isInEmergency ? .emergency : isOnFire ? .fire : .agv
        if isOffline || isStuck || isPowerless {
            plant.motion = .stopped
            return false
        }
        if let target = leg { return drive(to: target, dt) }
        if leaves { leaveOnce() }
        let target = self.target
        var wantsOpen = isInEmergency || (isOnFire && target?.number == plant.floor)
        if let target, target.number == plant.floor, !isOnFire {
            let isNewCall = plant.session != 0 && (plant.session != servedSession || plant.destination != served)
            if isNewCall {
                servedSession = plant.session
                served = plant.destination
                dwell = timings.liftDwell + timings.liftDoorTime
            }
            wantsOpen = plant.holdDoor && plant.session != 0 && !closesEarly
            if closesEarly { dwell = 0 }
        }
        if plant.session == 0 { servedSession = 0 }
        if let target, target.number != plant.floor, intermediateDwell <= 0 { dwell = 0 }
        if dwell > 0 {
            dwell -= dt
            intermediateDwell -= dt
            wantsOpen = true
        }
        return moveDoor(wantsOpen: wantsOpen, target: target, dt, isOccupied: isOccupied)
    }

    /// Seconds that a stop for somebody else still lasts.
    private var intermediateDwell = 0.0

    private func moveDoor(
        wantsOpen: Bool, target: Floor?, _ dt: Double, isOccupied: () -> Bool
    ) -> Bool {
        var wantsOpen = wantsOpen
        if !wantsOpen && plant.opening > 0 && isOccupied() {
            wantsOpen = true
            dwell = max(dwell, 1.5)  // the light curtain lets people pass before it tries again
        }
        var moved = false
        let goal = wantsOpen ? 1.0 : 0.0
        if plant.opening != goal {
            let step = dt / timings.liftDoorTime
            plant.opening = wantsOpen ? min(1, plant.opening + step) : max(0, plant.opening - step)
            moved = true
            settle = 0.5
        } else if plant.opening == 0, let target, target.number != plant.floor {
            settle -= dt
            if settle <= 0 { start(to: target) }
        }
        plant.door = plant.opening >= 1 ? .open : (plant.opening <= 0 ? .closed : .moving)
        return moved
    }

    private func start(to target: Floor) {
        var goal = target
        if let stop = intermediate, let floor = floors.first(where: { $0.number == stop.floor }),
            (floor.elevation - elevation) * (target.elevation - floor.elevation) > 0
        {
            goal = floor
        }
        leg = goal
        plant.motion = goal.elevation > elevation ? .up : .down
    }

    private func drive(to target: Floor, _ dt: Double) -> Bool {
        plant.motion = target.elevation > elevation ? .up : .down
        let step = timings.liftSpeed * dt
        if abs(target.elevation - elevation) > step {
            let before = elevation
            elevation += target.elevation > elevation ? step : -step
            for floor in floors where (floor.elevation - before) * (floor.elevation - elevation) <= 0 {
                plant.floor = floor.number
            }
            return false
        }
        elevation = target.elevation
        plant.floor = target.number
        plant.motion = .stopped
        leg = nil
        if let stop = intermediate, stop.floor == target.number {
            intermediate = nil
            intermediateDwell = stop.seconds + timings.liftDoorTime
            dwell = intermediateDwell
        } else {
            intermediateDwell = 0
            dwell = timings.liftDwell + timings.liftDoorTime
            servedSession = plant.session
            served = plant.destination
        }
        return true
    }

    /// Begins the detour of `leaves` when the car stands open where it was called to, and ends it where it leads.
    private func leaveOnce() {
        switch detour {
        case .none:
            guard plant.session != 0, plant.opening >= 1, plant.floor == plant.destination,
                let other = floors.first(where: { $0.number != plant.floor })
            else { return }
            detour = .away(other)
        case .away(let floor): if plant.floor == floor.number, dwell <= 0 { detour = .over }
        case .over: break
        }
    }

    /// Where the car is wanted.
    private var target: Floor? {
        if isInEmergency { return nil }
        if case .away(let floor) = detour { return floor }
        if isOnFire { return floors.first }
        guard plant.session != 0, let asked = floors.first(where: { $0.number == plant.destination }) else {
            return nil
        }
        guard goesWrong else { return asked }
        if let wrong, wrong.destination == asked.number { return wrong.floor }
        let other =
            floors.first { $0.number != asked.number && $0.number != plant.floor }
            ?? floors.first { $0.number != asked.number } ?? asked
        wrong = (asked.number, other)
        return other
    }

    /// The car's walls, without its doors, in the building's frame: the same on every served level.
    package var walls: [Edge] {
        var walls: [Edge] = []
        let corners = rectangle(of: lift.pose, length: lift.width, width: lift.depth, kind: .lift)
        for edge in corners {
            var pieces = [edge]
            for door in doorsOnCar where abs(edge.distance(to: door.a)) < 0.01 && edge.distance(to: door.b) < 0.01 {
                pieces = pieces.flatMap { cut($0, by: door) }
            }
            walls += pieces
        }
        return walls
    }

    /// The leaves of the doors on a level: the car's own and the landing's, which move as one.
    package func leaves(on level: LevelID) -> [Edge] {
        let opening = self.opening(on: level)
        if opening >= 1 { return [] }
        var lines = lift.doors[level, default: []].map { Edge($0.a, $0.b, kind: .lift) }
        for door in lift.doors[level, default: []] {
            let own = onCar(door)
            // A car's door that coincides with the landing's is one leaf.
            if own.a.distance(to: door.a) > 0.01 { lines.append(own) }
        }
        // Another level's door of the same car is shut here.
        for other in lift.doors.keys.sorted() where other != level {
            for door in lift.doors[other, default: []].map(onCar)
            where !lines.contains(where: { $0.distance(to: (door.a + door.b) * 0.5) < 0.3 }) {
                lines.append(Edge(door.a, door.b, kind: .lift))
            }
        }
        return lines.flatMap { line -> [Edge] in
            let middle = (line.a + line.b) * 0.5
            return [
                Edge(line.a, line.a + (middle - line.a) * (1 - opening), kind: .lift),
                Edge(line.b, line.b + (middle - line.b) * (1 - opening), kind: .lift),
            ]
        }
    }

    /// The doors of all levels, moved onto the edge of the car.
    private var doorsOnCar: [Edge] {
        lift.doors.keys.sorted().flatMap { lift.doors[$0, default: []].map(onCar) }
    }

    private func onCar(_ door: LiftDoor) -> Edge {
        let a = lift.pose.inverseTransform(door.a)
        let b = lift.pose.inverseTransform(door.b)
        let middle = (a + b) * 0.5
        func project(_ p: Point2D) -> Point2D {
            let onX = abs(abs(middle.x) - lift.width / 2) < abs(abs(middle.y) - lift.depth / 2)
            return onX
                ? Point2D(middle.x > 0 ? lift.width / 2 : -lift.width / 2, p.y)
                : Point2D(p.x, middle.y > 0 ? lift.depth / 2 : -lift.depth / 2)
        }
        return Edge(lift.pose.transform(project(a)), lift.pose.transform(project(b)), kind: .lift)
    }

    /// What is left of a wall when the opening of a door in it is taken away.
    private func cut(_ wall: Edge, by door: Edge) -> [Edge] {
        let along = wall.b - wall.a
        let square = max(along.dot(along), 1e-9)
        let first = (door.a - wall.a).dot(along) / square
        let second = (door.b - wall.a).dot(along) / square
        let low = min(first, second)
        let high = max(first, second)
        if high <= 0 || low >= 1 { return [wall] }
        var pieces: [Edge] = []
        if low > 0.001 { pieces.append(Edge(wall.a, wall.a + along * low, kind: .lift)) }
        if high < 0.999 { pieces.append(Edge(wall.a + along * high, wall.b, kind: .lift)) }
        return pieces
    }
}

import BuildingMap
import RobotModel

/// What stands on an arc and takes time: a door, a car's door, a ride, a dock.
struct Gate: Sendable {
    enum Kind: Hashable, Sendable {
        case none
        case door(DoorID)
        /// Into a car, on a level by its index.
        case boarding(LiftID, level: Int)
        /// Between two levels, by their indices.
        case ride(LiftID, from: Int, to: Int)
        /// Out of a car.
        case exit(LiftID)
        /// A docking manoeuvre, and a lift that is only pretended; only Open-RMF's rules know them.
        case dock
        case mockLift
    }

    let kind: Kind
    /// Metres along the lane: where the robot stops before it, and where it has it behind it.
    let hold: Double
    let clear: Double
    /// Metres beyond the lane's end, where the robot has it behind it only there.
    let overhang: Double
    /// Whether the robot stops again at `clear`; it does at doors, to let them close.
    let stopsAfter: Bool
    /// Whether a docking manoeuvre precedes the lane as well.
    let docks: Bool

    static let none = Gate(.none)

    init(
        _ kind: Kind, hold: Double = 0, clear: Double = 0, overhang: Double = 0, stopsAfter: Bool = true,
        docks: Bool = false
    ) {
        self.kind = kind
        self.hold = hold
        self.clear = clear
        self.overhang = max(overhang, 0)
        self.stopsAfter = stopsAfter
        self.docks = docks
    }
}

/// The doors and car doors of a level, for finding what a lane passes.
struct Openings {
    private let building: Building
    private let level: Int

    init(_ building: Building, level: Int) {
        self.building = building
        self.level = level
    }

    /// The gate on a lane, if there is one; `from` and `to` are the lifts in whose cars the lane starts and ends.
    func gate(on segment: Segment, _ lane: Lane, from: LiftID?, to: LiftID?) -> Gate? {
        switch (from, to) {
        case (nil, let lift?):
            let plane = carDoorPlane(of: lift, on: segment) ?? segment.length
            return Gate(
                .boarding(lift, level: level), hold: max(plane - RouteClearance.lift, 0), clear: segment.length)
        case (let lift?, nil):
            let plane = carDoorPlane(of: lift, on: segment) ?? 0
            let clear = plane + RouteClearance.lift
            return Gate(.exit(lift), clear: min(clear, segment.length), overhang: clear - segment.length)
        case (nil, nil):
            guard let id = lane.door else { return nil }
            guard let door = building.doors[id] else { return Gate(.door(id), clear: segment.length) }
            let plane = segment.plane(of: door.segment)
            let room = RouteClearance.of(door) * segment.slant(to: door.segment)
            let clear = min(plane + room, segment.length)
            return Gate(.door(id), hold: max(plane - room, 0), clear: clear, overhang: plane + room - segment.length)
        case (_?, _?): return nil
        }
    }

    /// The gate on a lane by Open-RMF's rules: the robot holds at the lane's start and is clear at its end.
    func openRMFGate(on segment: Segment, _ lane: Lane, from: LiftID?, to: LiftID?) -> Gate? {
        let extras = lane.extras
        let (end, docks) = (segment.length, extras.dock != nil)
        switch (from, to) {
        case (nil, let lift?):
            return Gate(.boarding(lift, level: level), clear: end, stopsAfter: false, docks: docks)
        case (let lift?, nil): return Gate(.exit(lift), clear: end, docks: docks)
        case (nil, nil):
            if extras.mockLift != nil { return Gate(.mockLift, clear: end, docks: docks) }
            if let door = lane.door { return Gate(.door(door), clear: end, docks: docks) }
            return docks ? Gate(.dock, clear: end, stopsAfter: false, docks: docks) : nil
        case (_?, _?): return nil
        }
    }

    /// Metres along a lane to the plane of the car's door that it passes.
    private func carDoorPlane(of lift: LiftID, on segment: Segment) -> Double? {
        let doors = building.lifts[lift]?.doors[building.levels[level].id] ?? []
        let nearest = doors.min {
            segment.distance(to: $0.segment.middle) < segment.distance(to: $1.segment.middle)
        }
        return nearest.map { segment.plane(of: $0.segment) }
    }
}

extension Segment {
    /// Metres along this segment to where it crosses an opening; where it passes at the side, to the nearest place.
    fileprivate func plane(of opening: Segment) -> Double {
        (crossing(opening) ?? share(nearest: opening.middle)) * length
    }

    /// How much longer the way is than the distance to an opening's plane when it is crossed aslant, 1...2.
    fileprivate func slant(to opening: Segment) -> Double {
        let (way, plane) = (b - a, opening.b - opening.a)
        let sine = abs(way.cross(plane)) / max(way.length * plane.length, 1e-9)
        return 1 / max(sine, 0.5)
    }
}

extension Lane {
    /// How the robot may face on it.
    var facing: LaneGraph.Facing {
        switch orientation {
        case .forward: .forward
        case .backward: .backward
        case nil: .any
        }
    }

    /// m/s, if it is limited at all, for a robot of some top speed.
    func limit(topSpeed: Double) -> Double? {
        let share = extras.speedShare.map { $0 * topSpeed }
        return [speedLimit, share].compactMap { $0 }.min()
    }
}

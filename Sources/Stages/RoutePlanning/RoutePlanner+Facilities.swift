import BuildingMap
import RobotModel

// What the planner knows of doors and lifts: the site's facts, and where there are none, the general timing.

extension RoutePlanner {
    func levelIndex(_ level: LevelID) -> Int? { building.levels.firstIndex { $0.id == level } }

    /// Seconds that a car's door takes, once open or once shut.
    func carDoorSeconds(of lift: LiftID) -> Double {
        facilities.lifts[lift]?.doorSeconds ?? timing.liftDoor.inSeconds
    }

    /// Seconds from shutting the car's door to having it open on the other level.
    func rideSeconds(_ lift: LiftID, from: Int, to: Int) -> Double {
        2 * carDoorSeconds(of: lift) + travelSeconds(lift, from: from, to: to)
    }

    /// Seconds that the car travels between two levels: a trapezoid of speed where its acceleration is known.
    func travelSeconds(_ lift: LiftID, from: Int, to: Int) -> Double {
        let metres = abs(building.levels[to].elevation - building.levels[from].elevation)
        let facts = facilities.lifts[lift]
        let speed = facts?.speed ?? timing.liftSpeed
        guard let acceleration = facts?.acceleration else { return timing.liftStart.inSeconds + metres / speed }
        if metres * acceleration >= speed * speed { return metres / speed + speed / acceleration }
        return 2 * (metres / acceleration).squareRoot()
    }

    /// Seconds of the longest ride that a lift can do.
    func longestRideSeconds(of lift: LiftID) -> Double {
        let served = building.levels.indices.filter { building.lifts[lift]?.doors[building.levels[$0].id] != nil }
        guard let lowest = served.first, let highest = served.last else { return 0 }
        return rideSeconds(lift, from: lowest, to: highest)
    }
}

extension SiteFacilities {
    /// What a robot has no right to use.
    func forbidden(to robot: String) -> RouteClosures {
        RouteClosures(
            doors: Set(doors.filter { !($0.value.robots?.contains(robot) ?? true) }.keys),
            lifts: Set(lifts.filter { !($0.value.robots?.contains(robot) ?? true) }.keys))
    }
}

extension RouteClosures {
    /// Adds what another one closes.
    mutating func formUnion(_ other: RouteClosures) {
        doors.formUnion(other.doors)
        lifts.formUnion(other.lifts)
        lanes.formUnion(other.lanes)
    }
}

extension LaneGraph {
    /// The velocities of the lanes at a robot's speed or their limits, m/s.
    func velocities(speed: Double) -> some Sequence<Point2D> {
        positions.indices.lazy.flatMap { node in
            self.arcs(from: node).lazy.compactMap { index -> Point2D? in
                let arc = self.arcs[index]
                let along = self.positions[Int(arc.head)] - self.positions[node]
                guard arc.length >= RouteSearch.standstill else { return nil }
                return along * (min(speed, self.limits[Int(arc.limit)]) / along.length)
            }
        }
    }
}

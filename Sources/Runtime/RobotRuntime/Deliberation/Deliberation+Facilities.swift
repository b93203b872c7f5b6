import BoardFile
import BuildingMap
import Devices
import Estimation
import Facilities
import RobotModel

extension Deliberation {
    /// Lets the desk see what the building says and where the robot stands, and sends what it asks for.
    func askBuilding(_ report: TickReport) {
        let input = FacilityInput(relay: rack.relay.report, whereabouts: whereabouts(report))
        let output = desk.step(input, at: now)
        for command in output.relay { rack.relay.send(command) }
    }

    /// The doors and lifts that the robot stands in, or partly in; nil while it does not know where it is.
    private func whereabouts(_ report: TickReport) -> RobotWhereabouts? {
        guard isLocalized else { return nil }
        let here = localizer.pose(odometry: report.odometry).position
        let level = localizer.level
        // Half the hull's diagonal: whatever its heading, nothing of it is nearer.
        let reach = Point2D(board.base.length / 2, board.base.width / 2).length
        var whereabouts = RobotWhereabouts()
        for door in building.doors.values
        where door.level == level && Segment(door.a, door.b).distance(to: here) < reach {
            whereabouts.doors.insert(door.id)
        }
        for lift in building.lifts.values where lift.contains(here, margin: reach) {
            whereabouts.lifts.insert(lift.id)
        }
        return whereabouts
    }
}

extension FacilityDesk {
    /// The doors and lifts of a board file, each over its link.
    init(board: Board, session: SessionID) {
        let doors = board.facilities.doors.mapValues {
            DoorLink.relayBox(RelayDoorLink(number: $0, session: session.number))
        }
        let lifts = board.facilities.lifts.mapValues {
            LiftLink.relayBox(RelayLiftLink(number: $0.number, floors: $0.floors, session: session.number))
        }
        self.init(doors: doors, lifts: lifts, robot: board.name)
    }
}

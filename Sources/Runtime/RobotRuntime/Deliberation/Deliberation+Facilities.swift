import BoardFile
import BuildingMap
import DeviceProtocols
import Devices
import Estimation
import Facilities
import Missions
import RobotModel

extension Deliberation {
    /// Lets the desk see what the building says and where the robot stands, and sends what it asks for.
    func askBuilding(_ report: TickReport) {
        let input = FacilityInput(
            relay: rack.relay.report, whereabouts: whereabouts(report), broker: rack.broker?.take(at: now) ?? [])
        let output = desk.step(input, at: now, wall: wall)
        for command in output.relay { rack.relay.send(command) }
        rack.broker?.send(output.messages)
        for complaint in output.complaints {
            announce(
                "\(complaint)", .warning, hint: "look at who publishes on it, and at the names in building_broker")
        }
    }

    /// Where the ride will go that is being begun, for controllers that want to know at the first call.
    func destination(of lift: LiftID) -> LevelID? {
        guard case .lift(let step)? = executive.routeStep, step.lift == lift else { return nil }
        return step.to
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
    init(board: Board) {
        let session = SessionID(robot: board.name)
        var doors: [DoorID: DoorLink] = [:]
        var lifts: [LiftID: LiftLink] = [:]
        if let box = board.facilities {
            doors = box.doors.mapValues { .relayBox(RelayDoorLink(number: $0, session: session.number)) }
            lifts = box.lifts.mapValues {
                .relayBox(RelayLiftLink(number: $0.number, floors: $0.floors, session: session.number))
            }
        }
        if let broker = board.buildingBroker {
            let topics = RMFTopics(prefix: broker.rmfPrefix)
            for (id, door) in broker.doors {
                switch door.link {
                case .rmf: doors[id] = .rmf(RMFDoorLink(door: door.name, topics: topics, session: session))
                }
            }
            for (id, lift) in broker.lifts { lifts[id] = LiftLink(lift, topics, session) }
        }
        self.init(doors: doors, lifts: lifts, robot: board.name)
    }
}

extension LiftLink {
    /// The link of a lift that is reached over the building's broker.
    fileprivate init(_ lift: BrokerLift, _ topics: RMFTopics, _ session: SessionID) {
        switch lift.link {
        case .rmf(let name):
            self = .rmf(RMFLiftLink(lift: name, floors: lift.floors, topics: topics, session: session))
        case .rfa(let building, let bank, let elevator, let robot):
            let address = RFAAddress(building: building, bank: bank, elevator: elevator, robot: robot)
            self = .rfa(RFALiftLink(address: address, floors: lift.floors.mapValues { RFAFloor($0) }))
        }
    }
}

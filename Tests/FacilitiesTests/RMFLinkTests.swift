import DeviceProtocols
import Facilities
import RobotModel
import Testing

@Suite("Doors and lifts behind Open-RMF")
struct RMFLinkTests {
    private static let topics = RMFTopics()
    private static let session = SessionID(robot: "dory", number: 40)

    private var clock = LinkClock(now: .zero + .seconds(100), wall: WallTime(secondsSince1970: 1_795_262_400.25))
    private var lift = RMFLiftLink(
        lift: "Lift1", floors: ["L1": "L1", "L3": "Third"], topics: Self.topics, session: Self.session)
    private var door = RMFDoorLink(door: "main", topics: Self.topics, session: Self.session)

    private mutating func tellLift(_ event: LinkEvent<LiftSession.Command>) -> LinkOutput<LiftReport> {
        var output = LinkOutput<LiftReport>()
        lift.handle(event, clock, &output)
        return output
    }

    private mutating func tellDoor(_ event: LinkEvent<DoorSession.Command>) -> LinkOutput<DoorReport> {
        var output = LinkOutput<DoorReport>()
        door.handle(event, clock, &output)
        return output
    }

    private func state(_ session: String, floor: String = "L1", mode: LiftMode = .agv) -> BrokerMessage {
        RMFLiftState(
            lift: "Lift1", floor: floor, destination: "Third", door: .open, motion: .stopped, mode: mode,
            session: session
        ).message(Self.topics, at: 0)
    }

    @Test("a request asks for AGV mode under our session's name, at the floor's name in Open-RMF")
    mutating func requests() throws {
        let output = tellLift(.command(.request("L3", onward: nil, holdDoor: true, isInside: false)))
        let request = try #require(try RMFLiftRequest(output.messages[0], Self.topics))
        #expect(
            request
                == RMFLiftRequest(lift: "Lift1", session: "dory/40", kind: .agvMode, floor: "Third", isDoorOpen: true))
        #expect(
            String(decoding: output.messages[0].payload, as: UTF8.self)
                == #"{"lift_name":"Lift1","request_time":{"sec":1795262400,"nanosec":250000000},"#
                + #""session_id":"dory/40","request_type":1,"destination_floor":"Third","door_state":2}"#)
    }

    @Test("a lift state says whose the lift is, in the building's own names")
    mutating func reports() {
        #expect(
            tellLift(.broker(.message(state("dory/40", floor: "Third")))).reports == [
                LiftReport(level: "L3", destination: "L3", motion: .stopped, door: .open, mode: .agv, holder: .ours)
            ])
        #expect(tellLift(.broker(.message(state("")))).reports.first?.holder == FacilityHolder.none)
        #expect(tellLift(.broker(.message(state("dora/1")))).reports.first?.holder == .other("session dora/1"))
        #expect(tellLift(.broker(.message(state("", mode: .fire)))).reports.first?.mode == .fire)
    }

    @Test("a state that the broker had kept, and one of another lift, say nothing")
    mutating func strangers() {
        var old = state("dory/40")
        old.isRetained = true
        #expect(tellLift(.broker(.message(old))).reports.isEmpty)
        let other = RMFLiftState(
            lift: "Lift2", floor: "L1", destination: "L1", door: .open, motion: .stopped, mode: .agv, session: "dory/40"
        )
        #expect(tellLift(.broker(.message(other.message(Self.topics, at: 0)))).reports.isEmpty)
    }

    @Test("a release ends the session where the car is, but not while the robot is inside")
    mutating func releases() throws {
        _ = tellLift(.broker(.message(state("dory/40", floor: "Third"))))
        #expect(tellLift(.command(.release(isInside: true))).messages.isEmpty)
        let output = tellLift(.command(.release(isInside: false)))
        let request = try #require(try RMFLiftRequest(output.messages[0], Self.topics))
        #expect(
            request
                == RMFLiftRequest(
                    lift: "Lift1", session: "dory/40", kind: .endSession, floor: "Third", isDoorOpen: false))
    }

    @Test("without a level a request keeps the car where it is sent, and says nothing while that is not known")
    mutating func adopted() throws {
        #expect(tellLift(.command(.request(nil, onward: nil, holdDoor: true, isInside: true))).messages.isEmpty)
        _ = tellLift(.broker(.message(state("dory/40"))))
        let output = tellLift(.command(.request(nil, onward: nil, holdDoor: true, isInside: true)))
        #expect(try #require(try RMFLiftRequest(output.messages[0], Self.topics)).floor == "Third")
    }

    @Test("when the broker is back, what stands is said again, and a release that was said is not")
    mutating func reconnects() {
        _ = tellLift(.command(.request("L1", onward: nil, holdDoor: true, isInside: false)))
        _ = tellLift(.broker(.disconnected))
        #expect(tellLift(.broker(.connected)).messages.count == 1)
        _ = tellLift(.command(.release(isInside: false)))
        #expect(tellLift(.broker(.connected)).messages.isEmpty)
    }

    @Test("a request that was taken back is not said again when the broker is back, and ends nobody's session")
    mutating func withdraws() {
        _ = tellLift(.command(.request("L1", onward: nil, holdDoor: true, isInside: false)))
        #expect(tellLift(.command(.withdraw(isInside: false))).messages.isEmpty)
        #expect(tellLift(.broker(.connected)).messages.isEmpty)
        _ = tellDoor(.command(.request))
        #expect(tellDoor(.command(.withdraw)).messages.isEmpty)
        #expect(tellDoor(.broker(.connected)).messages.isEmpty)
    }

    private func doorState(_ mode: DoorMode) -> LinkEvent<DoorSession.Command> {
        .broker(.message(RMFDoorState(door: "main", mode: mode).message(Self.topics, at: 0)))
    }

    private func heartbeat(_ holders: String...) -> LinkEvent<DoorSession.Command> {
        let doors = [RMFDoorHeartbeat.Door(name: "main", holders: holders)]
        return .broker(.message(RMFDoorHeartbeat(doors: doors).message(Self.topics, at: 0)))
    }

    @Test("a door that stands open is ours only if the supervisor's heartbeat says so")
    mutating func heartbeats() {
        #expect(tellDoor(doorState(.open)).reports == [DoorReport(mode: .open, holder: .none)])
        _ = tellDoor(heartbeat("dora/1"))
        #expect(tellDoor(doorState(.open)).reports == [DoorReport(mode: .open, holder: .other("session dora/1"))])
        _ = tellDoor(heartbeat("dora/1", "dory/40"))
        #expect(tellDoor(doorState(.open)).reports == [DoorReport(mode: .open, holder: .ours)])
        clock.now += .seconds(6)
        #expect(tellDoor(doorState(.open)).reports == [DoorReport(mode: .open, holder: .none)])
    }

    @Test("a door is asked to open and to close under our session's name")
    mutating func doorRequests() throws {
        let open = tellDoor(.command(.request)).messages
        #expect(
            try RMFDoorRequest(open[0], Self.topics) == RMFDoorRequest(door: "main", requester: "dory/40", opens: true))
        let close = tellDoor(.command(.release)).messages
        #expect(
            String(decoding: close[0].payload, as: UTF8.self)
                == #"{"request_time":{"sec":1795262400,"nanosec":250000000},"requester_id":"dory/40","#
                + #""door_name":"main","requested_mode":{"value":0}}"#)
    }

    @Test(
        "a message that is none is told with its topic and its fault",
        arguments: [
            ("rmf/door_states", "{}", "current_mode.value is no whole number"),
            (
                "rmf/door_supervisor_heartbeat", #"{"all_sessions":[{}]}"#,
                "one of all_sessions has no door_name or no sessions"
            ),
            ("rmf/door_states", "[1", "no JSON at byte 2: expected ',' or ']'"),
        ])
    mutating func complaints(topic: String, text: String, what: String) {
        let output = tellDoor(.broker(.message(BrokerMessage(topic: topic, payload: Array(text.utf8)))))
        #expect(output.complaint == MessageProblem(topic: topic, what: what))
        #expect(output.reports.isEmpty)
    }
}

import BoardFile
import BuildingMap
import DeviceIO
import DeviceProtocols
import Devices
import Facilities
import Foundation
import RobotModel
import Testing
import Twin

/// The robot's desk over its links against the twin's controllers, on one clock.
private final class LinkBench {
    /// How a lift is spoken to.
    enum Language: CaseIterable { case rfa, rmf }

    let twin: Twin
    private(set) var broker: BuildingBroker
    let spy: any MQTTPort
    private let links: (doors: [DoorID: DoorLink], lifts: [LiftID: LiftLink])
    private let makeBroker: () -> BuildingBroker
    private let isPaced: Bool
    var desk: FacilityDesk
    var now = Instant.zero + .seconds(5)
    /// Every request that went to the lift while the robot stood in its car.
    private(set) var saidInside: [RFARequest] = []
    private let address = RFAAddress(building: "tower", bank: "a", elevator: "1", robot: "dory")

    /// - Parameters:
    ///   - settings: Where the broker is.
    ///   - isPaced: The clock goes as fast as a real one: the broker is in another process.
    init(
        _ language: Language, brokers: any MQTTPortOpening = MemoryBroker(), settings: MQTTSettings? = nil,
        isPaced: Bool = false
    ) throws {
        self.isPaced = isPaced
        var board = try TestSite.board()
        let floors: [LevelID: String] = ["L1": "1F", "L2": "2F", "L3": "3F"]
        let link: BrokerLift.Link =
            switch language {
            case .rfa: .rfa(building: "tower", bank: "a", elevator: "1", robot: "dory")
            case .rmf: .rmf(name: "Lift1")
            }
        board.facilities = nil
        board.buildingBroker = BuildingBrokerSlot(
            host: settings?.host ?? "memory", port: settings?.port ?? 1883, clientID: "dory",
            tls: settings?.tls.map { BuildingBrokerSlot.TLS(authorityFile: $0.authorityFile) },
            username: settings?.username, passwordFile: settings?.passwordFile,
            doors: ["entrance": BrokerDoor(link: .rmf, name: "main")],
            lifts: ["lift_1": BrokerLift(link: link, floors: floors)])
        var scenario = TestSite.plainScenario()
        scenario.facilities.liftSpeed = 3
        scenario.facilities.liftDoorTime = 0.5
        scenario.facilities.doorTime = 0.5
        twin = try Twin(
            board: board, building: TestSite.building, scenario: scenario, ports: MemoryPorts(), gpio: MemoryGPIO(),
            brokers: brokers)
        let topics = RMFTopics()
        let session = SessionID(robot: "dory")
        let lift: LiftLink =
            switch language {
            case .rfa: .rfa(RFALiftLink(address: address, floors: floors.mapValues { RFAFloor($0) }))
            case .rmf: .rmf(RMFLiftLink(lift: "Lift1", floors: floors, topics: topics, session: session))
            }
        links = (["entrance": .rmf(RMFDoorLink(door: "main", topics: topics, session: session))], ["lift_1": lift])
        desk = FacilityDesk(doors: links.doors, lifts: links.lifts, robot: "dory")
        var client = settings ?? MQTTSettings(host: "memory", port: 1883, clientID: "dory")
        client.topics = desk.subscriptions
        let robot = client
        makeBroker = {
            BuildingBroker(slot: "building_broker", settings: robot, robot: "dory", opener: brokers)
        }
        broker = makeBroker()
        client.clientID = "spy"
        client.topics = address.requestTopics
        spy = brokers.open(client)
    }

    var lift: LiftState { desk.lifts["lift_1"] ?? LiftState() }
    var door: DoorState { desk.doors["entrance"] ?? DoorState() }
    var isGranted: Bool { if case .granted = lift.session { true } else { false } }
    var isInside: Bool {
        TestSite.building.lifts["lift_1"]!.contains(twin.world.pose.position, margin: 0)
    }

    func isOpen(at level: LevelID) -> Bool { isGranted && lift.currentLevel == level && lift.door == .open }

    /// Lets time pass until something is so, at most so many seconds.
    @discardableResult
    func run(_ seconds: Double, until isSo: () -> Bool = { false }) -> Bool {
        for step in 0..<Int(seconds * 1000) {
            now += .milliseconds(1)
            twin.advance(to: now)
            if isPaced { usleep(1000) }
            guard step % 50 == 0 else { continue }
            think()
            if isSo() { return true }
        }
        return isSo()
    }

    private func think() {
        let whereabouts = RobotWhereabouts(lifts: isInside ? ["lift_1"] : [])
        let input = FacilityInput(whereabouts: whereabouts, broker: broker.take(at: now))
        let wall = WallTime(secondsSince1970: 1_795_262_400 + now.seconds(since: .zero))
        let output = desk.step(input, at: now, wall: wall)
        broker.send(output.messages)
        for event in spy.take() {
            guard case .message(let message) = event, isInside,
                let asked = (try? RFAAsked(message, to: address)) ?? nil
            else { continue }
            saidInside.append(asked.request)
        }
    }

    /// Puts the robot into the car, or before it.
    func stand(inside: Bool) {
        let position = inside ? Pose2D(x: 11, y: 0) : Pose2D(x: 8.5, y: 0)
        twin.world.carry(to: twin.world.level, position)
    }

    /// As a power failure of the robot leaves it: another connection, and another desk, which knows what the journal had.
    func restart() {
        broker = makeBroker()
        desk = FacilityDesk(doors: links.doors, lifts: links.lifts, robot: "dory")
        desk.adopt(lift: "lift_1", session: SessionID(robot: "dory").number)
    }

    /// Nothing that gives the car away was said with the robot in it.
    var hasKeptCar: Bool { !saidInside.contains { $0 == .release || $0 == .robotStatus(.hasGotOff) } }
}

@Suite("Doors and lifts of the twin behind a broker")
struct BuildingLinksTests {
    /// Called, boarded at L1 and sent to L3.
    private func board(_ bench: LinkBench) throws {
        bench.stand(inside: false)
        bench.desk.call(lift: "lift_1", to: "L1", onward: "L3")
        try #require(bench.run(40) { bench.isOpen(at: "L1") })
        bench.stand(inside: true)
        bench.run(0.1)
        bench.desk.sendLift("lift_1", to: "L3")
    }

    private func leave(_ bench: LinkBench) {
        bench.stand(inside: false)
        bench.desk.release(lift: "lift_1")
        #expect(bench.run(30) { bench.lift.session == .none })
        #expect(bench.twin.world.lifts["lift_1"]?.plant.session == 0)
    }

    @Test("a ride from L1 to L3 ends there, and the lift is given back", arguments: LinkBench.Language.allCases)
    private func ride(_ language: LinkBench.Language) throws {
        let bench = try LinkBench(language)
        try board(bench)
        #expect(bench.run(40) { bench.isOpen(at: "L3") })
        #expect(bench.twin.truth.level == "L3")
        #expect(bench.hasKeptCar)
        leave(bench)
    }

    @Test("an Open-RMF door opens for us, is held, and shuts after its release")
    func door() throws {
        let bench = try LinkBench(.rmf)
        bench.desk.request(door: "entrance")
        #expect(bench.run(10) { bench.door.mode == .open })
        bench.run(30)
        #expect(bench.door.mode == .open)
        if case .granted = bench.door.session {} else { Issue.record("not granted: \(bench.door.session)") }
        bench.desk.release(door: "entrance")
        #expect(bench.run(10) { bench.door.mode == .closed && bench.door.session == .none })
    }

    @Test(
        "whatever befalls the lift with the robot inside, the car is not given away, and the ride ends well when it is over",
        arguments: LinkBench.Language.allCases.flatMap { language in
            ["fire", "emergency", "offline", "silent", "session-stolen", "power-loss", "wrong-level"].map {
                (language, "lift.lift_1:\($0)")
            } + [(language, "broker:unplugged")]
        })
    private func troubleInside(_ language: LinkBench.Language, _ trouble: String) throws {
        let bench = try LinkBench(language)
        try board(bench)
        bench.run(2.5)
        let fault = try ScheduledFault(parsing: trouble).fault
        bench.twin.inject(fault)
        bench.run(40)
        #expect(bench.hasKeptCar)
        if case .failed(let why) = bench.lift.session { Issue.record("given up inside: \(why)") }
        bench.twin.clear(fault)
        #expect(bench.run(60) { bench.isOpen(at: "L3") }, "\(bench.lift)")
        #expect(bench.hasKeptCar)
        leave(bench)
    }

    @Test(
        "a lift in a special mode is refused before boarding, and left without a session",
        arguments: LinkBench.Language.allCases.flatMap { language in ["fire", "emergency"].map { (language, $0) } })
    private func troubleOutside(_ language: LinkBench.Language, _ trouble: String) throws {
        let bench = try LinkBench(language)
        let fault = try ScheduledFault(parsing: "lift.lift_1:\(trouble)").fault
        bench.stand(inside: false)
        bench.run(1)
        bench.twin.inject(fault)
        bench.desk.call(lift: "lift_1", to: "L1")
        // The RFA interface knows one word for both.
        let mode = language == .rfa ? "emergency" : trouble
        #expect(bench.run(20) { bench.lift.session == .failed("the lift is in \(mode) mode") }, "\(bench.lift)")
        bench.twin.clear(fault)
        bench.run(20)
        #expect(bench.twin.world.lifts["lift_1"]?.plant.session == 0)
    }

    @Test("a car that goes off before boarding shows as gone, and comes back", arguments: LinkBench.Language.allCases)
    private func leaves(_ language: LinkBench.Language) throws {
        let bench = try LinkBench(language)
        bench.stand(inside: false)
        bench.desk.call(lift: "lift_1", to: "L1")
        try #require(bench.run(40) { bench.isOpen(at: "L1") })
        bench.twin.inject(.liftLeaves("lift_1"))
        #expect(bench.run(10) { bench.lift.door != .open })
        #expect(bench.run(10) { bench.lift.currentLevel != "L1" })
        #expect(bench.run(40) { bench.isOpen(at: "L1") })
    }

    @Test("a robot that restarts in the car keeps it, goes on and gets out", arguments: LinkBench.Language.allCases)
    private func restart(_ language: LinkBench.Language) throws {
        let bench = try LinkBench(language)
        try board(bench)
        bench.run(2.5)
        bench.restart()
        bench.run(15)
        #expect(bench.hasKeptCar)
        bench.desk.sendLift("lift_1", to: "L3")
        #expect(bench.run(40) { bench.isOpen(at: "L3") })
        #expect(bench.hasKeptCar)
        leave(bench)
    }

    @Test("a robot that restarts outside gives an open session back", arguments: LinkBench.Language.allCases)
    private func restartOutside(_ language: LinkBench.Language) throws {
        let bench = try LinkBench(language)
        bench.stand(inside: false)
        bench.desk.call(lift: "lift_1", to: "L1")
        try #require(bench.run(40) { bench.isOpen(at: "L1") })
        bench.restart()
        bench.run(3)
        leave(bench)
    }

    @Test(
        "a ride over a real mosquitto with TLS and a password, in real time", .timeLimit(.minutes(3)),
        .enabled(if: TestBroker.isInstalled, "mosquitto, mosquitto_passwd or openssl is not installed"),
        arguments: LinkBench.Language.allCases)
    private func overMosquitto(_ language: LinkBench.Language) throws {
        let mosquitto = try TestBroker(.guarded)
        let bench = try LinkBench(
            language, brokers: SystemMQTTPorts(), settings: mosquitto.settings("dory"), isPaced: true)
        try #require(bench.run(20) { bench.broker.status.phase == .running }, "\(bench.broker.status)")
        try board(bench)
        #expect(bench.run(60) { bench.isOpen(at: "L3") }, "\(bench.lift)")
        #expect(bench.hasKeptCar)
        leave(bench)
        bench.broker.stop()
    }
}

import RobotModel
import Testing
import Twin

struct ScenarioTests {
    @Test("a scenario file says everything that differs from the defaults")
    func reading() throws {
        let scenario = try Scenario.read(
            text: """
                version: 1
                seed: 42
                slip: 2
                robot: { level: L2, pose: [1, 2, 90] }
                laser: { drop_out: 0.05 }
                facilities: { lift_floors: { lift_1: 3 }, automatic_doors: [front] }
                furniture:
                  - { level: L1, pose: [1, 2, 0], radius: 0.3 }
                  - { level: L2, pose: [3, 4, 180], size: [1.0, 0.5] }
                vehicle:
                  place: kerb
                  box: { number: 9, order: 77, code: 4000000000 }
                people:
                  - { who: recipient, level: L3, at: [1, 1], pin: "0420", wrong_first: 1 }
                  - { who: walker, level: L1, path: [[0, 0], [1, 1]], after: 20 }
                  - { who: doorway, door: front, seconds: 60, when_robot_within: 4 }
                """)
        #expect(scenario.seed == 42)
        #expect(scenario.start == RobotStart(level: "L2", pose: Pose2D(x: 1, y: 2, yaw: .pi / 2)))
        #expect(scenario.laser.dropOut == 0.05)
        #expect(scenario.laser.deviation == LaserNoise().deviation)
        #expect(scenario.facilities.liftFloors == ["lift_1": 3])
        #expect(scenario.facilities.automaticDoors == ["front"])
        #expect(scenario.furniture.map(\.shape) == [.round(radius: 0.3), .box(length: 1.0, width: 0.5)])
        #expect(scenario.vehicle?.code == 4_000_000_000)
        var recipient = RecipientSetup(level: "L3", position: Point2D(1, 1), pin: "0420")
        recipient.wrongFirst = 1
        #expect(
            scenario.people == [
                .recipient(recipient),
                .walker(
                    WalkerSetup(level: "L1", path: [Point2D(0, 0), Point2D(1, 1)], speed: 1.1, trigger: .time(20))),
                .doorway(DoorwaySetup(door: "front", seconds: 60, trigger: .robotWithin(4))),
            ])
    }

    @Test("every mistake of a scenario file is told with its line")
    func mistakes() {
        var told = ""
        do {
            _ = try Scenario.read(
                text: """
                    version: 1
                    slop: 2
                    people:
                      - { who: walker, level: L1, path: [[0, 0]], after: 20 }
                      - { who: recipient, level: L3, at: [1, 1], pin: "12a4" }
                    """)
        } catch {
            told = "\(error)"
        }
        for line in [2, 4, 5] { #expect(told.contains("twin.yaml:\(line):")) }
        for line in [1, 3] { #expect(!told.contains("twin.yaml:\(line):")) }
    }

    @Test("the scenario of the demonstration's site is right")
    func riverside() throws {
        let scenario = try Scenario.read(path: TestSite.repository + "/BoardConfigs/sites/riverside/twin.yaml")
        #expect(scenario.vehicle?.place == "kerb")
        #expect(scenario.people.count == 3)
    }

    @Test("a scenario that does not fit its building says what does not")
    func misfit() throws {
        #expect(throws: RobotError.self) { _ = try TestSite.world { $0.vehicle = Vehicle(place: "nowhere") } }
        #expect(throws: RobotError.self) {
            _ = try TestSite.world { $0.start = RobotStart(level: "L9", pose: Pose2D()) }
        }
        #expect(throws: RobotError.self) {
            _ = try TestSite.world { $0.people = [.doorway(DoorwaySetup(door: "none", trigger: .time(0)))] }
        }
    }
}

struct ScheduledFaultTests {
    @Test(
        "a fault is read from its words",
        arguments: [
            ("lidar:silent@30+5", Fault.line("lidar", .silent), 30.0, 5.0 as Double?),
            ("box_radio:garbage", .line("box_radio", .garbage), 0, nil),
            ("wheels:unplugged@1.5", .line("wheels", .unplugged), 1.5, nil),
            ("servo.3:alert@40", .servoAlert(id: 3), 40, nil),
            ("estop:press@10+5", .emergencyStop, 10, 5),
            ("bumper:hit", .bumper, 0, nil),
            ("gpio:unplugged@2", .gpioUnplugged, 2, nil),
            ("door.lobby_door:stuck", .doorStuck("lobby_door"), 0, nil),
            ("door.entrance:closes-early", .doorClosesEarly("entrance"), 0, nil),
            ("door.entrance:person@0+60", .personInDoorway("entrance"), 0, 60),
            ("lift.lift_1:never-comes", .liftStuck("lift_1"), 0, nil),
            ("lift.lift_1:wrong-level", .liftWrongLevel("lift_1"), 0, nil),
            ("lift.lift_1:fire", .liftFire("lift_1"), 0, nil),
            ("lift.lift_1:offline", .liftOffline("lift_1"), 0, nil),
            ("lift.lift_1:emergency", .liftEmergency("lift_1"), 0, nil),
            ("lift.lift_1:closes-early", .liftClosesEarly("lift_1"), 0, nil),
            ("lift.lift_1:leaves@9", .liftLeaves("lift_1"), 9, nil),
            ("lift.lift_1:session-stolen@1+2", .liftStolen("lift_1"), 1, 2),
            ("lift.lift_1:silent", .liftSilent("lift_1"), 0, nil),
            ("lift.lift_1:power-loss", .liftPowerLoss("lift_1"), 0, nil),
            ("door.entrance:offline", .doorOffline("entrance"), 0, nil),
            ("door.entrance:session-stolen", .doorStolen("entrance"), 0, nil),
            ("door.entrance:silent", .doorSilent("entrance"), 0, nil),
            ("broker:unplugged@5+5", .brokerUnplugged, 5, 5),
            ("box:meal-missing", .mealMissing, 0, nil),
            ("box:refuses-code", .boxRefusesCode, 0, nil),
            ("box:latch-stuck@20", .boxLatchStuck, 20, nil),
            ("box:flap-stuck", .boxFlapStuck, 0, nil),
            ("meal:slips@60+5", .mealSlips, 60, 5),
            ("lid:stuck", .lidStuck, 0, nil),
            ("lid:unlatched@30+1", .lidUnlatched, 30, 1),
            ("battery:low", .batteryLow, 0, nil),
            ("wheels:fault", .wheelFault, 0, nil),
            ("robot.L1,6.5,-8,180:carried@4", .carried(to: "L1", Pose2D(x: 6.5, y: -8, yaw: .pi)), 4, nil),
        ])
    func reads(text: String, fault: Fault, start: Double, duration: Double?) throws {
        let parsed = try ScheduledFault(parsing: text)
        #expect(parsed == ScheduledFault(fault, start: .seconds(start), duration: duration.map { .seconds($0) }))
    }

    @Test(
        "what is no fault is refused with the forms that are",
        arguments: [
            "", "lidar", "lidar:sleepy", "radar:silent", "servo.x:alert", "lidar:silent@soon", "lidar:silent@1+",
            "lidar:silent@-1", "lidar:silent@1+2+3", "door:stuck", "lidar.front:silent", ":", "a:b:c",
        ])
    func refuses(text: String) {
        do {
            _ = try ScheduledFault(parsing: text)
            Issue.record("'\(text)' was taken for a fault")
        } catch {
            #expect(error.hint?.contains("garbage") == true)
        }
    }
}

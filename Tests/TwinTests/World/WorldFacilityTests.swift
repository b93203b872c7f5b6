import BoardFile
import RobotModel
import Testing
import Twin

struct WorldFacilityTests {
    private func door(_ world: World, _ number: Int) throws -> DoorPlant {
        try #require(world.facility.doors.first { $0.number == number })
    }

    @Test("a door opens in its time for a session, stays, and shuts a while after the session ends")
    func doorTimes() throws {
        let world = try TestSite.world()
        let door = try door(world, 2)
        #expect(door.mode == .closed)
        door.session = 17
        world.advance()
        #expect(door.mode == .moving)
        let opens = try #require(world.run(until: { door.mode == .open }, limit: 10))
        #expect(abs(opens - 2.5) < 0.01)
        world.run(20)
        #expect(door.mode == .open)
        door.session = 0
        let shuts = try #require(world.run(until: { door.mode == .closed }, limit: 20))
        #expect(abs(shuts - 5.5) < 0.02)
    }

    @Test("a door does not shut on the robot between its posts, and shuts when it has gone")
    func obstruction() throws {
        let board = try TestSite.board()
        let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 3, y: 0)) }
        let door = try door(world, 1)
        door.session = 1
        world.run(4)
        world.run(1.25) { world.drive(0.8, on: board.base) }
        #expect(abs(world.pose.x - 4) < 0.3)
        door.session = 0
        world.run(12) { world.drive(0, on: board.base) }
        #expect(door.mode == .open)
        world.run(1.5) { world.drive(0.8, on: board.base) }
        let shuts = world.run(
            until: {
                world.drive(0, on: board.base); return door.mode == .closed
            }, limit: 10)
        #expect(shuts != nil)
        #expect(world.contacts == 0)
    }

    @Test("a hinged leaf stops before a robot that stands in its sweep")
    func sweep() throws {
        let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 6.3, y: 0)) }
        let door = try door(world, 2)
        door.session = 1
        world.run(8)
        #expect(door.mode == .moving)
        #expect(door.opening > 0.05)
        #expect(door.opening < 0.95)
        #expect(world.contacts == 0)
    }

    @Test("a stuck door does not move, and one that shuts early heeds no session but spares who stands in it")
    func doorFaults() throws {
        let world = try TestSite.world()
        let entrance = try door(world, 1)
        world.doors["entrance"]?.isStuck = true
        entrance.session = 1
        world.run(10)
        #expect(entrance.mode == .closed)
        world.doors["entrance"]?.isStuck = false
        world.run(3)
        #expect(entrance.mode == .open)
        world.doors["entrance"]?.closesEarly = true
        world.run(3)
        #expect(entrance.mode == .closed)
        world.doors["entrance"]?.closesEarly = false
        world.run(3)
        world.setPerson(inDoorway: "entrance", true)
        world.run(0.1)
        world.doors["entrance"]?.closesEarly = true
        world.run(10)
        #expect(entrance.mode == .open)
    }

    @Test("an automatic door opens for a person and not for the robot")
    func radar() throws {
        let world = try TestSite.world {
            $0.facilities.automaticDoors = ["entrance"]
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 3.2, y: 0))
            $0.people = [
                .walker(
                    WalkerSetup(
                        level: "L1", path: [Point2D(1, 2), Point2D(3.2, 1.0)], speed: 1, trigger: .time(5)))
            ]
        }
        let entrance = try door(world, 1)
        world.run(5)
        #expect(entrance.mode == .closed)
        world.run(5)
        #expect(entrance.mode == .open)
    }

    @Test("the lift needs the time for its doors and its way, and carries the robot to the level")
    func lift() throws {
        let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 11, y: 0)) }
        let lift = try #require(world.facility.lifts.first)
        lift.session = 5
        lift.destination = 1
        lift.holdDoor = true
        #expect(try #require(world.run(until: { lift.door == .open }, limit: 10)) < 2.6)
        lift.destination = 3
        world.advance()
        #expect(lift.door == .moving)
        let leaves = try #require(world.run(until: { lift.motion == .up }, limit: 10))
        #expect(abs(leaves - 3.0) < 0.05)
        var floors: [Int] = []
        let arrives = try #require(
            world.run(
                until: {
                    if floors.last != lift.floor { floors.append(lift.floor) }
                    return lift.motion == .stopped
                }, limit: 20))
        #expect(abs(arrives - 6.4) < 0.05)
        #expect(floors == [1, 2, 3])
        #expect(world.level == "L3")
        #expect(world.pose == Pose2D(x: 11, y: 0))
        #expect(try #require(world.run(until: { lift.door == .open }, limit: 5)) < 2.6)
        world.run(30)
        #expect(lift.door == .open)
        lift.holdDoor = false
        lift.session = 0
        world.run(9)
        #expect(lift.door == .closed)
    }

    @Test("a robot in front of the lift is not carried")
    func leftBehind() throws {
        let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 9, y: 0)) }
        let lift = try #require(world.facility.lifts.first)
        lift.session = 5
        lift.destination = 3
        world.run(20)
        #expect(lift.floor == 3)
        #expect(world.level == "L1")
    }

    @Test("a car door that meets somebody opens again and the car waits")
    func lightCurtain() throws {
        let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 10, y: 0)) }
        let lift = try #require(world.facility.lifts.first)
        lift.session = 5
        lift.destination = 1
        lift.holdDoor = true
        world.run(4)
        lift.destination = 3
        world.run(20)
        #expect(lift.floor == 1)
        #expect(lift.opening > 0.9)
    }

    @Test("a stop for somebody else opens the doors on the way and then goes on")
    func intermediateStop() throws {
        let world = try TestSite.world {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 11, y: 0))
            $0.facilities.intermediateStop = IntermediateStop(lift: "lift_1", floor: 2)
        }
        let lift = try #require(world.facility.lifts.first)
        lift.session = 5
        lift.destination = 3
        lift.holdDoor = true
        #expect(world.run(until: { lift.floor == 2 && lift.door == .open }, limit: 30) != nil)
        #expect(world.level == "L2")
        #expect(world.run(until: { lift.floor == 3 && lift.door == .open }, limit: 30) != nil)
        #expect(world.level == "L3")
    }

    @Test("a lift's faults: stuck, wrong level, fire, offline")
    func liftFaults() throws {
        func started(_ change: (LiftBody) -> Void) throws -> (World, LiftPlant) {
            let world = try TestSite.world()
            let lift = try #require(world.facility.lifts.first)
            change(try #require(world.lifts["lift_1"]))
            lift.session = 5
            lift.destination = 3
            lift.holdDoor = true
            world.run(30)
            return (world, lift)
        }
        let (_, stuck) = try started { $0.isStuck = true }
        #expect(stuck.floor == 1)
        #expect(stuck.door == .closed)
        let (_, wrong) = try started { $0.goesWrong = true }
        #expect(wrong.floor == 2)
        #expect(wrong.door == .open)
        #expect(wrong.destination == 3)
        let (_, fire) = try started { $0.isOnFire = true }
        #expect(fire.floor == 1)
        #expect(fire.mode == .fire)
        #expect(fire.door == .open)
        let (_, offline) = try started { $0.isOffline = true }
        #expect(offline.mode == .offline)
        #expect(offline.floor == 1)
    }

    /// A lift that has been called to a floor and stands open there.
    private func called(to floor: Int) throws -> (World, LiftBody) {
        let world = try TestSite.world()
        let body = try #require(world.lifts["lift_1"])
        body.plant.session = 5
        body.plant.destination = floor
        body.plant.holdDoor = true
        try #require(world.run(until: { body.plant.floor == floor && body.plant.door == .open }, limit: 30) != nil)
        return (world, body)
    }

    @Test("in an emergency the car goes on to the floor that it drives to, opens, and stays for nobody's session")
    func emergency() throws {
        let (world, body) = try called(to: 1)
        body.plant.destination = 3
        try #require(world.run(until: { body.plant.motion == .up }, limit: 20) != nil)
        body.isInEmergency = true
        #expect(world.run(until: { body.plant.floor == 3 && body.plant.door == .open }, limit: 20) != nil)
        body.plant.destination = 1
        world.run(20)
        #expect(body.plant.floor == 3)
        #expect(body.plant.mode == .emergency)
    }

    @Test("a car's door that shuts early heeds no session, and opens for it again afterwards")
    func closesEarly() throws {
        let (world, body) = try called(to: 2)
        body.closesEarly = true
        #expect(world.run(until: { body.plant.door == .closed }, limit: 10) != nil)
        world.run(10)
        #expect(body.plant.door == .closed)
        body.closesEarly = false
        #expect(world.run(until: { body.plant.door == .open }, limit: 10) != nil)
    }

    @Test("a car that leaves goes off once from where it stands open, and comes back")
    func leaves() throws {
        let (world, body) = try called(to: 2)
        body.leaves = true
        #expect(world.run(until: { body.plant.floor != 2 && body.plant.door == .open }, limit: 30) != nil)
        #expect(world.run(until: { body.plant.floor == 2 && body.plant.door == .open }, limit: 30) != nil)
        world.run(30)
        #expect(body.plant.floor == 2)
        #expect(body.plant.door == .open)
    }

    @Test("without power the car stands where it is with the robot in it, and goes on when it has power and a session")
    func powerLoss() throws {
        let (world, body) = try called(to: 1)
        world.carry(to: "L1", Pose2D(x: 11, y: 0))
        body.plant.destination = 3
        try #require(world.run(until: { body.elevation > 1 }, limit: 20) != nil)
        body.isPowerless = true
        let height = body.elevation
        world.run(20)
        #expect(body.elevation == height)
        #expect(body.plant.mode == .offline)
        body.isPowerless = false
        #expect(world.run(until: { body.plant.floor == 3 && body.plant.door == .open }, limit: 20) != nil)
        #expect(world.level == "L3")
    }

    @Test("a door that is offline stays as it is and says so")
    func doorOffline() throws {
        let world = try TestSite.world()
        let door = try door(world, 1)
        let body = try #require(world.doors["entrance"])
        body.isOffline = true
        door.session = 1
        world.run(5)
        #expect(door.mode == .offline)
        #expect(body.opening == 0)
        body.isOffline = false
        #expect(world.run(until: { door.mode == .open }, limit: 10) != nil)
    }
}

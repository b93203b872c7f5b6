import BoardFile
import RobotModel
import Testing
import Twin

struct WorldPeopleTests {
    private func gap(_ world: World, _ base: BaseGeometry) -> Double {
        let hull = Hull(length: base.length, width: base.width)
        return world.people.filter { $0.level == world.level }
            .map { hull.distance(to: world.pose.inverseTransform($0.position)) - PersonBody.radius }.min() ?? .infinity
    }

    @Test("a person never walks into a standing robot, and gets past it when there is room")
    func standingRobot() throws {
        let board = try TestSite.board()
        let world = try TestSite.world {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 0, y: 0))
            $0.vehicle = nil
            $0.people = [
                .walker(
                    WalkerSetup(
                        level: "L1", path: [Point2D(-4, 0.05), Point2D(3, 0.05)], speed: 1.2, trigger: .time(0)))
            ]
        }
        var nearest = Double.infinity
        world.run(40) { nearest = min(nearest, gap(world, board.base)) }
        #expect(nearest > 0.40)
        #expect(nearest < 0.60)
        #expect(try #require(world.people.first).position == Point2D(3, 0.05))
        #expect(world.nearestPerson == .infinity)
        #expect(world.contacts == 0)
    }

    @Test("a person whose way is blocked for good waits, and turns back")
    func noRoom() throws {
        let board = try TestSite.board()
        let world = try TestSite.world {
            // In the doorway of the hinged door, which an opened leaf and the walls leave no way around.
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 7, y: 0))
            $0.people = [
                .walker(
                    WalkerSetup(level: "L1", path: [Point2D(9, 0), Point2D(5, 0)], speed: 1.0, trigger: .time(0)))
            ]
        }
        var nearest = Double.infinity
        world.run(60) { nearest = min(nearest, gap(world, board.base)) }
        #expect(nearest > 0.40)
        #expect(try #require(world.people.first).position.x > 7.5)
    }

    @Test("somebody sets out when the robot comes near, and not before")
    func trigger() throws {
        let board = try TestSite.board()
        let world = try TestSite.world {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: -3, y: 0))
            $0.vehicle = nil
            $0.people = [
                .walker(
                    WalkerSetup(
                        level: "L1", path: [Point2D(2, 3), Point2D(2, -3)], speed: 1.1, trigger: .robotWithin(5)))
            ]
        }
        world.run(5)
        #expect(try #require(world.people.first).position == Point2D(2, 3))
        world.run(3) { world.drive(0.5, on: board.base) }
        world.run(1) { world.drive(0, on: board.base) }
        #expect(try #require(world.people.first).position.y < 2.9)
    }

    @Test("a robot that drives at a person counts how near it came")
    func nearestPerson() throws {
        let board = try TestSite.board()
        let world = try TestSite.world {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: -2, y: 2))
            $0.vehicle = nil
            $0.people = [
                .walker(WalkerSetup(level: "L1", path: [Point2D(1, 2), Point2D(1, 3)], trigger: .time(1000)))
            ]
        }
        world.run(4.5) { world.drive(0.5, on: board.base) }
        let expected = 1 - PersonBody.radius - world.pose.x - board.base.length / 2
        #expect(abs(world.nearestPerson - expected) < 0.02)
        world.run(5) { world.drive(0.5, on: board.base) }
        #expect(world.contacts == 1)
        #expect(world.lastContact == "person")
    }

    /// A robot at the place of delivery with its recipient.
    private func delivery(_ change: (inout RecipientSetup) -> Void = { _ in }) throws -> World {
        var recipient = RecipientSetup(level: "L3", position: Point2D(5, 1.2), pin: "4711")
        change(&recipient)
        let world = try TestSite.world {
            $0.start = RobotStart(level: "L3", pose: Pose2D(x: 5, y: 0, yaw: .pi / 2))
            $0.people = [.recipient(recipient)]
        }
        world.meal = .inCompartment
        return world
    }

    private func typed(_ world: World, during seconds: Double) -> String {
        var keys = ""
        world.run(seconds) {
            keys += String(world.keypad.pressed)
            world.keypad.pressed.removeAll()
        }
        return keys
    }

    @Test("the recipient types the PIN, takes the meal from the open compartment and shuts the lid")
    func handOver() throws {
        let world = try delivery()
        #expect(typed(world, during: 2) == "")
        #expect(typed(world, during: 2.5) == "4711#")
        world.compartment.isUnlocked = true
        world.run(0.6)
        world.compartment.isUnlocked = false
        world.run(2.5)
        #expect(world.meal == .inCompartment)
        world.run(1)
        #expect(world.meal == .delivered)
        world.run(4)
        #expect(world.compartment.opening == 0)
        #expect(world.compartment.isLatched)
        #expect(typed(world, during: 10) == "")
    }

    @Test("a lid that is shut while its coil is on springs open again, and is shut again")
    func coilOn() throws {
        let world = try delivery()
        world.run(5)
        world.compartment.isUnlocked = true
        world.run(9)
        #expect(world.meal == .delivered)
        var highest = 0.0
        world.run(5) { highest = max(highest, world.compartment.opening) }
        #expect(highest > 0.9)
        world.compartment.isUnlocked = false
        world.run(6)
        #expect(world.compartment.isLatched)
    }

    @Test("wrong PINs come first where the scenario says so, and are wrong")
    func wrongPIN() throws {
        let world = try delivery { $0.wrongFirst = 2 }
        let keys = typed(world, during: 25).split(separator: "#").map(String.init)
        #expect(keys.count >= 3)
        #expect(keys[0] != "4711" && keys[0].count == 4)
        #expect(keys[1] != "4711")
        #expect(keys[2] == "4711")
    }

    @Test("who does not come types nothing and is not seen")
    func noShow() throws {
        let world = try delivery { $0.noShow = true }
        #expect(world.people.isEmpty)
        #expect(typed(world, during: 30) == "")
    }

    @Test("nobody types while the robot is too far away or still moves")
    func tooFar() throws {
        let world = try delivery { $0.position = Point2D(5, 3) }
        #expect(typed(world, during: 10) == "")
    }

    @Test("a visitor steps into a doorway, stays, and goes")
    func doorway() throws {
        let world = try TestSite.world {
            $0.people = [.doorway(DoorwaySetup(door: "lobby_door", seconds: 10, trigger: .time(2)))]
        }
        world.run(1)
        #expect(world.people.isEmpty)
        world.run(2)
        #expect(world.people.map(\.position) == [Point2D(7, 0)])
        world.run(10)
        #expect(world.people.isEmpty)
    }
}

import BoardFile
import RobotModel
import Testing
import Twin

struct WorldDriveTests {
    @Test("without slip the robot goes as far as its wheels turn")
    func exact() throws {
        let board = try TestSite.board()
        let world = try TestSite.world()
        let start = world.pose
        world.run(3) { world.drive(-0.4, on: board.base) }
        let driven = (world.wheels.leftPosition + world.wheels.rightPosition) / 2 * board.base.wheelRadius
        #expect(abs(start.position.distance(to: world.pose.position) + driven) < 1e-6)
        #expect(abs(world.truth(at: .zero).distance - abs(driven)) < 1e-6)
    }

    @Test("the floor is not what the encoders say, but not far from it", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func slips(seed: UInt64) throws {
        let board = try TestSite.board()
        let world = try TestSite.world {
            $0.seed = seed
            $0.slip = 1
            $0.vehicle = nil
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: -3, y: 0))
        }
        // To and fro for a minute, so that the errors of size, creep and slip all show.
        var forward = true
        var odometry = Pose2D(x: -3, y: 0)
        var worst = 0.0
        world.run(60) {
            if world.pose.x > 2.5 { forward = false }
            if world.pose.x < -3 { forward = true }
            world.drive(forward ? 0.6 : -0.6, on: board.base)
            let linear = (world.wheels.leftVelocity + world.wheels.rightVelocity) / 2 * board.base.wheelRadius
            odometry.x += linear * World.step
            worst = max(worst, abs(odometry.x - world.pose.x))
        }
        let share = worst / world.truth(at: .zero).distance
        #expect(share > 0.0002)
        #expect(share < 0.05)
        #expect(abs(world.pose.yaw) > 0.001)
    }

    @Test("wheels without power stop within a hand's breadth, and so do they when the emergency stop is pressed")
    func stops() throws {
        let board = try TestSite.board()
        for pressed in [false, true] {
            let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: -0.5, y: 2)) }
            world.run(2) { world.drive(0.8, on: board.base) }
            let before = world.pose.position
            if pressed { world.isEmergencyStopped = true } else { world.wheels.enabled = false }
            world.run(0.5)
            #expect(world.twist == .zero)
            #expect(before.distance(to: world.pose.position) < 0.10)
        }
    }

    @Test("a wall stops the hull: contact, bumper, and away again")
    func contact() throws {
        let board = try TestSite.board()
        let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 0, y: 2, yaw: .pi / 2)) }
        world.run(5) { world.drive(0.5, on: board.base) }
        #expect(world.contacts == 1)
        #expect(world.lastContact == "wall")
        #expect(world.isBumperHit)
        #expect(world.pose.y < 4 - board.base.length / 2)
        #expect(world.pose.y > 4 - board.base.length / 2 - 0.01)
        #expect(world.nearestApproach < 0.01)
        // The motors labour.
        #expect(world.wheels.leftCurrent > 5)
        world.run(1) { world.drive(-0.3, on: board.base) }
        #expect(!world.isBumperHit)
        #expect(world.contacts == 1)
        #expect(world.pose.y < 3.5)
    }

    @Test("glass and furniture stop the hull too")
    func otherContacts() throws {
        let board = try TestSite.board()
        let glass = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 2, y: 3)) }
        glass.run(6) { glass.drive(0.5, on: board.base) }
        #expect(glass.contacts == 1)
        #expect(glass.pose.x < 4 - board.base.length / 2)
        let chair = try TestSite.world {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 0, y: 3))
            $0.furniture = [Furniture(level: "L1", pose: Pose2D(x: 2, y: 3), shape: .round(radius: 0.2))]
        }
        chair.run(6) { chair.drive(0.5, on: board.base) }
        #expect(chair.lastContact == "furniture")
        #expect(abs(chair.pose.x - (2 - 0.2 - board.base.length / 2)) < 0.02)
    }

    @Test("the battery empties as fast as what it feeds draws, and its voltage sags under load")
    func battery() throws {
        let board = try TestSite.board()
        let world = try TestSite.world { $0.start = RobotStart(level: "L1", pose: Pose2D(x: -3, y: 2)) }
        world.run(2)
        let rest = world.wheels.busVoltage
        let charge = world.battery.stateOfCharge
        world.run(6) { world.drive(0.6, on: board.base) }
        #expect(world.wheels.busVoltage < rest - 0.02)
        let watts = (charge - world.battery.stateOfCharge) * board.battery.capacity * 3600 / 6
        // The board file's own figure for driving.
        #expect(watts > board.battery.drivingPower * 0.7)
        #expect(watts < board.battery.drivingPower * 1.3)
    }
}

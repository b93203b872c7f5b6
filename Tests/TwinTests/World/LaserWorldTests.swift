import RobotModel
import Testing
import Twin

struct LaserWorldTests {
    private func laser(_ change: (inout Scenario) -> Void) throws -> (World, LaserWorld) {
        let world = try TestSite.world(change)
        return (world, LaserWorld(world, mount: Pose2D()))
    }

    private func range(_ laser: LaserWorld, _ degrees: Double) -> Double? {
        laser.cast(angle: degrees * .pi / 180, at: .zero)?.range
    }

    @Test("without noise a beam is as long as the way to the wall")
    func analytic() throws {
        let (_, laser) = try laser {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 2, y: -1, yaw: .pi / 2))
            $0.vehicle = nil
        }
        #expect(abs(try #require(range(laser, 0)) - 5) < 1e-9)
        #expect(abs(try #require(range(laser, 90)) - 8) < 1e-9)
        #expect(abs(try #require(range(laser, 180)) - 3) < 1e-9)
        #expect(abs(try #require(range(laser, 270)) - 2) < 1e-9)
    }

    @Test("noise has the deviation of the scenario, and the asked-for share drops out")
    func noise() throws {
        let (_, laser) = try laser {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 2, y: -1))
            $0.laser = LaserNoise()
        }
        var errors: [Double] = []
        let count = 20_000
        for _ in 0..<count {
            if let range = range(laser, 90) { errors.append(range - 5) }
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let deviation = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count) - mean * mean).squareRoot()
        #expect(abs(mean) < 0.001)
        #expect(abs(deviation - 0.033) < 0.002)
        #expect(abs(Double(count - errors.count) / Double(count) - 0.01) < 0.003)
    }

    @Test("a shut glass door is looked through, but for a few faint echoes when met squarely")
    func glass() throws {
        let (_, laser) = try laser {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 2, y: 0.3))
            $0.vehicle = nil
        }
        var through = 0
        var faint = 0
        for _ in 0..<4000 {
            let echo = try #require(laser.cast(angle: 0, at: .zero))
            // Behind the glass: the shut leaf of the hinged door at x = 7.
            if abs(echo.range - 5) < 1e-9 { through += 1 }
            if abs(echo.range - 2) < 1e-9 {
                faint += 1
                #expect(echo.quality < 10)
            }
        }
        #expect(through + faint == 4000)
        #expect(faint > 60)
        #expect(faint < 200)
        // Obliquely, at the glass wall, nothing comes back from it.
        let slant = 50.0
        for _ in 0..<2000 { #expect(abs(try #require(range(laser, slant)) - 2 / cosine(slant * .pi / 180)) > 0.1) }
    }

    @Test("a leaf is seen where it is, and gone when it is open")
    func leaf() throws {
        let (world, laser) = try laser { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 5, y: 0)) }
        #expect(abs(try #require(range(laser, 0)) - 2) < 1e-9)
        world.facility.doors.first { $0.number == 2 }?.session = 1
        world.run(4)
        // Now the shut landing door of the lift at x = 10.
        #expect(abs(try #require(range(laser, 0)) - 5) < 1e-6)
    }

    @Test("in a shut car only the car is seen")
    func car() throws {
        let (world, laser) = try laser { $0.start = RobotStart(level: "L1", pose: Pose2D(x: 11, y: 0)) }
        for degrees in stride(from: 0.0, to: 360, by: 0.7) {
            #expect(try #require(range(laser, degrees)) < 1.45)
        }
        let lift = try #require(world.facility.lifts.first)
        lift.session = 1
        lift.destination = 1
        lift.holdDoor = true
        world.run(4)
        #expect(try #require(range(laser, 180)) > 3)
    }

    @Test("a person is two legs")
    func legs() throws {
        let (_, laser) = try laser {
            $0.start = RobotStart(level: "L1", pose: Pose2D(x: 0, y: 2))
            $0.people = [
                .walker(
                    WalkerSetup(
                        level: "L1", path: [Point2D(2, 2), Point2D(3, 2)], trigger: .time(1000)))
            ]
        }
        let near = stride(from: -8.0, through: 8, by: 0.1).filter { (range(laser, $0) ?? 0) < 2.1 }
        #expect(near.contains { $0 < -1 })
        #expect(near.contains { $0 > 1 })
        // Between the legs one looks through.
        #expect(!near.contains { abs($0) < 0.5 })
    }

    @Test("the box shows its front face, 0.60 m wide, and nothing of it is in the map")
    func box() throws {
        let (world, laser) = try laser { $0.start = RobotStart(level: "L1", pose: Pose2D(x: -1, y: 0, yaw: .pi)) }
        let face = try #require(world.box).face
        #expect(abs(face.x - -1.8) < 1e-9)
        let edge = stride(from: 0.0, to: 60, by: 0.05).reversed().first { degrees in
            (range(laser, degrees).map { abs($0 * cosine(degrees * .pi / 180) - 0.8) < 0.001 }) ?? false
        }
        #expect(abs(0.8 * sine(try #require(edge) * .pi / 180) / cosine(try #require(edge) * .pi / 180) - 0.30) < 0.003)
    }
}

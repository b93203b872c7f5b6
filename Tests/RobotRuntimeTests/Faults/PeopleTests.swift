import Control
import RobotModel
import RobotRuntime
import Testing
import Twin

/// People and things in the way, which no map has.
@Suite("With people about the robot", .serialized)
struct PeopleTests {
    /// A way to drive, and somebody who crosses it.
    struct Crossing: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var scene: Scene
        var path: [Point2D]
        /// The person sets out when the robot is as near as this, metres.
        var within: Double
        var speed = 1.1

        var walker: PersonSetup {
            .walker(WalkerSetup(level: scene.level, path: path, speed: speed, trigger: .robotWithin(within)))
        }
    }

    static let crossings = [
        Crossing(
            testDescription: "across the forecourt", scene: .entrance, path: [Point2D(4.2, -3.4), Point2D(4.2, -8.3)],
            within: 3.1),
        Crossing(
            testDescription: "across the lobby", scene: .lobbyDoor, path: [Point2D(7.6, -5.2), Point2D(10.4, -5.2)],
            within: 3.4),
        Crossing(
            testDescription: "out of a niche across the corridor", scene: .corridor,
            path: [Point2D(9.2, -9.63), Point2D(10.5, -7.8)], within: 3.6, speed: 1.0),
        Crossing(
            testDescription: "slowly across the corridor", scene: .corridor,
            path: [Point2D(9.0, -7.75), Point2D(9.0, -9.25)], within: 2.2, speed: 0.4),
        Crossing(
            testDescription: "along the corridor towards the robot", scene: .corridor,
            path: [Point2D(7.0, -8.5), Point2D(12.6, -8.5)], within: 5, speed: 0.8),
    ]

    @Test(
        "lets everybody cross: never nearer than 0.30 m while it moves, never a contact, and it goes on",
        arguments: crossings, [1, 2, 3] as [UInt64])
    func crossing(_ it: Crossing, seed: UInt64) async throws {
        let rig = try Rig(it.scene, seed: seed) { $0.people = [it.walker] }
        let isHome = await rig.run(90) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
        // The person was in the way: else this test shows nothing.
        #expect(rig.truth.nearestPerson < 1.3)
    }

    @Test("waits for somebody who stands in a corridor, asks to be let pass, and goes on when the way is free")
    func standing() async throws {
        let rig = try Rig(.corridor) {
            $0.people = [
                .walker(
                    WalkerSetup(
                        level: "L3", path: [Point2D(10.0, -8.5), Point2D(10.0, -9.3), Point2D(9.2, -9.63)], speed: 0.8,
                        trigger: .time(40)))
            ]
            // Nobody gets past on either side.
            $0.furniture = [-7.75, -9.25].map {
                Furniture(level: "L3", pose: Pose2D(x: 10.6, y: $0, yaw: 0), shape: .round(radius: 0.2))
            }
        }
        let asks = await rig.run(30) { $0.hasSaid("please let me pass") }
        #expect(asks, "\(rig.doing) \(rig.said)")
        #expect(rig.isStanding)
        #expect(rig.truth.level == "L3" && rig.truth.pose.x > 10.3)
        let isHome = await rig.run(60) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.seconds > 40)
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
    }

    @Test("never squeezes past somebody who has stood in the corridor since ever", arguments: [0, 1.57])
    func neverMoved(heading: Double) async throws {
        let rig = try Rig(.corridor) {
            let ahead = Pose2D(x: 10, y: -8.45, yaw: heading).transform(Point2D(0.5, 0))
            $0.people = [
                .walker(WalkerSetup(level: "L3", path: [Point2D(10, -8.45), ahead], speed: 1, trigger: .time(1000)))
            ]
        }
        await rig.run(30)
        #expect(rig.isStanding)
        #expect(rig.hasSaid("please let me pass"))
        #expect(rig.truth.pose.x > 10)
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
    }

    @Test("drives around furniture in its lane", arguments: [0, 20, -35] as [Double])
    func furniture(turned degrees: Double) async throws {
        let rig = try Rig(.corridor) {
            $0.furniture = [
                Furniture(
                    level: "L3", pose: Pose2D(x: 10.2, y: -8.6, yaw: degrees * .pi / 180),
                    shape: .box(length: 0.5, width: 0.35))
            ]
        }
        let isHome = await rig.run(60) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestApproach > 0.05)
    }

    @Test("does not squeeze through where there is no room: it waits, says what is wrong, and goes on when there is")
    func blocked() async throws {
        // Two people side by side, as good as a wall.
        let rig = try Rig(.corridor) {
            $0.people = [-8.05, -8.95].map {
                .walker(
                    WalkerSetup(
                        level: "L3", path: [Point2D(10.0, $0), Point2D(4.9, $0)], speed: 1, trigger: .time(95)))
            }
        }
        let says = await rig.run(95) { $0.hasSaid("something has stood in the way for 60 s") }
        #expect(says, "\(rig.doing) \(rig.said)")
        #expect(rig.isStanding)
        let isHome = await rig.run(120) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
    }
}

import Missions
import RobotModel
import Testing

@Suite("Crossing a door")
struct DoorCrossingTests {
    private func crossing(glass: Bool = false) -> DoorCrossing {
        DoorCrossing(step: Paper.door(), isGlass: glass, motion: Paper.motion)
    }

    @Test("the robot asks, waits for the door and for the gap, crosses, and gives the door back")
    func passes() {
        let world = PaperWorld(at: Pose2D(x: 3))
        var skill = crossing()
        #expect(run(&skill, in: world) == .done)
        #expect(world.view.pose.position.distance(to: Point2D(6.2, 0)) < 0.1)
        #expect(world.count { $0 == .requestDoor("plain") } == 1)
        #expect(world.count { $0 == .releaseDoor("plain") } == 1)
        #expect(world.log.last { if case .fieldMuting = $0 { true } else { false } } == .fieldMuting(.none))
    }

    @Test("a plain door that says it is open is not crossed while the LiDAR sees no gap")
    func waitsForTheGap() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        world.doorwayGap = 0.4
        var skill = crossing()
        #expect(run(&skill, in: world).isFailed)
        #expect(world.view.pose.x < 4)
        #expect(world.said.contains { $0.contains("clear the doorway") })
    }

    @Test("whoever stands in the way to a door or in it is asked for room again and again, and reported in the end")
    func asksForRoom() {
        let world = PaperWorld(at: Pose2D(x: 3))
        world.isBlocked = true
        var skill = crossing(glass: true)
        let outcome = run(&skill, in: world)
        #expect(outcome.error?.code == .blocked)
        #expect(outcome.error?.what.contains("has stood in the way at door plain for") == true)
        #expect(world.said.filter { $0 == "please let me pass" }.count >= 3)
    }

    @Test("a person who stands in the doorway for a minute is waited for")
    func waitsForAPerson() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        world.doorwayGap = 0.3
        var skill = crossing()
        let start = world.view.now
        #expect(run(&skill, in: world) { if $0.view.now - start > .seconds(60) { $0.doorwayGap = 0.9 } } == .done)
    }

    @Test("a glass door needs no gap in the scan, but a person in it is seen all the same")
    func glass() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        world.doorwayGap = nil
        var skill = crossing(glass: true)
        #expect(run(&skill, in: world) == .done)

        let blocked = PaperWorld(at: Pose2D(x: 3.8))
        blocked.doorwayGap = 0.3
        var second = crossing(glass: true)
        #expect(run(&second, in: blocked, seconds: 60) == .running)
    }

    @Test("a door that does not open is asked three times, then reported and given back")
    func staysShut() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        world.doorOpens = false
        var skill = crossing()
        let outcome = run(&skill, in: world)
        #expect(outcome.isFailed)
        #expect(outcome.error?.code == .unavailable)
        #expect(world.count { $0 == .requestDoor("plain") } == 3)
        #expect(world.log.last == .releaseDoor("plain"))
    }

    @Test("a door that shuts before the robot is through stops it and is asked again")
    func shutsEarly() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        var skill = crossing()
        var hasShut = false
        let outcome = run(&skill, in: world) { world in
            if skillIsCrossing(world), !hasShut {
                hasShut = true
                world.view.doors["plain"]?.mode = .moving
            }
        }
        #expect(outcome == .done)
        #expect(world.count { $0 == .requestDoor("plain") } == 2)
        let crossed = world.log.firstIndex(of: .fieldMuting(.doorway)) ?? 0
        let asked = world.log.lastIndex(of: .requestDoor("plain")) ?? 0
        #expect(world.log[crossed..<asked].contains(.drive(.stand)))
    }

    private func skillIsCrossing(_ world: PaperWorld) -> Bool {
        world.log.contains(.fieldMuting(.doorway)) && !world.log.contains(.releaseDoor("plain"))
    }

    @Test("a door that falls silent does not stop a robot between its posts")
    func silenceBetweenPosts() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        var skill = crossing()
        let outcome = run(&skill, in: world) { world in
            guard skillIsCrossing(world) else { return }
            if world.view.pose.x < 4.9 { world.view.pose = Pose2D(x: 5) }
            world.view.doors["plain"]?.mode = .offline
        }
        #expect(outcome == .done)
        #expect(world.count { $0 == .requestDoor("plain") } == 1)
    }

    @Test("a door that falls silent before the robot is between its posts is not entered until it says that it is open")
    func silenceBeforePosts() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        var skill = crossing()
        var silent = 0
        let outcome = run(&skill, in: world) { world in
            guard skillIsCrossing(world), silent < 200 else { return }
            silent += 1
            world.view.doors["plain"]?.mode = silent < 200 ? .offline : .open
            #expect(world.view.pose.x < 4)
        }
        #expect(outcome == .done)
        #expect(silent == 200)
    }

    @Test("a robot that finds itself between the posts asks for the door before it moves, and needs no hold pose")
    func startsInTheDoorway() {
        let world = PaperWorld(at: Pose2D(x: 5.1))
        world.doorwayGap = nil
        var skill = crossing()
        #expect(run(&skill, in: world) == .done)
        let asked = world.log.firstIndex(of: .requestDoor("plain")) ?? .max
        let moved = world.log.firstIndex { if case .drive(.follow) = $0 { true } else { false } } ?? 0
        #expect(asked < moved)
    }

    @Test("a crossing that cannot go on backs out to the hold pose")
    func backsOut() {
        let world = PaperWorld(at: Pose2D(x: 3.8))
        var skill = crossing()
        let outcome = run(&skill, in: world) { world in
            let backs = world.log.contains { if case .drive(.follow(_, _, _, _, true)) = $0 { true } else { false } }
            world.driveFails = skillIsCrossing(world) && !backs ? "a wall" : nil
        }
        #expect(outcome.isFailed)
        #expect(world.view.pose.position.distance(to: Point2D(3.8, 0)) < 0.1)
    }
}

import Missions
import RobotModel
import Testing

@Suite("Riding a lift")
struct LiftRideTests {
    private func ride(inside: Bool = false, to level: LevelID = "L3") -> LiftRide {
        LiftRide(step: Paper.lift(to: level), levels: Paper.levels, motion: Paper.motion, inside: inside)
    }

    private func sends(_ world: PaperWorld) -> [LevelID] {
        world.log.compactMap { if case .sendLift(_, let level) = $0 { level } else { nil } }
    }

    @Test("the robot calls, boards, rides, has the level confirmed twice, gets out and gives the lift back")
    func rides() {
        let world = PaperWorld(at: Pose2D(x: 6))
        var skill = ride()
        #expect(run(&skill, in: world) == .done)
        #expect(world.view.level == "L3")
        #expect(world.view.pose.position.distance(to: Point2D(6.5, 0)) < 0.1)
        #expect(world.log.contains(.releaseLift("lift")))
        #expect(sends(world) == ["L3"])
    }

    @Test("localisation is suspended for the ride and resumed only with the level switched")
    func suspends() {
        let world = PaperWorld(at: Pose2D(x: 6))
        var skill = ride()
        run(&skill, in: world)
        let off = world.log.firstIndex(of: .suspendLocalization(true)) ?? .max
        let send = world.log.firstIndex(of: .sendLift("lift", "L3")) ?? 0
        let level = world.log.firstIndex { if case .switchLevel("L3", _) = $0 { true } else { false } } ?? .max
        let on = world.log.firstIndex(of: .suspendLocalization(false)) ?? 0
        #expect(off < send)
        #expect(send < level)
        #expect(level < on)
    }

    @Test("the robot stays in when the lift says it is there and the LiDAR sees another level")
    func staysInOnDoubt() {
        let world = PaperWorld(at: Pose2D(x: 6))
        world.fits = ["L1": 0.2, "L2": 0.9, "L3": 0.3]
        var skill = ride()
        let outcome = run(&skill, in: world)
        #expect(outcome.isStuck)
        #expect(outcome.error?.what.contains("L2") ?? false)
        #expect(!world.log.contains { if case .switchLevel = $0 { true } else { false } })
        #expect(!world.log.contains(.releaseLift("lift")))
        #expect(world.view.pose.x > 8)
    }

    @Test("a car that stops at another level is sent on, and never to the level of boarding")
    func wrongLevel() {
        let world = PaperWorld(at: Pose2D(x: 6))
        var skill = ride()
        let outcome = run(&skill, in: world) { world in
            let isBoarding = world.log.contains(.fieldMuting(.doorway))
            world.liftGoesTo = isBoarding && sends(world).isEmpty ? "L2" : nil
            // Somebody has pressed another button.
            if world.carLevel == "L2" { world.view.lifts["lift"]?.destination = "L2" }
        }
        #expect(outcome == .done)
        #expect(world.view.level == "L3")
        #expect(sends(world).allSatisfy { $0 == "L3" })
        #expect(sends(world).count > 1)
        let boarded = world.log.firstIndex(of: .sendLift("lift", "L3")) ?? 0
        #expect(!world.log[boarded...].contains { if case .callLift = $0 { true } else { false } })
    }

    @Test("a lift that never comes is given back and asked for three times")
    func neverComes() {
        let world = PaperWorld(at: Pose2D(x: 6))
        world.liftComes = false
        var skill = ride()
        let outcome = run(&skill, in: world, seconds: 2000)
        #expect(outcome.isFailed)
        #expect(world.count { if case .callLift = $0 { true } else { false } } == 3)
        #expect(world.count { $0 == .releaseLift("lift") } == 3)
        #expect(world.view.pose.x < 7)
    }

    @Test("a full car is let go")
    func fullCar() {
        let world = PaperWorld(at: Pose2D(x: 6))
        world.doorwayGap = 0.3
        var skill = ride()
        #expect(run(&skill, in: world).isFailed)
        #expect(sends(world).isEmpty)
        #expect(world.said.contains { $0.contains("make room") })
    }

    @Test("a door that shuts while the robot is less than half in stops it, and the car is called again")
    func shutsWhileBoarding() {
        let world = PaperWorld(at: Pose2D(x: 6))
        var skill = ride()
        var hasShut = false
        let outcome = run(&skill, in: world) { world in
            if world.log.contains(.fieldMuting(.doorway)), !hasShut {
                hasShut = true
                world.view.lifts["lift"]?.door = .moving
            }
        }
        #expect(outcome == .done)
        #expect(world.count { if case .callLift = $0 { true } else { false } } == 2)
    }

    @Test("in a fire recall to the level of boarding the robot gets out there and reports")
    func fireRecall() {
        let world = PaperWorld(at: Pose2D(x: 6))
        var skill = ride()
        let outcome = run(&skill, in: world) { world in
            guard world.log.contains(.sendLift("lift", "L3")) else { return }
            world.view.lifts["lift"]?.mode = .fire
            world.view.lifts["lift"]?.currentLevel = "L1"
            world.view.lifts["lift"]?.door = .open
            world.view.lifts["lift"]?.motion = .stopped
            world.carLevel = "L1"
            world.liftComes = false
            world.fits = ["L1": 0.9]
        }
        #expect(outcome.isFailed)
        #expect(world.view.level == "L1")
        #expect(world.view.pose.position.distance(to: Point2D(6.8, 0)) < 0.1)
        #expect(sends(world) == ["L3"])
    }

    @Test("a ride that a restart interrupted in the car goes on to its level, without a call to the level of boarding")
    func resumes() {
        let world = PaperWorld(at: Pose2D(x: 9, yaw: .pi))
        world.carLevel = "L2"
        var skill = ride(inside: true)
        #expect(run(&skill, in: world) == .done)
        #expect(world.view.level == "L3")
        #expect(!world.log.contains { if case .callLift = $0 { true } else { false } })
    }

    @Test("the robot may not leave off while it is in the car")
    func interruptible() {
        for state in LiftRideState.allCases {
            let isOutside: Set<LiftRideState> = [.approaching, .calling, .looking, .pausing, .out]
            #expect(state.isInside == !isOutside.contains(state))
        }
    }
}

@Suite("What confirms a level")
struct LevelEvidenceTests {
    private func ride(_ world: PaperWorld) -> (SkillOutcome, LiftRide) {
        var skill = LiftRide(step: Paper.lift(), levels: Paper.levels, motion: Paper.motion)
        let outcome = run(&skill, in: world)
        return (outcome, skill)
    }

    @Test("levels that look alike to the LiDAR are told apart by the lift and the barometer")
    func alike() {
        let world = PaperWorld(at: Pose2D(x: 6))
        world.hasBarometer = true
        world.fits = ["L1": 0.8, "L2": 0.8, "L3": 0.8]
        #expect(ride(world).0 == .done)
        #expect(world.view.level == "L3")
    }

    @Test("levels that look alike are not left without a barometer")
    func alikeWithoutBarometer() {
        let world = PaperWorld(at: Pose2D(x: 6))
        world.fits = ["L1": 0.8, "L2": 0.8, "L3": 0.8]
        let (outcome, _) = ride(world)
        #expect(outcome.isStuck)
        #expect(outcome.error?.what.contains("LiDAR cannot tell") ?? false, "\(outcome)")
        #expect(world.view.pose.x > 8)
    }

    @Test("the lift and the LiDAR agree, but the height is another level's: the robot stays in")
    func heightDenies() {
        let world = PaperWorld(at: Pose2D(x: 6))
        world.hasBarometer = true
        world.climbError = -4
        let (outcome, _) = ride(world)
        #expect(outcome.isStuck)
        #expect(outcome.error?.what.contains("by its height it is L2") ?? false, "\(outcome)")
    }

    @Test("a lift that falls silent on the way is left by what LiDAR and barometer agree on")
    func silentLift() {
        let world = PaperWorld(at: Pose2D(x: 6))
        world.hasBarometer = true
        var skill = LiftRide(step: Paper.lift(), levels: Paper.levels, motion: Paper.motion)
        let outcome = run(&skill, in: world) { world in
            guard world.log.contains(.sendLift("lift", "L3")), world.carLevel == "L3" else { return }
            world.view.lifts["lift"] = LiftState(
                currentLevel: "L1", door: .unknown, motion: .unknown, mode: .offline,
                session: .granted(since: world.view.now))
        }
        #expect(outcome == .done, "\(outcome) \(world.said)")
        #expect(world.view.level == "L3")
        #expect(world.said.contains { $0.contains("says nothing") })
    }

    @Test("without a barometer a silent lift is not left on the LiDAR's word alone")
    func silentLiftWithoutBarometer() {
        let world = PaperWorld(at: Pose2D(x: 6))
        var skill = LiftRide(step: Paper.lift(), levels: Paper.levels, motion: Paper.motion)
        let outcome = run(&skill, in: world, seconds: 1800) { world in
            guard world.log.contains(.sendLift("lift", "L3")) else { return }
            world.view.lifts["lift"] = LiftState(door: .unknown, motion: .unknown, mode: .offline)
        }
        #expect(outcome.isStuck)
        #expect(world.view.pose.x > 8)
    }
}

import Missions
import RobotModel
import Testing

@Suite("Collecting a meal")
struct CollectMealTests {
    private func collect(resume: CollectState? = nil) -> CollectMeal {
        CollectMeal(
            mission: "m1", order: Paper.mission().collect, box: BoxGeometry(), arm: Paper.arm,
            compartment: Paper.compartment, resume: resume)
    }

    private func docked() -> PaperWorld {
        let world = PaperWorld()
        var dock = DockAtBox(box: 7, place: Pose2D(), geometry: BoxGeometry())
        #expect(run(&dock, in: world) == .done)
        world.log = []
        return world
    }

    @Test("the meal ends in the compartment, box and lid are shut, and the robot has undocked")
    func collects() {
        let world = docked()
        var skill = collect()
        #expect(run(&skill, in: world) == .done)
        #expect(world.view.inputs == [.loaded])
        #expect(world.view.box?.latched == true)
        #expect(world.view.box?.flapOpen == false)
        #expect(world.log.contains(.drive(.backUp(distance: 0.5))))
        let custody = world.journal.compactMap { if case .custody(_, let holder) = $0 { holder } else { nil } }
        #expect(custody == [.arm, .robot])
    }

    @Test("what commits to the outside is journalled before it is done")
    func journalsFirst() {
        let world = docked()
        var skill = collect()
        run(&skill, in: world)
        func index(_ action: MissionAction) -> Int { world.log.firstIndex(of: action) ?? .max }
        #expect(index(.journal(.boxUnlock("m1", box: 7))) < index(.box(.unlock(code: 482_913))))
        #expect(index(.journal(.lock("m1", false))) < index(.lockCompartment(false)))
    }

    @Test("a box with another order keeps its code to itself")
    func wrongOrder() {
        let world = docked()
        world.boxOrder = 99
        world.view.box = nil
        var skill = collect()
        let outcome = run(&skill, in: world)
        #expect(outcome.isFailed)
        #expect(outcome.error?.code == .wrongBox)
        #expect(!world.log.contains { if case .box(.unlock) = $0 { true } else { false } })
    }

    @Test("a refused code is reported and the robot leaves")
    func refused() {
        let world = docked()
        world.boxAcceptsCode = false
        var skill = collect()
        let outcome = run(&skill, in: world)
        #expect(outcome.isFailed)
        #expect(outcome.error?.code == .refused)
        #expect(world.log.contains(.drive(.backUp(distance: 0.5))))
    }

    @Test("an empty box is gripped into three times, then the meal is missing and everything is shut again")
    func missing() {
        let world = docked()
        world.hasMeal = false
        var skill = collect()
        let outcome = run(&skill, in: world)
        #expect(outcome.isFailed)
        #expect(outcome.error?.code == .mealMissing)
        #expect(world.view.box?.latched == true)
        #expect(!world.view.inputs.contains(.lidOpen))
        #expect(world.said.filter { $0.contains("gripping once more") }.count == 2)
    }

    @Test("a handle that is not there is tried three times, then the robot shuts what it opened and leaves")
    func noHandle() {
        let world = docked()
        world.handleIsThere = false
        var skill = collect()
        #expect(run(&skill, in: world).isFailed)
        #expect(!world.view.inputs.contains(.lidOpen))
    }

    @Test("an arm that cannot fold calls somebody instead of driving off")
    func armFails() {
        let world = docked()
        world.armFails = "blocked"
        var skill = collect()
        #expect(run(&skill, in: world).isStuck)
        #expect(!world.log.contains { if case .drive(.backUp) = $0 { true } else { false } })
    }

    @Test("a lid that does not shut calls somebody, the meal being in the compartment")
    func lidStaysOpen() {
        let world = docked()
        world.lidShuts = false
        var skill = collect()
        #expect(run(&skill, in: world).isStuck)
        #expect(world.view.inputs.contains(.loaded))
    }

    @Test(
        "a restart in any state ends with the meal in the compartment and the box shut",
        arguments: CollectState.allCases.filter { $0 != .finished })
    func resumes(_ state: CollectState) {
        let world = docked()
        // Run up to the state, then go on with a new skill, as after a restart.
        var first = collect()
        world.perform(first.start(world.view))
        for _ in 0..<4000 where first.stateName != state.rawValue && first.outcome == .running {
            world.advance()
            world.perform(first.handle(.tick, world.view))
        }
        guard first.stateName == state.rawValue else { return }  // `retreating` is on no straight way
        var second = collect(resume: state)
        #expect(run(&second, in: world) == .done)
        #expect(world.view.inputs == [.loaded])
        #expect(world.view.box?.latched == true)
    }

    @Test("a box that is not where it should be is not docked at")
    func noBox() {
        let world = PaperWorld()
        world.boxIsThere = false
        var dock = DockAtBox(box: 7, place: Pose2D(), geometry: BoxGeometry())
        #expect(run(&dock, in: world).isFailed)
        #expect(!world.log.contains { if case .drive(.dock) = $0 { true } else { false } })
        #expect(world.log.last == .lookForBox(near: nil))
    }

    @Test("a dock beside the place is tried again, then given up with room to drive away")
    func docksBadly() {
        let world = PaperWorld()
        world.dockError = 0.06
        var dock = DockAtBox(box: 7, place: Pose2D(), geometry: BoxGeometry())
        #expect(run(&dock, in: world).isFailed)
        #expect(world.count { if case .drive(.dock) = $0 { true } else { false } } == 3)
        #expect(world.log.contains(.drive(.backUp(distance: 0.40))))
    }
}

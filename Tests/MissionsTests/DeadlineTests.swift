import BuildingMap
import Missions
import RobotModel
import Testing

@Suite("Deadlines")
struct DeadlineTests {
    /// Skills at their start, each with a name for the report.
    static var skills: [any Skill] {
        let order = Paper.mission().collect
        return [
            DriveSkill(step: Paper.drive(0, 4), motion: Paper.motion),
            DoorCrossing(step: Paper.door(), isGlass: false, motion: Paper.motion),
            LiftRide(step: Paper.lift(), levels: Paper.levels, motion: Paper.motion),
            LiftRide(step: Paper.lift(), levels: Paper.levels, motion: Paper.motion, inside: true),
            DockAtBox(box: 7, place: Pose2D(), geometry: BoxGeometry()),
            CollectMeal(
                mission: "m1", order: order, box: BoxGeometry(), arm: Paper.arm, compartment: Paper.compartment),
            HandOver(
                mission: "m1", access: .pin(Paper.hash), receiver: .recipient, wait: .seconds(60), box: BoxGeometry(),
                arm: Paper.arm, compartment: Paper.compartment),
            StowArm(posture: "stowed"),
            Travel(to: "suite", building: .paper, motion: Paper.motion),
        ]
    }

    /// Runs a skill in the world on paper for some steps, then lets nothing happen any more but time.
    private func freeze(_ skill: inout any Skill, after steps: Int) -> String? {
        let world = PaperWorld()
        world.routes = { _ in
            .success(
                Route(
                    steps: [.drive(Paper.drive(0, 4)), .door(Paper.door()), .lift(Paper.lift())], length: 10,
                    duration: .seconds(60)))
        }
        world.view.inputs = skill is HandOver ? [.loaded] : []
        world.perform(skill.start(world.view))
        for step in 0..<steps where skill.outcome == .running {
            world.advance()
            if skill is HandOver, step % 4 == 0, step / 4 < 5 { world.view.keys = [Array("4711#")[step / 4]] }
            let waiting = world.events
            world.events = []
            for event in waiting + [.tick] { world.perform(skill.handle(event, world.view)) }
        }
        var view = world.view
        view.keys = []
        var state = skill.stateName
        var budget = skill.budget
        var inState = Duration.zero
        for _ in 0..<20_000 where skill.outcome == .running {
            view.now += .milliseconds(500)
            inState += .milliseconds(500)
            _ = skill.handle(.tick, view)
            if skill.stateName != state || skill.budget > budget + .milliseconds(600) {
                (state, inState) = (skill.stateName, .zero)
            } else if inState > .seconds(4000) {
                return "\(skill.name) stays in \(state)"
            }
            budget = skill.budget
        }
        return skill.outcome == .running
            ? "\(skill.name) never ends in a frozen world, last in \(skill.stateName)" : nil
    }

    @Test("in a world where nothing happens any more, every skill leaves every state and ends", arguments: 0..<9)
    func frozen(_ index: Int) {
        var seen: Set<String> = []
        for steps in stride(from: 0, to: 900, by: 7) {
            var skill = Self.skills[index]
            let complaint = freeze(&skill, after: steps)
            #expect(complaint == nil, "frozen after \(steps) steps: \(complaint ?? "")")
            seen.insert(skill.stateName)
            if complaint != nil { break }
        }
        #expect(!seen.isEmpty)
    }

    @Test("every state has a deadline and words for people")
    func words() {
        func check<State: SkillState>(_: State.Type) {
            for state in State.allCases {
                #expect(state.deadline > .zero)
                #expect(!state.words.isEmpty)
            }
        }
        check(DriveSkill.State.self)
        check(DoorCrossing.State.self)
        check(LiftRideState.self)
        check(DockAtBox.State.self)
        check(CollectState.self)
        check(HandOver.State.self)
        check(StowArm.State.self)
        check(Travel.State.self)
    }

    @Test("time does not run against a skill while the robot is held for safety")
    func safetyHold() {
        let world = PaperWorld()
        world.isBlocked = false
        var skill = StowArm(posture: "stowed")
        world.perform(skill.start(world.view))
        world.view.arm = .moving
        world.view.safety = SafetyState(action: .protectiveStop, causes: .emergencyStop)
        for _ in 0..<4000 {
            world.view.now += .milliseconds(50)
            _ = skill.handle(.tick, world.view)
        }
        #expect(skill.outcome == .running)
        world.view.safety = SafetyState()
        for _ in 0..<800 {
            world.view.now += .milliseconds(50)
            _ = skill.handle(.tick, world.view)
        }
        #expect(skill.outcome.isStuck)
    }
}

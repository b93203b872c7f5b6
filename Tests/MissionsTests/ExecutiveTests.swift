import BuildingMap
import Missions
import RobotModel
import Testing

/// The executive in the world on paper, with a recipient who knows the PIN.
final class Delivery {
    let world: PaperWorld
    var executive: Executive
    /// The state of a journal that has taken in everything so far.
    private(set) var memory = RecoveredState()
    var recipientIsThere = true
    private var keys: [Character] = []
    private var step = 0
    /// What the recipient types, once at each hand-over.
    var types = "4711#"
    private var hasTyped = false

    init(settings: ExecutiveSettings = Paper.settings, missions: [Mission] = []) {
        world = PaperWorld(at: Pose2D())
        executive = Executive(settings: settings, building: .paper)
        let building = world.building
        world.routes = { [unowned world] request in Delivery.route(request, from: world.view, building) }
        for mission in missions { submit(mission) }
    }

    func submit(_ mission: Mission) {
        memory.missions.append(mission)
        memory.states[mission.id] = .queued
        memory.custody[mission.id] = .box
        handle(.submitted(mission))
    }

    func handle(_ event: MissionEvent) {
        let before = world.log.count
        world.perform(executive.handle(event, world.view))
        for case .journal(let entry) in world.log[before...] { remember(entry) }
    }

    /// One step of 50 ms.
    func tick() {
        step += 1
        world.advance()
        recipient()
        let waiting = world.events
        world.events = []
        for event in waiting + [.tick] { handle(event) }
        var rounds = 0
        while !world.events.isEmpty, rounds < 4 {
            let next = world.events
            world.events = []
            for event in next { handle(event) }
            rounds += 1
        }
    }

    func run(seconds: Double = 600, until isDone: (Delivery) -> Bool = { $0.executive.isIdle && $0.isHome }) {
        let end = world.view.now + .seconds(seconds)
        repeat { tick() } while world.view.now < end && !isDone(self)
    }

    var isHome: Bool { world.view.level == "L1" && abs(world.view.pose.x) < 0.5 }

    /// The daemon is killed and comes up again; the world stays as it is.
    func restart() {
        world.events = []
        world.view.drive = .idle
        world.perform([.drive(.stand), .arm(.hold)])
        executive = Executive(settings: Paper.settings, building: .paper, recovered: memory)
    }

    private func recipient() {
        let isWaiting = executive.status(world.view).step.contains("hand-over: waiting for the recipient")
        if !isWaiting { hasTyped = false }
        if isWaiting, recipientIsThere, !hasTyped {
            hasTyped = true
            keys = Array(types)
        }
        if step % 8 == 0, !keys.isEmpty { world.view.keys = [keys.removeFirst()] }
        if step % 20 == 0, recipientIsThere { world.takeMeal() }
    }

    private func remember(_ entry: JournalEntry) {
        switch entry {
        case .accepted, .lock, .boxUnlock: break
        case .state(let id, let state, _):
            memory.states[id] = state
            if state == .cancelling { memory.cancelled.insert(id) }
            if state.isFinal {
                memory.missions.removeAll { $0.id == id }
                memory.progress = nil
            }
        case .progress(let progress): memory.progress = progress
        case .idle: memory.progress = nil
        case .sessionOpening(let facility, let number):
            memory.sessions[facility] = number
            memory.ending.remove(facility)
        case .sessionEnding(let facility): memory.ending.insert(facility)
        case .sessionEnded(let facility):
            memory.sessions[facility] = nil
            memory.ending.remove(facility)
        case .custody(let id, let holder): memory.custody[id] = holder
        case .safety(let causes): memory.safety = causes
        case .pose(let pose, let level): (memory.lastPose, memory.lastLevel) = (pose, level)
        }
    }

    /// Along the x axis: the kerb at -4, home at 0, the plain door at 5, the lift at 9; the suite on L3 at 4.
    static func route(_ request: RouteRequest, from view: WorldView, _ building: Building) -> Result<Route, RobotError>
    {
        guard let goal = building.place(request.to) else {
            return .failure(RobotError(.unavailable, "no place \(request.to)"))
        }
        let start = request.from.flatMap { building.place($0) }
        let level = start?.level ?? view.level
        let x = start?.place.position.x ?? view.pose.x
        var steps: [RouteStep] = []
        if level == goal.level {
            steps = [.drive(Paper.drive(x, goal.place.position.x, level: level))]
        } else {
            if level == "L1", x < 4 {
                steps += [.drive(Paper.drive(x, 3.8)), .door(Paper.door())]
            }
            var lift = Paper.lift(to: goal.level)
            lift.from = level
            steps.append(.lift(lift))
            steps.append(.drive(Paper.drive(6.5, goal.place.position.x, level: goal.level)))
        }
        return .success(Route(steps: steps, length: 20, duration: .seconds(60)))
    }

    var states: [MissionState] {
        world.journal.compactMap { if case .state(_, let state, _) = $0 { state } else { nil } }
    }
}

@Suite("The executive")
struct ExecutiveTests {
    @Test("a mission is collected, delivered and closed, and the robot goes home")
    func delivers() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run()
        #expect(delivery.states == [.running, .completed])
        #expect(delivery.executive.isIdle)
        #expect(delivery.world.view.level == "L1")
        #expect(abs(delivery.world.view.pose.x) < 0.5)
        #expect(delivery.memory.sessions.isEmpty)
        #expect(delivery.memory.progress == nil)
    }

    @Test("a status always names mission, step, place and expected time; the last one says completed")
    func reports() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run()
        let all = delivery.world.log.compactMap { if case .status(let status) = $0 { status } else { nil } }
        let running = all.filter { $0.state == .running }
        #expect(!running.isEmpty)
        #expect(running.allSatisfy { $0.mission == "m1" && !$0.step.isEmpty && $0.place != nil && $0.eta != nil })
        #expect(all.contains { $0.mission == "m1" && $0.state == .completed && $0.custody == .recipient })
    }

    @Test("every session is journalled before it is asked for and before it is given back")
    func journalsSessions() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run()
        let log = delivery.world.log
        for (index, action) in log.enumerated() {
            let expected: JournalEntry
            switch action {
            case .requestDoor(let id): expected = .sessionOpening(.door(id), number: 77)
            case .callLift(let id, _): expected = .sessionOpening(.lift(id), number: 77)
            case .releaseDoor(let id): expected = .sessionEnding(.door(id))
            case .releaseLift(let id): expected = .sessionEnding(.lift(id))
            default: continue
            }
            #expect(log[..<index].contains(.journal(expected)))
        }
    }

    @Test("stops stand before every journal entry of their list")
    func stopsFirst() {
        let delivery = Delivery(missions: [Paper.mission()])
        for _ in 0..<4000 {
            delivery.world.advance()
            let actions = delivery.executive.handle(.tick, delivery.world.view)
            if let stop = actions.firstIndex(where: \.isStop), case .journal = actions.first {
                Issue.record("a journal entry stands before the stop at \(stop): \(actions)")
            }
            delivery.world.perform(actions)
            for event in delivery.world.events {
                delivery.world.perform(delivery.executive.handle(event, delivery.world.view))
            }
            delivery.world.events = []
        }
    }

    @Test("the most urgent mission goes first: priority, then promised time, then arrival")
    func order() {
        var queue = MissionQueue()
        queue.insert(Paper.mission("late", priority: 5, promised: 300))
        queue.insert(Paper.mission("early", priority: 5, promised: 200))
        queue.insert(Paper.mission("urgent", priority: 9, promised: 900))
        queue.insert(Paper.mission("also-early", priority: 5, promised: 200))
        queue.insert(Paper.mission("early", priority: 9, promised: 1))
        #expect(queue.missions.map(\.id) == ["urgent", "early", "also-early", "late"])
    }

    @Test("two missions are done one after the other, without the way home in between")
    func twoMissions() {
        let delivery = Delivery(missions: [Paper.mission("a", priority: 1), Paper.mission("b", priority: 8)])
        delivery.run(seconds: 1200)
        let completed = delivery.world.journal.compactMap {
            if case .state(let id, .completed, _) = $0 { id } else { nil }
        }
        #expect(completed == ["b", "a"])
    }

    @Test("a mission is not started without the energy for it and the way home, and starts once it is there")
    func energy() {
        let delivery = Delivery()
        delivery.world.view.battery.stateOfCharge = 0.16
        delivery.submit(Paper.mission())
        delivery.run(seconds: 90, until: { _ in false })
        #expect(delivery.states == [.waitingForEnergy])
        #expect(delivery.executive.status(delivery.world.view).state == .waitingForEnergy)
        #expect(delivery.executive.status(delivery.world.view).error?.code == .noEnergy)
        delivery.world.view.battery.stateOfCharge = 0.9
        delivery.run()
        #expect(delivery.states == [.waitingForEnergy, .running, .completed])
    }

    @Test("a mission does not start with something in the compartment")
    func compartmentNotEmpty() {
        let delivery = Delivery()
        delivery.world.view.inputs = [.loaded]
        delivery.submit(Paper.mission())
        delivery.run(seconds: 20, until: { _ in false })
        #expect(delivery.states.isEmpty)
        #expect(delivery.executive.status(delivery.world.view).error?.hint?.contains("empty") ?? false)
    }

    @Test("nobody comes: the meal goes back to the sender, who opens with the box's code")
    func noShow() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.recipientIsThere = false
        delivery.run(seconds: 900) { $0.executive.status($0.world.view).state == .returning }
        delivery.recipientIsThere = true
        delivery.types = "482913#"
        delivery.run()
        #expect(delivery.states == [.running, .returning, .returned])
        #expect(delivery.world.journal.contains(.custody("m1", .sender)))
    }

    @Test("nobody comes: the meal is left at the other place of the file")
    func leaveAt() {
        let delivery = Delivery(missions: [Paper.mission(then: .leave(at: "desk"))])
        delivery.recipientIsThere = false
        delivery.run(seconds: 900) { $0.executive.status($0.world.view).place == "desk" }
        delivery.recipientIsThere = true
        delivery.types = "#"
        delivery.run()
        #expect(delivery.states == [.running, .returning, .returned])
        #expect(delivery.world.journal.contains(.custody("m1", .reception)))
    }

    @Test("a missing meal fails the mission, and the robot goes home for the next one")
    func missing() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.world.hasMeal = false
        delivery.run()
        #expect(delivery.states == [.running, .failed])
        #expect(delivery.executive.isIdle)
    }

    @Test("cancelled before the meal is on board, the robot goes home")
    func cancelEarly() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.states == [.running] }
        delivery.handle(.cancel("m1"))
        delivery.run()
        #expect(delivery.states == [.running, .cancelling, .cancelled])
    }

    @Test("cancelled with the meal on board, in the lift: the ride ends first, then the meal goes back")
    func cancelInLift() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.state == "riding" }
        delivery.handle(.cancel("m1"))
        delivery.types = "482913#"
        delivery.run()
        #expect(delivery.states == [.running, .cancelling, .cancelled])
        #expect(delivery.world.journal.contains(.custody("m1", .sender)))
        let cancelled = delivery.world.log.firstIndex {
            if case .say("mission m1 is called off", _, _) = $0 { true } else { false }
        }
        let out = delivery.world.log.firstIndex(of: .releaseLift("lift"))
        #expect((cancelled ?? .max) < (out ?? 0))
    }

    @Test("a waiting mission that is cancelled is gone")
    func cancelWaiting() {
        let delivery = Delivery(missions: [Paper.mission("a", priority: 9), Paper.mission("b")])
        delivery.handle(.cancel("b"))
        delivery.run()
        #expect(delivery.world.journal.contains(.state("b", .cancelled, nil)))
        #expect(!delivery.world.journal.contains(.state("b", .running, nil)))
    }

    @Test("a pause stops wheels and arm at once; resuming gives the same goals again")
    func pauses() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { if case .moving = $0.world.view.drive { $0.memory.progress?.skill == "drive" } else { false } }
        let before = delivery.world.log.count
        delivery.handle(.pause)
        #expect(Array(delivery.world.log[before..<(before + 2)]) == [.drive(.stand), .arm(.hold)])
        delivery.run(seconds: 300, until: { _ in false })
        #expect(delivery.states.last == .paused)
        delivery.handle(.resume)
        delivery.run()
        #expect(delivery.states == [.running, .paused, .running, .completed])
    }

    @Test("a shutdown stops, and gives back what the robot does not stand in")
    func shutdown() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.state == "riding" }
        let before = delivery.world.log.count
        delivery.handle(.shutdown)
        let actions = delivery.world.log[before...]
        #expect(Array(actions.prefix(2)) == [.drive(.stand), .arm(.hold)])
        #expect(!actions.contains(.releaseLift("lift")))
        #expect(delivery.memory.sessions[.lift("lift")] == 77)

        let other = Delivery(missions: [Paper.mission()])
        other.run { $0.memory.progress?.skill == "lift" && $0.memory.progress?.state == "calling" }
        other.handle(.shutdown)
        #expect(other.world.log.contains(.releaseLift("lift")))
    }

    @Test("a journal that cannot be written stops the robot; once it can, nothing has been lost")
    func storage() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toDeliver }
        delivery.world.journalFails = true
        delivery.run(seconds: 60) { $0.executive.status($0.world.view).error?.code == .storage }
        #expect(delivery.executive.status(delivery.world.view).error?.code == .storage)
        #expect(delivery.world.log.suffix(4).contains(.drive(.stand)))
        delivery.run(seconds: 30, until: { _ in false })
        let moved = delivery.world.view.pose
        delivery.run(seconds: 30, until: { _ in false })
        #expect(delivery.world.view.pose == moved)
        delivery.world.journalFails = false
        delivery.run()
        #expect(delivery.states.last == .completed)
    }

    @Test("a skill that is stuck asks for help, and goes on when somebody resumes")
    func help() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.world.fits = ["L1": 0.3, "L2": 0.3, "L3": 0.3]
        delivery.run { $0.executive.status($0.world.view).step.contains("needs help") }
        #expect(delivery.world.said.contains { $0.contains("I need help") })
        delivery.world.fits = nil
        delivery.handle(.resume)
        delivery.run()
        #expect(delivery.states.last == .completed)
        let sends = delivery.world.log.compactMap { if case .sendLift(_, let level) = $0 { level } else { nil } }
        #expect(!sends.prefix(5).contains("L1"))
    }

    @Test("a long hold for safety costs the mission nothing but time")
    func safetyHold() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.states == [.running] }
        delivery.world.view.safety = SafetyState(action: .protectiveStop, causes: .emergencyStop)
        delivery.run(seconds: 120, until: { _ in false })
        #expect(delivery.states == [.running])
        delivery.world.view.safety = SafetyState()
        delivery.run()
        #expect(delivery.states == [.running, .completed])
    }
}

@Suite("A restart")
struct RestartTests {
    @Test(
        "a daemon killed at any time finishes the mission, and never sends a car with the robot in it back",
        arguments: (0..<54).map { 20 + 60 * $0 })
    func anywhere(_ ticks: Int) {
        let delivery = Delivery(missions: [Paper.mission()])
        for _ in 0..<ticks where !delivery.executive.isIdle { delivery.tick() }
        guard !delivery.executive.isIdle else { return }  // it was done already
        let wasIn = delivery.memory.progress
        let isInCar =
            delivery.world.building.lifts["lift"]?.contains(delivery.world.view.pose.position, margin: 0) ?? false
        let before = delivery.world.log.count
        delivery.restart()
        delivery.run(seconds: 1200)
        #expect(delivery.memory.missions.isEmpty, "killed in \(String(describing: wasIn))")
        #expect(delivery.states.last == .completed, "killed in \(String(describing: wasIn))")
        #expect(delivery.executive.isIdle)
        #expect(delivery.memory.sessions.isEmpty)
        if isInCar, case .lift(let step) = wasIn?.step {
            let first = delivery.world.log[before...].first {
                switch $0 {
                case .callLift, .sendLift: true
                default: false
                }
            }
            #expect(first == .sendLift("lift", step.to))
        }
    }

    @Test("after a restart the robot says where it was")
    func says() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.state == "riding" }
        delivery.restart()
        delivery.run(seconds: 5, until: { _ in false })
        #expect(
            delivery.world.said.contains { $0.contains("restart") && $0.contains("m1") && $0.contains("in the lift") })
    }

    @Test("a robot that does not know where it is asks for help instead of moving")
    func lost() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toDeliver && $0.memory.progress?.skill == "drive" }
        delivery.restart()
        delivery.world.view.localization = .unknown
        let before = delivery.world.log.count
        delivery.run(seconds: 60, until: { _ in false })
        #expect(!delivery.world.log[before...].contains { if case .drive(.follow) = $0 { true } else { false } })
        #expect(delivery.executive.status(delivery.world.view).step.contains("needs help"))
        delivery.world.view.localization = .tracking(quality: 0.9)
        delivery.handle(.resume)
        delivery.run()
        #expect(delivery.states.last == .completed)
    }

    @Test("a meal that has gone while the robot was off is reported")
    func mealGone() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toDeliver && $0.memory.progress?.skill == "drive" }
        delivery.restart()
        delivery.world.view.inputs = []
        delivery.run()
        #expect(delivery.states.last == .failed)
    }

    @Test("a paused mission stays paused over a restart")
    func paused() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toDeliver && $0.memory.progress?.skill == "drive" }
        delivery.handle(.pause)
        delivery.restart()
        let before = delivery.world.log.count
        delivery.run(seconds: 30, until: { _ in false })
        #expect(!delivery.world.log[before...].contains { if case .drive(.follow) = $0 { true } else { false } })
        delivery.handle(.resume)
        delivery.run()
        #expect(delivery.states.last == .completed)
    }
}

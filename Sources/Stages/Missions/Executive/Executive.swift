public import BuildingMap
public import RobotModel

/// Decides what the robot does next: which mission, which leg of it, which skill.
///
/// A value: events and views of the world go in, actions come out. It is called 20 times a second with `.tick` and at
/// once on every other event. See `MissionAction` for the contract with whoever performs the actions.
public struct Executive: Sendable {
    /// What the executive is about, besides its mission.
    enum Mode {
        case running
        /// Somebody has asked for a pause.
        case paused
        /// A skill does not know how to go on; somebody has to look and to resume.
        case needsHelp(RobotError)
        /// The journal cannot be written; what could not be done is tried again.
        case storageFailed(RobotError, undone: [MissionAction], since: Instant)
        /// After a restart: the world is looked at before anything moves.
        case recovering
        /// The pose is not known: the robot stands and looks for it, and then waits for somebody who says it.
        case lost
        /// Held for so long that doors and lifts have been given back; the step begins anew when the robot is free.
        case heldUp
        case shutDown
    }

    /// What is being done: a mission, or the way home without one.
    struct Errand {
        var mission: Mission?
        var leg: MissionLeg
        var custody: Custody?
        /// Somebody has called it off; obeyed as soon as the skill may be left.
        var isCancelled = false
        /// Why the meal goes back, or why the mission has failed.
        var error: RobotError?
        /// Durations of the routes, for the expected time of arrival.
        var toDeliver = Duration.seconds(120)
    }

    public let settings: ExecutiveSettings
    public let building: Building
    public internal(set) var queue = MissionQueue()
    var mode = Mode.running
    var errand: Errand?
    /// The skill at work, and those of the same leg that come after it.
    var skill: (any Skill)?
    var nextSkills: [any Skill] = []
    var ledger: SessionLedger
    var goals = StandingGoals()
    var check: EnergyCheck?
    /// Why the head of the queue does not start.
    var waitingFor: RobotError?
    var armIsStowed = false
    var recovered: RecoveredState
    var recoveryStarted: Instant?
    var reporter = StatusReporter()
    var homeNotBefore = Instant.zero
    var pose = PoseWatch()
    /// Since when the robot has stood for something that is not its own: held, paused, lost, in need of help.
    var standsSince: Instant?
    /// The world may be another one than when the robot was paused: the step begins anew.
    var beginsAnew = false
    /// Since when the lid stands open while the robot wants to drive, and when people were asked last to shut it.
    var lidOpen: (since: Instant, reminded: Instant)?
    /// Since when the light barrier has not seen the meal that is to be in the compartment.
    var mealGone: Instant?

    /// - Parameter recovered: What the journal knew at boot; the robot goes on from there.
    public init(settings: ExecutiveSettings, building: Building, recovered: RecoveredState = RecoveredState()) {
        self.settings = settings
        self.building = building
        self.recovered = recovered
        ledger = SessionLedger(number: settings.sessionNumber, recovered: recovered)
        let isUnderWay = { (id: MissionID) in recovered.states[id]?.isUnderWay ?? false }
        for mission in recovered.missions where !isUnderWay(mission.id) { queue.insert(mission) }
        if recovered.progress != nil || recovered.missions.contains(where: { isUnderWay($0.id) }) { mode = .recovering }
        if let damage = recovered.damage { mode = .needsHelp(damage) }
    }

    /// Takes one event and says what to do.
    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        let actions: [MissionAction]
        switch event {
        case .tick, .pin: actions = step(event, view)
        case .route(let request, let answer):
            check?.take(request, answer)
            actions = step(event, view)
        case .submitted(let mission):
            if errand?.mission?.id != mission.id { queue.insert(mission) }
            actions = []
        case .pause: actions = pause(view)
        case .resume: actions = resume(view)
        case .cancel(let id): actions = cancel(id, view)
        case .shutdown: actions = shutDown(view)
        case .journalFailed(let error, let undone): actions = storageFailed(error, undone, view)
        }
        return finish(actions, view)
    }

    /// What the robot does, for people.
    public func status(_ view: WorldView) -> MissionStatus { describe(view) }

    /// The mission under way.
    public var mission: Mission? { errand?.mission }

    /// Whether what is under way waits for somebody or something: paused, lost, held up, in need of help.
    public var isHalted: Bool { if case .running = mode { false } else { true } }

    /// The step of a route that is being done.
    public var routeStep: RouteStep? { errand == nil ? nil : skill?.routeStep }

    /// Doors and lifts that the building knows as ours: those that are kept, and those that are being given back.
    public var sessions: (open: [Facility], ending: [Facility]) { (ledger.open, ledger.ending) }

    /// Whether nothing is under way: no mission, no way home.
    public var isIdle: Bool { errand == nil && queue.count == 0 && !isRecovering }

    /// Why nobody may move anything by hand now: a mission is under way, or the robot is on its way home. A mission that
    /// only waits is no reason: what it waits for may be a hand that empties the compartment.
    public var refusalOfHandwork: RobotError? {
        if let id = errand?.mission?.id ?? interrupted?.id {
            return RobotError(
                .busy, "mission \(id) is under way", hint: "wait for its end, or cancel it: `mission cancel \(id)`")
        }
        guard errand != nil else { return nil }
        if case .paused = mode { return nil }
        return RobotError(.busy, "the robot is on its way home", hint: "wait until it is there, or `mission pause`")
    }

    /// Somebody has moved the arm by hand: it is folded before the robot drives again.
    public mutating func noteHandwork() {
        armIsStowed = false
        if case .paused = mode { beginsAnew = true }
    }

    /// Whether something that a restart interrupted has not been taken up again.
    private var isRecovering: Bool {
        switch mode {
        case .recovering: true
        case .needsHelp: errand == nil
        case .running, .paused, .storageFailed, .shutDown, .lost, .heldUp: false
        }
    }

    /// The mission that a restart interrupted, while it has not been taken up again.
    var interrupted: Mission? {
        guard isRecovering else { return nil }
        return recovered.progress?.mission.flatMap { id in recovered.missions.first { $0.id == id } }
            ?? recovered.missions.first { recovered.states[$0.id]?.isUnderWay ?? false }
    }

    /// Whether a mission is waiting, under way or about to be taken up again.
    public func knows(_ id: MissionID) -> Bool {
        errand?.mission?.id == id || interrupted?.id == id || queue.missions.contains { $0.id == id }
    }

    /// Whether a person may say where the robot is: not while it drives by what it knows.
    public var takesPose: Bool {
        switch mode {
        case .running: errand?.mission == nil && (skill?.needsPose ?? true)
        case .paused, .needsHelp, .storageFailed, .recovering, .lost, .heldUp, .shutDown: true
        }
    }

    /// Everything that is done with the actions of one event before they leave.
    private mutating func finish(_ actions: [MissionAction], _ view: WorldView) -> [MissionAction] {
        var canJournal = true
        if case .storageFailed = mode { canJournal = false }
        var actions = canJournal ? ledger.journalled(actions) : actions
        // While the arm is folded before a hand-over, the journal still knows how far that was.
        let work = skill is StowArm && nextSkills.first is HandOver ? nextSkills.first : skill
        if canJournal, let progress = reporter.progress(errand, work) {
            // Behind the stops at the head of the list, before everything else.
            let stops = actions.prefix { $0.isStop }.count
            actions.insert(.journal(progress), at: stops)
        }
        goals.note(actions)
        let status = describe(view)
        if reporter.isNews(status, at: view.now) { actions.append(.status(status)) }
        if canJournal, let pose = reporter.pose(view) { actions.append(.journal(pose)) }
        return actions
    }
}

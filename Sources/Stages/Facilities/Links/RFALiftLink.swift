public import DeviceProtocols
public import RobotModel

/// Carries a lift's session to a controller that speaks the Robot Friendly Asset interface over the building's broker:
///
///     Registration → CallElevator to our floor → ElevatorStatus until it is open there → (board) → RobotStatus HAS_ENTERED
///     → CallElevator to the destination → ElevatorStatus … → (leave) → RobotStatus HAS_GOT_OFF → Release
///
/// One question at a time, each repeated until it is answered; beside it the car is asked every second where it is. What
/// the session wants may change at any time; the next question follows the newest wish. `HAS_GOT_OFF` and `Release` are
/// said for one reason only: that the session has released the lift, or called it anew, with the robot outside. No silence,
/// refusal, emergency or restart brings the link to say either, and no pose while riding. Sources: `RFAAddress`; the times are those of Octa Robotics' client.
///
/// Faults and what becomes of them:
///
///     registration refused            another robot has the lift: asked again after 30 s
///     a registration of before         it is released first, and the lift left alone for 1 s; not where the robot may be inside
///     FAIL to a call or a status       the registration is void: after 10 s it is asked for again, and the call said again
///     ERROR to a call                  said again after 5 s; the registration stands
///     99, under emergency              shown as the lift's mode; registrations are void, and asked for again after 10 s; by
///                                      then it is shown no more unless the lift is being asked
///     no answer                        said again; three times in a row, and it is found out whether we are registered
///     the other side's door opens      shown as closed: it is not ours
///     a door that was open before      for 2 s after a call the door's state is not believed
///     a door that shuts too early      after 8 s at the floor it is called to that floor again, which opens it
///     the broker is gone               nothing is said late; after its return it is found out whether we are registered
public struct RFALiftLink: Hashable, Sendable {
    /// What the lift knows of us, as far as we know.
    enum Registration: Hashable, Sendable {
        case none, held
        /// There may be one: of before a restart, or of before the broker went away.
        case unknown
    }

    let address: RFAAddress
    let floors: [LevelID: RFAFloor]
    var wish: LiftSession.Command?
    var isConnected = false
    var registration = Registration.unknown
    /// Whether to ask the lift if it still knows of us, before anything else.
    var mustFindOut = false
    /// The floor that the car has been called or sent to.
    package internal(set) var called: RFAFloor?
    /// Whether the lift has been told that the robot is in the car.
    var hasSaidEntered = false
    /// Whether it has been told, in this release, that the robot needs the car no more.
    var hasSaidFarewell = false
    package internal(set) var exchange: RFAExchange?
    /// The question where the car is; it runs beside the other one.
    package internal(set) var poll: RFAExchange?
    /// How often the present question had no answer.
    var misses = 0
    /// Nothing new is asked before.
    var notBefore = Instant.zero
    var lastPoll = Instant.zero
    var lastKeepOpen = Instant.zero
    var lastReport = Instant.zero
    /// The door's state is not believed before.
    var maskedUntil = Instant.zero
    /// The last request's time: no two bear the same.
    var lastStamp: Int64 = 0
    /// Where the car is, and which of its doors stands open there, as far as it has said.
    var floor: String?
    var open: RFAFloor.Side?
    /// Since when the car stands where it was called to with its door shut; nil where it does not.
    var shutSince: Instant?
    var isEmergency = false
    /// Somebody else has the lift: our registration was refused.
    var isTaken = false

    /// - Parameter floors: The controller's floor of each level that the lift serves.
    public init(address: RFAAddress, floors: [LevelID: RFAFloor]) {
        self.address = address
        self.floors = floors
    }

    /// How long a lift behind this interface is waited for: a registration alone may take three minutes.
    public static let times: SessionTimes = {
        var times = SessionTimes()
        times.refresh = .seconds(1)
        times.repeatRelease = .seconds(2)
        times.forget = nil
        times.silence = .seconds(5)
        times.liftGrants = .seconds(240)
        times.liftComes = .seconds(180)
        return times
    }()

    /// What has to be subscribed to.
    public var subscriptions: [String] { address.answerTopics }

    func serves(_ level: LevelID) -> Bool { floors[level] != nil }

    /// Takes up what a restart has interrupted.
    package mutating func adopt() { mustFindOut = true }

    /// Whether a registration has been asked for and not been answered: the building may have queued it.
    private var isRegistering: Bool { exchange?.request.interface == .registration }

    var isReleasing: Bool { if case .release = wish { true } else { false } }

    package mutating func handle(
        _ event: LinkEvent<LiftSession.Command>, _ clock: LinkClock, _ output: inout LinkOutput<LiftReport>
    ) {
        switch event {
        case .command(let command): want(command)
        case .broker(.connected): isConnected = true
        case .broker(.disconnected): disconnect()
        case .broker(.message(let message)): hear(message, clock, &output)
        case .time: break
        }
        guard isConnected else { return }
        expire(clock.now)
        forgetRefusal(clock.now)
        ask(clock, &output)
        // A lift in our use shows that it lives by its answers; otherwise the broker's being there has to do.
        if registration != .held, clock.now - lastReport >= Self.pollPeriod { report(clock.now, &output) }
    }

    private mutating func want(_ command: LiftSession.Command) {
        switch command {
        case .request: wish = command
        // A farewell is said under our own name only, so it ends no other's session; and a registration may be queued.
        case .release(let isInside), .withdraw(let isInside):
            // The robot stands in the car: nobody is told that it does not.
            if isInside { return }
            if !isReleasing { hasSaidFarewell = false }
            wish = .release(isInside: false)
        }
    }

    private mutating func disconnect() {
        isConnected = false
        let mayBeHeld = registration == .held || isRegistering
        exchange = nil
        poll = nil
        misses = 0
        open = nil
        if mayBeHeld {
            registration = .unknown
            mustFindOut = true
        }
    }

    /// What the session is told.
    mutating func report(_ now: Instant, _ output: inout LinkOutput<LiftReport>) {
        lastReport = now
        // Until the lift has answered the release, or a registration that was asked for before it, we may be registered.
        let mayBeHeld = registration == .unknown || isRegistering
        let isOurs = registration == .held || mayBeHeld && isReleasing
        let door: DoorMode = floor == nil || now < maskedUntil ? .unknown : isOpenOnOurSide ? .open : .closed
        output.reports.append(
            LiftReport(
                level: floor.flatMap(level), destination: called.flatMap { level($0.name) },
                motion: door == .open ? .stopped : .unknown, door: door,
                mode: isEmergency ? .emergency : registration == .held ? .agv : .unknown,
                holder: isOurs ? .ours : isTaken ? .other("another robot") : .none))
    }

    private func level(_ floor: String) -> LevelID? { floors.first { $0.value.name == floor }?.key }

    /// Whether the car's door stands open, on the side that the floor where it is has ours.
    private var isOpenOnOurSide: Bool {
        guard let open, let floor, let ours = floors.values.first(where: { $0.name == floor }) else { return false }
        return ours.side == .any || ours.side == open
    }

    /// Whether the car stands where it was called to, with its door open on our side.
    var isOpenWhereCalled: Bool { called != nil && floor == called?.name && isOpenOnOurSide }
}

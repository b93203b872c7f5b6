import DeviceProtocols
import RobotModel

// What is asked next.
extension RFALiftLink {
    /// Between two looks at the car.
    static var pollPeriod: Duration { .seconds(1) }
    /// How long a door may take to open at the floor; a slow one takes 4 s.
    static var doorPatience: Duration { .seconds(8) }
    /// Between two words that the door be kept open.
    static var keepOpenPeriod: Duration { .seconds(5) }

    mutating func ask(_ clock: LinkClock, _ output: inout LinkOutput<LiftReport>) {
        if poll == nil, registration == .held, clock.now - lastPoll >= Self.pollPeriod {
            poll = send(.elevatorStatus, clock, &output)
            lastPoll = clock.now
        }
        guard exchange == nil, clock.now >= notBefore, let request = nextRequest(clock.now) else { return }
        exchange = send(request, clock, &output)
    }

    private mutating func send(
        _ request: RFARequest, _ clock: LinkClock, _ output: inout LinkOutput<LiftReport>
    ) -> RFAExchange {
        lastStamp = max(clock.milliseconds, lastStamp + 1)
        output.messages.append(request.message(to: address, at: lastStamp))
        return RFAExchange(
            request: request, stamp: lastStamp, deadline: clock.now + RFAExchange.patience(request))
    }

    private func nextRequest(_ now: Instant) -> RFARequest? {
        switch (wish, registration) {
        case (nil, .unknown): mustFindOut ? .elevatorStatus : nil
        case (nil, .none), (nil, .held), (.release, .none), (.withdraw, .none): nil
        case (.release, .held), (.release, .unknown), (.withdraw, .held), (.withdraw, .unknown): nextFarewell
        case (.request, .none): .registration(dryRun: false)
        case (.request(_, _, _, let isInside), .unknown):
            // One of before: kept where the robot may be inside, and otherwise given back for a clean beginning.
            isInside || mustFindOut ? .elevatorStatus : .release
        case (.request(let level, let onward, let holdDoor, let isInside), .held):
            nextCall(level, onward, isInside, isAgain: holdDoor && isShutTooLong(now))
                ?? (holdDoor ? nextHold(now) : nil)
        }
    }

    private var nextFarewell: RFARequest {
        if hasSaidFarewell { return .release }
        if hasSaidEntered || registration == .unknown { return .robotStatus(.hasGotOff) }
        return called == nil ? .release : .robotStatus(.cancelToEnter)
    }

    /// - Parameter isAgain: A call to the floor where the car has been called opens its door.
    private func nextCall(
        _ level: LevelID?, _ onward: LevelID?, _ isInside: Bool, isAgain: Bool
    ) -> RFARequest? {
        guard let level, let wanted = floors[level], wanted != called || isAgain else { return nil }
        if isInside, hasSaidEntered || wanted != called {
            if !hasSaidEntered { return .robotStatus(.hasEntered) }
            let here = called ?? floor.map { RFAFloor(name: $0) }
            return .callElevator(RFACall(origination: here, destination: wanted))
        }
        if hasSaidEntered { return .robotStatus(.hasGotOff) }
        return .callElevator(RFACall(origination: wanted, destination: onward.flatMap { floors[$0] }))
    }

    private func isShutTooLong(_ now: Instant) -> Bool { shutSince.map { now - $0 >= Self.doorPatience } ?? false }

    private func nextHold(_ now: Instant) -> RFARequest? {
        let isDue = isOpenWhereCalled && now >= maskedUntil && now - lastKeepOpen >= Self.keepOpenPeriod
        return isDue ? .robotStatus(.keepDoorOpen) : nil
    }
}

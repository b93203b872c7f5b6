import DeviceProtocols
import RobotModel

// What is answered, and what follows from no answer.
extension RFALiftLink {
    /// After a registration was refused.
    static var refusedPause: Duration { .seconds(30) }
    /// After a registration has ended: the lift is left alone for a while.
    static var deadTime: Duration { .seconds(10) }
    /// After an error, and before a question is asked again.
    static var errorPause: Duration { .seconds(5) }
    /// Between HAS_ENTERED or HAS_GOT_OFF and what follows, and after the release of an old registration.
    static var settleTime: Duration { .seconds(1) }
    /// After a call: the door may still stand open from before.
    static var maskTime: Duration { .seconds(2) }

    mutating func hear(_ message: BrokerMessage, _ clock: LinkClock, _ output: inout LinkOutput<LiftReport>) {
        // What was retained answers a question of an earlier life.
        if message.isRetained { return }
        do throws(MessageProblem) {
            guard let answer = try RFAAnswer(message, to: address) else { return }
            if let poll, Self.fits(answer, poll) {
                self.poll = nil
                take(answer, poll.request, clock.now)
                report(clock.now, &output)
            } else if let exchange, Self.fits(answer, exchange) {
                self.exchange = nil
                misses = 0
                take(answer, exchange.request, clock.now)
                report(clock.now, &output)
            }
        } catch {
            output.complaint = error
        }
    }

    /// An answer to an older question, or to nobody's, is none.
    private static func fits(_ answer: RFAAnswer, _ exchange: RFAExchange) -> Bool {
        answer.interface == exchange.request.interface && (answer.requested ?? exchange.stamp) == exchange.stamp
    }

    private mutating func take(_ answer: RFAAnswer, _ request: RFARequest, _ now: Instant) {
        isEmergency = answer.result == .underEmergency
        switch answer.result {
        case .success: succeed(request, answer, now)
        case .error:
            notBefore = max(notBefore, now + Self.errorPause)
            // Whether the lift takes our farewell or not, it can be given back.
            if case .robotStatus = request, isReleasing { hasSaidFarewell = true }
        case .fail, .underEmergency:
            isTaken = request.interface == .registration && answer.result == .fail
            unregister()
            notBefore = max(notBefore, now + (isTaken ? Self.refusedPause : Self.deadTime))
        }
    }

    private mutating func succeed(_ request: RFARequest, _ answer: RFAAnswer, _ now: Instant) {
        switch request {
        case .registration:
            endRide()
            registration = .held
            isTaken = false
        case .callElevator(let call):
            called = hasSaidEntered ? call.destination : call.origination
            maskedUntil = now + Self.maskTime
            shutSince = nil
        case .elevatorStatus:
            // Only who is registered gets an answer.
            registration = .held
            mustFindOut = false
            floor = answer.floor
            open = answer.open
            let isShut = called != nil && floor == called?.name && !isOpenWhereCalled
            shutSince = isShut ? shutSince ?? now : nil
        case .robotStatus(.keepDoorOpen): lastKeepOpen = now
        case .robotStatus(let state):
            hasSaidEntered = state == .hasEntered
            if isReleasing { hasSaidFarewell = state != .hasEntered }
            notBefore = now + Self.settleTime
        case .release:
            notBefore = now + (isReleasing ? Self.deadTime : Self.settleTime)
            unregister()
        }
    }

    /// Nothing is left of a ride.
    private mutating func endRide() {
        called = nil
        hasSaidEntered = false
        floor = nil
        open = nil
        shutSince = nil
        maskedUntil = .zero
    }

    /// The lift knows of us no more.
    private mutating func unregister() {
        endRide()
        registration = .none
        mustFindOut = false
        exchange = nil
        poll = nil
        misses = 0
        if isReleasing { wish = nil }
    }

    /// That the lift is another's, or under emergency, is news for as long as it would not be asked again; where nobody asks,
    /// nobody would hear that it is over.
    mutating func forgetRefusal(_ now: Instant) {
        if case .request = wish { return }
        guard registration == .none, exchange == nil, now >= notBefore else { return }
        isEmergency = false
        isTaken = false
    }

    /// Gives up waiting for an answer that does not come; the question is asked again, or found to be in vain.
    mutating func expire(_ now: Instant) {
        if let waiting = poll, now >= waiting.deadline { poll = nil }
        guard let waiting = exchange, now >= waiting.deadline else { return }
        exchange = nil
        misses += 1
        notBefore = now + Self.errorPause
        guard misses >= RFAExchange.attempts(waiting.request) else { return }
        misses = 0
        if case .robotStatus = waiting.request {
            // The farewell was said; whether it was heard, the release will show.
            if isReleasing { hasSaidFarewell = true }
            return
        }
        // It may have been heard or not.
        registration = .unknown
        mustFindOut = true
    }
}

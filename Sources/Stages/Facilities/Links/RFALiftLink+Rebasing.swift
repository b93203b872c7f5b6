import DeviceProtocols
package import RobotModel

extension RFALiftLink {
    /// The same link on a clock whose zero is `now`, its requests' own times left out: two that will act alike from here on, if
    /// answers do not refer to those times, are equal. For checks that visit many states.
    package func rebased(to now: Instant) -> RFALiftLink {
        var link = self
        // Longer than anything that the link measures from the past.
        let horizon = Duration.seconds(30)
        func age(_ moment: Instant) -> Instant { moment.rebased(to: now, horizon: horizon) }
        link.notBefore = max(age(notBefore), .zero)
        link.maskedUntil = max(age(maskedUntil), .zero)
        link.lastPoll = age(lastPoll)
        link.lastKeepOpen = age(lastKeepOpen)
        link.lastReport = age(lastReport)
        link.shutSince = shutSince.map(age)
        link.exchange?.deadline = exchange.map { age($0.deadline) } ?? .zero
        link.poll?.deadline = poll.map { age($0.deadline) } ?? .zero
        link.exchange?.stamp = 0
        link.poll?.stamp = 0
        link.lastStamp = 0
        return link
    }
}

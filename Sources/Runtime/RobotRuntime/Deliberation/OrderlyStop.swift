import RobotModel

/// An orderly stop, from the request on until nothing is left to wait for: the wheels have said that they stand, and
/// doors and lifts have confirmed what was given back.
///
/// A value; the executive gives the orders, this one watches what becomes of them.
struct OrderlyStop: Sendable {
    /// How long it may take; the services' own limit and the unit's TimeoutStopSec are longer.
    static let limit = Duration.seconds(3)
    /// How long the wheels must have stood: slow is not yet still.
    static let standing = Duration.milliseconds(200)

    /// What is seen of the robot in one step.
    struct Sight: Sendable {
        /// When the wheels' last sample was taken, and whether they stood in it.
        var wheelsHeard: Instant
        var isStanding: Bool
        var isArmHeld: Bool
        /// Doors and lifts that the robot stands in.
        var kept: [String]
        /// Doors and lifts that have not confirmed that they are given back.
        var unconfirmed: [String]
    }

    /// How it ended.
    struct Result: Sendable {
        /// For the journal and for `systemctl status`.
        var line: String
        /// What was not as it should be.
        var errors: [RobotError]
    }

    private let begun: Instant
    private var given: Set<String> = []
    private var standsSince: Instant?
    private(set) var result: Result?

    init(begun: Instant) { self.begun = begun }

    /// Takes what is seen at a moment.
    ///
    /// - Parameter freshness: A sample of the wheels that is older says nothing about now.
    mutating func look(_ sight: Sight, freshness: Duration, at now: Instant) {
        given.formUnion(sight.unconfirmed)
        // A sample from before the stop may have been taken while they still stood.
        let isFresh = sight.wheelsHeard > begun && now - sight.wheelsHeard <= freshness
        standsSince = isFresh && sight.isStanding ? standsSince ?? now : nil
        let hasStood = standsSince.map { now - $0 >= Self.standing } ?? false
        let isOver = now - begun >= Self.limit
        guard isOver || (hasStood && sight.unconfirmed.isEmpty) else { return }
        var errors: [RobotError] = []
        if !hasStood { errors.append(isFresh ? Self.rolling : Self.silent(for: now - sight.wheelsHeard)) }
        errors += sight.unconfirmed.map(Self.unconfirmed)
        result = Result(line: line(sight, hasStood: hasStood), errors: errors)
    }

    private func line(_ sight: Sight, hasStood: Bool) -> String {
        var parts = [
            hasStood ? "the wheels stand" : "the wheels have NOT confirmed that they stand",
            sight.isArmHeld ? "the arm is held" : "the arm is not held",
        ]
        let confirmed = given.subtracting(sight.unconfirmed).sorted()
        if !confirmed.isEmpty { parts.append("given back: \(confirmed.joined(separator: ", "))") }
        if !sight.unconfirmed.isEmpty {
            parts.append("given back, but not confirmed: \(sight.unconfirmed.joined(separator: ", "))")
        }
        if !sight.kept.isEmpty { parts.append("kept, since I stand in it: \(sight.kept.joined(separator: ", "))") }
        return "stopped: \(parts.joined(separator: "; "))"
    }

    private static var rolling: RobotError {
        RobotError(
            .deadlinePassed, "the wheels still turn \(Int(limit.inSeconds)) s after they were told to stand",
            hint: "press the emergency stop before you go near the robot")
    }

    private static func silent(for age: Duration) -> RobotError {
        let last =
            age.inSeconds < 3600
            ? "their last word is \((age.inSeconds * 10).rounded() / 10) s old" : "they never said anything"
        return RobotError(
            .silent, "the wheels have not confirmed that they stand: \(last)",
            hint: "press the emergency stop before you go near the robot; look at the wheel drive's power and cable")
    }

    private static func unconfirmed(_ facility: String) -> RobotError {
        RobotError(
            .deadlinePassed, "\(facility) has not confirmed that it is given back",
            hint: "behind a relay box it lets go by itself after 10 s; otherwise end the session at its controller")
    }
}

public import BuildingMap
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// What doors, lifts and drives have really taken, by hour of the day: the experience that routes are planned with.
///
///     times.record(41.5, of: .waiting("lift_1", .interface), at: wall, clock: LocalTime(wall, utcOffset: 7200))
///     times.estimate(of: .waiting("lift_1", .interface), prior: prior, at: clock).p90
///
/// Each quantity has an account for the whole day and one for each hour. An hour without experience gives the day's, a
/// day without experience the prior; a few samples move an estimate a part of the way (shrinkage). Experience fades, with
/// each new sample and with the days that pass, so that a mended lift is believed again. A value: the owner keeps it
/// across restarts (`Codable`).
public struct FacilityTimes: Hashable, Sendable, Codable {
    /// What is timed.
    public enum Quantity: Hashable, Sendable, Codable {
        /// From asking a door until it is open, seconds.
        case opening(DoorID, FacilityAccessKind)
        /// From asking a lift until its car stands open before the robot, seconds.
        case waiting(LiftID, FacilityAccessKind)
        /// A ride, as a multiple of what was expected of it.
        case riding(LiftID)
        /// A drive, as a multiple of what was expected of it.
        case driving
    }

    /// Nothing takes longer in a plan, seconds: what does is out of service. It also keeps a wait that falls with the hour
    /// from being overtaken by waiting (`RouteClock`).
    public static let longest = 1800.0

    private var accounts: [Quantity: [TimeAccount]] = [:]

    public init() {}

    /// Reads what was kept. Throws `DecodingError` for what no account can say: it lay on a disk, and a program that trusts
    /// it would end again at every start.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        accounts = try container.decode([Quantity: [TimeAccount]].self, forKey: .accounts)
        for (quantity, account) in accounts where account.count != Self.day + 1 || !account.allSatisfy(\.isSound) {
            throw DecodingError.dataCorruptedError(
                forKey: .accounts, in: container,
                debugDescription:
                    "\(quantity): \(account.count) accounts; expected 24 hours and the day, in finite numbers")
        }
    }

    /// Whether nothing has been timed yet.
    public var isEmpty: Bool { accounts.isEmpty }

    /// Everything that has been timed.
    public var quantities: [Quantity] { Array(accounts.keys) }

    /// Takes one sample: seconds, or a multiple. `wall` is for fading, `clock` for the hour. Samples that are no finite
    /// positive numbers are passed over.
    public mutating func record(_ sample: Double, of quantity: Quantity, at wall: WallTime, clock: LocalTime) {
        guard sample.isFinite, sample > 0 else { return }
        var account = accounts[quantity] ?? Array(repeating: TimeAccount(), count: Self.day + 1)
        account[Self.day].record(sample, at: wall)
        account[clock.hour].record(sample, at: wall)
        accounts[quantity] = account
    }

    /// What a quantity is expected to take at an hour of the clock, or over the day where the clock is not known.
    ///
    /// Between the middles of two hours mean and variance go over in a straight line.
    /// `wall` is the present: what was learned long ago counts less; nil takes it as it was at its last sample.
    public func estimate(
        of quantity: Quantity, prior: TimeEstimate, at clock: LocalTime?, now wall: WallTime? = nil
    ) -> TimeEstimate {
        guard let account = accounts[quantity] else { return prior }
        let day = account[Self.day].estimate(prior: prior, now: wall)
        guard let clock else { return day }
        let (hour, share) = clock.hours
        let here = account[hour].estimate(prior: day, now: wall).capped(at: quantity.longest)
        let next = account[(hour + 1) % 24].estimate(prior: day, now: wall).capped(at: quantity.longest)
        return here.blended(with: next, share: share)
    }

    /// How many samples an hour's estimate rests on, faded ones in part; the whole day's where the hour is nil.
    public func weight(of quantity: Quantity, hour: Int? = nil, now wall: WallTime? = nil) -> Double {
        accounts[quantity]?[hour ?? Self.day].weight(now: wall) ?? 0
    }

    /// What an account says by itself, an hour's or the whole day's.
    func learned(_ quantity: Quantity, hour: Int?) -> TimeEstimate? {
        accounts[quantity]?[hour ?? Self.day].learned
    }

    /// The index of the whole day's account behind those of the hours.
    private static let day = 24
}

extension FacilityTimes.Quantity {
    /// The largest mean that a plan is made with.
    fileprivate var longest: Double {
        switch self {
        case .opening, .waiting: FacilityTimes.longest
        // A multiple: a ride of three minutes is half an hour then.
        case .riding, .driving: 10
        }
    }
}

extension TimeEstimate {
    fileprivate func capped(at longest: Double) -> TimeEstimate { mean > longest ? self * (longest / mean) : self }
}

extension LocalTime {
    /// The hour whose middle was last passed, and the share of the way to the next middle.
    var hours: (hour: Int, share: Double) {
        let middles = secondOfDay / 3600 - 0.5
        let hour = middles < 0 ? 23 : Int(middles)
        return (hour, middles < 0 ? middles + 1 : middles - Double(hour))
    }
}

public import RobotModel

/// A moment of the week, as a clock on the building's wall shows it.
public struct LocalTime: Hashable, Sendable, Codable {
    /// A week in seconds.
    public static let week = 604_800.0
    /// A day in seconds.
    public static let day = 86_400.0

    /// Seconds since Monday 00:00, below a week.
    public let secondOfWeek: Double

    /// Takes any number of seconds since some Monday 00:00.
    public init(secondOfWeek: Double) {
        let rest = secondOfWeek.truncatingRemainder(dividingBy: Self.week)
        // A negative rest that is too small to matter would round to the whole week.
        self.secondOfWeek = rest >= 0 ? rest : max(0, min(rest + Self.week, Self.week.nextDown))
    }

    /// A weekday (0 is Monday) and a time of day.
    public init(weekday: Int = 0, hour: Int, minute: Int = 0) {
        self.init(secondOfWeek: Double(weekday) * Self.day + Double(hour * 3600 + minute * 60))
    }

    /// What the wall's clock shows at a moment, `utcOffset` seconds ahead of UTC (daylight saving included).
    public init(_ wall: WallTime, utcOffset: Double) {
        // 1970-01-01 was a Thursday.
        self.init(secondOfWeek: wall.secondsSince1970 + utcOffset + 3 * Self.day)
    }

    /// 0 (Monday) to 6.
    public var weekday: Int { Int(secondOfWeek / Self.day) }
    /// Seconds since midnight.
    public var secondOfDay: Double { secondOfWeek.truncatingRemainder(dividingBy: Self.day) }
    /// 0 to 23.
    public var hour: Int { Int(secondOfDay / 3600) }

    /// The moment some seconds later, or earlier.
    public func advanced(by seconds: Double) -> LocalTime { LocalTime(secondOfWeek: secondOfWeek + seconds) }
}

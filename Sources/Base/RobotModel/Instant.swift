/// A moment on the robot's monotonic clock.
///
/// Never wall time: it does not jump and means nothing outside this boot. Wall time is a label (`WallTime`).
@frozen
public struct Instant: Comparable, Hashable, Sendable, BitwiseCopyable {
    /// Nanoseconds since the clock's own zero.
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The clock's zero.
    @inlinable public static var zero: Instant { Instant(nanoseconds: 0) }

    @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    @inlinable public static func + (a: Instant, b: Duration) -> Instant {
        Instant(nanoseconds: a.nanoseconds &+ b.nanoseconds)
    }

    @inlinable public static func - (a: Instant, b: Duration) -> Instant {
        Instant(nanoseconds: a.nanoseconds &- b.nanoseconds)
    }

    @inlinable public static func += (a: inout Instant, b: Duration) { a = a + b }

    /// The time from `b` to `a`; negative when `a` is earlier.
    @inlinable public static func - (a: Instant, b: Instant) -> Duration {
        .nanoseconds(a.nanoseconds &- b.nanoseconds)
    }

    /// Seconds from `earlier` to this moment, for arithmetic in a control law.
    @inlinable public func seconds(since earlier: Instant) -> Double {
        Double(nanoseconds &- earlier.nanoseconds) * 1e-9
    }
}

extension Duration {
    /// The whole duration in nanoseconds; saturates at about ±292 years.
    @inlinable public var nanoseconds: Int64 {
        let parts = components
        let (whole, overflow) = parts.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return parts.seconds < 0 ? .min : .max }
        return whole &+ parts.attoseconds / 1_000_000_000
    }

    /// The whole duration in seconds.
    @inlinable public var inSeconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
}

/// A value together with the moment at which it was true (acquired, not received).
@frozen
public struct Stamped<Value> {
    /// When the value was acquired.
    public var time: Instant
    /// The value.
    public var value: Value

    @inlinable public init(_ value: Value, at time: Instant) {
        self.time = time
        self.value = value
    }
}

extension Stamped: Sendable where Value: Sendable {}
extension Stamped: BitwiseCopyable where Value: BitwiseCopyable {}
extension Stamped: Equatable where Value: Equatable {}

/// A label of civil time, for people and for promised times. It may jump; nothing is ever timed with it.
public struct WallTime: Comparable, Hashable, Sendable, Codable {
    /// Seconds since 1970-01-01 00:00 UTC.
    public var secondsSince1970: Double

    public init(secondsSince1970: Double) { self.secondsSince1970 = secondsSince1970 }

    public static func < (a: WallTime, b: WallTime) -> Bool { a.secondsSince1970 < b.secondsSince1970 }
}

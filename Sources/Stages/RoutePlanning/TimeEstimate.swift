#if canImport(Glibc)
    import Glibc
#endif

/// What something is expected to take: a mean with its variance, as a log-normal distribution.
///
/// Times of doors, cars and drives cannot be negative and have a long tail to the late side; a log-normal has both, and
/// two figures determine it.
public struct TimeEstimate: Hashable, Sendable, Codable {
    /// Seconds.
    public var mean: Double
    /// s².
    public var variance: Double

    public init(mean: Double, variance: Double) {
        self.mean = mean
        self.variance = variance
    }

    /// A mean in seconds, and the deviation as a share of it.
    public init(mean: Double, spread: Double) { self.init(mean: mean, variance: mean * mean * spread * spread) }

    /// Takes no time.
    public static var zero: TimeEstimate { TimeEstimate(mean: 0, variance: 0) }

    /// One after the other, independent of each other.
    public static func + (a: TimeEstimate, b: TimeEstimate) -> TimeEstimate {
        TimeEstimate(mean: a.mean + b.mean, variance: a.variance + b.variance)
    }

    public static func += (a: inout TimeEstimate, b: TimeEstimate) { a = a + b }

    /// A scaled time.
    public static func * (a: TimeEstimate, k: Double) -> TimeEstimate {
        TimeEstimate(mean: a.mean * k, variance: a.variance * k * k)
    }

    /// On the way to another estimate: this one at a share of 0, the other one at 1.
    func blended(with other: TimeEstimate, share: Double) -> TimeEstimate {
        TimeEstimate(
            mean: mean + (other.mean - mean) * share, variance: variance + (other.variance - variance) * share)
    }

    /// Half of the times are below it, seconds.
    public var p50: Double { mean > 0 ? exp(logMean) : 0 }
    /// Nine of ten times are below it, seconds.
    public var p90: Double { mean > 0 ? exp(logMean + 1.281_551_565_5 * logDeviation) : 0 }

    /// The share of times that are longer than some seconds, 0...1.
    public func share(above seconds: Double) -> Double {
        guard mean > 0, seconds > 0 else { return mean > max(seconds, 0) ? 1 : 0 }
        guard logDeviation > 0 else { return seconds < mean ? 1 : 0 }
        return 0.5 * erfc((log(seconds) - logMean) / (logDeviation * 2.0.squareRoot()))
    }

    /// The deviation of the logarithm: σ² = ln(1 + variance / mean²).
    var logDeviation: Double { log1p(variance / (mean * mean)).squareRoot() }
    /// The mean of the logarithm: μ = ln(mean) − σ² / 2.
    var logMean: Double { log(mean) - log1p(variance / (mean * mean)) / 2 }

    /// The estimate whose logarithm has a mean and a deviation.
    init(logMean: Double, logDeviation: Double) {
        let square = logDeviation * logDeviation
        let mean = exp(logMean + square / 2)
        self.init(mean: mean, variance: mean * mean * expm1(square))
    }
}

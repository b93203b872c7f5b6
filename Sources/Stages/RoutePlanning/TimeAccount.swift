import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The running estimate of one time, in its logarithm: mean, deviation, and the weight of the samples behind them.
struct TimeAccount: Hashable, Sendable, Codable {
    /// The number of samples, faded ones in part.
    private var weight = 0.0
    /// The mean of the logarithms.
    private var mean = 0.0
    /// The weighted sum of their squared deviations from the mean.
    private var squares = 0.0
    /// When the last sample came.
    private var last = WallTime(secondsSince1970: 0)
    /// How many samples in a row were far off on the same side: positive above, negative below.
    private var surprises = 0

    /// More samples than this do not make it surer: then each new one counts a thirtieth.
    private static let fullWeight = 30.0
    /// The weight of the prior, in samples.
    private static let priorWeight = 2.0
    /// What lies further off than so many deviations is taken as that far: one outlier moves little.
    private static let clip = 2.5
    /// In three days without a sample, experience loses half its weight: a lift that was slow and is avoided since is
    /// given another chance within the week.
    private static let halfLife = 3 * 86_400.0
    /// A deviation of the logarithm below this is luck.
    private static let leastDeviation = 0.05

    /// Whether the figures are those that samples can have led to; others may have been read from a disk.
    var isSound: Bool {
        (0...Self.fullWeight).contains(weight) && abs(mean) < Self.farthest && squares >= 0 && squares < .infinity
            && last.secondsSince1970.isFinite && abs(surprises) < Int(Int32.max)
    }

    /// The logarithm of any number is nearer to 0.
    private static let farthest = 746.0

    /// Takes one sample, above 0.
    mutating func record(_ sample: Double, at wall: WallTime) {
        let value = log(sample)
        let keep = fading(until: wall)
        weight *= keep
        squares *= keep
        last = wall
        var residual = value - mean
        if weight > 0 {
            // Before there are some samples, nobody knows what is far off.
            let deviation = max(Self.leastDeviation, (squares / weight).squareRoot(), 1 / (1 + weight))
            residual = clipped(residual, to: Self.clip * deviation)
        }
        if weight >= Self.fullWeight - 1 {
            squares *= (Self.fullWeight - 1) / weight
            weight = Self.fullWeight - 1
        }
        weight += 1
        let step = residual / weight
        mean += step
        squares += residual * (residual - step)
    }

    /// The estimate, on the way from a prior as far as the weight goes.
    func estimate(prior: TimeEstimate, now wall: WallTime?) -> TimeEstimate {
        let weight = weight(now: wall)
        guard weight > 0, prior.mean > 0 else { return prior }
        let share = weight / (weight + Self.priorWeight)
        let variance = max(squares / self.weight, Self.leastDeviation * Self.leastDeviation)
        let priorDeviation = prior.logDeviation
        return TimeEstimate(
            logMean: prior.logMean + share * (mean - prior.logMean),
            logDeviation: (priorDeviation * priorDeviation * (1 - share) + variance * share).squareRoot())
    }

    /// The estimate without a prior; nil without samples.
    var learned: TimeEstimate? {
        guard weight > 0 else { return nil }
        return TimeEstimate(logMean: mean, logDeviation: max(squares / weight, 0).squareRoot())
    }

    /// The weight of the samples at a moment; nil is that of the last one.
    func weight(now wall: WallTime?) -> Double { weight * (wall.map(fading) ?? 1) }

    private func fading(until wall: WallTime) -> Double {
        let age = wall.secondsSince1970 - last.secondsSince1970
        return weight > 0 && age > 0 ? exp2(-age / Self.halfLife) : 1
    }

    /// A residual within a bound. A second one in a row beyond it on the same side is no outlier but a change: what was
    /// known before counts half from then on.
    private mutating func clipped(_ residual: Double, to bound: Double) -> Double {
        guard abs(residual) > bound else {
            surprises = 0
            return residual
        }
        let side = residual > 0 ? 1 : -1
        surprises = surprises * side > 0 ? surprises + side : side
        if abs(surprises) > 1 {
            weight /= 2
            squares /= 2
        }
        return Double(side) * bound
    }
}

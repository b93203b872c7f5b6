/// What one door or lift has taken so far, and takes at this hour: seconds, or multiples of what was expected of it.
public struct FacilityTimeSection: Sendable, Codable {
    /// "door lobby", "lift lift_1".
    public var facility: String
    /// "opening", "waiting", "riding (times)".
    public var what: String
    /// Half of all cases and nine of ten take less, at this hour of the day.
    public var p50: Double
    public var p90: Double
    /// How many samples of this hour, and of the whole day, the figures rest on; old ones count in part.
    public var samplesThisHour: Double
    public var samples: Double

    public init(
        facility: String, what: String, p50: Double, p90: Double, samplesThisHour: Double, samples: Double
    ) {
        self.facility = facility
        self.what = what
        self.p50 = p50
        self.p90 = p90
        self.samplesThisHour = samplesThisHour
        self.samples = samples
    }
}

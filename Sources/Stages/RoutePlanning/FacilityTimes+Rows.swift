public import RobotModel

extension FacilityTimes {
    /// A line of what was learned, as the console shows it.
    public struct Row: Hashable, Sendable {
        public var quantity: Quantity
        /// 0 to 23; nil for the whole day.
        public var hour: Int?
        /// Seconds; for rides and drives multiples of what was expected.
        public var p50: Double
        public var p90: Double
        /// The samples it rests on, faded ones in part.
        public var weight: Double
    }

    /// Everything that was learned and has not faded to less than half a sample, by name and hour, the whole day first.
    public func rows(now wall: WallTime? = nil) -> [Row] {
        quantities.sorted { $0.description < $1.description }.flatMap { quantity in
            ([nil] + (0..<24).map { $0 }).compactMap { hour in
                let weight = weight(of: quantity, hour: hour, now: wall)
                guard weight >= 0.5, let estimate = learned(quantity, hour: hour) else { return nil }
                return Row(quantity: quantity, hour: hour, p50: estimate.p50, p90: estimate.p90, weight: weight)
            }
        }
    }
}

extension FacilityTimes.Quantity: CustomStringConvertible {
    /// In words: "door entrance, interface", "lift lift_1, wait, button", "lift lift_1, ride", "drives".
    public var description: String {
        switch self {
        case .opening(let door, let access): "door \(door), \(access.rawValue)"
        case .waiting(let lift, let access): "lift \(lift), wait, \(access.rawValue)"
        case .riding(let lift): "lift \(lift), ride"
        case .driving: "drives"
        }
    }
}

import RobotModel

/// When each device of a bus answered last: one that is silent while the others answer is as stale as a silent bus.
/// Never allocates.
struct AnswerTimes: Sendable {
    private var times: InlineArray<16, Instant>
    private let count: Int

    /// At most 16 devices, none of them heard of yet.
    init(count: Int) {
        times = InlineArray(repeating: .longAgo)
        self.count = count
    }

    /// Bit i of `answered` is device i.
    @_noAllocation @_noLocks
    mutating func take(_ answered: UInt16, at time: Instant) {
        var index = 0
        while index < count {
            if answered & (1 << UInt16(index)) != 0 { times[index] = time }
            index += 1
        }
    }

    /// Seconds since the one that has been silent longest answered; 0 without devices.
    @_noAllocation @_noLocks
    func worstAge(at now: Instant) -> Double {
        var worst = 0.0
        var index = 0
        while index < count {
            worst = max(worst, now.seconds(since: times[index]))
            index += 1
        }
        return worst
    }
}

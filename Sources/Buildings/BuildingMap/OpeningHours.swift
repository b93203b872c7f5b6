/// When in the week something can be used.
public struct OpeningHours: Hashable, Sendable {
    /// Seconds of the week, by rising begin, none touching the next; one that passes the week's end is cut in two.
    private(set) var windows: [ClosedRange<Double>]

    /// At any time.
    public static let always = OpeningHours(windows: [0...LocalTime.week])

    private init(windows: [ClosedRange<Double>]) { self.windows = windows }

    /// Hours on some days (0 is Monday): from and to in seconds of the day. A window whose end is not after its begin
    /// lasts into the next day.
    public init(_ daily: [(days: Set<Int>, from: Double, to: Double)]) {
        var cut: [ClosedRange<Double>] = []
        for window in daily {
            let length = window.to > window.from ? window.to - window.from : window.to - window.from + LocalTime.day
            for day in window.days {
                let begin = LocalTime(secondOfWeek: Double(day) * LocalTime.day + window.from).secondOfWeek
                let end = begin + length
                cut.append(begin...min(end, LocalTime.week))
                if end > LocalTime.week { cut.append(0...(end - LocalTime.week)) }
            }
        }
        windows = []
        for window in cut.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = windows.last, window.lowerBound <= last.upperBound {
                windows[windows.count - 1] = last.lowerBound...max(last.upperBound, window.upperBound)
            } else {
                windows.append(window)
            }
        }
    }

    /// Seconds from a moment until it is open: 0 while it is; nil when it never is.
    public func wait(at time: LocalTime) -> Double? {
        let now = time.secondOfWeek
        for window in windows where now <= window.upperBound { return max(0, window.lowerBound - now) }
        return windows.first.map { $0.lowerBound + LocalTime.week - now }
    }
}

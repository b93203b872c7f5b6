/// How a `RealtimeExecutor`'s thread runs.
public struct RealtimeSettings: Sendable {
    /// From tick to tick; nil for a thread without ticks, which only runs jobs in order (tests, hand-driven clocks).
    public var period: Duration?
    /// SCHED_FIFO priority, 1...99; nil for an ordinary thread.
    public var priority: Int?
    /// The processor to run on; nil for any.
    public var cpu: Int?
    /// Bytes of the thread's stack; three quarters of it are touched before the first job.
    public var stackSize: Int
    /// Whether to lock the process's memory, page by page as it is touched, and to keep the processors awake.
    public var holdsMachine: Bool

    /// A ticking thread that takes what a real-time thread may take.
    public init(period: Duration, priority: Int? = 80, cpu: Int? = nil, stackSize: Int = 512 << 10) {
        self.period = period
        self.priority = priority
        self.cpu = cpu
        self.stackSize = stackSize
        holdsMachine = true
    }

    /// An ordinary thread without ticks.
    public static var manual: RealtimeSettings {
        var settings = RealtimeSettings(period: .seconds(1), priority: nil)
        settings.period = nil
        settings.holdsMachine = false
        return settings
    }
}

public import RobotModel

/// One switch without its bouncing.
public struct DebouncedInput: Sendable {
    private let assertsAtOnce: Bool
    private let time: Duration
    private var isOn = false
    private var isKnown = false
    /// Since when the contact differs from what is reported, without a break.
    private var differsSince: Instant?

    /// `time` is how long a contact may bounce; `assertsAtOnce` makes "on" count without waiting.
    public init(assertsAtOnce: Bool, time: Duration) {
        self.assertsAtOnce = assertsAtOnce
        self.time = time
    }

    /// Whether the contact is where it is reported to be, and has been since the last look.
    public var isSteady: Bool { isKnown && differsSince == nil }

    /// Takes an edge that was seen since the last level, at `now`.
    public mutating func take(edge isOn: Bool, at now: Instant) {
        if isOn, assertsAtOnce {
            self.isOn = true
            isKnown = true
        }
        // Whatever it was, the contact has just moved: it has to be steady anew.
        differsSince = now
    }

    /// Takes the present level and returns the debounced state. The first level counts at once.
    public mutating func take(level: Bool, at now: Instant) -> Bool {
        guard isKnown else {
            isKnown = true
            isOn = level
            differsSince = nil
            return isOn
        }
        if level == isOn {
            differsSince = nil
        } else if level, assertsAtOnce {
            isOn = true
            differsSince = nil
        } else {
            let since = differsSince ?? now
            differsSince = since
            if now - since >= time {
                isOn = level
                differsSince = nil
            }
        }
        return isOn
    }
}

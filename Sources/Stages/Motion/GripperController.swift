public import RobotModel

/// Opens and closes a parallel gripper: ramps its set-point and says what the fingers feel.
///
/// A kernel: width and current in, set-point out. Never allocates.
public struct GripperController: Sendable, BitwiseCopyable {
    private enum Phase: Sendable, BitwiseCopyable { case holdStill, opening, closing, holding }

    /// Metres a second.
    public let speed: Double
    /// Ampere that mean something is held.
    public let gripCurrent: Double
    /// Metres.
    public let maxWidth: Double

    private var phase = Phase.holdStill
    private var goal = 0.0
    private var setpoint = 0.0
    private var started = false
    private var stillFor = 0.0
    private var pressedFor = 0.0
    private var looseFor = 0.0
    private var settled = true

    public init(speed: Double, gripCurrent: Double, maxWidth: Double) {
        self.speed = speed
        self.gripCurrent = gripCurrent
        self.maxWidth = maxWidth
    }

    /// Takes a new goal.
    @_noAllocation @_noLocks
    public mutating func set(_ goal: GripperGoal) {
        switch goal {
        case .open(let width):
            self.goal = min(max(width, 0), maxWidth)
            phase = .opening
        case .grip:
            // Something that is held already stays held.
            if phase == .holding || phase == .closing { return }
            self.goal = 0
            phase = .closing
        }
        settled = false
        stillFor = 0
        pressedFor = 0
        looseFor = 0
    }

    /// One step of `dt` seconds.
    ///
    /// - Parameters:
    ///   - width: Measured opening in metres.
    ///   - velocity: Measured speed of opening, m/s.
    ///   - current: Measured motor current in ampere; its sign does not matter.
    /// - Returns: The opening to command, in metres, and what the fingers feel.
    @_noAllocation @_noLocks
    public mutating func step(
        width: Double, velocity: Double, current: Double, dt: Double
    ) -> (setpoint: Double, state: GripperState) {
        if !started {
            // The first set-point is where the fingers are: switching on moves nothing.
            started = true
            setpoint = min(max(width, 0), maxWidth)
        }
        let pressed = abs(current) >= gripCurrent
        stillFor = abs(velocity) < 0.003 ? stillFor + dt : 0
        pressedFor = pressed ? pressedFor + dt : 0
        switch phase {
        case .holdStill: break
        case .opening:
            ramp(dt)
            // Settled at the goal, or against something when nothing has moved for long.
            if setpoint == goal && (abs(width - goal) < 0.002 && stillFor > 0.1 || stillFor > 0.6) {
                settled = true
                phase = .holdStill
            }
        case .closing:
            ramp(dt)
            // Fingers that are pressed for 60 ms hold something, unless they press each other.
            if pressedFor >= 0.06 && width > 0.003 {
                phase = .holding
                setpoint = squeezing(width)
                settled = true
                looseFor = 0
            } else if setpoint == 0 && (width < 0.003 && stillFor > 0.1 || stillFor > 0.6) {
                settled = true
                phase = .holdStill
            }
        case .holding:
            setpoint = min(setpoint, squeezing(width))
            looseFor = abs(current) < 0.4 * gripCurrent ? looseFor + dt : 0
            if looseFor > 0.3 || width <= 0.003 {
                // What was held has gone: close on, and say so.
                phase = .closing
                goal = 0
                settled = false
                pressedFor = 0
                stillFor = 0
            }
        }
        let state = GripperState(
            width: width, current: abs(current), isSettled: settled, isHolding: phase == .holding)
        return (setpoint, state)
    }

    @_noAllocation @_noLocks
    private mutating func ramp(_ dt: Double) {
        let step = speed * dt
        setpoint = goal > setpoint ? min(goal, setpoint + step) : max(goal, setpoint - step)
    }

    /// A set-point a little inside the thing that is held, so that the servo goes on pressing.
    @_noAllocation @_noLocks
    private func squeezing(_ width: Double) -> Double { max(0, width - 0.004) }
}

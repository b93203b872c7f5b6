import Control
import RobotModel

/// What the status says about the tick: filled by whoever owns the control loop.
struct LoopHealth: Sendable {
    var section = TickSection()
}

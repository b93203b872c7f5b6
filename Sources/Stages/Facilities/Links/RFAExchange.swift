package import DeviceProtocols
import RobotModel

/// One question to a lift that is waiting for its answer.
package struct RFAExchange: Hashable, Sendable {
    package internal(set) var request: RFARequest
    /// The request's own time, by which its answer is known; milliseconds since 1970.
    var stamp: Int64
    var deadline: Instant

    /// How long an answer is waited for; Octa Robotics' client waits as long.
    static func patience(_ request: RFARequest) -> Duration {
        switch request {
        // The lift may be in somebody's use, and the building may queue us.
        case .registration: .seconds(185)
        case .callElevator, .robotStatus, .release: .seconds(10)
        case .elevatorStatus: .seconds(5)
        }
    }

    /// How often it is asked before the answer is given up.
    static func attempts(_ request: RFARequest) -> Int {
        switch request {
        case .registration, .elevatorStatus: 1
        case .callElevator, .robotStatus, .release: 3
        }
    }
}

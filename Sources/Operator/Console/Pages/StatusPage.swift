public import Control
import RobotModel

/// What console and command line can show of a status.
public enum StatusPage: Hashable, Sendable {
    case status, devices, doors, lifts, times, missions, joints, wheels, gpio, estop, reflow, top, pose
    case device(String)
    /// A mission by its name, or the one under way.
    case mission(String?)

    /// The names of the pages, as they are typed.
    public static let names = [
        "status", "pose", "devices", "doors", "lifts", "times", "mission", "joints", "wheels", "gpio", "estop",
        "reflow",
        "top",
    ]

    /// The page of a name; nil where there is none.
    public init?(name: String) {
        switch name {
        case "status": self = .status
        case "pose": self = .pose
        case "devices": self = .devices
        case "doors": self = .doors
        case "lifts": self = .lifts
        case "times": self = .times
        case "mission": self = .mission(nil)
        case "joints": self = .joints
        case "wheels": self = .wheels
        case "gpio": self = .gpio
        case "estop": self = .estop
        case "reflow": self = .reflow
        case "top": self = .top
        default: return nil
        }
    }

    /// The page as rows of at most 79 columns, each ended with a line feed.
    ///
    /// - Parameter isStyled: With bold and red, by ANSI escape sequences.
    public func text(_ status: RobotStatus, isStyled: Bool) -> String {
        lines(status).map { line in
            String(decoding: isStyled ? line.bytes : PageLine(line.text).bytes, as: UTF8.self) + "\n"
        }.joined()
    }

    /// The page's rows for a status.
    func lines(_ status: RobotStatus) -> [PageLine] {
        switch self {
        case .status: status.overview
        case .top: status.topPage
        case .pose: status.posePage
        case .devices: status.deviceTable
        case .device(let name): status.devicePage(name)
        case .doors: status.doorTable
        case .lifts: status.liftTable
        case .times: status.timeTable
        case .missions: status.missionTable
        case .mission(let id): status.missionPage(id)
        case .joints: status.jointTable
        case .wheels: status.wheelPage
        case .gpio: status.gpioTable
        case .estop: status.estopPage
        case .reflow: status.reflowPage
        }
    }
}

/// Where a lift and a robot talk to each other on a building's broker, after the lift interface of Japan's Robot Friendly Asset
/// Promotion Association on MQTT, as Octa Robotics' LCI has it:
///
///     /lci/<building>/<bank>/<elevator>/<interface>/<robot>
///
/// The robot publishes what it asks under the interface's name, the lift what it answers under the answer's name; both are
/// JSON objects with `robot_id` and `timestamp` (seconds since 1970, to the millisecond), QoS 1.
public struct RFAAddress: Hashable, Sendable {
    public var building: String
    /// The group of lifts.
    public var bank: String
    public var elevator: String
    /// The robot's account.
    public var robot: String

    public init(building: String, bank: String, elevator: String, robot: String) {
        self.building = building
        self.bank = bank
        self.elevator = elevator
        self.robot = robot
    }

    /// The topic of a request (`Registration`) or of an answer (`RegistrationResult`).
    func topic(_ name: String) -> String { "/lci/\(building)/\(bank)/\(elevator)/\(name)/\(robot)" }

    /// What the robot subscribes to.
    public var answerTopics: [String] { RFAInterface.allCases.map { topic($0.answer) } }

    /// What a lift subscribes to: the requests of every robot.
    public var requestTopics: [String] {
        RFAInterface.allCases.map { "/lci/\(building)/\(bank)/\(elevator)/\($0.rawValue)/+" }
    }

    /// The interface whose answer a topic carries; nil where it is none of ours.
    func answered(by topic: String) -> RFAInterface? { RFAInterface.allCases.first { self.topic($0.answer) == topic } }

    /// The interface and the robot whose request a topic carries; nil where it is none for this lift.
    func asked(by topic: String) -> (interface: RFAInterface, robot: String)? {
        let parts = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, parts[0].isEmpty, parts[1] == "lci", parts[2] == building, parts[3] == bank,
            parts[4] == elevator, !parts[6].isEmpty, let interface = RFAInterface(rawValue: parts[5])
        else { return nil }
        return (interface, parts[6])
    }
}

/// What can be asked of a lift.
public enum RFAInterface: String, Hashable, Sendable, CaseIterable {
    case registration = "Registration"
    case callElevator = "CallElevator"
    case elevatorStatus = "RequestElevatorStatus"
    case robotStatus = "RobotStatus"
    case release = "Release"

    /// Under which name the lift answers.
    public var answer: String { self == .elevatorStatus ? "ElevatorStatus" : rawValue + "Result" }
}

/// A floor as the lift's controller names it, and on which side its car opens there.
public struct RFAFloor: Hashable, Sendable {
    /// The sides of a car, as they travel.
    public enum Side: Int, Hashable, Sendable {
        /// The lift has one door, or opens whichever it has.
        case any = 0
        case front = 1
        case rear = 2
    }

    public var name: String
    public var side: Side

    public init(name: String, side: Side = .any) {
        self.name = name
        self.side = side
    }

    /// As it is written in one word: "8F", "8F_f" with its front door, "8F_r" with its rear door.
    public init(_ text: String) {
        if text.hasSuffix("_r") {
            self.init(name: String(text.dropLast(2)), side: .rear)
        } else if text.hasSuffix("_f") {
            self.init(name: String(text.dropLast(2)), side: .front)
        } else {
            self.init(name: text)
        }
    }
}

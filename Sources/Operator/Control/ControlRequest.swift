public import RobotModel

/// What can be asked of the daemon, over the console or the local socket.
public enum ControlRequest: Sendable, Codable, Hashable {
    /// The present status.
    case status
    /// Put a mission file into the queue, as if it had been dropped into the inbox.
    case submit(name: String, text: String)
    case cancel(mission: String)
    /// Pause the mission under way: stop, keep everything.
    case pause
    case resume
    /// A person has looked: clear latched safety causes whose reason is gone, and reset devices in alert (servos, the wheel
    /// drive).
    ///
    /// Taken during a mission too, since a mission that waits for help goes on only then. A servo or drive that comes out
    /// of its alert by this needs no second word; the wheels and the arm go on as soon as nothing else stands.
    case clear
    /// A technician says where the robot is; it looks there with its LiDAR and believes what it finds.
    ///
    /// Refused while a mission drives, and while the robot moves at all.
    case setPose(PoseClaim)
    /// The last lines of the log, oldest first.
    case log(lines: Int)
    /// Start from what moves or switches something: refused during a mission.
    case service(ServiceCommand)
    /// Ask whether a restart would do harm now.
    case mayRestart
}

/// What a technician may move or switch by hand. Needs an unlocked console; refused during a mission, except for
/// `clearAlerts`, which moves nothing.
public enum ServiceCommand: Sendable, Codable, Hashable {
    /// Open (true) or lock the compartment.
    case compartment(open: Bool)
    /// Turn a joint by its name to a position: radians, or metres for the gripper.
    case joint(name: String, position: Double)
    /// Drive: metres forward, or radians on the spot.
    case drive(metres: Double)
    case turn(radians: Double)
    /// Open (true) or release a door.
    case door(id: String, open: Bool)
    /// Reset the devices that report an alert. Whether the robot may go on is another question: `ControlRequest.clear`.
    case clearAlerts
    /// Let the arm go limp (false) or hold torque (true).
    case torque(on: Bool)
}

/// The daemon's answer.
public enum ControlResponse: Sendable, Codable {
    case done(String)
    case status(RobotStatus)
    case lines([String])
    case refused(RobotError)
}

/// Answers requests; the daemon's side of the console and of the socket.
public protocol ControlHandling: Sendable {
    func answer(_ request: ControlRequest) async -> ControlResponse
}

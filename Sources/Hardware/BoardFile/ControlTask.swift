import RobotModel
import StructuredText

/// The tasks of the tick, in the order in which it runs those that are due: what is read, what is decided, what is
/// handed over.
public enum ControlTask: String, Hashable, Sendable, CaseIterable {
    /// Takes what the deliberation wants: the drive order, the arm's and the gripper's, a person's `clear`.
    case orders
    /// Takes the wheels' state and counts their way.
    case wheels
    /// Takes the joints' state.
    case joints
    /// Takes the GPIO lines: emergency stop, bumper, lid.
    case inputs
    /// Takes the battery's state.
    case battery
    /// Takes the LiDAR's samples: protective field and scans.
    case lidar
    /// The safety supervisor's decision.
    case safety
    /// The wheels' set-point.
    case drive
    /// The joints' set-points.
    case arm
    /// Hands the set-points to the devices.
    case setpoints
    /// Tells the deliberation.
    case report
    /// Hands a record to the recorder.
    case record

    /// What a task works for.
    public enum Owner: Hashable, Sendable, CustomStringConvertible {
        /// The device in this slot.
        case device(String)
        /// A kernel of this name.
        case kernel(String)

        /// "device lidar", "kernel supervisor".
        public var description: String {
            switch self {
            case .device(let slot): "device \(slot)"
            case .kernel(let name): "kernel \(name)"
            }
        }
    }

    /// The device whose data the task takes, or the kernel that it runs.
    public var owner: Owner {
        switch self {
        case .orders: .kernel("deliberation")
        case .wheels, .battery: .device("wheels")
        case .joints: .device("joints")
        case .inputs: .device("gpio")
        case .lidar: .device("lidar")
        case .safety: .kernel("supervisor")
        case .drive: .kernel("drive")
        case .arm: .kernel("arm")
        case .setpoints: .kernel("set-points")
        case .report: .kernel("deliberation")
        case .record: .kernel("recorder")
        }
    }

    /// The longest time from run to run with which the robot is still safe and of use.
    public var longestPeriod: Duration {
        switch self {
        // Whatever stands between a sensor and the wheels: each adds its period to the way that a stop takes (10 ms are
        // 9 mm at full speed).
        case .wheels, .joints, .inputs, .lidar, .safety, .drive, .arm, .setpoints: .milliseconds(10)
        // The deliberation steps every 50 ms.
        case .orders, .report: .milliseconds(20)
        case .battery, .record: .seconds(1)
        }
    }

    /// How often the task runs where the board file does not say: the battery at 10 Hz, records at 100 Hz, all else in
    /// every tick.
    func usualDivisor(tickRate: Int) -> Int {
        switch self {
        case .battery: max(1, tickRate / 10)
        case .record: max(1, tickRate / 100)
        default: 1
        }
    }

    /// What one run may take where the board file does not say. The LiDAR's may take a backlog of 128 samples.
    var usualDeadline: Duration {
        switch self {
        case .lidar: .microseconds(200)
        case .safety, .arm, .setpoints, .report, .record: .microseconds(50)
        case .orders, .wheels, .joints, .inputs, .battery, .drive: .microseconds(20)
        }
    }
}

/// How often a task of the tick runs, and how long it may take.
public struct ControlTaskSettings: Hashable, Sendable {
    public var task: ControlTask
    /// It runs in every so manyth tick.
    public var every: Int
    public var deadline: Duration

    /// What every task does where the board file does not say, in the order of the tick.
    static func usual(tickRate: Int) -> [ControlTaskSettings] {
        ControlTask.allCases.map {
            ControlTaskSettings(
                task: $0, every: $0.usualDivisor(tickRate: tickRate), deadline: $0.usualDeadline)
        }
    }

    /// `tasks: { record: { every: 10, deadline_us: 50 } }`: what differs from the usual.
    static func all(_ field: Field?, tickRate: Int) -> [ControlTaskSettings] {
        var settings = usual(tickRate: tickRate)
        for index in settings.indices {
            guard let row = field?.optional(settings[index].task.rawValue) else { continue }
            settings[index].read(row, tickRate: tickRate)
        }
        return settings
    }

    private mutating func read(_ row: Field, tickRate: Int) {
        if let field = row.optional("every") {
            every = field.int(in: 1...10_000, unit: "ticks")
            let most = max(1, Int(task.longestPeriod.inSeconds * Double(tickRate)))
            if field.isSound, every > most {
                field.reject(
                    "\(field.path) is \(every): at \(tickRate) ticks a second that is more than "
                        + "\(Int(task.longestPeriod.inSeconds * 1000)) ms from run to run",
                    expected: "1 to \(most) ticks")
                every = most
            }
        }
        if let field = row.optional("deadline_us") {
            // A task that may take longer than a tick has no deadline.
            let period = max(1, 1_000_000 / tickRate)
            deadline = .microseconds(field.int(in: 1...period, unit: "microseconds"))
        }
    }
}

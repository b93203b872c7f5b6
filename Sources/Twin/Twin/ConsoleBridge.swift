import DeviceIO
import RobotModel

/// The cable between the robot's console port and a technician's terminal: copies bytes both ways at the line's rate.
final class ConsoleBridge {
    /// What waits in the terminal's receiver at most, as in a tty's buffer; more stays with its sender.
    private static let capacity = 4096

    private struct Way {
        var waiting: [UInt8] = []
        /// Bytes that the line may carry now.
        var credit = 0.0
    }

    private let robot: any SerialPort
    private let technician: any SerialPort
    private let bytesPerSecond: Double
    private var toRobot = Way()
    private var toTechnician = Way()
    private var last: Instant?
    var isBroken = false

    init(robot: any SerialPort, technician: any SerialPort, line: SerialLine) {
        self.robot = robot
        self.technician = technician
        bytesPerSecond = 1 / max(line.byteTime.inSeconds, 1e-9)
    }

    func advance(to now: Instant) {
        let elapsed = min(max(now.seconds(since: last ?? now), 0), 0.1)
        last = now
        if isBroken {
            toRobot = Way()
            toTechnician = Way()
            return
        }
        carry(from: technician, to: robot, &toRobot, elapsed)
        carry(from: robot, to: technician, &toTechnician, elapsed)
    }

    private func carry(from source: any SerialPort, to sink: any SerialPort, _ way: inout Way, _ elapsed: Double) {
        // An end that nobody has open gives nothing and takes everything; an error means the same here.
        let room = Self.capacity - way.waiting.count
        if room > 0 { _ = try? source.read(into: &way.waiting, limit: room) }
        guard !way.waiting.isEmpty else {
            way.credit = 0
            return
        }
        way.credit = min(way.credit + elapsed * bytesPerSecond, Double(Self.capacity))
        let count = min(way.waiting.count, Int(way.credit))
        guard count > 0 else { return }
        let taken = (try? sink.write(way.waiting[..<count])) ?? count
        way.waiting.removeFirst(taken)
        way.credit -= Double(taken)
    }
}

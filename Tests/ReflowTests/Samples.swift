import MCAP
import Realtime
import Reflow
import RobotModel
import Testing

let origin = Recording.Origin(robot: "dory", boot: "b1", version: "1.2")

extension Instant {
    /// A moment of a hand-driven clock.
    static func ms(_ milliseconds: Int) -> Instant { Instant(nanoseconds: Int64(milliseconds) * 1_000_000) }
}

extension WallTime {
    static var noon: WallTime { WallTime(secondsSince1970: 1_800_000_000) }
}

extension TickRecord {
    /// What a robot with `joints` joints says at a moment; values that follow from the moment.
    static func sample(at time: Instant, joints: Int = 7) -> TickRecord {
        var state = JointState(count: joints)
        for index in 0..<joints {
            state.position[index] = Double(index) * 0.25 + time.seconds(since: .zero)
            state.velocity[index] = -Double(index)
            state.current[index] = 0.5
        }
        state.answered = 0x7F
        state.alerts = 0x01
        state.torqueOn = 0x3F
        var wheels = WheelState()
        wheels.leftPosition = 12.25
        wheels.rightPosition = -3.5
        wheels.leftVelocity = 1.5
        wheels.rightFault = 0x0102
        wheels.enabled = true
        return TickRecord(
            time: time, joints: Stamped(state, at: time), wheels: Stamped(wheels, at: time),
            wheelSetpoint: WheelSetpoint(left: 2.5, right: -1.25, enabled: true),
            jointSetpoint: JointSetpoint(position: state.position, torque: true),
            safety: SafetyState(action: .slow, causes: [.warningField]),
            inertial: Stamped(
                InertialState(
                    acceleration: Vector3(0.5, -0.25, 9.75), angularVelocity: Vector3(0, 0, 1.5), pressure: 101_325,
                    temperature: 21.5), at: time))
    }
}

extension LaserScan {
    /// A scan with three beams of note and noise that does not compress.
    static func sample(at time: Instant, seed: UInt64 = 1) -> LaserScan {
        var random = SeededRandom(seed: seed)
        var scan = LaserScan(count: 720)
        scan.start = time - .milliseconds(100)
        scan.end = time
        scan.endOdometry = Pose2D(x: 1.5, y: -2, yaw: 0.25)
        for index in 0..<720 {
            scan.ranges[index] = Float.random(in: 0.2..<12, using: &random)
            scan.intensities[index] = UInt8.random(in: 0...255, using: &random)
        }
        (scan.ranges[0], scan.ranges[1], scan.ranges[2], scan.ranges[3]) = (1.2345, 0, .infinity, .nan)
        return scan
    }
}

/// Records some seconds of a robot, in steps of 100 ms, and returns when it stopped.
@discardableResult
func record(_ recorder: Recorder, from start: Int = 0, seconds: Int) -> Instant {
    for step in 0..<(seconds * 10) {
        let now = Instant.ms(start + step * 100)
        for tick in 0..<10 { recorder.tickRecords.push(.sample(at: now + .milliseconds(10 * tick))) }
        recorder.record(Record(.sample(at: now, seed: UInt64(step))))
        recorder.record(.log, ["text": "step \(step)"], at: now)
        recorder.step(at: now, wall: .noon)
    }
    return .ms(start + seconds * 1000)
}

/// What the segments of a folder hold: messages by topic. Every one must be whole.
func messages(in folder: TestFolder) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for name in folder.names(endingIn: ".mcap") {
        let reader = try MCAPReader(folder.bytes(of: name)) { channel, _ in counts[channel.topic, default: 0] += 1 }
        #expect(reader.isComplete, "\(name) is not whole: \(String(describing: reader.damage))")
    }
    return counts
}

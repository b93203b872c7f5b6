package import DeviceProtocols
package import RobotModel

/// An LDROBOT LD06 (or another of its family) in the twin: spins as soon as it has power, and talks without being asked.
/// Each point is taken at its own moment, so that what the robot sees while it drives is distorted as a real scan is.
package final class LD06Device: TwinDevice {
    /// Something holds the head: frames go on, all at one bearing. For fault injection.
    package var headBlocked = false
    /// How fast the head turns, degrees a second.
    package private(set) var speed = 0.0

    private let laser: any LaserPlant
    private let model: LD06Model
    private let nominalSpeed: Double
    /// How much faster than ours the device's clock runs, parts of one.
    private let clockDrift: Double
    private var boot: Instant?
    private var clock: Instant?
    /// When the next point is taken; nil until the head is at speed.
    private var next: Instant?
    /// Degrees clockwise.
    private var angle = 0.0
    private var frame = LD06Frame(
        speed: 0, startAngle: 0, endAngle: 0, stamp: 0, ranges: SIMD16(), strengths: SIMD16())
    private var taken = 0

    /// Degrees a second gained in a second.
    private static let acceleration = 3600.0
    /// The firmware starts.
    private static let bootTime = Duration.milliseconds(300)

    /// - Parameters:
    ///   - laser: What the head looks into.
    ///   - revolutionsPerSecond: Of the head; 10 as delivered.
    ///   - clockDrift: How much faster than ours the device's clock runs, parts of one.
    package init(
        laser: any LaserPlant, model: LD06Model = .ld06, revolutionsPerSecond: Double = 10, clockDrift: Double = 0
    ) {
        self.laser = laser
        self.model = model
        nominalSpeed = 360 * revolutionsPerSecond
        self.clockDrift = clockDrift
    }

    /// Starts anew, as after a dip of the supply: a pause, and a clock that begins at 0.
    package func restart(at now: Instant) {
        boot = now
        next = nil
        speed = 0
        taken = 0
        angle = 0
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {}

    package func advance(to now: Instant, output: inout [UInt8]) {
        let start = clock ?? now
        clock = now
        let boot = boot ?? now
        self.boot = boot
        let goal = headBlocked ? 0 : nominalSpeed
        // A head that is held stops at once; a free one gains speed.
        speed = min(goal, speed + Self.acceleration * (now - start).inSeconds)
        guard now - boot >= Self.bootTime, headBlocked || speed >= 0.9 * nominalSpeed else {
            next = nil
            return
        }
        var next = next ?? now
        while next <= now {
            takePoint(at: next)
            if taken == LD06Frame.pointCount {
                let age = (next - boot).inSeconds * 1000 * (1 + clockDrift)
                frame.stamp = UInt16(Int(age) % LD06Frame.stampPeriod)
                output += frame.encoded
                taken = 0
            }
            next += model.pointTime
        }
        self.next = next
    }

    private func takePoint(at time: Instant) {
        let hundredths = UInt16(Int((angle * 100).rounded()) % 36_000)
        if taken == 0 {
            frame.startAngle = hundredths
            frame.speed = UInt16(speed)
        }
        frame.endAngle = hundredths
        let echo = laser.cast(angle: -angle * .pi / 180, at: time)
        frame.ranges[taken] = UInt16(clamping: Int(((echo?.range ?? 0) * 1000).rounded()))
        frame.strengths[taken] = echo?.quality ?? 0
        taken += 1
        angle += speed * model.pointTime.inSeconds
        if angle >= 360 { angle -= 360 }
    }
}

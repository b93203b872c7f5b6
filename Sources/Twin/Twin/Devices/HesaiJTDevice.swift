package import DeviceProtocols
package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A Hesai JT16 in the twin: turns by itself, sends all channels at one azimuth a packet and its inertial sensor between
/// them, and answers commands that reach it.
///
/// The world is upright, and its channels look up: what a channel sees is what the level beam meets, at its slant, up to the
/// ceiling.
package final class HesaiJTDevice: TwinDevice {
    /// Commands do not reach it: RS-232 is not wired. For fault injection.
    package var isDeaf = false
    /// The return code of every answer. For fault injection.
    package var code: UInt8 = 0
    /// What its packets say about the window. For fault injection.
    package var dirt: UInt32 = 0
    /// It neither turns nor sends until it is told to.
    package var isStandingBy = false
    package let calibration: HesaiCalibration

    private let laser: any LaserPlant
    private let ceiling: Double
    private let level: Int
    private let cosines: [Double]
    private let sines: [Double]
    private var decoder = HesaiJTDecoder()
    private var outbox: [[UInt8]] = []
    private var next: Instant?
    private var azimuth = 0.0
    /// The head stands, and packets keep coming from one bearing.
    package var headStands = false
    private var sequence: UInt16 = 0
    private var packets = 0

    /// 3000 packets a second fill three quarters of the line: 1.2° at ten turns a second.
    private static let packetTime: Duration = .nanoseconds(333_333)
    private static let rpm = 600.0
    /// An inertial sample after so many packets: 100 a second.
    private static let packetsPerSample = 30
    /// 11 h 55 min on the 22nd of November 2026.
    private static let someDay: Int64 = 1_795_348_500_000_000_000

    /// - Parameters:
    ///   - laser: What the level channel looks into.
    ///   - ceiling: Above the device, metres.
    package init(laser: any LaserPlant, calibration: HesaiCalibration = .nominalJT16, ceiling: Double = 2.4) {
        self.laser = laser
        self.calibration = calibration
        self.ceiling = ceiling
        level = calibration.levelChannel
        cosines = calibration.elevations.map { cos($0 * .pi / 180) }
        sines = calibration.elevations.map { sin($0 * .pi / 180) }
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        guard !isDeaf else { return }
        var commands: [HesaiJTCommand] = []
        decoder.decode(bytes) { event, _ in
            if case .command(let command) = event, command.direction == .command { commands.append(command) }
        }
        for command in commands { outbox.append(answer(to: command).encoded) }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        for answer in outbox { output += answer }
        outbox.removeAll()
        guard !isStandingBy else {
            next = nil
            return
        }
        var time = next ?? now
        while time <= now {
            output += packet(at: time)
            packets += 1
            if packets % Self.packetsPerSample == 0 { output += inertial(at: time) }
            time += Self.packetTime
            azimuth += headStands ? 0 : Self.rpm * 6 * Self.packetTime.inSeconds
            if azimuth >= 360 { azimuth -= 360 }
        }
        next = time
    }

    private func answer(to command: HesaiJTCommand) -> HesaiJTCommand {
        var answer: HesaiJTCommand
        switch (command.command, command.payload.first) {
        case (2, 7): answer = .answer(angles: calibration, random: command.random)
        case (2, 0x0A): answer = .answer(serialNumber: "JT16DOORSTEP0001", random: command.random)
        case (3, let mode?):
            if code == 0 { isStandingBy = mode == 1 }
            answer = HesaiJTCommand(.answer, command: 3, payload: [mode, 0, 0], random: command.random)
        default:
            return HesaiJTCommand(
                .answer, command: command.command, payload: command.payload.prefix(2) + [1], random: command.random)
        }
        if code != 0 { answer.payload = Array(answer.payload.prefix(2)) + [code] }
        return answer
    }

    private func time(at now: Instant) -> HesaiTime {
        let own = Self.someDay + now.nanoseconds
        return HesaiTime(seconds: own / 1_000_000_000, microseconds: UInt32(own % 1_000_000_000 / 1000))
    }

    private func packet(at now: Instant) -> [UInt8] {
        let hundredths = UInt16((azimuth * 100).rounded()) % 36_000
        let bearing = Double(hundredths) / 100 + calibration.azimuths[level]
        let echo = laser.cast(angle: -bearing * .pi / 180, at: now)
        var distances: [UInt16] = []
        for channel in 0..<HesaiJTPacket.channels {
            var slant = echo.map { $0.range / cosines[channel] } ?? .infinity
            if sines[channel] > 0 { slant = min(slant, ceiling / sines[channel]) }
            distances.append(slant < 200 ? UInt16(clamping: Int((slant / HesaiJTPacket.unit).rounded())) : 0)
        }
        var content = HesaiJTContent(
            time: time(at: now), azimuth: hundredths, distances: distances,
            reflectivities: [UInt8](repeating: echo?.quality ?? 0, count: HesaiJTPacket.channels), sequence: sequence)
        content.dirt = dirt
        sequence &+= 1
        return content.encoded
    }

    /// It stands level and still: one g upwards.
    private func inertial(at now: Instant) -> [UInt8] {
        HesaiJTInertial(
            time: time(at: now), acceleration: [0, 0, 8192], turning: [0, 0, 0],
            sequence: UInt16(truncatingIfNeeded: packets / Self.packetsPerSample)
        ).encoded
    }
}

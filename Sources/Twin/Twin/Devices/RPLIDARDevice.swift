package import DeviceProtocols
package import RobotModel

/// An RPLIDAR S2 in the twin: answers what a host asks, spins a head, and measures each sample at its own moment, so
/// that what the robot sees while it drives is distorted as a real scan is. It offers a mode for each of the protocol's
/// six formats, which no single model does.
///
/// It is silent where the real one is: to unknown commands, to scan requests while its health is bad, while it starts.
package final class RPLIDARDevice: TwinDevice {
    /// What GET_HEALTH answers; an error also refuses scans. For fault injection.
    package var health = RPLIDARHealth(status: .good)
    /// Something holds the head. For fault injection.
    package var headBlocked = false
    /// The head stands and does not notice: its belt slips, and samples keep coming from one bearing.
    package var headStands = false
    package let info: RPLIDARInfo
    /// Whether samples are being sent.
    package var isScanning: Bool { scan != nil }
    /// How fast the head turns, revolutions a minute.
    package private(set) var rpm = 0.0

    private struct Scan {
        var mode: Mode
        var writer: RPLIDARFrameWriter
        /// When the next sample is taken; nil until the head is at speed.
        var next: Instant?
    }

    /// One of the device's scan modes; its number is its place.
    private struct Mode {
        var name: String
        var format: RPLIDARFormat
        /// Metres.
        var maximumDistance: Int
        /// Sample times of the fastest modes between two of its samples.
        var pace: Int
    }

    private static let modes = [
        Mode(name: "Standard", format: .standard, maximumDistance: 16, pace: 2),
        Mode(name: "DenseBoost", format: .dense, maximumDistance: 18, pace: 1),
        Mode(name: "Express", format: .express, maximumDistance: 16, pace: 2),
        Mode(name: "Boost", format: .ultra, maximumDistance: 25, pace: 1),
        Mode(name: "UltraDense", format: .ultraDense, maximumDistance: 40, pace: 1),
        Mode(name: "HQ", format: .hq, maximumDistance: 40, pace: 1),
    ]

    private let laser: any LaserPlant
    private let typicalMode: Int
    /// Between two samples of the fastest modes; the sample rate does not depend on the motor's speed.
    private let sampleTime: Duration
    private var decoder = RPLIDARRequestDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []
    private var scan: Scan?
    private var targetRPM = 0.0
    /// Degrees clockwise.
    private var angle = 0.0
    private var lastAngle = 0.0
    private var clock: Instant?
    /// Deaf until then: the firmware starts.
    private var bootEnd: Instant?

    private static let nominalRPM = 600.0
    /// The head gains this much speed each second, rev/min.
    private static let spinUp = 600.0

    /// - Parameters:
    ///   - laser: What the head looks into.
    ///   - samplesPerRevolution: Of a dense scan, at the nominal 600 revolutions a minute.
    ///   - typical: The format of the mode that the device recommends.
    package init(laser: any LaserPlant, samplesPerRevolution: Int = 800, typical: RPLIDARFormat = .dense) {
        self.laser = laser
        typicalMode = Int(Self.mode(of: typical))
        sampleTime = .nanoseconds(100_000_000 / Int64(samplesPerRevolution))
        info = RPLIDARInfo(
            model: 0x71, firmwareMajor: 1, firmwareMinor: 2, hardware: 18,
            serial: [0xD0, 0x02, 0x5E, 0x07, 0x71, 0x11, 0x20, 0x26, 0x44, 0x4F, 0x52, 0x53, 0x54, 0x45, 0x50, 0x01])
    }

    /// The number of the mode in a format.
    package static func mode(of format: RPLIDARFormat) -> UInt8 {
        // Every format has one.
        UInt8(modes.firstIndex { $0.format == format } ?? 0)
    }

    /// Starts anew, as after a dip of the supply: the scan ends, the head stops, and the boot text is sent.
    package func restart(at now: Instant) {
        scan = nil
        targetRPM = 0
        outbox.removeAll()
        bootEnd = now + .milliseconds(500)
        outbox.append(
            (
                now + .milliseconds(20),
                Array("RP LIDAR System.\r\nFirmware Ver 1.02 - rc1, HW Ver 18\r\nModel: 71\r\n".utf8)
            ))
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        if let bootEnd, now < bootEnd { return }
        var requests: [RPLIDARRequest] = []
        decoder.decode(bytes) { requests.append($0) }
        for request in requests { answer(request, at: now) }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        let start = clock ?? now
        clock = now
        // What was asked earlier is answered before the samples that follow.
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
        turn(for: now - start)
        sample(until: now, output: &output)
    }

    // The head.

    private func turn(for time: Duration) {
        let goal = headBlocked ? 0 : targetRPM
        let most = (headBlocked ? 10 : 1) * Self.spinUp * time.inSeconds
        rpm += min(most, max(-most, goal - rpm))
    }

    private func sample(until now: Instant, output: inout [UInt8]) {
        // No sample overtakes the descriptor.
        guard var scan, outbox.isEmpty else { return }
        defer { self.scan = scan }
        guard targetRPM > 0, rpm >= 0.9 * targetRPM else {
            scan.next = nil
            scan.writer.restart()
            return
        }
        let step = sampleTime * scan.mode.pace
        var next = scan.next ?? now
        while next <= now {
            let startsRevolution = lastAngle - angle > 180
            lastAngle = angle
            scan.writer.take(
                angle: angle, startsRevolution: startsRevolution, at: next,
                cast: { [laser] bearing in laser.cast(angle: -bearing * .pi / 180, at: next) }, output: &output)
            angle += headStands ? 0 : rpm * 6 * step.inSeconds
            if angle >= 360 { angle -= 360 }
            next += step
        }
        scan.next = next
    }

    // Requests.

    private func answer(_ request: RPLIDARRequest, at now: Instant) {
        switch request.command {
        case .setMotorSpeed:
            guard request.payload.count == 2 else { return }
            targetRPM = Double(min(1200, Int(request.payload[0]) | Int(request.payload[1]) << 8))
            return  // a scan goes on
        case .setMotorPWM: return  // no accessory board here
        case .stop: scan = nil
        case .reset: restart(at: now)
        case .scan, .forceScan: begin(Self.modes[0], at: now)
        case .expressScan:
            guard request.payload.count == 5, Int(request.payload[0]) < Self.modes.count else { return }
            begin(Self.modes[Int(request.payload[0])], at: now)
        case .getInfo: reply(RPLIDARDescriptor.AnswerType.info, info.payload, at: now)
        case .getHealth: reply(RPLIDARDescriptor.AnswerType.health, health.payload, at: now)
        case .getSampleRate:
            let microseconds = UInt16(clamping: sampleTime.nanoseconds / 1000)
            reply(
                RPLIDARDescriptor.AnswerType.sampleRate,
                RPLIDARSampleRate(standard: microseconds * 2, express: microseconds).payload, at: now)
        case .getAccessoryFlag:
            reply(RPLIDARDescriptor.AnswerType.accessoryFlag, [0, 0, 0, 0], at: now)
        case .getConfiguration:
            guard let configuration = configuration(request.payload) else { return }
            reply(RPLIDARDescriptor.AnswerType.configuration, configuration.payload, at: now)
        case .setConfiguration: setConfiguration(request.payload, at: now)
        default: return
        }
    }

    private func reply(_ type: UInt8, _ payload: [UInt8], at now: Instant) {
        scan = nil  // a question ends a scan
        outbox.append((now + .microseconds(300), RPLIDARDescriptor.answer(type, payload)))
    }

    private func begin(_ mode: Mode, at now: Instant) {
        guard health.status != .error else { return }
        outbox.append((now + .microseconds(300), mode.format.descriptor.encoded))
        if targetRPM == 0 { targetRPM = Self.nominalRPM }
        scan = Scan(mode: mode, writer: RPLIDARFrameWriter(format: mode.format))
    }

    private func configuration(_ payload: [UInt8]) -> RPLIDARConfiguration? {
        guard let asked = RPLIDARConfiguration(payload: payload),
            let key = RPLIDARConfigurationKey(rawValue: asked.key)
        else { return nil }
        let number = asked.number ?? 0
        if key.isPerMode { guard asked.value.count >= 2, Self.modes.indices.contains(number) else { return nil } }
        let mode = Self.modes[key.isPerMode ? number : 0]
        func bytes(_ number: some FixedWidthInteger) -> [UInt8] { littleEndian(number) }
        let value: [UInt8] =
            switch key {
            case .desiredRotation: bytes(UInt16(Self.nominalRPM)) + bytes(UInt16(660))
            case .minimumRotation: bytes(UInt16(300)) + bytes(UInt16(0))
            case .maximumRotation: bytes(UInt16(1200)) + bytes(UInt16(1023))
            case .modeCount: bytes(UInt16(Self.modes.count))
            case .sampleTime: bytes(UInt32(Int64(mode.pace) * sampleTime.nanoseconds * 256 / 1000))
            case .maximumDistance: bytes(UInt32(mode.maximumDistance * 256))
            case .answerType: [mode.format.rawValue]
            case .typicalMode: bytes(UInt16(typicalMode))
            case .modeName: Array(mode.name.utf8) + [0]
            }
        return RPLIDARConfiguration(key: asked.key, value: value)
    }

    private func setConfiguration(_ payload: [UInt8], at now: Instant) {
        guard let set = RPLIDARConfiguration(payload: payload) else { return }
        let known = set.key == RPLIDARConfigurationKey.desiredRotation.rawValue && set.value.count >= 2
        if known { targetRPM = Double(min(1200, Int(set.value[0]) | Int(set.value[1]) << 8)) }
        reply(
            RPLIDARDescriptor.AnswerType.configurationSet, littleEndian(set.key) + littleEndian(UInt32(known ? 0 : 1)),
            at: now)
    }
}

/// A number's bytes, the least significant first.
private func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

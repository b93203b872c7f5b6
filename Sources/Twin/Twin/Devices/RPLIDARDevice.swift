package import DeviceProtocols
package import RobotModel

/// An RPLIDAR S2 in the twin: answers what a host asks, spins a head, and measures each sample at its own moment, so
/// that what the robot sees while it drives is distorted as a real scan is.
///
/// It is silent where the real one is: to unknown commands, to scan requests while its health is bad, while it starts.
package final class RPLIDARDevice: TwinDevice {
    /// What GET_HEALTH answers; an error also refuses scans. For fault injection.
    package var health = RPLIDARHealth(status: .good)
    /// Something holds the head. For fault injection.
    package var headBlocked = false
    package let info: RPLIDARInfo
    /// Whether samples are being sent.
    package var isScanning: Bool { scan != nil }
    /// How fast the head turns, revolutions a minute.
    package private(set) var rpm = 0.0

    private enum Format { case standard, dense }
    private struct Scan {
        var format: Format
        var restarts = true
        /// When the next sample is taken; nil until the head is at speed.
        var next: Instant?
        var frameStart = 0.0
        var distances: [UInt16] = []
    }

    private let laser: any LaserPlant
    /// Between two samples of a dense scan; the sample rate does not depend on the motor's speed.
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
    private static let standardMode: UInt16 = 0
    private static let denseMode: UInt16 = 1

    /// - Parameters:
    ///   - laser: What the head looks into.
    ///   - samplesPerRevolution: Of a dense scan, at the nominal 600 revolutions a minute.
    package init(laser: any LaserPlant, samplesPerRevolution: Int = 800) {
        self.laser = laser
        sampleTime = .nanoseconds(100_000_000 / Int64(samplesPerRevolution))
        info = RPLIDARInfo(
            model: 0x71, firmwareMajor: 1, firmwareMinor: 2, hardware: 18,
            serial: [0xD0, 0x02, 0x5E, 0x07, 0x71, 0x11, 0x20, 0x26, 0x44, 0x4F, 0x52, 0x53, 0x54, 0x45, 0x50, 0x01])
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
            scan.distances.removeAll()
            return
        }
        let step = scan.format == .dense ? sampleTime : sampleTime * 2
        var next = scan.next ?? now
        if scan.next == nil { scan.restarts = true }
        while next <= now {
            let echo = laser.cast(angle: -angle * .pi / 180, at: next)
            let startsRevolution = lastAngle - angle > 180
            lastAngle = angle
            switch scan.format {
            case .standard:
                output +=
                    RPLIDARStandardSample(
                        startsRevolution: startsRevolution, quality: (echo?.quality ?? 0) >> 2,
                        angleQ6: UInt16(angle * 64),
                        distanceQ2: UInt16(clamping: Int(((echo?.range ?? 0) * 4000).rounded()))
                    ).encoded
            case .dense:
                if scan.distances.isEmpty { scan.frameStart = angle }
                scan.distances.append(UInt16(clamping: Int(((echo?.range ?? 0) * 1000).rounded())))
                if scan.distances.count == RPLIDARDenseFrame.sampleCount {
                    output +=
                        RPLIDARDenseFrame(
                            restarts: scan.restarts, startAngleQ6: UInt16(scan.frameStart * 64),
                            distances: scan.distances
                        ).encoded
                    scan.restarts = false
                    scan.distances.removeAll(keepingCapacity: true)
                }
            }
            angle += rpm * 6 * step.inSeconds
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
        case .scan, .forceScan: begin(.standard, at: now)
        case .expressScan:
            guard request.payload.count == 5, UInt16(request.payload[0]) == Self.denseMode else { return }
            begin(.dense, at: now)
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

    private func begin(_ format: Format, at now: Instant) {
        guard health.status != .error else { return }
        let descriptor =
            switch format {
            case .standard:
                RPLIDARDescriptor(
                    type: RPLIDARDescriptor.AnswerType.standardScan, length: RPLIDARStandardSample.size, loops: true)
            case .dense:
                RPLIDARDescriptor(
                    type: RPLIDARDescriptor.AnswerType.denseScan, length: RPLIDARDenseFrame.size, loops: true)
            }
        outbox.append((now + .microseconds(300), descriptor.encoded))
        if targetRPM == 0 { targetRPM = Self.nominalRPM }
        scan = Scan(format: format)
    }

    private func configuration(_ payload: [UInt8]) -> RPLIDARConfiguration? {
        guard let asked = RPLIDARConfiguration(payload: payload),
            let key = RPLIDARConfigurationKey(rawValue: asked.key)
        else { return nil }
        let mode = UInt16(truncatingIfNeeded: asked.number ?? 0)
        if key.isPerMode { guard asked.value.count >= 2, mode <= Self.denseMode else { return nil } }
        let isDense = mode == Self.denseMode
        func bytes(_ number: some FixedWidthInteger) -> [UInt8] { littleEndian(number) }
        let value: [UInt8] =
            switch key {
            case .desiredRotation: bytes(UInt16(Self.nominalRPM)) + bytes(UInt16(660))
            case .minimumRotation: bytes(UInt16(300)) + bytes(UInt16(0))
            case .maximumRotation: bytes(UInt16(1200)) + bytes(UInt16(1023))
            case .modeCount: bytes(UInt16(2))
            case .sampleTime: bytes(UInt32((isDense ? 1 : 2) * sampleTime.nanoseconds * 256 / 1000))
            case .maximumDistance: bytes(UInt32(isDense ? 18 * 256 : 16 * 256))
            case .answerType:
                [isDense ? RPLIDARDescriptor.AnswerType.denseScan : RPLIDARDescriptor.AnswerType.standardScan]
            case .typicalMode: bytes(Self.denseMode)
            case .modeName: Array((isDense ? "DenseBoost" : "Standard").utf8) + [0]
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

package import DeviceProtocols
package import RobotModel

/// A Hokuyo in the twin: answers SCIP 2.0, turns a head, and measures each step at its own moment.
///
/// It sends a scan when its turn is done, `processing` later; scans that were not asked for (the interval) are left out.
package final class HokuyoDevice: TwinDevice {
    /// BM is refused: the laser is broken. For fault injection.
    package var laserFails = false
    /// What the device says about itself in the answer to II. For fault injection.
    package var condition = "Sensor works well."
    /// A status that the device sends in place of the next scan (21...49 verifying, 50...97 broken, 98 well again).
    /// Measuring pauses until another is set or `nil` follows 98. For fault injection.
    package var alert: HokuyoStatus?
    /// It starts in SCIP 1.1 and understands SCIP2.0 alone until then.
    package var speaksSCIP1 = false
    /// TM is not known, as with the simplest models.
    package var hasClock = true
    package let parameters: HokuyoParameters
    /// Whether scans are being sent.
    package var isMeasuring: Bool { request != nil }
    package private(set) var isLaserOn = false

    private let laser: any LaserPlant
    /// What the device's clock shows at our zero, and how much faster than ours it runs.
    private let clockOffset: Duration
    private let clockDrift: Double
    /// From the end of the turn to the first byte.
    private let processing: Duration

    private var decoder = HokuyoCommandDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []
    private var request: HokuyoMeasurement?
    private var clockCanBeAsked = false
    /// The turn under way: when step 0 passed, and how many turns are left out before the next that is sent.
    private var turnStart: Instant?
    private var leaveOut = 0

    /// - Parameters:
    ///   - laser: What the head looks into; its bearing 0 is the device's front.
    ///   - clockOffset: What the device's clock shows at our zero.
    ///   - clockDrift: Seconds it gains in a second.
    package init(
        laser: any LaserPlant, parameters: HokuyoParameters = .utm30LX, clockOffset: Duration = .seconds(1234),
        clockDrift: Double = 30e-6, processing: Duration = .milliseconds(1)
    ) {
        self.laser = laser
        self.parameters = parameters
        self.clockOffset = clockOffset
        self.clockDrift = clockDrift
        self.processing = processing
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        var lines: [HokuyoCommandDecoder.Line] = []
        decoder.decode(bytes) { lines.append($0) }
        for line in lines { obey(line, at: now) }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        measure(until: now)
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
    }

    // Commands.

    private func obey(_ line: HokuyoCommandDecoder.Line, at now: Instant) {
        if speaksSCIP1 {
            speaksSCIP1 = line.command != .scip2
            // SCIP 1.1 repeats the line and says E to what it does not know, 0 to what it does.
            reply(line.echo + Array(speaksSCIP1 ? "\nE\n\n".utf8 : "\n0\n\n".utf8), at: now)
            return
        }
        guard let command = line.command else {
            reply(HokuyoAnswer.encoded(echo: line.echo, HokuyoStatus("0E")), at: now)
            return
        }
        let (status, lines) = answer(to: command, at: now)
        reply(HokuyoAnswer.encoded(echo: line.echo, status, lines: lines), at: now)
    }

    private func answer(to command: HokuyoCommand, at now: Instant) -> (HokuyoStatus, [[UInt8]]) {
        switch command {
        case .version: return (.ok, identity)
        case .parameters: return (.ok, parameters.lines)
        case .state: return (.ok, condition(at: now))
        case .laserOn:
            if laserFails { return (HokuyoStatus("01"), []) }
            defer { isLaserOn = true }
            return (isLaserOn ? HokuyoStatus("02") : .ok, [])
        case .quit, .reset, .reboot:
            stop()
            if command != .quit {
                clockCanBeAsked = false
                alert = nil
            }
            return (.ok, [])
        case .clockOn, .clock, .clockOff: return answerClock(command, at: now)
        case .rate(let rate):
            let known = [19_200, 57_600, 115_200, 250_000, 500_000, 750_000].contains(rate)
            return (known ? .ok : HokuyoStatus("02"), [])
        case .scip2: return (HokuyoStatus("0E"), [])
        case .measure(let measurement): return (begin(measurement), [])
        }
    }

    private func answerClock(_ command: HokuyoCommand, at now: Instant) -> (HokuyoStatus, [[UInt8]]) {
        guard hasClock else { return (HokuyoStatus("0E"), []) }
        switch command {
        case .clockOn:
            defer { clockCanBeAsked = true }
            return (clockCanBeAsked ? HokuyoStatus("02") : .ok, [])
        case .clockOff:
            defer { clockCanBeAsked = false }
            return (clockCanBeAsked ? .ok : HokuyoStatus("03"), [])
        default:
            guard clockCanBeAsked else { return (HokuyoStatus("04"), []) }
            return (.ok, [HokuyoNumber.encoded(milliseconds(at: now), width: 4)])
        }
    }

    private func reply(_ bytes: [UInt8], at now: Instant) { outbox.append((now, bytes)) }

    private func stop() {
        request = nil
        isLaserOn = false
        turnStart = nil
    }

    private func begin(_ measurement: HokuyoMeasurement) -> HokuyoStatus {
        guard measurement.end <= parameters.last else { return HokuyoStatus("04") }
        guard measurement.end >= measurement.start else { return HokuyoStatus("05") }
        guard measurement.scans != nil else { return isLaserOn ? HokuyoStatus("0B") : HokuyoStatus("10") }
        // MD switches the laser on by itself.
        isLaserOn = !laserFails
        request = measurement
        leaveOut = 0
        return .ok
    }

    private var identity: [[UInt8]] {
        [
            "VEND:Hokuyo Automatic Co.,Ltd.", "PROD:SOKUIKI Sensor", "FIRM:3.2.00(28/Aug./2007)", "PROT:SCIP 2.0",
            "SERI:H0508486",
        ].map { Array($0.utf8) }
    }

    private func condition(at now: Instant) -> [[UInt8]] {
        [
            "MODL:\(parameters.model)", "LASR:\(isLaserOn ? "ON" : "OFF")", "SCSP:Initial(\(parameters.rpm)[rpm])",
            "MESM:\(isMeasuring ? "Measuring" : "Idle")",
            "TIME:\(String(milliseconds(at: now), radix: 16, uppercase: true))", "STAT:\(condition)",
        ].map { Array($0.utf8) }
    }

    private func milliseconds(at now: Instant) -> UInt32 {
        let own = Double(now.nanoseconds) * (1 + clockDrift) + Double(clockOffset.nanoseconds)
        return UInt32(truncatingIfNeeded: Int64(own / 1e6)) & 0xFF_FFFF
    }

    // The head.

    private func measure(until now: Instant) {
        guard var request else { return }
        if turnStart == nil { turnStart = now }
        while let start = turnStart, start + parameters.period <= now {
            turnStart = start + parameters.period
            if let alert {
                sendAlert(alert, request, at: now)
                continue
            }
            if leaveOut > 0 {
                leaveOut -= 1
                continue
            }
            leaveOut = request.interval
            let isLast = request.scans == 1
            if let scans = request.scans, scans > 0 { request.scans = scans - 1 }
            outbox.append((start + parameters.period + processing, scan(request, from: start).encoded))
            self.request = request
            if isLast { return stop() }
        }
    }

    private var stepTime: Duration { parameters.period / parameters.resolution }

    private func sendAlert(_ status: HokuyoStatus, _ request: HokuyoMeasurement, at now: Instant) {
        outbox.append((now, HokuyoAnswer(.measure(request), status).encoded))
        if status == HokuyoStatus("98") { alert = nil } else if status.number.map({ $0 >= 50 }) == true { stop() }
    }

    private func scan(_ request: HokuyoMeasurement, from start: Instant) -> HokuyoScan {
        var scan = HokuyoScan(request, milliseconds: milliseconds(at: start), ranges: [])
        let limit = UInt32(request.width == .two ? 4095 : 0x3FFFF)
        for index in 0..<request.count {
            let ranges = (0..<request.cluster).map { offset -> UInt32 in
                let step = min(request.start + index * request.cluster + offset, request.end)
                let bearing = parameters.degrees(ofStep: Double(step)) * .pi / 180
                guard let echo = laser.cast(angle: bearing, at: start + stepTime * step) else { return 1 }
                let millimeters = UInt32(max(0, (echo.range * 1000).rounded()))
                // Beyond its reach the device says 0 in place of a range, "nothing came back" is 1.
                return millimeters > UInt32(parameters.farthest) ? 0 : min(millimeters, limit)
            }
            scan.ranges.append(ranges.min() ?? 0)
        }
        return scan
    }
}

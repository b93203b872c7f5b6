package import DeviceProtocols
package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A YDLIDAR in the twin, of any model: with two channels it is silent until asked and deaf to questions while it scans;
/// with one it talks as soon as it has power. Each sample is taken at its own moment.
package final class YDLIDARDevice: TwinDevice {
    /// What GET_HEALTH answers; an error also refuses scans. For fault injection.
    package var health = YDLIDARHealth(status: .good)
    /// Something holds the head: packets go on, but no ring begins. For fault injection.
    package var headBlocked = false
    /// It does not know the health question's numbers. For fault injection.
    package var hidesHealth = false
    /// It hears the scan request and does nothing. For fault injection.
    package var refusesScan = false
    package let info: YDLIDARInfo
    /// Whether it sends samples.
    package private(set) var isScanning: Bool

    private let laser: any LaserPlant
    private let model: YDLIDARModel
    private let samplesPerPacket: Int
    private let frequency: Double
    private var decoder = YDLIDARRequestDecoder()
    private var outbox: [(due: Instant, bytes: [UInt8])] = []
    /// When the head is at speed.
    private var readyAt: Instant?
    private var next: Instant?
    /// Degrees clockwise.
    private var angle = 0.0
    private var packet: [YDLIDARSample] = []
    private var firstAngle = 0.0
    private var lastAngle = 0.0
    private var isRingStart = true

    private static let spinUpTime = Duration.milliseconds(700)

    /// - Parameters:
    ///   - laser: What the head looks into.
    ///   - model: Which one it is; decides how samples travel, and whether it can be asked.
    ///   - frequency: Of the head, revolutions a second.
    ///   - samplesPerPacket: At the most; 40 in most models, 80 in a G4.
    package init(
        laser: any LaserPlant, model: YDLIDARModel = .x4, frequency: Double = 7, samplesPerPacket: Int = 40
    ) {
        self.laser = laser
        self.model = model
        self.frequency = frequency
        self.samplesPerPacket = samplesPerPacket
        isScanning = model.isSingleChannel
        info = YDLIDARInfo(
            model: model.number, firmwareMajor: 1, firmwareMinor: 5, hardware: 1,
            serial: [2, 0, 1, 9, 0, 7, 2, 2, 0, 0, 0, 0, 0, 1, 4, 2])
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        guard !model.isSingleChannel else { return }
        var requests: [YDLIDARRequest] = []
        decoder.decode(bytes) { requests.append($0) }
        for request in requests { answer(request, at: now) }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        while let first = outbox.first, first.due <= now {
            output += first.bytes
            outbox.removeFirst()
        }
        guard isScanning, outbox.isEmpty else {
            next = nil
            readyAt = nil
            packet.removeAll()
            return
        }
        let ready = readyAt ?? now + Self.spinUpTime
        readyAt = ready
        guard now >= ready else { return }
        var next = next ?? now
        while next <= now {
            takeSample(at: next, &output)
            next += .nanoseconds(1_000_000_000 / Int64(model.samplesPerSecond))
        }
        self.next = next
    }

    private func takeSample(at time: Instant, _ output: inout [UInt8]) {
        let (sample, raw) = measure(at: time)
        if packet.isEmpty { firstAngle = raw }
        lastAngle = raw
        packet.append(sample)
        angle += headBlocked ? 0 : 360 * frequency / Double(model.samplesPerSecond)
        let passesZero = angle >= 360
        if passesZero { angle -= 360 }
        // The first sample of a ring travels alone; a packet ends with its ring.
        guard isRingStart || passesZero || packet.count == samplesPerPacket else { return }
        output +=
            YDLIDARPacket(
                startsRing: isRingStart, tenthsOfHertz: isRingStart ? UInt8(frequency * 10) : 0, count: packet.count,
                startAngle: Self.units(firstAngle), endAngle: Self.units(lastAngle), format: model.format
            ).encoded(packet)
        packet.removeAll(keepingCapacity: true)
        isRingStart = passesZero
    }

    /// The sample at the head's present bearing, and the bearing that the packet says for it.
    private func measure(at time: Instant) -> (YDLIDARSample, bearing: Double) {
        // The eye looks past the axis, so what it sees lies elsewhere than the head points: look there.
        var seen = angle
        var echo = laser.cast(angle: -seen * .pi / 180, at: time)
        for _ in 0..<2 {
            guard let range = echo?.range else { break }
            seen = angle + model.ranging.bearingCorrection(millimeters: range * 1000)
            echo = laser.cast(angle: -seen * .pi / 180, at: time)
        }
        let unit: Double =
            switch model.ranging {
            case .triangle, .straight: 4000
            case .octave: 2000
            case .timeOfFlight: 1000
            }
        let range = UInt16(clamping: Int(((echo?.range ?? 0) * unit).rounded()))
        let quality = UInt16(echo?.quality ?? 0)
        let strength =
            switch model.format {
            case .range: UInt16(0)
            case .strength8: quality
            case .strength10: quality << 2
            case .strength16: quality << 8
            }
        return (YDLIDARSample(range: range, strength: strength), angle)
    }

    private static func units(_ degrees: Double) -> UInt16 { UInt16(Int((degrees * 64).rounded()) % 23_040) }

    private func answer(_ request: YDLIDARRequest, at now: Instant) {
        func reply(_ bytes: [UInt8]) { outbox.append((now + .microseconds(500), bytes)) }
        switch request {
        case .stop, .forceStop: isScanning = false
        case .reset:
            isScanning = false
            outbox.removeAll()
        case .scan, .forceScan:
            guard !isScanning, !refusesScan, health.status != .error else { return }
            isScanning = true
            angle = 0
            isRingStart = true
            reply(YDLIDARAnswer.scanGrant)
        case _ where isScanning: return
        case .getInfo: reply(YDLIDARAnswer.encoded(YDLIDARAnswer.info, info.payload))
        case .getHealth, .getHealthOfManual:
            if !hidesHealth { reply(YDLIDARAnswer.encoded(YDLIDARAnswer.health, health.payload)) }
        case .getFrequency:
            let hundredths = UInt32(frequency * 100)
            reply(YDLIDARAnswer.encoded(YDLIDARAnswer.info, (0..<4).map { UInt8(hundredths >> (8 * $0) & 0xFF) }))
        default: return
        }
    }
}

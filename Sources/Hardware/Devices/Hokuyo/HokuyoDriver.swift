public import DeviceProtocols
public import Realtime
public import RobotModel

/// Drives a Hokuyo (SCIP 2.0) over its serial line, USB or Ethernet: ends what it still sends, asks what it is, sets the
/// clocks against each other, switches the laser on and has it measure without end.
///
/// Bearings are the device's own, counter-clockwise; 0 is its front step. A sector scanner's revolution is one scan: the
/// first step carries the mark. Codes in place of ranges, and ranges outside `minRange...maxRange`, leave as 0. D and S data
/// have no echo strengths: 255 says that there was an echo.
///
/// **Time.** A scan's stamp (whole milliseconds of the device) is the moment at which step 0 passed; step k is taken
/// k/ARES of a turn later (the vendor's manual says "start of the scan"; an even turn is assumed between stamps). The
/// device's clock is held against ours by TM at the handshake, to about a millisecond, and from then on by the arrival of
/// the scans: a scan is sent when its last step is done, and its last byte arrives its own line time later.
///
/// **Rate.** On a line that is too slow for every scan, two characters a range are used where they reach, and scans are
/// left out evenly.
public struct HokuyoDriver: DeviceDriver {
    public internal(set) var status: DeviceStatus
    /// Samples that a full ring did not take.
    public var droppedSamples: Int { outlet.droppedSamples }
    public var card: ProtocolCard? { .hokuyo }

    let baudRate: Int
    /// Whether `baudRate` limits what the line carries; it does not on the device's own USB or Ethernet.
    let isPaced: Bool
    var outlet: LaserOutlet

    var state = State.closed
    var decoder = HokuyoDecoder()
    /// Set where the decoder must begin anew while it decodes: the rest of the chunk is not heard.
    var decoderIsStale = false
    var timeline = DeviceTimeline()
    var stamps = StampBeat()
    /// When the last question was sent.
    var clockAsked = Instant.zero
    /// Whether the port has been open before.
    var hasBeenOpen = false
    /// Whether scans have ever come at this rate.
    var hasRun = false

    // What the handshake found.
    var parameters: HokuyoParameters?
    var measurement = HokuyoMeasurement(width: .three, start: 0, end: 0)
    /// What the device said about itself that is no reason to stop.
    var complaint: RobotError?

    /// - Parameters:
    ///   - baudRate: Of the line, bits a second.
    ///   - isPaced: True for RS-232; false for the device's own USB (ttyACM) and Ethernet, where the rate means nothing.
    ///   - minRange: Metres.
    ///   - maxRange: Metres.
    ///   - samples: Where samples go; each ring has one reader.
    public init(
        slot: SlotID, baudRate: Int, isPaced: Bool, minRange: Double, maxRange: Double, samples: [Ring<LaserSample>]
    ) {
        status = DeviceStatus(slot: slot)
        self.baudRate = baudRate
        self.isPaced = isPaced
        outlet = LaserOutlet(rotation: .counterclockwise, minRange: minRange, maxRange: maxRange, rings: samples)
    }

    public var serviceInterval: Duration { .milliseconds(10) }

    /// How long `count` bytes take on the line.
    func lineTime(_ count: Int) -> Duration {
        isPaced ? .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) : .zero
    }

    /// The time from one scan to the next that is sent.
    var scanPeriod: Duration {
        (parameters?.period ?? .milliseconds(100)) * (measurement.interval + 1)
    }

    /// The finest measurement that the line carries whole.
    func bestMeasurement(_ parameters: HokuyoParameters) -> HokuyoMeasurement {
        // Two characters reach 4095 mm; codes below DMIN fit as well.
        var best = HokuyoMeasurement(
            width: parameters.farthest <= 4095 ? .two : .three, start: parameters.first, end: parameters.last)
        // A tenth of the line stays free: the device's speed is not exact.
        let needed = lineTime(best.scanLength).inSeconds / 0.9
        best.interval = min(9, max(0, Int((needed / parameters.period.inSeconds).rounded(.up)) - 1))
        return best
    }
}

// What came back, turned into samples.
extension HokuyoDriver {
    mutating func take(_ scan: HokuyoScan, remaining: Int, at now: Instant) {
        guard let parameters else { return }
        let stepTime = Double(parameters.period.nanoseconds) / Double(parameters.resolution)
        let device = stamps.nanoseconds(of: scan.milliseconds, period: scanPeriod)
        let known =
            lineTime(remaining + scan.measurement.scanLength)
            + .nanoseconds(Int64(Double(scan.measurement.end) * stepTime))
        let stepZero = timeline.map(device: device, arrival: now - known)
        for index in scan.ranges.indices {
            let step = scan.step(of: index)
            let meters = parameters.meters(scan.ranges[index])
            let time = stepZero + .nanoseconds(Int64(step * stepTime))
            outlet.push(
                LidarPoint(
                    degrees: parameters.degrees(ofStep: step), meters: meters, intensity: meters > 0 ? 255 : 0,
                    startsRevolution: index == 0), at: time)
            status.lastGood = time
        }
    }
}

/// Makes a device's stamps finer than their unit: 24 bits of whole milliseconds, cut off, from an even beat.
struct StampBeat: Sendable {
    private var last: (milliseconds: UInt32, unwrapped: Int64, fine: Int64)?

    /// Forgets the beat.
    mutating func restart() { last = nil }

    /// The stamp without its end after 2²⁴ ms, in nanoseconds: the beat's moment, kept within the millisecond that the
    /// device named.
    mutating func nanoseconds(of milliseconds: UInt32, period: Duration) -> Int64 {
        guard let last else {
            let start = Int64(milliseconds) * 1_000_000
            self.last = (milliseconds, start, start + 500_000)
            return start + 500_000
        }
        let passed = Int64((milliseconds &- last.milliseconds) & 0xFF_FFFF)
        let start = last.unwrapped + passed * 1_000_000
        let fine = min(max(last.fine + period.nanoseconds, start), start + 999_999)
        self.last = (milliseconds, start, fine)
        return fine
    }
}

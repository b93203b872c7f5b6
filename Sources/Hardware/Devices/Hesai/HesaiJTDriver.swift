public import DeviceProtocols
public import Realtime
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Takes the packets of a Hesai JT16 from its serial line and hands out the channel that looks most nearly level as the scan
/// of a planar LiDAR: of the sixteen, which look from level upwards, that is the lowest one.
///
/// The device talks by itself at 3 125 000 bit/s on RS-485. Commands go to its RS-232 input (9600 bit/s), the answers come
/// back between the points. On a board that joins the two to one port they are sent there; where commands cannot reach the
/// device it runs on the angles of a file, or on nominal ones and says so.
///
/// Bearings leave counter-clockwise; 0 is the device's y axis. Ranges are level distances.
///
/// **Time.** A packet carries the device's clock at its firing; held against ours by the packets' arrival, each freed of the
/// line time of its own bytes and of those behind it. What the device needs until it sends stays in.
public struct HesaiJTDriver: DeviceDriver {
    public internal(set) var status: DeviceStatus
    /// Samples that a full ring did not take.
    public var droppedSamples: Int { outlet.droppedSamples }
    /// Packets of points that are missing by their numbers.
    public var lostPackets: Int { decoder.lostPackets }
    public var card: ProtocolCard? { .hesaiJT16 }

    let baudRate: Int
    let file: HesaiCalibration?
    var outlet: LaserOutlet
    var state = State.closed
    var decoder = HesaiJTDecoder()
    var timeline = DeviceTimeline()
    var lastAzimuth: UInt16?
    var lastPacket: Instant?
    /// When points were first handed out.
    var began = Instant.zero
    /// Points come, but no revolution.
    var isStanding = false
    /// Whether the port has been open, and whether packets have ever come.
    var hasBeenOpen = false
    var hasRun = false
    /// The number of the next command: what is unlike the one before serves as its random bytes.
    var number: UInt32 = 1

    // What is known of the device.
    var serialNumber: String?
    var angles = HesaiCalibration.nominalJT16
    var channel = 0
    var level = 1.0
    /// Why the angles are not the device's own, if they are not.
    var angleFault: RobotError?
    /// The window in front of the level channel is dirty.
    var isDirty = false

    /// - Parameters:
    ///   - baudRate: Of the line, bits a second.
    ///   - calibration: The device's angles out of a file; nil to ask the device.
    ///   - minRange: Metres.
    ///   - maxRange: Metres.
    ///   - samples: Where samples go; each ring has one reader.
    public init(
        slot: SlotID, baudRate: Int, calibration: HesaiCalibration?, minRange: Double, maxRange: Double,
        samples: [Ring<LaserSample>]
    ) {
        status = DeviceStatus(slot: slot)
        self.baudRate = baudRate
        file = calibration
        outlet = LaserOutlet(rotation: .clockwise, minRange: minRange, maxRange: maxRange, rings: samples)
    }

    public var serviceInterval: Duration { .milliseconds(10) }

    /// How long `count` bytes take on the line.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }
}

// What came back, turned into samples.
extension HesaiJTDriver {
    mutating func take(_ packet: HesaiJTPacket, remaining: Int, at now: Instant) {
        let time = timeline.map(
            device: packet.time.nanoseconds, arrival: now - lineTime(remaining + HesaiJTPacket.size))
        let azimuth = packet.azimuth
        // Either sense of turning: the step over the end is more than half a turn.
        let starts = lastAzimuth.map { abs(Int($0) - Int(azimuth)) > 18_000 } ?? false
        lastAzimuth = azimuth
        let degrees = Double(azimuth) / 100 + angles.azimuths[channel]
        outlet.push(
            LidarPoint(
                degrees: degrees - (degrees / 360).rounded(.down) * 360,
                meters: Double(packet.distance(ofChannel: channel)) * HesaiJTPacket.unit * level,
                intensity: packet.reflectivity(ofChannel: channel), startsRevolution: starts), at: time)
        status.lastGood = time
    }

    /// Takes angles and chooses the level channel.
    mutating func use(_ calibration: HesaiCalibration) {
        angles = calibration
        channel = calibration.levelChannel
        level = cos(calibration.elevations[channel] * .pi / 180)
    }
}

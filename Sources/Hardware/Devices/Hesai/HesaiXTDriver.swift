public import DeviceProtocols
public import Realtime
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Takes the packets of a Hesai XT16, XT32 or XT32M2X from a UDP port and hands out the channel that looks most nearly level
/// as the scan of a planar LiDAR.
///
/// The device talks by itself; nothing is asked on this port. Its channels' angles come from the maker's file that the board
/// file names, else from the device's command port through a `HesaiCalibrationBox` (see `HesaiPTCDriver`), else from the
/// data sheet, which `identity` and a fault say: in service, but degraded.
///
/// Bearings leave counter-clockwise; 0 is the device's azimuth 0, its y axis. Ranges are level distances (the slant times the
/// cosine of the elevation). With two returns the nearer one counts.
///
/// **Time.** A packet carries the device's clock of its last block; each firing lies before or behind that by the manual's
/// figures (50 µs a block, 1.512 µs a channel). The device's clock is held against ours by the packets' arrival: what the
/// network needs at least, about 0.1 ms, stays in. The bearing of a channel is turned on by the time from the block's beginning to
/// its firing.
public struct HesaiXTDriver: DeviceDriver {
    public internal(set) var status: DeviceStatus
    /// Samples that a full ring did not take.
    public var droppedSamples: Int { outlet.droppedSamples }
    /// Packets that are missing by their numbers.
    public var lostPackets: Int { decoder.lostPackets }

    /// Where the angles of the channels are from.
    public enum AngleSource: Sendable {
        /// The maker's file, read already.
        case file(HesaiCalibration)
        /// The device itself; what `HesaiPTCDriver` fetches arrives here.
        case device(HesaiCalibrationBox)
        /// The data sheet.
        case nominal
    }

    let source: AngleSource
    var outlet: LaserOutlet
    var state = State.closed
    var decoder = HesaiXTDecoder()
    var timeline = DeviceTimeline()
    /// Whether the port has been open, and whether packets have ever come.
    var hasBeenOpen = false
    var hasRun = false

    // What is known of the device.
    var layout: HesaiXTLayout?
    var view = LevelView()
    var lastAzimuth: UInt16?
    /// Why the angles are not the device's own, if they are not.
    var angleFault: RobotError?
    /// Packets that came and that are missing since the last look, and what that look found.
    var window = LossWindow()
    var health = Health()

    /// The channel that feeds the planar view.
    struct LevelView: Sendable {
        var channel = 0
        /// Degrees that are added to a block's azimuth.
        var offset = 0.0
        /// Cosine of the elevation.
        var level = 1.0
        /// Seconds from a block's beginning to the channel's firing.
        var firing = 0.0
    }

    struct LossWindow: Sendable {
        var since: Instant?
        var came = 0
        var lost = 0
    }

    /// What the last packets said about the device.
    struct Health: Hashable, Sendable {
        var isHot = false
        var isSlow = false
        /// Percent of the packets of the last second that are missing.
        var missing = 0
    }

    /// - Parameters:
    ///   - angles: Where the angles of the channels are from.
    ///   - minRange: Metres.
    ///   - maxRange: Metres.
    ///   - samples: Where samples go; each ring has one reader.
    public init(
        slot: SlotID, angles: AngleSource, minRange: Double, maxRange: Double, samples: [Ring<LaserSample>]
    ) {
        status = DeviceStatus(slot: slot)
        source = angles
        outlet = LaserOutlet(rotation: .clockwise, minRange: minRange, maxRange: maxRange, rings: samples)
    }

    public var serviceInterval: Duration { .milliseconds(20) }
}

// What came back, turned into samples.
extension HesaiXTDriver {
    mutating func take(_ packet: HesaiXTPacket, at now: Instant) {
        // The packet's clock stands at the beginning of the last block's firing, 5.632 µs before it; 50 µs later it goes out.
        let closed = timeline.map(device: packet.time.nanoseconds, arrival: now - .nanoseconds(55_632))
        let view = view
        let turned = Double(packet.rpm) * 6 * view.firing
        packet.forEachShot(channel: view.channel) { shot in
            let time = closed + .nanoseconds(Int64(packet.firingOffset(block: shot.block, channel: view.channel) * 1e9))
            var degrees = Double(shot.azimuth) / 100 + view.offset + turned
            if degrees >= 360 { degrees -= 360 }
            if degrees < 0 { degrees += 360 }
            let starts = lastAzimuth.map { shot.azimuth < $0 && $0 - shot.azimuth > 18_000 } ?? false
            lastAzimuth = shot.azimuth
            outlet.push(
                LidarPoint(
                    degrees: degrees, meters: Double(shot.distance) * packet.unit * view.level,
                    intensity: shot.reflectivity, startsRevolution: starts), at: time)
            status.lastGood = time
        }
    }

    /// Chooses the level channel of a calibration.
    mutating func use(_ calibration: HesaiCalibration) {
        let channel = calibration.levelChannel
        view = LevelView(
            channel: channel, offset: calibration.azimuths[channel],
            level: cos(calibration.elevations[channel] * .pi / 180),
            firing: HesaiXTPacket.firingTime(ofChannel: channel))
    }
}

public import DeviceProtocols
public import Realtime
public import RobotModel

/// Drives a YDLIDAR: stops what still runs, asks who it is and how it feels, starts the scan, and hands out every sample
/// with the moment at which it was taken. A model with a single channel (X2, X4 Pro, S2, TX) is only listened to.
///
/// Delay model: a packet goes on the line when its last sample has been taken, which is the chunk's arrival less the line
/// time of the packet and of the bytes behind it; the samples' even pace takes out what waiting adds (`SampleClock`). The
/// other samples were taken a sample's time apart before the last.
///
/// Bearings leave counter-clockwise (the device counts clockwise), ranges outside `minRange...maxRange` as 0. What a range
/// means depends on the model (quarters of millimetres or millimetres), so a device that is another model than the board
/// file says is refused.
public struct YDLIDARDriver: DeviceDriver {
    public internal(set) var status: DeviceStatus
    /// Samples that a full ring did not take.
    public var droppedSamples: Int { outlet.droppedSamples }
    public var card: ProtocolCard? { .ydlidar }
    public var serviceInterval: Duration { .milliseconds(10) }

    let expected: YDLIDARModel?
    let baudRate: Int
    var outlet: LaserOutlet

    var state = State.closed
    var decoder: YDLIDARDecoder
    /// What is being worked with: the board file's, or the one that the device says it is.
    var model: YDLIDARModel
    var clock: SampleClock
    var quality = LineQuality()
    /// What a chunk held; the room is used again.
    var inbox: [Found] = []
    var points: [LidarPoint] = []
    /// Whether the port has been open before, and whether samples have ever come.
    var hasBeenOpen = false
    var hasRun = false
    var health: YDLIDARHealth?
    var info: YDLIDARInfo?
    /// As the last ring said, tenths of a hertz; 0 where it does not say.
    var tenthsOfHertz = 0

    /// - Parameters:
    ///   - model: Nil when the device shall say it; one with a single channel cannot.
    ///   - baudRate: Of the line, bits a second.
    ///   - minRange: Metres.
    ///   - maxRange: Metres.
    ///   - samples: Where samples go; each ring has one reader.
    public init(
        slot: SlotID, model: YDLIDARModel?, baudRate: Int, minRange: Double, maxRange: Double,
        samples: [Ring<LaserSample>]
    ) {
        status = DeviceStatus(slot: slot)
        expected = model
        self.model = model ?? .x4
        self.baudRate = baudRate
        decoder = YDLIDARDecoder(format: model?.format)
        clock = SampleClock(samplesPerSecond: self.model.samplesPerSecond)
        outlet = LaserOutlet(rotation: .clockwise, minRange: minRange, maxRange: maxRange, rings: samples)
    }

    /// How long `count` bytes take on the line.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }

    /// What is known of the device, for a person.
    var identity: String {
        let width = decoder.sampleWidth.map { ", \($0)-byte samples" } ?? ""
        let speed = tenthsOfHertz > 0 ? ", \(tenthsOfHertz / 10).\(tenthsOfHertz % 10) Hz" : ""
        let who = info?.summary ?? "YDLIDAR \(model.name.uppercased()), as the board file says: it is not asked"
        return who + width + speed
    }

    /// When a packet's last sample was taken.
    mutating func lastSampleTime(_ packet: YDLIDARPacket, remaining: Int, at now: Instant) -> Instant {
        let size = YDLIDARPacket.headSize + packet.count * packet.format.width
        return clock.time(
            samples: packet.count, startsRing: packet.startsRing, seen: now - lineTime(remaining + size))
    }

    /// Hands on a packet's samples.
    mutating func push(_ points: ArraySlice<LidarPoint>, lastSample: Instant) {
        for (index, point) in points.enumerated() {
            outlet.push(point, at: lastSample - clock.sampleTime * (points.count - 1 - index))
        }
        status.lastGood = lastSample
    }
}

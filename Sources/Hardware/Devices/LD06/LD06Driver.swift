public import DeviceProtocols
public import Realtime
public import RobotModel

/// Listens to an LDROBOT LiDAR (LD06, LD19 and their family), which talks by itself and cannot be asked, and hands out
/// every point with the moment at which it was taken.
///
/// Delay model: a frame goes on the line when its last point has been taken. Its arrival is that of its last byte (the
/// chunk's, less the line time of the bytes behind it), smoothed by the device's own stamps (`StampClock`). The last point
/// was taken the line time of a frame (47 bytes) earlier, the others a point's time apart before it.
///
/// Bearings leave counter-clockwise (the device counts clockwise). Ranges outside `minRange...maxRange`, and echoes of
/// strength `minStrength` or less, leave as 0: the maker's own filter takes 15 for the weakest echo that is none of the
/// sun's. It looks at neighbours too; this driver does not, because a table's leg may be one point wide. Points come from
/// the first revolution on whose head is at speed.
public struct LD06Driver: DeviceDriver {
    public internal(set) var status: DeviceStatus
    /// Points that a full ring did not take.
    public var droppedSamples: Int { outlet.droppedSamples }
    public var card: ProtocolCard? { .ld06 }
    public var serviceInterval: Duration { .milliseconds(10) }

    let model: LD06Model
    let baudRate: Int
    let minStrength: UInt8
    var outlet: LaserOutlet

    var state = State.closed
    var decoder: LD06Decoder
    var unpacker: LD06Unpacker
    var clock = StampClock(period: LD06Frame.stampPeriod)
    var quality = LineQuality()
    /// What a chunk held; its room is used again.
    var inbox: [(event: LD06Decoder.Event, remaining: Int)] = []
    /// Whether the port has been open before, and whether points have ever come.
    var hasBeenOpen = false
    var hasRun = false
    /// As the last frame said, degrees a second.
    var speed = 0

    /// - Parameters:
    ///   - model: Which of the family it is; the frames do not say.
    ///   - baudRate: Of the line, bits a second.
    ///   - minRange: Metres.
    ///   - maxRange: Metres.
    ///   - minStrength: Echoes of this strength or less are nothing; 0 lets all pass.
    ///   - samples: Where points go; each ring has one reader.
    public init(
        slot: SlotID, model: LD06Model = .ld06, baudRate: Int, minRange: Double, maxRange: Double,
        minStrength: UInt8 = 15, samples: [Ring<LaserSample>]
    ) {
        status = DeviceStatus(slot: slot)
        self.model = model
        self.baudRate = baudRate
        self.minStrength = minStrength
        outlet = LaserOutlet(rotation: .clockwise, minRange: minRange, maxRange: maxRange, rings: samples)
        decoder = LD06Decoder(pointsPerSecond: model.pointsPerSecond)
        unpacker = LD06Unpacker(model: model)
    }

    /// How long `count` bytes take on the line.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }

    /// When a frame's last point was taken.
    mutating func lastPointTime(_ frame: LD06Frame, remaining: Int, at now: Instant) -> Instant {
        let arrival = clock.time(
            stamp: Int(frame.stamp), arrival: now - lineTime(remaining),
            framePeriod: model.pointTime * LD06Frame.pointCount)
        return arrival - lineTime(LD06Frame.size)
    }

    /// Hands on the points of a frame, and says whether a revolution begins in it.
    mutating func take(_ frame: LD06Frame, lastPoint: Instant) -> Bool {
        var marks = false
        let isServing = if case .running = state { true } else { false }
        var unpacker = unpacker
        unpacker.unpack(frame) { point, index in
            marks = marks || point.startsRevolution
            guard isServing || marks, isTurning else { return }
            var point = point
            if point.intensity <= minStrength, minStrength > 0 { point.meters = 0 }
            outlet.push(point, at: lastPoint - model.pointTime * (LD06Frame.pointCount - 1 - index))
        }
        self.unpacker = unpacker
        return marks
    }

    /// Whether the head turns at a speed at which the family scans (2 to 13 Hz).
    var isTurning: Bool { speed >= 540 }
}

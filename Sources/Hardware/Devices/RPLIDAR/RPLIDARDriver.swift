public import DeviceProtocols
public import Realtime
public import RobotModel

/// Drives a Slamtec RPLIDAR over its serial line: stops what still runs, asks who it is and how it feels, spins it up,
/// and hands out every sample with the moment at which it was taken. It scans in the mode that the device calls its
/// typical one, in whichever of the six formats (`RPLIDARFormat`) that mode answers.
///
/// A sample's moment: when its frame had arrived, less the time of the bytes behind it on the line, less the frame's own
/// time on the line, less the samples taken after it; the arrivals are smoothed (`FrameClock`), for a frame can only be
/// late. The time stamps in HQ and ultra-dense frames are not used: neither their origin nor their rate is documented.
///
/// Angles leave counter-clockwise (the device counts clockwise). Ranges outside `minRange...maxRange` leave as 0. A device
/// that restarts, falls silent or sends bytes that hold no frame is taken through the handshake again; when that fails
/// the port is closed and the pump opens it again.
public struct RPLIDARDriver: DeviceDriver {
    public internal(set) var status: DeviceStatus
    /// Samples that a full ring did not take.
    public var droppedSamples: Int { outlet.droppedSamples }
    public var card: ProtocolCard? { .rplidar }
    // Who the device said it is.
    var info: RPLIDARInfo?

    let baudRate: Int
    let motorRPM: Int
    var outlet: LaserOutlet

    var state = State.closed
    var decoder = RPLIDARDecoder()
    /// Whether a reset was wanted while the decoder was at work.
    var resetsDecoder = false
    var unpacker = RPLIDARUnpacker(format: .standard)
    var clock = FrameClock()
    /// When the frame that waits for its neighbour had arrived.
    var pendingArrival = Instant.zero
    /// Whether the port has been open before.
    var hasBeenOpen = false
    /// Whether samples have come since the scan was granted.
    var hasSamples = false
    /// Whether samples have ever come at this rate.
    var hasRun = false

    // What the handshake found.
    var health = RPLIDARHealth(status: .good)
    var hasAccessoryBoard = false
    var mode: UInt16 = 0
    var format = RPLIDARFormat.standard
    var sampleTime: Duration = .microseconds(500)

    /// - Parameters:
    ///   - baudRate: Of the line, bits a second.
    ///   - motorRPM: Revolutions a minute, where the device's motor takes a speed.
    ///   - minRange: Metres.
    ///   - maxRange: Metres.
    ///   - samples: Where samples go; each ring has one reader.
    public init(
        slot: SlotID, baudRate: Int, motorRPM: Int, minRange: Double, maxRange: Double, samples: [Ring<LaserSample>]
    ) {
        status = DeviceStatus(slot: slot)
        self.baudRate = baudRate
        self.motorRPM = motorRPM
        outlet = LaserOutlet(rotation: .clockwise, minRange: minRange, maxRange: maxRange, rings: samples)
    }

    /// A driver with one reader.
    public init(
        slot: SlotID, baudRate: Int, motorRPM: Int, minRange: Double, maxRange: Double, samples: Ring<LaserSample>
    ) {
        self.init(
            slot: slot, baudRate: baudRate, motorRPM: motorRPM, minRange: minRange, maxRange: maxRange,
            samples: [samples])
    }

    public var serviceInterval: Duration { .milliseconds(10) }

    /// How long `count` bytes take on the line.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }
}

// What came back, turned into samples.
extension RPLIDARDriver {
    mutating func take(_ frame: Span<UInt8>, remaining: Int, at now: Instant) {
        let format = unpacker.format
        let arrival = clock.stamp(arrival: now - lineTime(remaining), period: sampleTime * format.samplesPerFrame)
        // A frame goes on the line when its last sample has been taken.
        let lastSample = (format.needsNeighbour ? pendingArrival : arrival) - lineTime(format.frameSize)
        pendingArrival = arrival
        let count = unpacker.unpack(frame)
        for index in 0..<count {
            let time = lastSample - sampleTime * (count - 1 - index + format.samplesAhead)
            outlet.push(unpacker.points[index], at: time)
            status.lastGood = time
        }
    }
}

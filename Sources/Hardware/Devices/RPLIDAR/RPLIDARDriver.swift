public import DeviceProtocols
public import Realtime
public import RobotModel

/// Drives a Slamtec RPLIDAR over its serial line: stops what still runs, asks who it is and how it feels, spins it up,
/// and hands out every sample with the moment at which it was taken.
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
    var inbox: [(event: RPLIDARDecoder.Event, remaining: Int)] = []
    var unpacker = RPLIDARDenseUnpacker()
    var clock = FrameClock()
    /// When the dense frame that waits for its neighbour had arrived.
    var pendingArrival = Instant.zero
    /// Whether the port has been open before.
    var hasBeenOpen = false
    /// Whether samples have ever come at this rate.
    var hasRun = false

    // What the handshake found.
    var health = RPLIDARHealth(status: .good)
    var hasAccessoryBoard = false
    var mode: UInt16 = 0
    var answerType = RPLIDARDescriptor.AnswerType.standardScan
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
    mutating func take(_ frame: RPLIDARDenseFrame, remaining: Int, at now: Instant) {
        let arrival = clock.stamp(
            arrival: now - lineTime(remaining), period: sampleTime * RPLIDARDenseFrame.sampleCount)
        // The frame went on the line when its last sample had been taken.
        let lastSample = pendingArrival - lineTime(RPLIDARDenseFrame.size)
        pendingArrival = arrival
        var unpacker = unpacker
        unpacker.unpack(frame) { sample in
            let age = sampleTime * (RPLIDARDenseFrame.sampleCount - 1 - sample.index)
            // A dense frame carries no echo strengths; the vendor's SDK gives this one to every sample that saw something.
            push(
                LidarPoint(
                    degrees: sample.degrees, meters: Double(sample.distance) / 1000,
                    intensity: sample.distance == 0 ? 0 : 0x2F << 2, startsRevolution: sample.startsRevolution),
                at: lastSample - age)
        }
        self.unpacker = unpacker
    }

    mutating func take(_ sample: RPLIDARStandardSample, remaining: Int, at now: Instant) {
        let arrival = clock.stamp(arrival: now - lineTime(remaining), period: sampleTime)
        push(
            LidarPoint(
                degrees: Double(sample.angleQ6) / 64, meters: Double(sample.distanceQ2) / 4000,
                intensity: sample.quality << 2, startsRevolution: sample.startsRevolution),
            at: arrival - lineTime(RPLIDARStandardSample.size))
    }

    private mutating func push(_ point: LidarPoint, at time: Instant) {
        outlet.push(point, at: time)
        status.lastGood = time
    }
}

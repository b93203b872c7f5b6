public import DeviceProtocols
public import Realtime
public import RobotModel

/// Listens to a WitMotion inertial unit, and hands out acceleration, angular velocity and air pressure with the moment
/// at which they were measured.
///
/// The unit talks by itself; nothing is written to it unless `configures` asks for that. It is degraded when pressure
/// does not come though it is needed (without it no lift ride is measured), when the unit sends more or less often than
/// it should, and when its values stand still, which no real sensor's do. Silence and rubbish are waited out for a
/// moment; then the port is reopened.
///
/// Delay model. The frames of one output follow each other without a pause, and all hold what was measured before the
/// first of them. So a state is stamped with the arrival of the output's first frame, less its own line time and that
/// of all bytes behind it, smoothed over the outputs' even beat, less `filterDelay`: the unit's low-pass. Its register
/// 1F selects the bandwidths of InvenSense's DLPF; the one that it is sold with (code 4, 21 Hz) delays by 8.5 ms
/// ("MPU-6000 and MPU-6050 Register Map" 4.2, section 4.3). The pressure is of the same output or one before it.
public struct WitMotionDriver: DeviceDriver {
    public struct Configuration: Sendable {
        public var slot: SlotID
        /// Bits a second.
        public var baudRate: Int
        /// Outputs a second that the unit is set to.
        public var outputRate: Double
        /// How the unit is mounted: radians, from the unit's frame to `base_link` (REP-103,
        /// Rz(yaw)·Ry(pitch)·Rx(roll)).
        public var yaw: Double
        public var pitch: Double
        public var roll: Double
        /// Whether a unit without pressure is a degraded one.
        public var needsPressure: Bool
        /// The unit's own low-pass.
        public var filterDelay: Duration
        /// Sets the unit's output rate and content at each opening, not for good: it forgets when it is switched off.
        public var configures: Bool

        public init(
            slot: SlotID, baudRate: Int = 9600, outputRate: Double = 10, yaw: Double = 0, pitch: Double = 0,
            roll: Double = 0, needsPressure: Bool = true, filterDelay: Duration = .microseconds(8500),
            configures: Bool = false
        ) {
            self.slot = slot
            self.baudRate = baudRate
            self.outputRate = outputRate
            self.yaw = yaw
            self.pitch = pitch
            self.roll = roll
            self.needsPressure = needsPressure
            self.filterDelay = filterDelay
            self.configures = configures
        }
    }

    public internal(set) var status: DeviceStatus
    public var card: ProtocolCard? { .witmotion }
    public var serviceInterval: Duration { .milliseconds(10) }

    let configuration: Configuration
    let period: Duration
    private let mount: Pose3D
    private let inertia: LatestValue<Stamped<InertialState>>

    var state = State.closed
    var decoder = WitMotionDecoder()
    var clock = FrameClock()
    var tally = WitMotionTally()
    var stillness = WitMotionStillness()
    /// Whether the port has been open before, and whether a state has ever come.
    var hasBeenOpen = false
    var hasRun = false
    /// Commands that wait to be sent, and when the next may be.
    var commands: [WitMotionCommand] = []
    var nextCommand = Instant.zero

    // The output that is being received.
    private var outputStart: Instant?
    private var lastKind: UInt8 = 0
    private var acceleration: Vector3?
    private var angularVelocity: Vector3?
    private var newest = InertialState()

    public init(_ configuration: Configuration, inertia: LatestValue<Stamped<InertialState>>) {
        self.configuration = configuration
        self.inertia = inertia
        status = DeviceStatus(slot: configuration.slot)
        status.identity = "WitMotion unit, \(configuration.outputRate) outputs a second"
        period = .seconds(1 / min(200, max(0.2, configuration.outputRate)))
        mount = Pose3D(
            origin: .zero, roll: configuration.roll, pitch: configuration.pitch, yaw: configuration.yaw)
    }

    /// How long `count` bytes take on the line.
    func lineTime(_ count: Int) -> Duration {
        .nanoseconds(Int64(count) * 10_000_000_000 / Int64(max(1, configuration.baudRate)))
    }

    /// Begins a new output with the next frame: bytes were lost, or the line was silent.
    mutating func breakOutput() {
        outputStart = nil
        clock.restart()
    }

    /// Takes a frame; publishes when it completes something. True when it did.
    mutating func take(_ frame: WitMotionFrame, remaining: Int, at now: Instant) -> Bool {
        let arrival = now - lineTime(remaining)
        // Types rise within an output; a pause of half a beat ends one, too.
        let isNext = outputStart.map { frame.kind.rawValue <= lastKind || arrival - $0 > period / 2 } ?? true
        if isNext {
            outputStart = clock.stamp(arrival: arrival, period: period)
            acceleration = nil
            angularVelocity = nil
            tally.outputs += 1
        }
        lastKind = frame.kind.rawValue
        guard let outputStart else { return false }
        let time = outputStart - lineTime(WitMotionFrame.size) - configuration.filterDelay
        switch frame.kind {
        case .acceleration:
            tally.accelerations += 1
            stillness.take(frame, at: now)
            acceleration = frame.vector(step: WitMotionFrame.accelerationStep)
            newest.temperature = frame.temperature
        case .angularVelocity:
            tally.angularVelocities += 1
            stillness.take(frame, at: now)
            angularVelocity = frame.vector(step: WitMotionFrame.angularVelocityStep)
        case .pressure:
            let pressure = Double(frame.long(0))
            // Outside of what air weighs between the Dead Sea's shore and the Himalaya it is no barometer's word.
            guard (30_000...120_000).contains(pressure) else { return false }
            tally.pressures += 1
            stillness.take(frame, at: now)
            newest.pressure = pressure
        default: return false
        }
        guard let acceleration, let angularVelocity else { return false }
        newest.acceleration = mount.rotate(acceleration)
        newest.angularVelocity = mount.rotate(angularVelocity)
        inertia.store(Stamped(newest, at: time))
        status.lastGood = time
        return true
    }
}

public import DeviceIO
public import Realtime
public import RobotModel
import Synchronization

/// Two incremental encoders on GPIO lines, one for each wheel.
///
/// Takes every edge with the kernel's time stamp, and publishes angles and speeds at each service, stamped with the
/// moment at which the last queue was found empty: all edges of before it are counted. What was lost is counted and
/// said; a line that fails is opened again, and the angle goes on from where it was.
public final class QuadratureEncoders: DeviceService {
    /// How an encoder is wired.
    public struct Encoder: Sendable {
        public var a: GPIORequest
        public var b: GPIORequest
        /// Edges of both tracks in a revolution of the wheel: four times the encoder's lines.
        public var countsPerRevolution: Int
        public var isInverted: Bool

        public init(a: GPIORequest, b: GPIORequest, countsPerRevolution: Int, isInverted: Bool) {
            self.a = a
            self.b = b
            self.countsPerRevolution = countsPerRevolution
            self.isInverted = isInverted
        }

        var radiansPerCount: Double {
            (isInverted ? -2 : 2) * .pi / Double(max(1, countsPerRevolution))
        }
    }

    /// Edges that one service takes of an encoder at most, so that a line that hums cannot keep it.
    private static let edgeLimit = 4096

    private struct Wheel {
        var name: String
        var encoder: Encoder
        var group: (any GPIOLineGroup)?
        var decoder = QuadratureDecoder(a: false, b: false)
        /// Of the openings before this one.
        var count: Int64 = 0
        var edges = 0
        var lost = 0
        var lostBefore = 0

        var angle: Double { Double(count + decoder.count) * encoder.radiansPerCount }
        /// Edges that went missing, at least: an overrun stands for one.
        var losses: Int { lostBefore + decoder.lost + decoder.overruns }

        /// Keeps what was counted when the lines are closed.
        mutating func close() {
            group?.close()
            group = nil
            count += decoder.count
            edges += decoder.edges
            lostBefore = losses
            decoder = QuadratureDecoder(a: false, b: false)
        }
    }

    private struct State {
        var wheels: [Wheel]
        var status: DeviceStatus
        var nextOpen = Instant.zero
        var pause = DevicePump.firstPause
        var hasRun = false
        var stopped = false
        var fault: RobotError?
        var losses = 0
        var lastLoss: (name: String, time: Instant)?
    }

    private let published: LatestValue<Stamped<WheelState>>
    private let opener: any GPIOLineOpening
    private let state: Mutex<State>
    /// How often the levels are looked at when no edge wakes the thread.
    public let serviceInterval: Duration

    /// Encoders that publish into `state`; its `enabled` and faults are another device's business and stay zero.
    public init(
        slot: SlotID, left: Encoder, right: Encoder, opener: any GPIOLineOpening,
        state: LatestValue<Stamped<WheelState>>, serviceInterval: Duration = .milliseconds(2)
    ) {
        published = state
        self.opener = opener
        self.serviceInterval = serviceInterval
        self.state = Mutex(
            State(
                wheels: [Wheel(name: "left", encoder: left), Wheel(name: "right", encoder: right)],
                status: DeviceStatus(slot: slot)))
    }

    public var status: DeviceStatus { state.withLock { $0.status } }

    public var pollDescriptors: [Int32] {
        state.withLock { state in state.wheels.flatMap { $0.group?.pollDescriptors ?? [] } }
    }

    public func service(at now: Instant) {
        state.withLock { state in
            guard !state.stopped else { return }
            for index in state.wheels.indices {
                do throws(PortError) {
                    guard try serve(&state, index, at: now) else { return }
                } catch {
                    fail(&state, error, state.wheels[index], at: now)
                    return
                }
            }
            state.hasRun = true
            state.fault = nil
            state.pause = DevicePump.firstPause
            state.status.lastGood = now
            publish(state.wheels, at: now)
            updateStatus(&state, at: now)
        }
    }

    public func stop() {
        state.withLock { state in
            state.stopped = true
            for index in state.wheels.indices { state.wheels[index].close() }
        }
    }

    /// Takes what has come of one encoder; false while it is not time to open it yet.
    private func serve(_ state: inout State, _ index: Int, at now: Instant) throws(PortError) -> Bool {
        if state.wheels[index].group == nil {
            guard now >= state.nextOpen else { return false }
            let encoder = state.wheels[index].encoder
            let group = try opener.openTogether([encoder.a, encoder.b])
            state.wheels[index].decoder = QuadratureDecoder(a: try group.level(0), b: try group.level(1))
            state.wheels[index].group = group
            if state.hasRun { state.status.counters.reconnects += 1 }
        }
        guard let group = state.wheels[index].group else { return false }
        var taken = 0
        try drain(group, &state.wheels[index].decoder, &taken)
        let (a, b) = (try group.level(0), try group.level(1))
        // An edge between the last look and the levels explains them; then the next service compares.
        let before = taken
        try drain(group, &state.wheels[index].decoder, &taken)
        if taken == before { state.wheels[index].decoder.confirm(a: a, b: b, at: now) }
        return true
    }

    private func drain(
        _ group: any GPIOLineGroup, _ decoder: inout QuadratureDecoder, _ taken: inout Int
    ) throws(PortError) {
        while taken < Self.edgeLimit, let found = try group.nextEdge() {
            taken += 1
            if let track = QuadratureDecoder.Track(rawValue: found.index) { decoder.take(found.edge, of: track) }
        }
    }

    private func publish(_ wheels: [Wheel], at now: Instant) {
        var value = WheelState()
        value.leftPosition = wheels[0].angle
        value.rightPosition = wheels[1].angle
        value.leftVelocity = wheels[0].decoder.speed(at: now) * wheels[0].encoder.radiansPerCount
        value.rightVelocity = wheels[1].decoder.speed(at: now) * wheels[1].encoder.radiansPerCount
        published.store(Stamped(value, at: now))
    }

    private func fail(_ state: inout State, _ error: PortError, _ wheel: Wheel, at now: Instant) {
        // A chip goes away with all its lines: all are opened anew.
        for index in state.wheels.indices { state.wheels[index].close() }
        state.fault = RobotError(
            error, slot: state.status.slot, role: "\(wheel.name) encoder", chip: wheel.encoder.a.chip)
        state.nextOpen = now + state.pause
        state.pause = min(state.pause * 2, DevicePump.longestPause)
        updateStatus(&state, at: now)
    }

    private func updateStatus(_ state: inout State, at now: Instant) {
        let losses = state.wheels.reduce(0) { $0 + $1.losses }
        if losses > state.losses {
            let worst = state.wheels.max { $0.losses < $1.losses }
            state.lastLoss = (worst?.name ?? "", now)
        }
        state.losses = losses
        state.status.counters.frames = state.wheels.reduce(0) { $0 + $1.edges + $1.decoder.edges }
        state.status.counters.resyncs = losses
        state.status.identity =
            state.wheels.map { "\($0.encoder.countsPerRevolution)" }.joined(separator: " and ")
            + " counts a revolution"
        if let fault = state.fault {
            state.status.phase = state.hasRun ? .recovering : .connecting
            state.status.fault = fault
        } else if let last = state.lastLoss, now - last.time < EdgeWitness.remembered {
            state.status.phase = .degraded
            state.status.fault = .edgesLost(
                slot: state.status.slot, where: "the \(last.name) encoder", count: losses)
        } else {
            state.status.phase = .running
            state.status.fault = nil
        }
    }
}

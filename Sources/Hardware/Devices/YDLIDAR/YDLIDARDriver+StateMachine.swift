import DeviceProtocols
public import RobotModel

// connecting ──opened──► draining ──► asking … ──► starting ──► spinningUp ──a ring──► running
//     (one channel only:     └──────────────────────────────────────▲)                  │
//                        ▲                                                              │
//                        └─────────────── silent, garbage, the head stopped ────────────┘
// A state whose time is over closes the port (`reopen`); the pump opens it again.

extension YDLIDARDriver {
    /// Where the driver is.
    enum State: Sendable {
        case closed
        /// STOP has been sent; what the device still streams is thrown away.
        case draining(since: Instant, lastByte: Instant)
        case asking(Question, attempt: Int, deadline: Instant, heard: Int)
        /// The scan has been asked for.
        case starting(attempt: Int, deadline: Instant, heard: Int)
        /// Packets are awaited, and among them the start of a ring; `heard` bytes, the first at `first`.
        case spinningUp(since: Instant, first: Instant?, heard: Int, packets: Int)
        case running(lastPacket: Instant, lastRing: Instant, heard: Int)
        /// RESET has been sent because of a health error.
        case resetting(until: Instant, RobotError)
    }

    /// The handshake's questions. Health is asked as the SDK does, then as the manuals say.
    enum Question: Sendable, Hashable {
        case info, health, healthOfManual

        var request: YDLIDARRequest {
            switch self {
            case .info: .getInfo
            case .health: .getHealth
            case .healthOfManual: .getHealthOfManual
            }
        }
    }

    static let drainTime: Duration = .milliseconds(100)
    /// A device that still streams now has not understood STOP.
    static let drainLimit: Duration = .milliseconds(600)
    static let answerTime: Duration = .milliseconds(500)
    static let spinUpTime: Duration = .seconds(8)
    /// Bytes for so long without a packet: some fifty packets' time.
    static let garbageTime: Duration = .milliseconds(500)
    /// Packets for so long without the start of a ring: the slowest head takes a quarter of a second.
    static let ringLimit: Duration = .seconds(2)
    /// Some twenty packets' time.
    static let silenceLimit: Duration = .milliseconds(300)
    static let resetTime: Duration = .seconds(2)

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            status.phase = .checking
            actions.append(.flush)
            begin(at: now, &actions)
        case .closed(let error):
            state = .closed
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes):
            receive(bytes, at: now, &actions)
        case .time:
            break
        }
        keepTime(at: now, &actions)
        let counters = decoder.counters
        status.counters.frames = counters.frames
        status.counters.checksumErrors = counters.checksumErrors
        status.counters.resyncs = counters.resyncs
        return actions
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        let count = bytes.count
        switch state {
        case .closed, .resetting: return
        case .draining(let since, _):
            state = .draining(since: since, lastByte: now)
            return
        case .asking(let question, let attempt, let deadline, let heard):
            state = .asking(question, attempt: attempt, deadline: deadline, heard: heard + count)
        case .starting(let attempt, let deadline, let heard):
            state = .starting(attempt: attempt, deadline: deadline, heard: heard + count)
        case .spinningUp(let since, let first, let heard, let packets):
            state = .spinningUp(since: since, first: first ?? now, heard: heard + count, packets: packets)
        case .running(let lastPacket, let lastRing, let heard):
            state = .running(lastPacket: lastPacket, lastRing: lastRing, heard: heard + count)
        }
        decode(bytes)
        // Taken out while it is read, and put back with its room.
        var found = inbox
        inbox = []
        for event in found { heard(event, at: now, &actions) }
        found.removeAll(keepingCapacity: true)
        inbox = found
        points.removeAll(keepingCapacity: true)
    }

    /// What a chunk held, with its payload in a form that can be kept.
    enum Found: Sendable {
        case packet(YDLIDARPacket, points: Range<Int>, remaining: Int)
        case answer(type: UInt8, payload: [UInt8])
        case scanBegins
        case gap
    }

    /// Fills `inbox` and `points`.
    private mutating func decode(_ bytes: ArraySlice<UInt8>) {
        var found = inbox
        var points = points
        self.inbox = []
        self.points = []
        let ranging = model.ranging
        decoder.decode(bytes) { event, payload, remaining in
            switch event {
            case .packet(let packet):
                let first = points.count
                packet.unpack(payload, ranging: ranging) { point, _ in points.append(point) }
                found.append(.packet(packet, points: first..<points.count, remaining: remaining))
            case .answer(let type):
                found.append(.answer(type: type, payload: (0..<payload.count).map { payload[$0] }))
            case .scanBegins: found.append(.scanBegins)
            case .gap: found.append(.gap)
            case .stamp: break
            }
        }
        self.inbox = found
        self.points = points
    }

    private mutating func heard(_ found: Found, at now: Instant, _ actions: inout [DeviceAction]) {
        switch found {
        case .answer(let type, let payload):
            if case .asking(let question, _, _, _) = state { answered(question, type, payload, at: now, &actions) }
        case .scanBegins:
            if case .starting = state { spinUp(at: now) }
        case .packet(let packet, let range, let remaining):
            take(packet, range, remaining: remaining, at: now)
        case .gap:
            clock.restart()
        }
    }

    private mutating func take(_ packet: YDLIDARPacket, _ range: Range<Int>, remaining: Int, at now: Instant) {
        switch state {
        case .spinningUp(let since, let first, _, let packets):
            guard packet.startsRing else {
                state = .spinningUp(since: since, first: first, heard: 0, packets: packets + 1)
                return
            }
            state = .running(lastPacket: now, lastRing: now, heard: 0)
            hasRun = true
            quality.restart()
            setInService()
        case .running(_, let lastRing, _):
            state = .running(lastPacket: now, lastRing: packet.startsRing ? now : lastRing, heard: 0)
        default: return
        }
        if packet.startsRing, Int(packet.tenthsOfHertz) != tenthsOfHertz || status.identity.isEmpty {
            tenthsOfHertz = Int(packet.tenthsOfHertz)
            status.identity = identity
        }
        push(points[range], lastSample: lastSampleTime(packet, remaining: remaining, at: now))
    }

    /// In service: with the warning that the device may have given.
    mutating func setInService() {
        status.fault =
            health?.status == .warning
            ? RobotError(
                .hardwareAlert, "the LiDAR warns about its health, code \(health?.code ?? 0)",
                hint: "clean the window, check the supply, and see that the head turns freely") : nil
        status.phase = status.fault == nil ? .running : .degraded
    }
}

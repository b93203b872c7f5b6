import DeviceProtocols
public import RobotModel

// connecting ──opened──► listening ──packet──► awaitingAngles ──► running (degraded on data sheet angles, heat, losses)
//                            ▲                                       │
//                            └────────────── silent ─────────────────┘
// Nothing that makes sense within a second: the port is closed and opened anew (`reopen`).

extension HesaiXTDriver {
    /// Where the driver is.
    enum State: Sendable {
        case closed
        case listening(deadline: Instant, heard: Int)
        /// Packets come; the angles do not yet.
        case awaitingAngles(deadline: Instant, lastPacket: Instant)
        case running(lastPacket: Instant, heard: Int)
    }

    /// A device that turns sends a packet every 0.4 ms.
    private static let listenTime: Duration = .seconds(1)
    /// Three turns at 10 Hz.
    private static let silenceLimit: Duration = .milliseconds(300)
    /// The command port's own driver asks twice in this time.
    private static let angleTime: Duration = .milliseconds(3500)
    /// A tenth of the packets missing: a planar view with holes of some degrees.
    private static let lossLimit = 10
    /// The slowest speed of the data sheet is 300 revolutions a minute.
    private static let slowest = 250

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        defer {
            status.counters.frames = decoder.counters.frames
            status.counters.resyncs = decoder.counters.resyncs
        }
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            status.phase = .checking
            actions.append(.flush)
            listen(at: now)
        case .closed(let error):
            state = .closed
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes): receive(bytes, at: now)
        case .time: lookForAngles(at: now)
        }
        keepTime(at: now, &actions)
        return actions
    }

    private mutating func listen(at now: Instant) {
        decoder.reset()
        timeline.restart()
        lastAzimuth = nil
        window = LossWindow()
        state = .listening(deadline: now + Self.listenTime, heard: 0)
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        switch state {
        case .closed: return
        case .listening(let deadline, let heard): state = .listening(deadline: deadline, heard: heard + bytes.count)
        case .running(let last, let heard): state = .running(lastPacket: last, heard: heard + bytes.count)
        case .awaitingAngles: break
        }
        // The decoder leaves the driver while it decodes: the packets are read in place.
        var decoder = HesaiXTDecoder()
        swap(&decoder, &self.decoder)
        decoder.decode(bytes) { packet, lost, _ in heard(packet, lost: lost, at: now) }
        swap(&decoder, &self.decoder)
    }

    private mutating func heard(_ packet: HesaiXTPacket, lost: Int, at now: Instant) {
        if packet.layout != layout {
            layout = packet.layout
            timeline.restart()
            chooseAngles(for: packet.layout)
        }
        switch state {
        case .closed: return
        case .listening:
            hasRun = true
            status.identity = identity
            state = .awaitingAngles(deadline: now + Self.angleTime, lastPacket: now)
            if status.phase != .recovering { status.phase = .warmingUp }
            lookForAngles(at: now)
        case .awaitingAngles(let deadline, _): state = .awaitingAngles(deadline: deadline, lastPacket: now)
        case .running: state = .running(lastPacket: now, heard: 0)
        }
        watch(packet, lost: lost, at: now)
        if case .running = state { take(packet, at: now) }
    }

    private var identity: String {
        guard let layout else { return "" }
        let angles =
            switch (angleFault, source) {
            case (nil, .file): "angles of its file"
            case (nil, .device): "angles of its own"
            default: "angles of the data sheet"
            }
        return "Hesai \(layout.model), channel \(view.channel + 1) of \(layout.lasers), \(angles)"
    }

    // MARK: The channels' angles

    private mutating func chooseAngles(for layout: HesaiXTLayout) {
        use(HesaiCalibration.nominalXT(layout))
        angleFault = RobotError(
            .unavailable, "the LiDAR's angles are the data sheet's, good to some tenths of a degree",
            hint: "name its calibration file in the board file, or the address of its command port")
        switch source {
        case .file(let calibration): take(calibration, for: layout)
        case .device, .nominal: break
        }
        status.identity = identity
    }

    private mutating func take(_ calibration: HesaiCalibration, for layout: HesaiXTLayout) {
        guard calibration.count == layout.lasers else {
            angleFault = RobotError(
                .wrongDevice,
                "the LiDAR has \(layout.lasers) channels, its calibration \(calibration.count): the data sheet's is used",
                expected: "the file of this very device",
                hint: "the file bears the serial number; the device's web page gives it out")
            return
        }
        use(calibration)
        angleFault = nil
        status.identity = identity
    }

    /// Looks whether the device's own angles have arrived; goes into service when they have, or need not be waited for.
    private mutating func lookForAngles(at now: Instant) {
        if case .device(let box) = source, angleFault?.code == .unavailable, let layout,
            let calibration = box.calibration
        {
            take(calibration, for: layout)
            if case .running = state { showHealth() }
        }
        guard case .awaitingAngles(let deadline, let last) = state else { return }
        var mayWait = false
        if case .device = source, angleFault?.code == .unavailable { mayWait = true }
        guard !mayWait || now >= deadline else { return }
        state = .running(lastPacket: last, heard: 0)
        showHealth()
    }

    // MARK: The device's health

    private mutating func watch(_ packet: HesaiXTPacket, lost: Int, at now: Instant) {
        window.came += 1
        window.lost += lost
        var seen = health
        seen.isHot = packet.isShuttingDown
        seen.isSlow = packet.rpm < Self.slowest
        if let since = window.since {
            if now - since >= .seconds(1) {
                seen.missing = window.lost * 100 / max(1, window.came + window.lost)
                window = LossWindow(since: now)
            }
        } else {
            window.since = now
        }
        guard seen != health else { return }
        health = seen
        if case .running = state { showHealth(rpm: packet.rpm) }
    }

    private mutating func showHealth(rpm: Int = 0) {
        if health.isHot {
            status.fault = RobotError(
                .hardwareAlert, "the LiDAR is too hot: it switches itself off within 60 s",
                hint: "give it air and shade; it comes back by itself when it is cool")
        } else if health.isSlow {
            status.fault = RobotError(
                .hardwareAlert, "the LiDAR's head turns with \(rpm) revolutions a minute",
                expected: "300 to 1200",
                hint: "it is starting, or something holds it, or its supply is weak (9 to 36 V)")
        } else if health.missing >= Self.lossLimit {
            status.fault = RobotError(
                .garbage, "\(health.missing) % of the LiDAR's packets were lost in a second",
                hint: "is the link at 100 Mbit/s? does a switch or a bridge on the way drop? `ethtool -S` counts")
        } else {
            status.fault = angleFault
        }
        status.phase = status.fault == nil ? .running : .degraded
    }

    // MARK: Deadlines

    private mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        switch state {
        case .closed: break
        case .listening(let deadline, let heard):
            guard now >= deadline else { return }
            status.counters.timeouts += 1
            let error = heard == 0 ? silent("no packet in a second") : strange(heard)
            state = .closed
            status.phase = .recovering
            status.fault = error
            actions.append(.reopen(error))
        case .awaitingAngles(_, let last): if now - last >= Self.silenceLimit { recover(heard: 0, at: now) }
        case .running(let last, let heard): if now - last >= Self.silenceLimit { recover(heard: heard, at: now) }
        }
    }

    private mutating func recover(heard: Int, at now: Instant) {
        status.counters.timeouts += 1
        status.counters.reconnects += 1
        status.phase = .recovering
        status.fault = heard > 0 ? strange(heard) : silent("nothing for 300 ms while it ran")
        listen(at: now)
    }

    private func silent(_ when: String) -> RobotError {
        RobotError(
            .silent, "the LiDAR sends nothing: \(when)",
            hint: hasRun
                ? "check its power and network cable; is it in standby (its web page says so)?"
                : "is its destination address this machine (its web page says so), and the port the same? is it on?")
    }

    private func strange(_ heard: Int) -> RobotError {
        if decoder.counters.frames == 0, let version = decoder.foreignVersion, let model = Self.model(of: version) {
            return RobotError(
                .wrongDevice, "packets of a \(model) arrive (protocol \(version.major).\(version.minor))",
                expected: "a Hesai XT (protocol 6.1)",
                hint: "does another LiDAR send to this port? put the sender behind the port: udp:2368@192.168.1.201")
        }
        return RobotError(
            .garbage, "\(heard) bytes arrive, but no whole packet of an XT",
            expected: "packets of 568, 820 or 1080 bytes",
            hint: hasRun ? "it has run: what damages or cuts the packets on the way?" : "who else sends to this port?")
    }

    private static func model(of version: (major: UInt8, minor: UInt8)) -> String? {
        switch (version.major, version.minor) {
        case (1, 4): "Pandar128 or OT128"
        case (1, 8): "JT16"
        case (3, 1): "PandarQT"
        case (3, 2): "QT128"
        case (4, 1), (4, 3): "AT128"
        case (4, 7): "ATX"
        case (7, 2): "FT120"
        default: nil
        }
    }
}

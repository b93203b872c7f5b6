import DeviceProtocols
public import RobotModel

// connecting ──opened──► checking (quiet, opening questions) ──► warmingUp (first round) ──► running ⇄ degraded
//                           ▲                                                                   │
//                           └─────────────── recovering: three questions unanswered ────────────┘
// An opening that fails closes the port (`reopen`); the pump opens it again.

extension BatteryDriver {
    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            status.phase = .checking
            actions.append(.flush)
            begin(at: now)
        case .closed(let error):
            cycle.close()
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes):
            cycle.hear(bytes.count, at: now)
            hear(bytes, at: now, &actions)
        case .time: break
        }
        advance(to: now, &actions)
        let counters = dialect.counters
        status.counters.frames = counters.frames
        status.counters.checksumErrors = counters.checksumErrors
        status.counters.resyncs = counters.resyncs
        status.counters.timeouts = cycle.timeouts
        return actions
    }

    private mutating func begin(at now: Instant) {
        dialect.reset()
        echoes = 0
        answers = 0
        cycle.begin(at: now)
    }

    private mutating func hear(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        var heard: [BatteryUtterance] = []
        dialect.decode(bytes) { heard.append($0) }
        for utterance in heard {
            switch utterance {
            case .echo: echoes += 1
            case .refusal(let question):
                if cycle.answer(question, at: now) != .stray {
                    fail(
                        RobotError(
                            .refused, "the \(dialect.title) refuses \(dialect.name(of: question))",
                            hint: "is it in factory mode, or locked by a password? end the maker's program first"),
                        &actions)
                    return
                }
            case .answer(let question, let remaining):
                let progress = cycle.answer(question, at: now)
                guard progress != .stray else { continue }
                answers += 1
                if question == dialect.measuring { measured = now - lineTime(remaining + dialect.measuringSize) }
                switch progress {
                case .opening:
                    guard isExpected(&actions) else { return }
                    status.identity = dialect.reading.identity
                    if status.phase == .checking { status.phase = .warmingUp }
                case .round:
                    publish()
                    judge()
                    hasRun = true
                case .question, .stray: break
                }
            }
        }
    }

    /// Whether it is the battery of the board file; gives the port back where it is not.
    private mutating func isExpected(_ actions: inout [DeviceAction]) -> Bool {
        guard let expected = configuration.cells, let found = dialect.reading.cells, found != expected else {
            return true
        }
        fail(
            RobotError(
                .wrongDevice, "this is another battery: it has \(found) cells in series (\(dialect.reading.identity))",
                expected: "\(expected) cells",
                hint: "put the right battery in, or correct `cells` in the slot \(configuration.slot)"), &actions)
        return false
    }

    /// Says what the battery complains of.
    private mutating func judge() {
        let reading = dialect.reading
        guard !reading.protections.isEmpty || !reading.warnings.isEmpty else {
            status.phase = .running
            status.fault = nil
            return
        }
        status.phase = .degraded
        let acted = reading.protections.joined(separator: ", ")
        let warned = reading.warnings.joined(separator: ", ")
        let what =
            reading.protections.isEmpty
            ? "warns of \(warned)" : "protects itself: \(acted)" + (warned.isEmpty ? "" : "; it warns of \(warned)")
        let temperature = reading.temperature.map { ", \($0) °C" } ?? ""
        let cells = reading.detail.isEmpty ? "" : "; \(reading.detail)"
        status.fault = RobotError(
            .hardwareAlert,
            "the \(dialect.title) \(what) (\(reading.voltage) V, \(reading.current) A\(temperature)\(cells))",
            hint: Self.advice(reading.protections + reading.warnings))
    }

    /// What to do about the first trouble.
    private static func advice(_ troubles: [String]) -> String {
        let trouble = troubles.first ?? ""
        if trouble.contains("over-temperature") { return "let it cool down; nothing is to be charged until then" }
        if trouble.contains("under-temperature") { return "warm it up above 5 °C before it is charged" }
        if trouble.contains("under-voltage") || trouble.contains("too low") {
            return "charge it now: below this it takes damage"
        }
        if trouble.contains("over-voltage") { return "take the charger off; is it the right one for these cells?" }
        if trouble.contains("over-current") || trouble.contains("short") {
            return "look for a short circuit and a blocked wheel before it is switched on again"
        }
        return "read the battery with its maker's program; if it stays, change the battery"
    }

    private mutating func advance(to now: Instant, _ actions: inout [DeviceAction]) {
        switch cycle.advance(to: now) {
        case .nothing: break
        case .ask(let question):
            let bytes = dialect.bytes(of: question)
            actions.append(.send(bytes))
        case .notQuiet:
            fail(
                RobotError(
                    .garbage, "the \(dialect.title)'s line is not quiet: bytes keep arriving though nothing was asked",
                    hint: "is another device on this port, or another master on its RS-485 pair?"), &actions)
        case .unanswered(let question, let heard):
            let error = noAnswer(to: question, heard: heard)
            switch status.phase {
            case .running, .degraded:
                status.phase = .recovering
                status.fault = error
                status.counters.reconnects += 1
                begin(at: now)
            default: fail(error, &actions)
            }
        }
    }

    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        cycle.close()
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }

    private func noAnswer(to question: UInt8, heard: Int) -> RobotError {
        let name = dialect.name(of: question)
        if echoes > 0, answers == 0 {
            return RobotError(
                .silent, "the \(dialect.title) says nothing: only the questions come back, no answer to \(name)",
                hint:
                    "the adapter gives an echo, so its side works: is the battery switched on? are A and B (or RX and "
                    + "TX) swapped behind the adapter?")
        }
        if heard == 0 {
            return RobotError(
                .silent,
                answers > 0
                    ? "the \(dialect.title) answered before, but not \(name)"
                    : "the \(dialect.title) says nothing: no answer to \(name) at \(configuration.baudRate) baud",
                hint: "is its communication module plugged in? a battery that sleeps wakes by its button or a charger")
        }
        return RobotError(
            .garbage,
            "the \(dialect.title)'s line at \(configuration.baudRate) baud: \(heard) bytes arrived, but no answer to "
                + "\(name) among them",
            hint: hasRun
                ? "it has run at this rate: look for a loose plug, or a cable that lies beside the motors'"
                : "is the rate right (9600 as delivered)? is it this kind of battery? two kinds look alike from outside"
        )
    }
}

import DeviceProtocols
import RobotModel

// From the open port to the granted scan.
extension YDLIDARDriver {
    /// Stops the device and waits until it is quiet; one with a single channel is listened to at once.
    mutating func begin(at now: Instant, _ actions: inout [DeviceAction]) {
        decoder.reset()
        clock.restart()
        guard expected?.isSingleChannel != true else {
            // The adapter starts its motor when DTR rises. What the SDK sends to these too costs nothing.
            actions += [.setDTR(true), .send(YDLIDARRequest.scan.encoded)]
            spinUp(at: now)
            return
        }
        state = .draining(since: now, lastByte: now)
        actions += [
            .setDTR(false), .send(YDLIDARRequest.forceStop.encoded), .send(YDLIDARRequest.stop.encoded),
        ]
    }

    mutating func ask(
        _ question: Question, attempt: Int = 1, heard: Int = 0, at now: Instant, _ actions: inout [DeviceAction]
    ) {
        decoder.reset()
        state = .asking(question, attempt: attempt, deadline: now + Self.answerTime, heard: heard)
        actions.append(.send(question.request.encoded))
    }

    mutating func answered(
        _ question: Question, _ type: UInt8, _ payload: [UInt8], at now: Instant, _ actions: inout [DeviceAction]
    ) {
        switch question {
        case .info:
            guard type == YDLIDARAnswer.info, let info = YDLIDARInfo(payload: payload) else { return }
            self.info = info
            status.identity = identity
            if let error = recognise(info) { return fail(error, &actions) }
            ask(.health, at: now, &actions)
        case .health, .healthOfManual:
            guard type == YDLIDARAnswer.health, let health = YDLIDARHealth(payload: payload) else { return }
            self.health = health
            guard health.status != .error else {
                let error = RobotError(
                    .hardwareAlert, "the LiDAR protects itself: health error, code \(health.code)",
                    hint: "it has been restarted; if this comes again: does the head turn freely? is the window clean?")
                status.fault = error
                status.phase = .recovering
                state = .resetting(until: now + Self.resetTime, error)
                actions.append(.send(YDLIDARRequest.reset.encoded))
                return
            }
            start(at: now, &actions)
        }
    }

    /// Settles the model; says why this device cannot be used where it cannot.
    private mutating func recognise(_ info: YDLIDARInfo) -> RobotError? {
        guard let said = YDLIDARModel.numbered(info.model) else {
            guard expected == nil else { return nil }
            return RobotError(
                .wrongDevice, "the LiDAR says it is model \(info.model), which is not known here",
                hint: "set this slot's model to one that measures alike: \(Self.names)")
        }
        if let expected {
            guard expected.number == info.model else {
                return RobotError(
                    .wrongDevice,
                    "the board file says \(expected.name), the LiDAR says it is model \(info.model) (\(said.name))",
                    hint: "ranges mean different things to different models: set this slot's model to \(said.name)")
            }
            return nil
        }
        if model != said {
            model = said
            clock = SampleClock(samplesPerSecond: said.samplesPerSecond)
            decoder = YDLIDARDecoder(format: said.format)
        }
        return nil
    }

    /// Turns the motor on and asks for the scan.
    mutating func start(attempt: Int = 1, at now: Instant, _ actions: inout [DeviceAction]) {
        decoder.reset()
        state = .starting(attempt: attempt, deadline: now + Self.answerTime, heard: 0)
        if status.phase == .checking { status.phase = .warmingUp }
        actions += [.setDTR(true), .send(YDLIDARRequest.scan.encoded)]
    }

    mutating func spinUp(at now: Instant) {
        state = .spinningUp(since: now, first: nil, heard: 0, packets: 0)
        if status.phase == .checking { status.phase = .warmingUp }
        clock.restart()
    }

    private static var names: String { YDLIDARModel.all.map(\.name).joined(separator: ", ") }
}

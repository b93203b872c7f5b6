import DeviceProtocols
public import RobotModel

/// Fetches the angles of a Hesai's channels over its command connection (PTC version 1, TCP 9347) and puts them into a box
/// for the driver of its points. A device of its own in the rack: the points come by another port.
///
/// It asks at each connection and keeps quiet afterwards. A device that does not answer, refuses or sends no calibration is
/// asked again, then connected anew.
public struct HesaiPTCDriver: DeviceDriver {
    public private(set) var status: DeviceStatus
    private let box: HesaiCalibrationBox
    private var decoder = HesaiPTCDecoder()
    private var state = State.closed
    private var hasBeenOpen = false

    private enum State: Sendable {
        case closed
        case asking(attempt: Int, deadline: Instant, heard: Int)
        case done
    }

    /// Connecting takes a round trip or two, the file is some kilobytes; a second of it is for a busy device.
    private static let answerTime: Duration = .milliseconds(1500)
    private static let attempts = 2

    public init(slot: SlotID, box: HesaiCalibrationBox) {
        status = DeviceStatus(slot: slot)
        self.box = box
    }

    public var serviceInterval: Duration { .milliseconds(100) }

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        switch event {
        case .opened:
            hasBeenOpen = true
            decoder = HesaiPTCDecoder()
            status.phase = .checking
            ask(attempt: 1, heard: 0, at: now, &actions)
        case .closed(let error):
            state = .closed
            status.phase = hasBeenOpen ? .recovering : .connecting
            status.fault = error
        case .bytes(let bytes): receive(bytes, at: now, &actions)
        case .time: break
        }
        keepTime(at: now, &actions)
        return actions
    }

    private mutating func ask(attempt: Int, heard: Int, at now: Instant, _ actions: inout [DeviceAction]) {
        state = .asking(attempt: attempt, deadline: now + Self.answerTime, heard: heard)
        let request = HesaiPTC(.calibration).encoded
        actions.append(.send(request))
    }

    private mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, _ actions: inout [DeviceAction]) {
        if case .asking(let attempt, let deadline, let heard) = state {
            state = .asking(attempt: attempt, deadline: deadline, heard: heard + bytes.count)
        }
        var answers: [HesaiPTC] = []
        decoder.decode(bytes) { answers.append($0) }
        status.counters.frames += answers.count
        status.counters.resyncs = decoder.counters.resyncs
        for answer in answers where answer.command == .calibration {
            guard case .asking = state else { continue }
            take(answer, at: now, &actions)
        }
    }

    private mutating func take(_ answer: HesaiPTC, at now: Instant, _ actions: inout [DeviceAction]) {
        guard answer.code == 0 else {
            return fail(
                RobotError(
                    .refused, "the LiDAR does not give its calibration: \(answer.meaning)",
                    hint: "give the file that came with it in the board file instead"), &actions)
        }
        do throws(HesaiCalibration.Problem) {
            let calibration = try HesaiCalibration(text: String(decoding: answer.payload, as: UTF8.self))
            box.put(calibration)
            state = .done
            status.phase = .running
            status.fault = nil
            status.lastGood = now
            status.identity = "calibration of \(calibration.count) channels"
        } catch {
            fail(
                RobotError(
                    .garbage, "the LiDAR's calibration cannot be read: \(error)",
                    expected: "lines of channel, elevation, azimuth",
                    hint: "is this an XT? other models have files of another kind"), &actions)
        }
    }

    private mutating func keepTime(at now: Instant, _ actions: inout [DeviceAction]) {
        guard case .asking(let attempt, let deadline, let heard) = state, now >= deadline else { return }
        status.counters.timeouts += 1
        guard attempt >= Self.attempts else { return ask(attempt: attempt + 1, heard: heard, at: now, &actions) }
        fail(
            heard > 0
                ? RobotError(
                    .garbage, "the LiDAR's command port: \(heard) bytes arrived, but no whole answer",
                    expected: "PTC version 1 (47 74 …)", hint: "does another client talk to it? is it behind TLS?")
                : RobotError(
                    .silent, "the LiDAR does not answer on its command port",
                    hint: "does its web page open? is port 9347 free in between?"), &actions)
    }

    private mutating func fail(_ error: RobotError, _ actions: inout [DeviceAction]) {
        state = .closed
        status.phase = .recovering
        status.fault = error
        actions.append(.reopen(error))
    }
}

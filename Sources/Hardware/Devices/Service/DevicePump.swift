public import DeviceIO
public import RobotModel
import Synchronization

/// The shell around one driver: opens its serial port, carries bytes between the two and brings the port back.
///
/// `service(at:)` never waits. A port that cannot be opened or was lost is tried again after 0.1 s, then after longer
/// pauses up to 1 s; each success after the first is counted as a reconnection. All methods may be called from any
/// thread; `service` from one at a time.
public final class DevicePump: DeviceService {
    /// The shortest and the longest pause before a port is tried again: back within 2 s of a replug, without a storm of
    /// failed opens in the log.
    static let firstPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(1)
    /// Bytes that may wait to be sent; above that the oldest whole frames are dropped. No protocol of the house has more
    /// than one frame in flight, so this fills only when the port takes nothing.
    static let outputLimit = 8192
    /// Bytes that are read at once.
    static let readSize = 4096
    /// Bytes that one call of `service` reads at most, so that a flood cannot keep it.
    static let readLimit = 65_536
    /// A line that makes no sense is tried at other rates once, and again after this time: somebody may have set the
    /// device anew.
    static let searchEvery = Duration.seconds(30)

    struct State {
        var driver: any DeviceDriver
        var port: (any SerialPort)?
        /// Frames not sent yet; `sentOfFirst` bytes of the first one are.
        var output: [[UInt8]] = []
        var sentOfFirst = 0
        var nextOpen: Instant?
        var pause = DevicePump.firstPause
        var portFault: RobotError?
        var hasOpened = false
        var reconnects = 0
        var bytesIn = 0
        var bytesOut = 0
        var droppedFrames = 0
        var stopped = false
        var input: [UInt8] = []
        /// While the line's other rates are tried, the driver hears nothing.
        var probe: PortProbe?
        var lastSearch: Instant?
        /// What the last search found out, until frames come again.
        var searchResult: RobotError?
    }

    let line: SerialLine
    let opener: any SerialPortOpening
    private let state: Mutex<State>

    public init(driver: any DeviceDriver, line: SerialLine, opener: any SerialPortOpening) {
        self.line = line
        self.opener = opener
        state = Mutex(State(driver: driver))
    }

    public var status: DeviceStatus {
        state.withLock { state in
            var status = state.driver.status
            status.counters.bytesIn = state.bytesIn
            status.counters.bytesOut = state.bytesOut
            // The driver counts the times that it began anew on an open port.
            status.counters.reconnects += state.reconnects
            if state.port == nil || state.probe != nil {
                status.phase = state.hasOpened ? .recovering : .connecting
                if let fault = state.portFault { status.fault = fault }
            }
            // What the search found out explains the same trouble better than the next attempt's words.
            if let found = state.searchResult, status.fault?.code == found.code, status.phase == .recovering {
                status.fault = found
            }
            return status
        }
    }

    public var pollDescriptors: [Int32] {
        state.withLock { state in
            guard let descriptor = state.port?.pollDescriptor ?? state.probe?.pollDescriptor else { return [] }
            return [descriptor]
        }
    }

    public var serviceInterval: Duration {
        state.withLock { $0.port == nil ? .milliseconds(20) : $0.driver.serviceInterval }
    }

    public var inputPause: Duration { state.withLock { $0.port == nil ? .zero : $0.driver.inputPause } }

    /// Frames dropped because the port took nothing.
    public var droppedFrames: Int { state.withLock { $0.droppedFrames } }

    public func service(at now: Instant) {
        state.withLock { state in
            guard !state.stopped else { return }
            if state.probe != nil { return continueSearch(&state, at: now) }
            if state.port == nil { open(&state, at: now) }
            if state.port != nil { read(&state, at: now) }
            hand(.time, to: &state, at: now)
            write(&state, at: now)
        }
    }

    /// Has the driver clear its device's alerts, if it knows how to.
    public func clearAlerts() {
        state.withLock { state in
            guard var driver = state.driver as? any AlertClearing else { return }
            driver.clearAlerts()
            state.driver = driver
        }
    }

    public func stop() {
        state.withLock { state in
            state.stopped = true
            state.probe?.close()
            state.port?.close()
            state.port = nil
        }
    }

    // MARK: -

    private func open(_ state: inout State, at now: Instant) {
        if let nextOpen = state.nextOpen, now < nextOpen { return }
        do throws(PortError) {
            state.port = try opener.open(line)
        } catch {
            fail(&state, RobotError(error, slot: state.driver.status.slot, line: line), at: now)
            return
        }
        if state.hasOpened { state.reconnects += 1 }
        state.hasOpened = true
        state.portFault = nil
        state.output.removeAll()
        state.sentOfFirst = 0
        hand(.opened, to: &state, at: now)
    }

    private func read(_ state: inout State, at now: Instant) {
        var total = 0
        while let port = state.port, total < Self.readLimit {
            state.input.removeAll(keepingCapacity: true)
            do throws(PortError) {
                guard try port.read(into: &state.input, limit: Self.readSize) > 0 else { return }
            } catch {
                lose(&state, error, at: now)
                return
            }
            total += state.input.count
            state.bytesIn += state.input.count
            state.pause = Self.firstPause
            hand(.bytes(state.input[...]), to: &state, at: now)
            // Fewer than there was room for: nothing is left, and the system need not be asked for that.
            if state.input.count < Self.readSize { return }
        }
    }

    private func hand(_ event: DeviceEvent, to state: inout State, at now: Instant) {
        for action in state.driver.handle(event, at: now) { perform(action, &state, at: now) }
        if state.searchResult != nil, state.driver.status.phase == .running {
            state.searchResult = nil
        }
    }

    private func perform(_ action: DeviceAction, _ state: inout State, at now: Instant) {
        guard let port = state.port else { return }
        do throws(PortError) {
            switch action {
            case .send(let bytes):
                enqueue(bytes, &state)
            case .preempt(let bytes):
                dropWaiting(&state)
                enqueue(bytes, &state)
            case .flush:
                state.output.removeAll()
                state.sentOfFirst = 0
                try port.flush()
            case .setDTR(let on):
                try port.setDTR(on)
            case .reopen(let reason):
                port.close()
                fail(&state, reason, at: now)
                beginSearch(&state, after: reason, at: now)
            }
        } catch {
            lose(&state, error, at: now)
        }
    }

    private func enqueue(_ bytes: [UInt8], _ state: inout State) {
        state.output.append(bytes)
        var waiting = state.output.reduce(0) { $0 + $1.count } - state.sentOfFirst
        // A frame that has begun to leave must be finished: half a frame would spoil the next one too.
        let firstWhole = state.sentOfFirst > 0 ? 1 : 0
        while waiting > Self.outputLimit, state.output.count > firstWhole + 1 {
            waiting -= state.output.remove(at: firstWhole).count
            state.droppedFrames += 1
        }
    }

    /// Drops the frames that wait; one that has begun to leave is finished, or half of it would spoil the next one.
    private func dropWaiting(_ state: inout State) {
        let begun = state.sentOfFirst > 0 ? 1 : 0
        state.droppedFrames += max(0, state.output.count - begun)
        state.output.removeSubrange(min(begun, state.output.count)...)
    }

    private func write(_ state: inout State, at now: Instant) {
        while let port = state.port, let frame = state.output.first {
            do throws(PortError) {
                let sent = try port.write(frame[state.sentOfFirst...])
                state.bytesOut += sent
                state.sentOfFirst += sent
            } catch {
                lose(&state, error, at: now)
                return
            }
            guard state.sentOfFirst >= frame.count else { return }
            state.output.removeFirst()
            state.sentOfFirst = 0
        }
    }

    func lose(_ state: inout State, _ error: PortError, at now: Instant) {
        state.port?.close()
        fail(&state, RobotError(error, slot: state.driver.status.slot, line: line), at: now)
    }

    /// The port is closed: remember why, and try again after a pause.
    func fail(_ state: inout State, _ fault: RobotError, at now: Instant) {
        state.port = nil
        state.portFault = fault
        state.output.removeAll()
        state.sentOfFirst = 0
        state.nextOpen = now + state.pause
        state.pause = min(state.pause * 2, Self.longestPause)
        _ = state.driver.handle(.closed(fault), at: now)  // nothing can be sent now
    }
}

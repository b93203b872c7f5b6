public import DeviceIO
public import Realtime
public import RobotModel
import Synchronization

/// The robot's switches and its lock, on GPIO lines.
///
/// Reads every input at each service and edge and publishes them together, stamped with the moment of the reading, only
/// when all of them could be read: a lost line makes the stamp old, and the safety supervisor stops the robot. The
/// emergency stop and the bumper count at once, however short the pulse; their release, the lid and the load count when
/// they have been steady for 5 ms. An output that fails does not touch the inputs. An edge that the kernel dropped is
/// noticed by its number, or by a level that nobody announced, and said: a pulse may have been missed.
///
/// Outputs are driven to their safe state (`GPIORequest.initial`) when they are opened, also after a crash, and when the
/// service stops in order. Between a crash and the next opening nobody can promise anything: the kernel gives the lines
/// back, and some chips' drivers keep the level while others let go. So an output must be safe by its wiring (a lock
/// that holds without current, a resistor that pulls to "locked").
///
/// Roles: "emergency_stop", "bumper", "lid" (on = open), "load" (on = something is in it), "lock" (output, on = unlocked).
public final class DigitalIO: DeviceService {
    /// How long contacts may bounce.
    static let debounce = Duration.milliseconds(5)
    /// Edges of one line that are taken at once: one that chatters must not keep the others waiting.
    private static let edgeLimit = 256

    private struct Input {
        var request: GPIORequest
        var flag: DigitalInputs
        /// Counts at once when it goes on.
        var assertsAtOnce: Bool
        var line: (any GPIOLine)?
        var filter: DebouncedInput
        var witness: EdgeWitness
    }

    private struct Output {
        var request: GPIORequest
        var line: (any GPIOLine)?
        var wanted: Bool
        var driven: Bool?
        var nextOpen = Instant.zero
        var fault: RobotError?
    }

    private struct State {
        var inputs: [Input]
        var outputs: [Output]
        var nextOpen = Instant.zero
        var pause = DevicePump.firstPause
        var status: DeviceStatus
        var inputFault: RobotError?
        var hasRun = false
        var stopped = false
        /// Edges that were missed, and when the last one was.
        var lostEdges = 0
        var lastLoss: (role: String, time: Instant)?
    }

    private let published: LatestValue<Stamped<DigitalInputs>>
    private let opener: any GPIOLineOpening
    private let state: Mutex<State>
    /// How often the lines are read while a contact bounces, or where edges cannot wake the thread.
    private let shortInterval: Duration
    /// How often they are read while all is steady and edges wake the thread: often enough to see within the time in which
    /// the supervisor counts inputs as silent (100 ms) that a chip is gone.
    private static let longInterval = Duration.milliseconds(20)

    /// Lines by their roles; inputs with a role that is not known are refused as a mistake of the board file's reader.
    public init(
        slot: SlotID, lines: [GPIORequest], opener: any GPIOLineOpening,
        inputs: LatestValue<Stamped<DigitalInputs>>, serviceInterval: Duration = .milliseconds(5)
    ) {
        published = inputs
        self.opener = opener
        shortInterval = serviceInterval
        var state = State(inputs: [], outputs: [], status: DeviceStatus(slot: slot))
        for request in lines {
            switch (request.direction, request.role) {
            case (.output, _):
                state.outputs.append(Output(request: request, wanted: request.initial))
            case (.input, "emergency_stop"): state.inputs.append(Self.input(request, .emergencyStop, atOnce: true))
            case (.input, "bumper"): state.inputs.append(Self.input(request, .bumper, atOnce: true))
            case (.input, "lid"): state.inputs.append(Self.input(request, .lidOpen, atOnce: false))
            case (.input, "load"): state.inputs.append(Self.input(request, .loaded, atOnce: false))
            case (.input, let role): preconditionFailure("no input has the role \(role)")
            }
        }
        self.state = Mutex(state)
    }

    private static func input(_ request: GPIORequest, _ flag: DigitalInputs, atOnce: Bool) -> Input {
        Input(
            request: request, flag: flag, assertsAtOnce: atOnce,
            filter: DebouncedInput(assertsAtOnce: atOnce, time: debounce), witness: EdgeWitness())
    }

    public var status: DeviceStatus { state.withLock { $0.status } }

    public var serviceInterval: Duration {
        state.withLock { state in
            let isSteady = state.inputs.allSatisfy { $0.line?.pollDescriptor != nil && $0.filter.isSteady }
            let isDriven = state.outputs.allSatisfy { $0.driven == $0.wanted }
            return isSteady && isDriven ? max(shortInterval, Self.longInterval) : shortInterval
        }
    }

    public var pollDescriptors: [Int32] {
        state.withLock { state in state.inputs.compactMap { $0.line?.pollDescriptor } }
    }

    /// Drives an output, for example "lock", at the next service.
    public func set(_ role: String, _ on: Bool) {
        state.withLock { state in
            for index in state.outputs.indices where state.outputs[index].request.role == role {
                state.outputs[index].wanted = on
            }
        }
    }

    /// What an output is driven to now; nil while its line is not open or nothing has been driven yet.
    public func driven(_ role: String) -> Bool? {
        state.withLock { state in state.outputs.first { $0.request.role == role }?.driven }
    }

    public func service(at now: Instant) {
        state.withLock { state in
            guard !state.stopped else { return }
            serviceInputs(&state, at: now)
            for index in state.outputs.indices { serviceOutput(&state, index, at: now) }
            updateStatus(&state, at: now)
        }
    }

    public func stop() {
        state.withLock { state in
            state.stopped = true
            for input in state.inputs { input.line?.close() }
            for output in state.outputs {
                // A chip that is gone cannot be told; the others are.
                try? output.line?.set(output.request.initial)
                output.line?.close()
            }
            for index in state.inputs.indices { state.inputs[index].line = nil }
            for index in state.outputs.indices {
                state.outputs[index].line = nil
                state.outputs[index].driven = nil
            }
        }
    }

    private func serviceInputs(_ state: inout State, at now: Instant) {
        var values = DigitalInputs()
        for index in state.inputs.indices {
            let request = state.inputs[index].request
            do throws(PortError) {
                if state.inputs[index].line == nil {
                    guard now >= state.nextOpen else { return }
                    state.inputs[index].line = try opener.open(request)
                    state.inputs[index].filter = DebouncedInput(
                        assertsAtOnce: state.inputs[index].assertsAtOnce, time: Self.debounce)
                    state.inputs[index].witness = EdgeWitness()
                    if state.hasRun { state.status.counters.reconnects += 1 }
                }
                guard let line = state.inputs[index].line else { return }
                var taken = 0
                while taken < Self.edgeLimit, let edge = try line.nextEdge() {
                    taken += 1
                    state.inputs[index].filter.take(edge: edge.isOn, at: now)
                    state.inputs[index].witness.take(edge)
                    state.status.counters.frames += 1
                }
                let level = try line.level()
                let lost = state.inputs[index].witness.take(level: level)
                if lost > 0 {
                    state.lostEdges += lost
                    state.lastLoss = (request.role, now)
                    // A pulse that nobody saw: what counts at once has to count now.
                    state.inputs[index].filter.take(edge: true, at: now)
                }
                if state.inputs[index].filter.take(level: level, at: now) { values.insert(state.inputs[index].flag) }
            } catch {
                // A chip goes away with all its lines: all are opened anew.
                for other in state.inputs.indices {
                    state.inputs[other].line?.close()
                    state.inputs[other].line = nil
                }
                state.inputFault = RobotError(
                    error, slot: state.status.slot, role: request.role, chip: request.chip)
                state.nextOpen = now + state.pause
                state.pause = min(state.pause * 2, DevicePump.longestPause)
                return
            }
        }
        state.inputFault = nil
        state.pause = DevicePump.firstPause
        state.hasRun = true
        state.status.lastGood = now
        published.store(Stamped(values, at: now))
    }

    private func serviceOutput(_ state: inout State, _ index: Int, at now: Instant) {
        var output = state.outputs[index]
        defer { state.outputs[index] = output }
        do throws(PortError) {
            if output.line == nil {
                guard now >= output.nextOpen else { return }
                output.line = try opener.open(output.request)
                output.driven = nil
            }
            if output.driven != output.wanted {
                try output.line?.set(output.wanted)
                output.driven = output.wanted
            }
            output.fault = nil
        } catch {
            output.line?.close()
            output.line = nil
            output.driven = nil
            output.fault = RobotError(
                error, slot: state.status.slot, role: output.request.role, chip: output.request.chip)
            output.nextOpen = now + .milliseconds(500)
        }
    }

    private func updateStatus(_ state: inout State, at now: Instant) {
        state.status.identity = "\(state.inputs.count) inputs, \(state.outputs.count) outputs"
        state.status.counters.resyncs = state.lostEdges
        if let fault = state.inputFault {
            state.status.phase = state.hasRun ? .recovering : .connecting
            state.status.fault = fault
        } else if state.hasRun {
            let fault = state.outputs.lazy.compactMap(\.fault).first ?? loss(state, at: now)
            state.status.phase = fault == nil ? .running : .degraded
            state.status.fault = fault
        }
    }

    private func loss(_ state: State, at now: Instant) -> RobotError? {
        guard let last = state.lastLoss, now - last.time < EdgeWitness.remembered else { return nil }
        return .edgesLost(slot: state.status.slot, where: "line \(last.role)", count: state.lostEdges)
    }
}

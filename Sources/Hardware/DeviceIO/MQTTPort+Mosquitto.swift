import CLinuxRealtime
import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Connections to brokers on the network, through libmosquitto (MQTT 3.1.1, TLS 1.2 or newer).
public struct SystemMQTTPorts: MQTTPortOpening {
    public init() {}

    public func open(_ settings: MQTTSettings) -> any MQTTPort { MosquittoPort(settings: settings) }
}

/// One connection with a thread of its own: looking a name up and shaking hands may take their time.
///
/// A connection that is lost is tried again after 1 s, then after longer pauses up to 30 s. Each attempt begins with a fresh
/// client, so that nothing of an older connection is said late.
final class MosquittoPort: MQTTPort {
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(30)
    /// Messages that may wait for the thread.
    static let outputLimit = 200

    /// What the thread and its users share.
    final class Shared: Sendable {
        struct State {
            var queue = MQTTQueue()
            var output: [BrokerMessage] = []
            var isConnected = false
            var isClosing = false
        }

        let settings: MQTTSettings
        let state = Mutex(State())
        /// A pipe to oneself: a byte in it ends the thread's wait.
        let wakeUp: (read: Int32, write: Int32)

        init(settings: MQTTSettings) {
            self.settings = settings
            var ends: [Int32] = [-1, -1]
            _ = unsafe pipe(&ends)
            for end in ends where end >= 0 {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
            wakeUp = (ends[0], ends[1])
        }

        deinit {
            if wakeUp.read >= 0 { Glibc.close(wakeUp.read) }
            if wakeUp.write >= 0 { Glibc.close(wakeUp.write) }
        }

        func wake() {
            var one: UInt8 = 1
            _ = unsafe Glibc.write(wakeUp.write, &one, 1)
        }

        var isClosing: Bool { state.withLock { $0.isClosing } }

        func post(_ event: MQTTEvent) {
            state.withLock { state in
                switch event {
                case .connected: state.isConnected = true
                case .disconnected:
                    state.isConnected = false
                    state.output = []
                case .message: break
                }
                state.queue.post(event)
            }
        }

        func takeOutput() -> [BrokerMessage] {
            state.withLock { state in
                defer { state.output = [] }
                return state.output
            }
        }

        /// Waits for a wake-up or for something to happen on a socket.
        func wait(_ milliseconds: Int32, socket: Int32 = -1, forWriting: Bool = false) {
            let events = forWriting ? Int16(POLLIN) | Int16(POLLOUT) : Int16(POLLIN)
            var requests = [
                pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: socket, events: events, revents: 0),
            ]
            _ = unsafe poll(&requests, 2, milliseconds)
            guard requests[0].revents & Int16(POLLIN) != 0 else { return }
            var rest = [UInt8](repeating: 0, count: 64)
            while unsafe Glibc.read(wakeUp.read, &rest, rest.count) == rest.count {}
        }
    }

    private let shared: Shared

    init(settings: MQTTSettings) {
        shared = Shared(settings: settings)
        start()
    }

    deinit { close() }

    func take() -> [MQTTEvent] { shared.state.withLock { $0.queue.take() } }

    func publish(_ message: BrokerMessage) -> Bool {
        let isTaken = shared.state.withLock { state in
            guard state.isConnected, !state.isClosing, state.output.count < Self.outputLimit else { return false }
            state.output.append(message)
            return true
        }
        if isTaken { shared.wake() }
        return isTaken
    }

    var lostMessages: Int { shared.state.withLock { $0.queue.lostMessages } }

    /// The thread says goodbye and ends by itself: it may be looking up a name, and nobody waits for that.
    func close() {
        shared.state.withLock { $0.isClosing = true }
        shared.wake()
    }

    private func start() {
        let context = unsafe Unmanaged.passRetained(shared).toOpaque()
        let result = unsafe startThread(context)
        guard result != 0 else { return }
        unsafe Unmanaged<Shared>.fromOpaque(context).release()
        let cause = "no thread for it: \(systemMessage(result))"
        shared.post(.disconnected(PortError(.failed, port: shared.settings.address, cause: cause)))
    }

    fileprivate static func run(_ shared: Shared) {
        var pause = firstPause
        while !shared.isClosing {
            let connection = MosquittoConnection(shared)
            let end = connection.serve()
            guard let end, !shared.isClosing else { return }
            shared.post(.disconnected(end))
            if connection.hasConnected { pause = firstPause }
            shared.wait(Int32(clamping: pause.nanoseconds / 1_000_000))
            pause = min(pause * 2, longestPause)
        }
    }
}

/// Starts a thread that nobody waits for; gives 0, or the system's error number.
private func startThread(_ context: UnsafeMutableRawPointer) -> Int32 {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    // A TLS handshake needs more room than the house's other threads do.
    unsafe pthread_attr_setstacksize(&attributes, 512 * 1024)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let result = unsafe pthread_create(&thread, &attributes, serveConnections, context)
    unsafe pthread_attr_destroy(&attributes)
    return result
}

/// The thread's entry.
private func serveConnections(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context = unsafe context {
        let shared = unsafe Unmanaged<MosquittoPort.Shared>.fromOpaque(context).takeRetainedValue()
        MosquittoPort.run(shared)
    }
    return nil
}

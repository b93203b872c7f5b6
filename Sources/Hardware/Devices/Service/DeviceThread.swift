public import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One operating system thread that serves one device: waits for its input, its interval or a wake-up, and calls
/// `service(at:)`.
///
/// Not for the tick: here a port may be opened, memory allocated and a lock taken. The stack is sized explicitly, since
/// the process locks its memory. The clock is passed in.
public final class DeviceThread: Sendable {
    /// What the thread itself holds on to.
    private final class Body: Sendable {
        let name: String
        let service: any DeviceService
        let priority: Int?
        let clock: @Sendable () -> Instant
        /// A pipe to oneself: a byte in it ends the wait.
        let wakeUp: Int32
        let wakeUpEnd: Int32
        let stopping = Atomic<Bool>(false)

        init(
            name: String, service: any DeviceService, priority: Int?, clock: @escaping @Sendable () -> Instant
        ) {
            self.name = name
            self.service = service
            self.priority = priority
            self.clock = clock
            var ends: [Int32] = [-1, -1]
            _ = pipe(&ends)
            for end in ends where end >= 0 {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
            wakeUp = ends[0]
            wakeUpEnd = ends[1]
        }

        deinit {
            if wakeUp >= 0 { Glibc.close(wakeUp) }
            if wakeUpEnd >= 0 { Glibc.close(wakeUpEnd) }
        }

        func run() {
            nameThread()
            if let priority {
                var parameters = sched_param(sched_priority: Int32(priority))
                // Without the privilege the thread stays an ordinary one; the tick warns about that for all.
                _ = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters)
            }
            var descriptors: [pollfd] = []
            while !stopping.load(ordering: .acquiring) {
                service.service(at: clock())
                wait(with: &descriptors)
            }
        }

        /// Names the thread for `top -H`; Linux keeps 15 characters.
        private func nameThread() {
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            let bytes = Array(name.utf8.prefix(15))
            _ = Glibc.write(file, bytes, bytes.count)
            Glibc.close(file)
        }

        /// Waits for a wake-up alone; whether one came.
        private func isWoken(within milliseconds: Int32) -> Bool {
            var request = pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, milliseconds) > 0 else { return false }
            takeWakeUps()
            return true
        }

        private func takeWakeUps() {
            var rest: [UInt8] = Array(repeating: 0, count: 64)
            while Glibc.read(wakeUp, &rest, rest.count) == rest.count {}
        }

        /// - Parameter descriptors: Room that is used anew at each wait.
        private func wait(with descriptors: inout [pollfd]) {
            // Rounded down: the last millisecond before an answer can be whole is waited for as ever.
            let pause = service.inputPause.nanoseconds / 1_000_000
            if pause > 0, isWoken(within: Int32(clamping: pause)) { return }
            descriptors.removeAll(keepingCapacity: true)
            descriptors.append(pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0))
            for descriptor in service.pollDescriptors {
                descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            }
            // Rounded up: a wait of nothing would be a spin.
            let interval = service.serviceInterval.nanoseconds
            let milliseconds = Int32(clamping: max(1, (interval + 999_999) / 1_000_000))
            _ = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
            if descriptors[0].revents & Int16(POLLIN) != 0 { takeWakeUps() }
            // A line that is gone is ready for ever; the service closes it, and until then it must not spin here.
            let gone = Int16(POLLHUP) | Int16(POLLERR) | Int16(POLLNVAL)
            if descriptors.dropFirst().contains(where: { $0.revents & gone != 0 }) {
                var onlyWakeUp = pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)
                _ = poll(&onlyWakeUp, 1, milliseconds)
            }
        }
    }

    private let body: Body
    private let stackSize: Int
    private let thread = Mutex<pthread_t?>(nil)

    /// Makes the thread; `start` starts it.
    ///
    /// `stackSize` is in bytes. `priority` is a SCHED_FIFO priority, tried and done without where the privilege is
    /// missing; nil leaves the thread an ordinary one.
    public init(
        name: String, service: any DeviceService, stackSize: Int = 256 * 1024, priority: Int? = nil,
        clock: @escaping @Sendable () -> Instant
    ) {
        body = Body(name: name, service: service, priority: priority, clock: clock)
        self.stackSize = stackSize
    }

    /// Starts the thread; nothing happens when it runs already. Throws when the system has no thread left.
    public func start() throws(RobotError) {
        let failure = thread.withLock { thread -> Int32 in
            guard thread == nil else { return 0 }
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            defer { pthread_attr_destroy(&attributes) }
            pthread_attr_setstacksize(&attributes, max(stackSize, 64 * 1024))
            let context = Unmanaged.passRetained(body)
            var identifier = pthread_t()
            let result = pthread_create(
                &identifier, &attributes,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, context.toOpaque())
            if result == 0 { thread = identifier } else { context.release() }
            return result
        }
        if failure != 0 {
            throw RobotError(
                .unavailable, "cannot start the thread \(body.name): error \(failure)",
                hint: "check the limits on threads and locked memory (LimitNPROC, LimitMEMLOCK)")
        }
    }

    /// Makes the thread serve its device now: a fresh set-point waits. Never waits; may be called in a tick.
    public func wake() {
        var one: UInt8 = 1
        _ = Glibc.write(body.wakeUpEnd, &one, 1)
    }

    /// Ends the thread, waits for it and closes its device.
    public func stop() {
        body.stopping.store(true, ordering: .releasing)
        wake()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let running { pthread_join(running, nil) }
        body.service.stop()
    }
}

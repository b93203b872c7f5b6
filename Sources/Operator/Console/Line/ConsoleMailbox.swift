import Control
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Where tasks leave the daemon's answers for the console's thread, and what wakes that thread up.
final class ConsoleMailbox: Sendable {
    private struct State {
        var answers: [(number: Int, response: ControlResponse)] = []
        var isStopping = false
        /// Another hash of the unlock code, or none at all; nil when nobody has brought one.
        var hash: UnlockHash??
    }

    private let state = Mutex(State())
    /// A pipe to oneself: a byte in it ends the wait.
    private let wakeUp: Int32
    private let wakeUpEnd: Int32

    init() {
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
        if wakeUp >= 0 { close(wakeUp) }
        if wakeUpEnd >= 0 { close(wakeUpEnd) }
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    func leave(_ response: ControlResponse, number: Int) {
        state.withLock { $0.answers.append((number, response)) }
        wake()
    }

    func takeAnswers() -> [(number: Int, response: ControlResponse)] {
        state.withLock { state in
            let answers = state.answers
            state.answers = []
            return answers
        }
    }

    func leave(_ hash: UnlockHash?) {
        state.withLock { $0.hash = .some(hash) }
        wake()
    }

    func takeHash() -> UnlockHash?? {
        state.withLock { state in
            defer { state.hash = nil }
            return state.hash
        }
    }

    /// Waits for an answer, a stop, or the port (for input, and with `writes` for room), at most so long.
    func wait(port: Int32?, writes: Bool, milliseconds: Int32) {
        var descriptors = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
        if let port {
            descriptors.append(pollfd(fd: port, events: Int16(writes ? POLLIN | POLLOUT : POLLIN), revents: 0))
        }
        _ = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        guard descriptors[0].revents & Int16(POLLIN) != 0 else { return }
        var rest = [UInt8](repeating: 0, count: 64)
        while read(wakeUp, &rest, rest.count) == rest.count {}
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakeUpEnd, &byte, 1)
    }
}

import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Whether Ctrl-C, SIGTERM or a closed terminal has asked the program to end.
public final class Ending {
    private final class Asked: Sendable {
        let flag = Atomic<Bool>(false)
    }

    private let asked: Asked
    private let sources: [any DispatchSourceSignal]

    /// From now on these signals no longer end the process by themselves.
    public init() {
        let asked = Asked()
        let queue = DispatchQueue(label: "doorstep.signals")
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            // The source sees the signal only when its default action is off.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { asked.flag.store(true, ordering: .relaxed) }
            source.resume()
            return source
        }
        self.asked = asked
    }

    /// Whether one of them has come.
    public var isAsked: Bool { asked.flag.load(ordering: .relaxed) }
}

import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Whether Ctrl-C, SIGTERM or a closed terminal has asked the demo to end.
final class Ending {
    private final class Asked: Sendable {
        let flag = Atomic<Bool>(false)
    }

    private let asked: Asked
    private let sources: [any DispatchSourceSignal]

    init() {
        let asked = Asked()
        let queue = DispatchQueue(label: "doorstep-demo.signals")
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

    var isAsked: Bool { asked.flag.load(ordering: .relaxed) }
}

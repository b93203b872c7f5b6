public import RobotModel
import Synchronization

/// How long it takes from the arrival of a measured value's bytes to the first set-point that was computed from it
/// leaving: the whole way through device thread, tick and back.
///
/// Three places mark their part, in this order for each value:
/// - the device's thread, when it has published what the bytes said: `arrived(at:)` with the moment at which they were
///   read from the port;
/// - the tick: `take()` before it reads the value, `handOver()` after the set-point was stored;
/// - the device's thread, with a set-point's frame: `basis` before it reads the set-point, `left(_:at:)` with that and the
///   moment at which the frame is handed to the port.
///
/// A value that a newer one has overtaken before any set-point left is not counted, and each is counted once. Where the
/// two threads meet in the middle of a mark, the older value counts: the figures err upwards. Nothing allocates or locks.
public final class ChainLatency: Sendable {
    /// What a set-point was computed from.
    public struct Basis: Hashable, Sendable, BitwiseCopyable {
        fileprivate var arrival: Int64
    }

    /// From bytes in to bytes out, each value once.
    public let times = TickHistogram()

    // Nanoseconds; .min where nothing has come so far. Each is written by one thread.
    private let arrival = Atomic<Int64>(.min)
    private let taken = Atomic<Int64>(.min)
    private let computed = Atomic<Int64>(.min)
    private let counted = Atomic<Int64>(.min)

    public init() {}

    /// A value was published whose last bytes were read at this moment. The device's thread.
    public func arrived(at moment: Instant) { arrival.store(moment.nanoseconds, ordering: .releasing) }

    /// The tick reads the value next.
    public func take() { taken.store(arrival.load(ordering: .acquiring), ordering: .relaxed) }

    /// The tick has stored a set-point that was computed from what it took.
    public func handOver() { computed.store(taken.load(ordering: .relaxed), ordering: .releasing) }

    /// What the set-point that is read next was computed from, or an older value. The device's thread.
    public var basis: Basis { Basis(arrival: computed.load(ordering: .acquiring)) }

    /// A frame with a set-point was handed to the port. The device's thread.
    public func left(_ basis: Basis, at moment: Instant) {
        guard basis.arrival > counted.load(ordering: .relaxed) else { return }
        counted.store(basis.arrival, ordering: .relaxed)
        times.record(nanoseconds: Int(moment.nanoseconds &- basis.arrival))
    }
}

import RobotModel
import Synchronization

/// A change of one of the inputs that are read together.
public struct GPIOLineEdge: Hashable, Sendable {
    /// Which of the lines, in the order of the request.
    public var index: Int
    public var edge: GPIOEdge

    public init(index: Int, edge: GPIOEdge) {
        self.index = index
        self.edge = edge
    }
}

/// Inputs whose edges come in the order in which they happened: the two tracks of an encoder.
public protocol GPIOLineGroup: AnyObject, Sendable {
    /// Become readable when an edge waits; empty in memory.
    var pollDescriptors: [Int32] { get }
    /// The present state of a line.
    func level(_ index: Int) throws(PortError) -> Bool
    /// The oldest edge of all lines not yet taken, if one waits. Never waits itself.
    func nextEdge() throws(PortError) -> GPIOLineEdge?
    func close()
}

/// Single lines read together: for chips that have no request for several (a twin's).
final class MergedGPIOLines: GPIOLineGroup {
    private let lines: [any GPIOLine]
    /// The first edge of each line that has one.
    private let first: Mutex<[GPIOEdge?]>

    init(_ lines: [any GPIOLine]) {
        self.lines = lines
        first = Mutex(Array(repeating: nil, count: lines.count))
    }

    var pollDescriptors: [Int32] { lines.compactMap(\.pollDescriptor) }
    func level(_ index: Int) throws(PortError) -> Bool { try lines[index].level() }

    func nextEdge() throws(PortError) -> GPIOLineEdge? {
        try first.withLock { first throws(PortError) in
            // Twice: a line that was looked at first may have an older edge than the one that was found behind it.
            for _ in 0..<2 {
                for index in lines.indices where first[index] == nil { first[index] = try lines[index].nextEdge() }
                if first.allSatisfy({ $0 == nil }) { return nil }
            }
            let waiting = first.indices.compactMap { index in first[index].map { (index: index, edge: $0) } }
            guard let oldest = waiting.min(by: { $0.edge.time < $1.edge.time }) else { return nil }
            first[oldest.index] = nil
            return GPIOLineEdge(index: oldest.index, edge: oldest.edge)
        }
    }

    func close() { for line in lines { line.close() } }
}

extension GPIOLineOpening {
    /// Requests inputs of one chip that are read together.
    public func openTogether(_ requests: [GPIORequest]) throws(PortError) -> any GPIOLineGroup {
        var lines: [any GPIOLine] = []
        for request in requests { lines.append(try open(request)) }
        return MergedGPIOLines(lines)
    }
}

/// What absolute encoders on the joints' own shafts measured in one cycle.
@frozen
public struct EncoderState: Sendable, BitwiseCopyable, Equatable {
    /// Radians, one for each encoder in the order of the board file.
    public var position: JointVector
    /// Encoders (bit i = encoder i) that answered in this cycle.
    public var answered: UInt16

    @inlinable public init(count: Int) {
        position = JointVector(count: count)
        answered = 0
    }
}

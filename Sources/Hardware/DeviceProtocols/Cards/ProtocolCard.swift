/// What the tools have to know of a device's protocol: its name, its line, how to make it speak, how to read it.
///
/// A card has no behaviour. `doorstep device decode|monitor|probe` and a driver that hears nothing sensible (which then
/// tries the protocol's other rates) work from it. `ProtocolCard.all` is the catalogue.
public struct ProtocolCard: Sendable {
    /// What the device is to a robot.
    public enum Kind: String, Sendable, CaseIterable {
        case lidar, joints, encoder, wheels, battery, inertial, facility
    }

    /// What carries the bytes.
    public enum Transport: Hashable, Sendable {
        /// A serial line. `rates` in bit/s: the usual one first, then the others that devices of this kind are set to.
        case serial(rates: [Int], parity: Parity = .none)
        /// Datagrams to this port.
        case udp(port: Int)
    }

    /// Parity of a character on the line.
    public enum Parity: String, Hashable, Sendable { case none, even, odd }

    /// As the tools and the board file call it: lower case, "ld06".
    public var name: String
    /// For people: "LDROBOT LD06, LD19".
    public var title: String
    public var kind: Kind
    public var transport: Transport
    /// What makes a device speak that does not talk by itself; each is sent alone, `questionPause` apart. They must
    /// change nothing: nothing may move for being asked who it is.
    public var questions: [[UInt8]]
    /// What makes it send its measurements, where that is more than being asked: a LiDAR's head turns for it. Only a person
    /// who wants to see them sends this.
    public var starts: [[UInt8]]
    /// What makes it silent again; empty where nothing does.
    public var farewell: [UInt8]
    /// Between two questions, and after the last one: how long an answer or a frame may take.
    public var questionPause: Duration
    public var listenTime: Duration
    /// Frames that prove the protocol: one where a checksum of 16 bits or more guards it, more where chance can look alike.
    public var enoughFrames: Int
    /// Whether its frames prove so little that hardly anything else may be heard beside them.
    public var provesLittle: Bool
    /// Whether an answer begins with the question's own bytes: they are then no echo of the line.
    public var repeatsQuestions: Bool
    /// Whether a probe tries it; false for a card that only names one form of another card's protocol.
    public var isProbed: Bool
    /// A fresh decoder.
    public var decoder: @Sendable () -> any StreamDecoder
    /// A fresh decoder to points, where the card has one: for what is fast or wants every frame.
    public var pointDecoder: (@Sendable () -> any PointDecoder)?

    public init(
        name: String, title: String, kind: Kind, transport: Transport, questions: [[UInt8]] = [],
        starts: [[UInt8]] = [], farewell: [UInt8] = [], questionPause: Duration = .milliseconds(50),
        listenTime: Duration = .milliseconds(400), enoughFrames: Int, provesLittle: Bool = false,
        repeatsQuestions: Bool = false, isProbed: Bool = true, decoder: @escaping @Sendable () -> any StreamDecoder,
        pointDecoder: (@Sendable () -> any PointDecoder)? = nil
    ) {
        self.name = name
        self.title = title
        self.kind = kind
        self.transport = transport
        self.questions = questions
        self.starts = starts
        self.farewell = farewell
        self.questionPause = questionPause
        self.listenTime = listenTime
        self.enoughFrames = enoughFrames
        self.provesLittle = provesLittle
        self.repeatsQuestions = repeatsQuestions
        self.isProbed = isProbed
        self.decoder = decoder
        self.pointDecoder = pointDecoder
    }

    /// The serial rates, the usual one first; empty for what is no serial line.
    public var rates: [Int] {
        switch transport {
        case .serial(let rates, _): rates
        case .udp: []
        }
    }

    /// Whether what was heard is this protocol: enough frames, and more good ones than bad ones.
    public func recognises(_ counters: FrameCounters) -> Bool {
        let proofs = counters.frames - counters.unproven
        return proofs >= enoughFrames && proofs > counters.checksumErrors
            && (!provesLittle || counters.skippedBytes <= proofs)
    }

    /// The card of a name; nil when there is none.
    public static func named(_ name: String) -> ProtocolCard? { all.first { $0.name == name } }
}

#if canImport(Glibc)
    import Glibc
#endif

/// A YDLIDAR model: what its packets do not say of it.
///
/// Source: YDLidar-SDK, doc/Dataset.md (rates, sample rates, intensity, channels) and core/common/DriverInterface.h (model
/// numbers), core/common/ydlidar_help.h (which kinds measure how).
public struct YDLIDARModel: Hashable, Sendable {
    /// How a model measures, which decides what a range's number means and whether its bearing needs correction.
    public enum Ranging: Hashable, Sendable {
        /// Triangulation, quarters of a millimetre, with an eye beside the axis.
        case triangle
        /// Triangulation, halves of a millimetre (G6, G7), with an eye beside the axis.
        case octave
        /// Quarters of a millimetre, bearings already corrected by the device (T-mini).
        case straight
        /// Time of flight, millimetres.
        case timeOfFlight

        var unitsPerMillimeter: Double {
            switch self {
            case .triangle, .straight: 4
            case .octave: 2
            case .timeOfFlight: 1
            }
        }

        /// How far clockwise of the packet's bearing a range really lies, degrees.
        ///
        /// YDLidar-SDK communication protocol, "Second-level analysis": the eye is 21.8 mm off the axis and looks straight
        /// at 155.3 mm.
        public func bearingCorrection(millimeters: Double) -> Double {
            guard self == .triangle || self == .octave, millimeters > 0 else { return 0 }
            return atan(21.8 * (155.3 - millimeters) / (155.3 * millimeters)) * 180 / .pi
        }
    }

    /// As the board file calls it.
    public var name: String
    /// What the device says of itself; several models share one.
    public var number: UInt8
    /// The rate of its line, bit/s.
    public var baudRate: Int
    /// Samples that it takes a second as delivered.
    public var samplesPerSecond: Int
    public var ranging: Ranging
    public var format: YDLIDARSampleFormat
    /// It only talks: no line leads to it, or it does not answer.
    public var isSingleChannel: Bool

    public init(
        name: String, number: UInt8, baudRate: Int, samplesPerSecond: Int, ranging: Ranging = .triangle,
        format: YDLIDARSampleFormat = .range, isSingleChannel: Bool = false
    ) {
        self.name = name
        self.number = number
        self.baudRate = baudRate
        self.samplesPerSecond = samplesPerSecond
        self.ranging = ranging
        self.format = format
        self.isSingleChannel = isSingleChannel
    }

    public static let x4 = YDLIDARModel(name: "x4", number: 6, baudRate: 128_000, samplesPerSecond: 5000)
    public static let x2 = YDLIDARModel(
        name: "x2", number: 6, baudRate: 115_200, samplesPerSecond: 3000, isSingleChannel: true)
    public static let g4 = YDLIDARModel(name: "g4", number: 5, baudRate: 230_400, samplesPerSecond: 9000)
    public static let g2 = YDLIDARModel(
        name: "g2", number: 15, baudRate: 230_400, samplesPerSecond: 5000, format: .strength8)
    public static let tg30 = YDLIDARModel(
        name: "tg30", number: 101, baudRate: 512_000, samplesPerSecond: 20_000, ranging: .timeOfFlight)

    /// Every model that the driver knows.
    public static let all: [YDLIDARModel] = triangles + others + singleChannel

    private static let triangles: [YDLIDARModel] = [
        YDLIDARModel(name: "f4", number: 1, baudRate: 115_200, samplesPerSecond: 4000),
        YDLIDARModel(name: "s4", number: 4, baudRate: 115_200, samplesPerSecond: 4000),
        g4, x4,
        YDLIDARModel(name: "g4pro", number: 7, baudRate: 230_400, samplesPerSecond: 9000),
        YDLIDARModel(name: "f4pro", number: 8, baudRate: 230_400, samplesPerSecond: 4000),
        YDLIDARModel(name: "r2", number: 9, baudRate: 230_400, samplesPerSecond: 5000),
        YDLIDARModel(name: "s4b", number: 11, baudRate: 153_600, samplesPerSecond: 4000, format: .strength8),
        YDLIDARModel(name: "g2a", number: 14, baudRate: 230_400, samplesPerSecond: 5000),
        g2,
        YDLIDARModel(name: "g2c", number: 16, baudRate: 115_200, samplesPerSecond: 4000),
        YDLIDARModel(name: "g4b", number: 17, baudRate: 512_000, samplesPerSecond: 10_000, format: .strength10),
        YDLIDARModel(name: "g4c", number: 18, baudRate: 115_200, samplesPerSecond: 4000),
        YDLIDARModel(name: "g1", number: 19, baudRate: 230_400, samplesPerSecond: 9000),
        YDLIDARModel(name: "g5", number: 20, baudRate: 230_400, samplesPerSecond: 9000),
    ]

    private static let others: [YDLIDARModel] = [
        YDLIDARModel(name: "g6", number: 13, baudRate: 512_000, samplesPerSecond: 18_000, ranging: .octave),
        YDLIDARModel(name: "g7", number: 21, baudRate: 512_000, samplesPerSecond: 18_000, ranging: .octave),
        YDLIDARModel(name: "tg15", number: 100, baudRate: 512_000, samplesPerSecond: 20_000, ranging: .timeOfFlight),
        tg30,
        YDLIDARModel(name: "tg50", number: 102, baudRate: 512_000, samplesPerSecond: 20_000, ranging: .timeOfFlight),
        YDLIDARModel(
            name: "tmini", number: 140, baudRate: 230_400, samplesPerSecond: 4000, ranging: .straight,
            format: .strength8),
        YDLIDARModel(
            name: "tminipro", number: 150, baudRate: 230_400, samplesPerSecond: 4000, ranging: .straight,
            format: .strength8),
        YDLIDARModel(
            name: "tminiplus", number: 151, baudRate: 230_400, samplesPerSecond: 4000, ranging: .straight,
            format: .strength8),
    ]

    private static let singleChannel: [YDLIDARModel] = [
        x2,
        YDLIDARModel(name: "x3", number: 6, baudRate: 115_200, samplesPerSecond: 3000, isSingleChannel: true),
        YDLIDARModel(name: "x4pro", number: 6, baudRate: 128_000, samplesPerSecond: 5000, isSingleChannel: true),
        YDLIDARModel(name: "s2", number: 12, baudRate: 115_200, samplesPerSecond: 3000, isSingleChannel: true),
        YDLIDARModel(
            name: "tx8", number: 100, baudRate: 115_200, samplesPerSecond: 4000, ranging: .timeOfFlight,
            isSingleChannel: true),
        YDLIDARModel(
            name: "tx20", number: 100, baudRate: 115_200, samplesPerSecond: 4000, ranging: .timeOfFlight,
            isSingleChannel: true),
    ]

    /// The model of a name; nil when there is none.
    public static func named(_ name: String) -> YDLIDARModel? { all.first { $0.name == name } }

    /// The model that a device which answers says it is; nil when it is not known.
    public static func numbered(_ number: UInt8) -> YDLIDARModel? { all.first { $0.number == number } }
}

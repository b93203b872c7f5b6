#if canImport(Glibc)
    import Glibc
#endif

/// A member of LDROBOT's family: what its frames do not say of it.
///
/// Source: the maker's SDKs (`ldlidar_stl_sdk`: LD06, LD19, STL; `ldlidar_sl_sdk`: LD14) and data sheets.
public struct LD06Model: Hashable, Sendable {
    /// As the board file calls it.
    public var name: String
    /// Ranges it takes a second.
    public var pointsPerSecond: Int
    /// The rate of its line, bit/s.
    public var baudRate: Int

    /// Where the eye of a triangulating model sits off the axis; nil for those that measure the time of flight.
    public var eye: Eye?

    /// The eye of a triangulating model. A range d (millimetres) is seen at atan((0.11923 d + y) / (d + x)) off the
    /// bearing that the frame says (`ldlidar_sl_sdk`, transform.cpp).
    public struct Eye: Hashable, Sendable {
        public var x: Double
        public var y: Double
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    public init(name: String, pointsPerSecond: Int, baudRate: Int, eye: Eye? = nil) {
        self.name = name
        self.pointsPerSecond = pointsPerSecond
        self.baudRate = baudRate
        self.eye = eye
    }

    /// How far clockwise of the frame's bearing a range really lies, degrees.
    public func bearingShift(millimeters: Double) -> Double {
        guard let eye, millimeters > 0 else { return 0 }
        return -atan((0.11923 * millimeters + eye.y) / (millimeters + eye.x)) * 180 / .pi
    }

    /// Between two points.
    public var pointTime: Duration { .nanoseconds(1_000_000_000 / Int64(pointsPerSecond)) }

    /// The point rate of the slowest member; with it a frame of any of them passes for plausible.
    public static let slowestRate = 2300

    public static let ld06 = LD06Model(name: "ld06", pointsPerSecond: 4500, baudRate: 230_400)
    public static let ld19 = LD06Model(name: "ld19", pointsPerSecond: 4500, baudRate: 230_400)

    /// Every model that this driver knows.
    public static let all: [LD06Model] = [
        ld06, ld19,
        LD06Model(name: "stl06p", pointsPerSecond: 5000, baudRate: 230_400),
        LD06Model(name: "stl19p", pointsPerSecond: 5000, baudRate: 230_400),
        LD06Model(name: "stl27l", pointsPerSecond: 21_600, baudRate: 921_600),
        LD06Model(name: "ld14", pointsPerSecond: 2300, baudRate: 115_200, eye: Eye(x: 5.9, y: -20.14)),
        LD06Model(name: "ld14p", pointsPerSecond: 4000, baudRate: 230_400, eye: Eye(x: 5.9, y: -18.975571)),
    ]

    /// The model of a name; nil when there is none.
    public static func named(_ name: String) -> LD06Model? { all.first { $0.name == name } }
}

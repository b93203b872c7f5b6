/// What a servo tells of itself in each cycle.
public struct DynamixelFeedback: Hashable, Sendable {
    /// Present current, velocity and position where they lie: registers 126...135.
    public static let plainBlock = (address: XM430.presentCurrent.address, length: 10)

    /// The same and the servo's own state, mapped into its indirect block. The status return level is never 0 in a servo
    /// that answers to reads, so it proves that the map is still there.
    public static let map: DynamixelIndirectMap = {
        guard
            let map = DynamixelIndirectMap([
                XM430.statusReturnLevel, XM430.torqueEnable, XM430.hardwareErrorStatus, XM430.busWatchdog,
                XM430.presentCurrent, XM430.presentVelocity, XM430.presentPosition,
            ])
        else { preconditionFailure("the feedback's registers fit into the indirect block") }
        return map
    }()

    /// A servo's own state, which only the mapped block has.
    public struct Health: Hashable, Sendable {
        public var torque: Bool
        /// Bits of Hardware Error Status.
        public var hardwareErrors: UInt8
        /// -1 when the bus was silent for too long.
        public var busWatchdog: Int32

        public init(torque: Bool, hardwareErrors: UInt8, busWatchdog: Int32) {
            self.torque = torque
            self.hardwareErrors = hardwareErrors
            self.busWatchdog = busWatchdog
        }
    }

    /// Ampere, signed.
    public var current: Double
    /// rad/s.
    public var velocity: Double
    public var ticks: Int32
    public var health: Health?

    /// Reads the plain block; nil when the bytes are not as many.
    public init?(plain data: [UInt8]) {
        guard data.count == Self.plainBlock.length else { return nil }
        self.init(data, motionAt: 0)
    }

    /// Reads the mapped block; nil when the bytes are not as many, or the servo has forgotten the map.
    public init?(mapped data: [UInt8]) {
        guard data.count == Self.map.length, (1...2).contains(data[0]), data[1] <= 1 else { return nil }
        self.init(data, motionAt: 4)
        health = Health(
            torque: data[1] == 1, hardwareErrors: data[2], busWatchdog: Int32(Int8(bitPattern: data[3])))
    }

    private init?(_ data: [UInt8], motionAt offset: Int) {
        guard let current = XM430.presentCurrent.value(in: data, at: offset),
            let velocity = XM430.presentVelocity.value(in: data, at: offset + 2),
            let position = XM430.presentPosition.value(in: data, at: offset + 6)
        else { return nil }
        self.current = Double(current) * XM430.currentUnit
        self.velocity = Double(velocity) * XM430.velocityUnit
        ticks = position
    }
}

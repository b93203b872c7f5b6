/// What an STS servo tells of itself in each cycle: registers 56...70, position to current.
public struct FeetechFeedback: Hashable, Sendable {
    public static let block = (address: STS.presentPosition.address, length: UInt8(15))

    /// Steps; below 0 or above 4095 only where the servo counts turns.
    public var steps: Int
    /// rad/s.
    public var velocity: Double
    /// The motor's duty, -1...1.
    public var load: Double
    public var volts: Double
    /// °C.
    public var temperature: Int
    public var status: FeetechStatus
    public var isMoving: Bool
    /// Ampere. The servo counts it without a sign worth trusting; it takes the load's.
    public var current: Double

    /// Reads the block; nil when the bytes are not as many.
    public init?(_ data: [UInt8]) {
        guard data.count == Int(Self.block.length), let steps = STS.presentPosition.value(in: data, at: 0),
            let speed = STS.presentSpeed.value(in: data, at: 2), let load = STS.presentLoad.value(in: data, at: 4),
            let current = STS.presentCurrent.value(in: data, at: 13)
        else { return nil }
        self.steps = steps
        velocity = Double(speed) * STS.radiansPerStep
        self.load = Double(load) / 1000
        volts = Double(data[6]) / 10
        temperature = Int(data[7])
        status = FeetechStatus(rawValue: data[9])
        isMoving = data[10] & 1 == 1
        self.current = Double(abs(current)) * STS.currentUnit * (load < 0 ? -1 : 1)
    }
}

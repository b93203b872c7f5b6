public import RobotModel

/// One message on its way into a segment.
public struct Record: Sendable {
    public var topic: Topic
    public var time: Instant
    public var payload: [UInt8]

    /// A message whose payload is already encoded as the topic's layout (or as JSON) says.
    public init(_ topic: Topic, at time: Instant, payload: [UInt8]) {
        self.topic = topic
        self.time = time
        self.payload = payload
    }

    /// A scan as the layout of `Topic.scan` says: ranges in whole millimetres, up to 65.5 m.
    public init(_ scan: LaserScan) {
        var payload = Payload()
        payload.put(scan.start.nanoseconds)
        payload.put(scan.end.nanoseconds)
        for pose in [scan.startOdometry, scan.endOdometry] {
            payload.put(pose.x)
            payload.put(pose.y)
            payload.put(pose.yaw)
        }
        let count = min(max(0, scan.count), LaserScan.capacity)
        payload.put(UInt16(count))
        for index in 0..<count { payload.put(Self.millimetres(scan.ranges[index])) }
        for index in 0..<count { payload.bytes.append(scan.intensities[index]) }
        self.init(.scan, at: scan.end, payload: payload.bytes)
    }

    /// A range that is no number counts as nothing that came back.
    private static func millimetres(_ range: Float) -> UInt16 {
        guard range > 0 else { return 0 }
        return UInt16(min(range * 1000, Float(UInt16.max)).rounded())
    }
}

/// Little-endian bytes of a message.
struct Payload {
    var bytes: [UInt8] = []

    mutating func put<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    mutating func put(_ value: Float) { put(value.bitPattern) }
    mutating func put(_ value: Double) { put(value.bitPattern) }
    mutating func put(_ joints: JointVector) {
        for index in 0..<joints.count { put(Float(joints[index])) }
    }
}

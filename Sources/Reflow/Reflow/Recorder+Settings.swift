public import RobotModel

extension Recorder {
    /// Where and how much.
    public struct Settings: Sendable {
        /// Folder of the segments and their catalogue.
        public var directory: String
        /// Bytes of disk that segments may use, the open one included.
        public var quota: Int
        /// Bytes that are left free on the disk for others, the mission journal above all. Below that, segments that are
        /// upstream already are deleted; when none is left, nothing is recorded until somebody makes room.
        public var reserve: Int
        public var segmentDuration: Duration
        /// Whether every append is made durable at once. False only on a hand-driven clock.
        public var isDurable: Bool

        public init(
            directory: String, quota: Int, reserve: Int = 64 << 20, segmentDuration: Duration = .seconds(20),
            isDurable: Bool = true
        ) {
            self.directory = directory
            self.quota = quota
            self.reserve = reserve
            self.segmentDuration = segmentDuration
            self.isDurable = isDurable
        }
    }

    /// What has been recorded, dropped and acknowledged since this process began.
    public struct Statistics: Sendable {
        /// Bytes appended to segments.
        public var recordedBytes = 0
        /// Bytes of segments that the station has acknowledged, those of earlier recordings included.
        public var acknowledgedBytes = 0
        public var messages = 0
        /// Sealed segments that are not upstream yet.
        public var segmentsWaiting = 0
        /// Records (ticks, bytes, segments, as the cause says) given up, by cause.
        public var dropped: [String: Int] = [:]
        /// The trouble with the disk, while it stands.
        public var storageFault: RobotError?
        public init() {}
    }
}

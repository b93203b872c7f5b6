/// Turns frames into points, whatever their format.
///
/// A frame of a format that `needsNeighbour` gives its points when the next frame has come. Works on the frames' bytes
/// where they lie and allocates nothing; `points` is overwritten by the next frame.
///
///     let count = unpacker.unpack(frame)
///     for index in 0..<count { use(unpacker.points[index]) }
public struct RPLIDARUnpacker: Sendable {
    public let format: RPLIDARFormat
    /// The most that the head may turn from frame to frame, in degrees; more means that a frame is missing.
    public var maximumAdvance: Double
    /// Frames that could not be unpacked, because no neighbour came.
    public private(set) var droppedFrames = 0
    /// The points of the last frame that was completed; as many as `unpack` said.
    public private(set) var points = InlineArray<96, LidarPoint>(
        repeating: LidarPoint(degrees: 0, meters: 0, intensity: 0, startsRevolution: false))

    /// The frame that waits for its neighbour.
    private var previous = InlineArray<170, UInt8>(repeating: 0)
    private var isWaiting = false
    private var lastDegrees = 0.0

    /// What the vendor's client gives to every sample that saw something, where the format has no echo strengths.
    static let usualIntensity: UInt8 = 0x2F << 2

    public init(format: RPLIDARFormat, maximumAdvance: Double = 180) {
        self.format = format
        self.maximumAdvance = maximumAdvance
    }

    /// Forgets the frame that waits for its neighbour: bytes between were lost.
    public mutating func breakSequence() {
        if isWaiting { droppedFrames += 1 }
        isWaiting = false
    }

    /// Takes the bytes of the next frame, as the decoder found them, and says how many points are now in `points`: those
    /// of this frame, or of the one before it where the format needs its neighbour.
    public mutating func unpack(_ frame: Span<UInt8>) -> Int {
        precondition(frame.count == format.frameSize, "not a frame of this format")
        switch format {
        case .standard: return standard(frame)
        case .hq: return hq(frame)
        case .express, .ultra, .dense, .ultraDense: break
        }
        let start = frame.word(at: format == .ultraDense ? 8 : 2)
        if start & 0x8000 != 0 { breakSequence() }
        var count = 0
        if isWaiting {
            if let sweep = RPLIDARSweep(
                from: previous.span.word(at: format == .ultraDense ? 8 : 2), to: start, count: format.samplesPerFrame,
                maximumAdvance: maximumAdvance, lastDegrees: &lastDegrees)
            {
                count = format.samplesPerFrame
                switch format {
                case .express: express(sweep)
                case .ultra: ultra(sweep, next: frame.long(at: 4))
                case .dense: dense(sweep)
                default: ultraDense(sweep)
                }
                if sweep.mark < count { points[sweep.mark].startsRevolution = true }
            } else {
                droppedFrames += 1
            }
        }
        isWaiting = true
        keep(frame)
        return count
    }

    private mutating func keep(_ frame: Span<UInt8>) {
        precondition(frame.count <= previous.count)
        var kept = previous.mutableSpan
        kept.withUnsafeMutableBytes { kept in frame.withUnsafeBytes { kept.copyMemory(from: $0) } }
    }

    private mutating func standard(_ frame: Span<UInt8>) -> Int {
        // A sixty-fourth beyond the turn is an unsteady head's.
        let angle = frame.word(at: 1) >> 1
        points[0] = LidarPoint(
            degrees: Double(angle < 23040 ? angle : angle - 23040) / 64, meters: Double(frame.word(at: 3)) / 4000,
            intensity: frame[0] & 0xFC,
            startsRevolution: frame[0] & 1 == 1)
        return 1
    }

    private mutating func hq(_ frame: Span<UInt8>) -> Int {
        for index in 0..<RPLIDARHQFrame.sampleCount {
            let sample = RPLIDARHQFrame.sample(frame, index)
            points[index] = LidarPoint(
                degrees: Double(sample.angleQ14) * (90.0 / 16384), meters: Double(sample.distanceQ2) / 4000,
                intensity: sample.strength, startsRevolution: sample.startsRevolution)
        }
        return RPLIDARHQFrame.sampleCount
    }

    private mutating func dense(_ sweep: RPLIDARSweep) {
        let bytes = previous.span
        for index in 0..<RPLIDARDenseFrame.sampleCount {
            let distance = bytes.word(at: 4 + 2 * index)
            points[index] = LidarPoint(
                degrees: sweep.degrees(index), meters: Double(distance) / 1000,
                intensity: distance == 0 ? 0 : Self.usualIntensity, startsRevolution: false)
        }
    }

    private mutating func express(_ sweep: RPLIDARSweep) {
        let bytes = previous.span
        for index in 0..<RPLIDARExpressFrame.sampleCount {
            let sample = RPLIDARExpressFrame.sample(bytes, index)
            points[index] = LidarPoint(
                degrees: sweep.degrees(index, less: Double(sample.offsetQ3) / 8),
                meters: Double(sample.millimeters) / 1000,
                intensity: sample.millimeters == 0 ? 0 : Self.usualIntensity, startsRevolution: false)
        }
    }

    private mutating func ultraDense(_ sweep: RPLIDARSweep) {
        let bytes = previous.span
        for index in 0..<RPLIDARUltraDenseFrame.sampleCount {
            let sample = RPLIDARUltraDenseFrame.sample(bytes, index)
            points[index] = LidarPoint(
                degrees: sweep.degrees(index), meters: Double(sample.millimeters) / 1000,
                intensity: sample.strength, startsRevolution: false)
        }
    }

    private mutating func ultra(_ sweep: RPLIDARSweep, next: UInt32) {
        let bytes = previous.span
        var cabin = bytes.long(at: 4)
        var major = RPLIDARUltraFrame.Scale.unpacked(cabin & 0xFFF)
        for place in 0..<RPLIDARUltraFrame.cabinCount {
            let following = place + 1 < RPLIDARUltraFrame.cabinCount ? bytes.long(at: 8 + 4 * place) : next
            let nextMajor = RPLIDARUltraFrame.Scale.unpacked(following & 0xFFF)
            let ranges = RPLIDARUltraFrame.ranges(cabin: cabin, major: major, next: nextMajor)
            (cabin, major) = (following, nextMajor)
            points[3 * place] = point(ranges.0, 3 * place, sweep)
            points[3 * place + 1] = point(ranges.1, 3 * place + 1, sweep)
            points[3 * place + 2] = point(ranges.2, 3 * place + 2, sweep)
        }
    }

    @inline(__always)
    private func point(_ millimeters: Int32, _ index: Int, _ sweep: RPLIDARSweep) -> LidarPoint {
        LidarPoint(
            degrees: sweep.degrees(index, less: RPLIDARUltraFrame.parallax(millimeters: millimeters)),
            meters: Double(millimeters) / 1000, intensity: millimeters == 0 ? 0 : Self.usualIntensity,
            startsRevolution: false)
    }
}

import DeviceProtocols
import RobotModel

/// Gathers an RPLIDAR's samples into the frames of one format.
struct RPLIDARFrameWriter {
    private struct Sample {
        /// Degrees clockwise of the head.
        var angle: Double
        /// Metres; 0 where nothing came back.
        var range: Double
        var strength: UInt8
        /// Degrees that the beam stands behind the head, for the formats that say so.
        var offset: Double
        var startsRevolution: Bool

        var millimeters: Int { Int((range * 1000).rounded()) }
    }

    let format: RPLIDARFormat
    private var samples: [Sample] = []
    private var restarts = true

    init(format: RPLIDARFormat) { self.format = format }

    /// The head was not at speed: what was gathered is no part of an even sweep.
    mutating func restart() {
        samples.removeAll(keepingCapacity: true)
        restarts = true
    }

    /// Takes the next sample and appends the frame that it completes.
    ///
    /// - Parameters:
    ///   - angle: Of the head, degrees clockwise.
    ///   - cast: Measures along a bearing, degrees clockwise.
    mutating func take(
        angle: Double, startsRevolution: Bool, at time: Instant,
        cast: (_ bearing: Double) -> (range: Double, quality: UInt8)?, output: inout [UInt8]
    ) {
        var offset = 0.0
        if format == .express || format == .ultra {
            // A triangulating head: how far its beam stands behind depends on what it hits.
            let range = cast(angle - Self.usualOffset)?.range ?? 0
            offset = RPLIDARUltraFrame.parallax(millimeters: Int32((range * 1000).rounded()))
            if format == .express { offset = (min(63, max(0, offset * 8))).rounded() / 8 }
        }
        let echo = cast(angle - offset)
        samples.append(
            Sample(
                angle: angle, range: echo?.range ?? 0, strength: echo?.quality ?? 0, offset: offset,
                startsRevolution: startsRevolution))
        guard samples.count == format.samplesPerFrame + format.samplesAhead else { return }
        output += encoded(at: time)
        samples.removeFirst(format.samplesPerFrame)
        restarts = false
    }

    /// Degrees that the beam stands behind the head in the middle of a room.
    private static let usualOffset = 7.5

    private func encoded(at time: Instant) -> [UInt8] {
        let start = UInt16(samples[0].angle * 64)
        switch format {
        case .standard:
            return RPLIDARStandardSample(
                startsRevolution: samples[0].startsRevolution, quality: samples[0].strength >> 2, angleQ6: start,
                distanceQ2: UInt16(clamping: Int((samples[0].range * 4000).rounded()))
            ).encoded
        case .dense:
            return RPLIDARDenseFrame(
                restarts: restarts, startAngleQ6: start, distances: samples.map { UInt16(clamping: $0.millimeters) }
            ).encoded
        case .express:
            return RPLIDARExpressFrame(
                restarts: restarts, startAngleQ6: start,
                samples: samples.map {
                    .init(millimeters: UInt16(clamping: $0.millimeters), offsetQ3: UInt8($0.offset * 8))
                }
            ).encoded
        case .ultra:
            let count = RPLIDARUltraFrame.sampleCount
            return RPLIDARUltraFrame(
                restarts: restarts, startAngleQ6: start, millimeters: samples.prefix(count).map(\.millimeters),
                next: samples[count].millimeters
            ).encoded
        case .ultraDense:
            return RPLIDARUltraDenseFrame(
                timeStamp: UInt32(truncatingIfNeeded: time.nanoseconds / 1000), restarts: restarts, startAngleQ6: start,
                samples: samples.map { .init(millimeters: $0.millimeters, strength: $0.strength) }
            ).encoded
        case .hq:
            return RPLIDARHQFrame(
                timeStamp: UInt64(clamping: time.nanoseconds / 1000),
                samples: samples.map {
                    .init(
                        angleQ14: UInt16(truncatingIfNeeded: Int($0.angle * (16384.0 / 90))),
                        distanceQ2: UInt32(($0.range * 4000).rounded()), strength: $0.strength,
                        startsRevolution: $0.startsRevolution)
                }
            ).encoded
        }
    }
}

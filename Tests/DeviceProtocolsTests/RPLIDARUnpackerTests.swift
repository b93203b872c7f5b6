import DeviceProtocols
import RobotModel
import Testing

@Suite("RPLIDAR unpacker")
struct RPLIDARUnpackerTests {
    private func frame(_ degrees: Double, restarts: Bool = false) -> RPLIDARDenseFrame {
        RPLIDARDenseFrame(
            restarts: restarts, startAngleQ6: UInt16(degrees * 64), distances: (0..<40).map { UInt16($0 + 100) })
    }

    @Test("a frame's samples come with the frame after it, evenly between both starts")
    func evenly() {
        var unpacker = RPLIDARUnpacker(format: .dense)
        #expect(unpacker.take(frame(350, restarts: true).encoded).isEmpty)
        let points = unpacker.take(frame(10).encoded)
        #expect(points.count == 40)
        #expect(points[0].degrees == 350 && points[0].meters == 0.1)
        #expect(points[10].degrees == 355)
        #expect(points.indices.filter { points[$0].startsRevolution } == [20])
    }

    @Test("each turn has one mark", arguments: RPLIDARFormat.allCases.filter(\.needsNeighbour))
    func marks(format: RPLIDARFormat) {
        var random = SeededRandom(seed: 41)
        var unpacker = RPLIDARUnpacker(format: format)
        var marks = 0
        var points = 0
        // Half a degree from sample to sample: ten turns, and the frame that ends the last one.
        while points < 7201 {
            let sent = RPLIDARFound.random(format, index: points / format.samplesPerFrame + 1, using: &random)
            let found = unpacker.take(sent.encoded)
            points += max(found.count, points == 0 ? 1 : 0)
            marks += found.filter(\.startsRevolution).count
            #expect(found.allSatisfy { $0.degrees >= 0 && $0.degrees < 360 && $0.meters >= 0 })
        }
        #expect((9...10).contains(marks))
    }

    @Test("frames that are not neighbours are not joined")
    func gaps() {
        var unpacker = RPLIDARUnpacker(format: .dense, maximumAdvance: 27)
        var count = unpacker.take(frame(0).encoded).count
        count += unpacker.take(frame(36).encoded).count  // one is missing
        #expect(count == 0 && unpacker.droppedFrames == 1)
        count += unpacker.take(frame(54).encoded).count
        #expect(count == 40)
        unpacker.breakSequence()
        count += unpacker.take(frame(72).encoded).count
        count += unpacker.take(frame(90, restarts: true).encoded).count
        #expect(count == 40)
    }

    @Test("an express sample stands off from the sweep by its own offset")
    func express() {
        let frames = [0, 16].map { start in
            RPLIDARExpressFrame(
                restarts: false, startAngleQ6: UInt16(start * 64),
                samples: (0..<32).map { .init(millimeters: UInt16(1000 + 2 * $0), offsetQ3: UInt8($0)) })
        }
        var unpacker = RPLIDARUnpacker(format: .express)
        _ = unpacker.take(frames[0].encoded)
        let points = unpacker.take(frames[1].encoded)
        for (index, point) in points.enumerated() {
            #expect(point.meters == Double(1000 + 2 * index) / 1000)
            let degrees: Double = Double(index) * 0.375
            #expect(abs(point.degrees - degrees) < 1e-9)
        }
    }

    @Test("an HQ frame's samples come at once, with their own angles and marks")
    func hq() {
        var unpacker = RPLIDARUnpacker(format: .hq)
        let samples = (0..<96).map { (index: Int) -> RPLIDARHQFrame.Sample in
            RPLIDARHQFrame.Sample(
                angleQ14: UInt16(index * 600), distanceQ2: UInt32(index * 4000), strength: UInt8(index),
                startsRevolution: index == 9)
        }
        let sent = RPLIDARHQFrame(timeStamp: 7, samples: samples)
        let points = unpacker.take(sent.encoded)
        #expect(points.count == 96)
        #expect(points.indices.filter { points[$0].startsRevolution } == [9])
        for (index, point) in points.enumerated() {
            #expect(point.meters == Double(index) && point.intensity == UInt8(index))
            let degrees = Double(index * 600) * 90 / 16384
            #expect(abs(point.degrees - degrees) < 1e-9)
        }
    }

    @Test("ultra ranges come back to their own coarseness, the last ones with the next frame's help")
    func ultra() {
        var random = SeededRandom(seed: 42)
        for _ in 0..<200 {
            // A wall with a step: neighbours are alike, as in a room.
            let far = Int.random(in: 60...20_000, using: &random)
            let ranges = (0..<97).map { (index: Int) -> Int in
                let slope: Int = (index - 48) * far / 2000
                let noise = Int.random(in: -20...20, using: &random)
                return index % 13 == 5 ? 0 : max(60, far + slope + noise)
            }
            let first = RPLIDARUltraFrame(
                restarts: false, startAngleQ6: 0, millimeters: Array(ranges.prefix(96)), next: ranges[96])
            let second = RPLIDARUltraFrame(
                restarts: false, startAngleQ6: 48 * 64, millimeters: [ranges[96]] + [Int](repeating: 0, count: 95),
                next: 0)
            var unpacker = RPLIDARUnpacker(format: .ultra)
            _ = unpacker.take(first.encoded)
            for (index, point) in unpacker.take(second.encoded).enumerated() {
                let range = ranges[index]
                let levels = [512, 2048, 4096, 16384].count { range >= $0 }
                let isNear = abs(point.meters * 1000 - Double(range)) <= Double(2 << levels)
                // A difference needs a range to stand off from: its own cabin's first one, or the next one's.
                let cabin = index / 3 * 3
                let hasBase = ranges[cabin + 3] > 0 || (index % 3 == 1 && ranges[cabin] > 0)
                let isSent = range > 0 && (index % 3 == 0 || hasBase)
                #expect(isNear || (!isSent && point.meters == 0))
            }
        }
    }

    @Test("ultra angles are those of the vendor's whole-number formula")
    func ultraAngles() {
        for millimeters in stride(from: 0, through: 28_000, by: 7) {
            let quarters = millimeters * 4
            var offset = Int(7.5 * 3.1415926535 * 65536 / 180)
            if quarters >= 200 {
                let k2 = 98361 / quarters
                offset = Int(8 * 3.1415926535 * 65536 / 180) - (k2 << 6) - k2 * k2 * k2 / 98304
            }
            let expected = Double(offset) * 180 / 3.14159265 / 65536
            #expect(abs(RPLIDARUltraFrame.parallax(millimeters: Int32(millimeters)) - expected) < 1e-6)
        }
    }
}

extension RPLIDARUnpacker {
    /// The points that a frame completes.
    fileprivate mutating func take(_ frame: [UInt8]) -> [LidarPoint] {
        let count = unpack(frame.span)
        return (0..<count).map { points[$0] }
    }
}

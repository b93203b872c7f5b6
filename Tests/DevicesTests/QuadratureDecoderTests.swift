import DeviceIO
import Devices
import RobotModel
import Testing

/// A shaft that can be turned edge by edge.
private struct Shaft {
    var position = 0
    var time = Instant.zero + .seconds(3)
    var sequence: [UInt32] = [0, 0]
    var isNumbered = true

    static func levels(_ position: Int) -> (a: Bool, b: Bool) {
        let phase = position & 3
        return (phase == 1 || phase == 2, phase >= 2)
    }

    var levels: (a: Bool, b: Bool) { Self.levels(position) }

    /// Moves by one count and returns the edge.
    mutating func step(_ direction: Int, after: Duration) -> (QuadratureDecoder.Track, GPIOEdge) {
        let before = levels
        position += direction
        time += after
        let track: QuadratureDecoder.Track = levels.a != before.a ? .a : .b
        sequence[track.rawValue] += 1
        return (
            track,
            GPIOEdge(
                isOn: track == .a ? levels.a : levels.b, time: time,
                sequence: isNumbered ? sequence[track.rawValue] : 0)
        )
    }
}

@Suite("Quadrature decoder")
struct QuadratureDecoderTests {
    @Test("ten thousand edges forward and ten thousand back are counted exactly", arguments: [0, 1, 2, 3])
    func exact(start: Int) {
        var shaft = Shaft(position: start)
        var decoder = QuadratureDecoder(a: shaft.levels.a, b: shaft.levels.b)
        for direction in [1, -1] {
            for _ in 0..<10_000 {
                let (track, edge) = shaft.step(direction, after: .microseconds(100))
                decoder.take(edge, of: track)
            }
            #expect(decoder.count == (direction == 1 ? 10_000 : 0))
        }
        #expect(decoder.edges == 20_000)
        #expect(decoder.illegal == 0 && decoder.lost == 0)
    }

    @Test("a shaft that trembles between random places is counted exactly", arguments: 0..<20)
    func jitter(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var shaft = Shaft()
        var decoder = QuadratureDecoder(a: false, b: false)
        for _ in 0..<10_000 {
            let (track, edge) = shaft.step(
                Bool.random(using: &random) ? 1 : -1, after: .microseconds(Int.random(in: 1...900, using: &random)))
            decoder.take(edge, of: track)
            #expect(decoder.count == Int64(shaft.position))
        }
        #expect(decoder.lost == 0)
    }

    @Test("a contact that bounces counts forth and back, and has no speed")
    func bounce() {
        var shaft = Shaft()
        var decoder = QuadratureDecoder(a: false, b: false)
        for index in 0..<101 {
            let (track, edge) = shaft.step(index % 2 == 0 ? 1 : -1, after: .microseconds(50))
            decoder.take(edge, of: track)
        }
        #expect(decoder.count == 1)
        #expect(decoder.speed(at: shaft.time) == 0)
        #expect(decoder.illegal == 0)
    }

    @Test("speed comes from the time stamps, in both directions, whatever the moment of the reading")
    func speed() {
        for (direction, period) in [(1, 100), (-1, 100), (1, 3000), (-1, 30_000)] {
            var shaft = Shaft()
            var decoder = QuadratureDecoder(a: false, b: false)
            for _ in 0..<40 {
                let (track, edge) = shaft.step(direction, after: .microseconds(period))
                decoder.take(edge, of: track)
            }
            let expected = Double(direction) * 1e6 / Double(period)
            #expect(abs(decoder.speed(at: shaft.time) - expected) < 1e-6 * abs(expected))
            // Half a period later nothing is known that contradicts it.
            let later = shaft.time + .microseconds(period / 2)
            #expect(abs(decoder.speed(at: later) - expected) < 1e-6 * abs(expected))
        }
    }

    @Test("when the edges stop the speed falls with the time, to zero after a quarter of a second")
    func stops() {
        var shaft = Shaft()
        var decoder = QuadratureDecoder(a: false, b: false)
        for _ in 0..<40 {
            let (track, edge) = shaft.step(1, after: .milliseconds(1))
            decoder.take(edge, of: track)
        }
        #expect(abs(decoder.speed(at: shaft.time + .milliseconds(10)) - 100) < 1e-6)
        #expect(abs(decoder.speed(at: shaft.time + .milliseconds(100)) - 10) < 1e-6)
        #expect(decoder.speed(at: shaft.time + .milliseconds(250)) == 0)
    }

    @Test("numbered edges say exactly how many were dropped")
    func numberedLoss() {
        var shaft = Shaft()
        var decoder = QuadratureDecoder(a: false, b: false)
        for index in 0..<1000 {
            let (track, edge) = shaft.step(1, after: .microseconds(100))
            if (500..<507).contains(index) { continue }
            decoder.take(edge, of: track)
        }
        #expect(decoder.lost == 7)
        decoder.confirm(a: shaft.levels.a, b: shaft.levels.b, at: shaft.time)
        #expect(decoder.lost == 7)
    }

    @Test("without numbers an edge to the level that was there shows a loss")
    func repeatedLevel() {
        var shaft = Shaft(isNumbered: false)
        var decoder = QuadratureDecoder(a: false, b: false)
        for index in 0..<100 {
            let (track, edge) = shaft.step(1, after: .microseconds(100))
            if index == 50 { continue }
            decoder.take(edge, of: track)
        }
        #expect(decoder.illegal == 1)
        #expect(decoder.lost == 1)
    }

    @Test("levels that no edge has announced count when they are found twice, and put the count right again")
    func levels() {
        var shaft = Shaft(isNumbered: false)
        var decoder = QuadratureDecoder(a: false, b: false)
        for _ in 0..<9 {
            let (track, edge) = shaft.step(1, after: .microseconds(100))
            decoder.take(edge, of: track)
        }
        _ = shaft.step(1, after: .microseconds(100))
        decoder.confirm(a: shaft.levels.a, b: shaft.levels.b, at: shaft.time)
        #expect(decoder.count == 9 && decoder.lost == 0, "the edge may still be on its way")
        decoder.confirm(a: shaft.levels.a, b: shaft.levels.b, at: shaft.time)
        #expect(decoder.count == 10 && decoder.lost == 1)
        // Two at once: on the way that it went.
        _ = shaft.step(1, after: .microseconds(100))
        _ = shaft.step(1, after: .microseconds(100))
        for _ in 0..<2 { decoder.confirm(a: shaft.levels.a, b: shaft.levels.b, at: shaft.time) }
        #expect(decoder.count == 12 && decoder.lost == 3 && decoder.illegal == 1)
    }

    @Test("a queue that was full is said where nobody numbers the edges")
    func overrun() {
        var shaft = Shaft(isNumbered: false)
        var decoder = QuadratureDecoder(a: false, b: false)
        for _ in 0..<32 {
            let (track, edge) = shaft.step(1, after: .microseconds(10))
            decoder.take(edge, of: track)
        }
        decoder.confirm(a: shaft.levels.a, b: shaft.levels.b, at: shaft.time)
        #expect(decoder.overruns == 2)
        #expect(decoder.count == 32)
    }
}

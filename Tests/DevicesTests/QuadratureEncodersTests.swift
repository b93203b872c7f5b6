import DeviceIO
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("Quadrature encoders")
struct QuadratureEncodersTests {
    /// Two encoders of 1024 lines on a chip in memory, the right one inverted, turned by the twin.
    private final class Bench {
        let chip: MemoryGPIO
        let state = LatestValue(Stamped(WheelState(), at: .zero))
        let encoders: QuadratureEncoders
        let bodies = [
            QuadratureBody(a: 10, b: 11, countsPerRevolution: 4096),
            QuadratureBody(a: 12, b: 13, countsPerRevolution: 4096, isInverted: true),
        ]
        var now = Instant.zero + .seconds(20)
        var angle = (left: 0.0, right: 0.0)
        /// How many milliseconds pass between two services.
        var every = 1

        init(_ chip: MemoryGPIO = MemoryGPIO(edgeCapacity: 1024, numbersEdges: true)) {
            self.chip = chip
            func encoder(_ name: String, _ a: Int, inverted: Bool) -> QuadratureEncoders.Encoder {
                func line(_ track: String, _ number: Int) -> GPIORequest {
                    GPIORequest(role: "\(name)_\(track)", chip: "gpiochip0", line: number, direction: .input)
                }
                return QuadratureEncoders.Encoder(
                    a: line("a", a), b: line("b", a + 1), countsPerRevolution: 4096, isInverted: inverted)
            }
            encoders = QuadratureEncoders(
                slot: "encoders", left: encoder("left", 10, inverted: false),
                right: encoder("right", 12, inverted: true), opener: chip, state: state)
        }

        /// Turns the wheels at two speeds, rad/s.
        func run(milliseconds: Int, left: Double = 0, right: Double = 0) {
            for step in 0..<milliseconds {
                now += .milliseconds(1)
                angle.left += left * 0.001
                angle.right += right * 0.001
                bodies[0].turn(to: angle.left, at: now, on: chip)
                bodies[1].turn(to: angle.right, at: now, on: chip)
                if step % every == every - 1 { encoders.service(at: now) }
            }
        }

        var read: WheelState { state.load().value }
        var status: DeviceStatus { encoders.status }
    }

    @Test("angles and speeds are those of the wheels, forward positive on both sides")
    func follows() {
        let bench = Bench()
        bench.run(milliseconds: 10)
        #expect(bench.status.phase == .running)
        bench.run(milliseconds: 3000, left: 8, right: -3)
        #expect(abs(bench.read.leftPosition - 24) < 0.004)
        #expect(abs(bench.read.rightPosition + 9) < 0.004)
        #expect(abs(bench.read.leftVelocity - 8) < 0.01)
        #expect(abs(bench.read.rightVelocity + 3) < 0.01)
        #expect(bench.state.load().time == bench.now)
        #expect(bench.status.counters.frames > 20_000)
        #expect(bench.status.counters.resyncs == 0)
        bench.run(milliseconds: 3000, left: -8, right: 3)
        #expect(abs(bench.read.leftPosition) < 0.004)
        bench.run(milliseconds: 300)
        #expect(bench.read.leftVelocity == 0)
    }

    @Test("edges that were dropped are said with their number, and the state is degraded for ten seconds")
    func loss() throws {
        let bench = Bench(MemoryGPIO(edgeCapacity: 16, numbersEdges: true))
        bench.run(milliseconds: 100, left: 2)
        #expect(bench.status.phase == .running)
        bench.every = 50
        bench.run(milliseconds: 50, left: 5)
        bench.every = 1
        bench.run(milliseconds: 100, left: 2)
        let fault = try #require(bench.status.fault)
        #expect(bench.status.phase == .degraded)
        #expect(fault.code == .edgesLost)
        // 5 rad/s for 50 ms are 163 edges, of which 16 of each track were kept.
        #expect((125...135).contains(bench.status.counters.resyncs))
        #expect(fault.what.contains("left encoder: at least \(bench.status.counters.resyncs)"))
        bench.run(milliseconds: 10_100, left: 2)
        #expect(bench.status.phase == .running)
    }

    @Test("the older interface's silent losses show too")
    func silentLoss() {
        let bench = Bench(MemoryGPIO())
        bench.run(milliseconds: 100, left: 2)
        #expect(bench.status.counters.resyncs == 0)
        bench.every = 50
        bench.run(milliseconds: 50, left: 5)
        #expect(bench.status.phase == .degraded)
        #expect(bench.status.counters.resyncs > 0)
    }

    @Test("a chip that goes and comes back goes on from the same angle")
    func reopened() {
        let bench = Bench()
        bench.run(milliseconds: 1000, left: 4)
        let before = bench.read.leftPosition
        bench.chip.setLost(line: 10, true)
        bench.run(milliseconds: 100)
        #expect(bench.status.phase == .recovering)
        #expect(bench.status.fault?.what.contains("left encoder") == true)
        bench.chip.setLost(line: 10, false)
        bench.run(milliseconds: 1200)
        #expect(bench.status.phase == .running)
        #expect(abs(bench.read.leftPosition - before) < 0.01)
        bench.run(milliseconds: 500, left: 4)
        #expect(abs(bench.read.leftPosition - before - 2) < 0.01)
    }

    @Test("the twin's tracks never turn faster than the encoder can, and catch up")
    func boundedRate() {
        let chip = MemoryGPIO(edgeCapacity: 10_000, numbersEdges: true)
        let body = QuadratureBody(a: 1, b: 2, countsPerRevolution: 4000, maxRate: 10_000)
        func request(_ line: Int) -> GPIORequest {
            GPIORequest(role: "track", chip: "memory", line: line, direction: .input)
        }
        guard let group = try? chip.openTogether([request(1), request(2)]) else { return }
        var now = Instant.zero
        body.turn(to: 0, at: now, on: chip)
        var counts: [Int] = []
        for _ in 0..<150 {
            now += .milliseconds(1)
            body.turn(to: .pi / 2, at: now, on: chip)  // a quarter of a turn at once: 1000 edges
            var count = 0
            while let edge = try? group.nextEdge() {
                #expect(edge.edge.time <= now)
                count += 1
            }
            counts.append(count)
        }
        #expect(counts.max() == 10)
        #expect(counts.reduce(0, +) == 1000)
    }
}

import RobotModel
import Safety
import Testing

extension LidarWatch {
    /// A revolution begins.
    fileprivate mutating func mark(_ lidar: Int, at time: Instant) {
        take(lidar, startsRevolution: true, isEcho: true, at: time)
    }
}

@Suite("Several LiDARs, and excesses that last")
struct LidarWatchTests {
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    @Test("the age that counts is that of the LiDAR that has been silent longest")
    func worst() {
        var watch = LidarWatch(limits: [0.35, 0.35, 0.35], beams: [0, 0, 0])
        #expect(watch.worstAge(at: at(1)) > 100)
        for lidar in 0..<3 { watch.mark(lidar, at: at(1)) }
        #expect(watch.worstAge(at: at(1)) == 0)
        watch.mark(0, at: at(2))
        watch.mark(2, at: at(1.75))
        #expect(watch.worstAge(at: at(2)) == 1)
        watch.mark(1, at: at(2))
        #expect(watch.worstAge(at: at(2)) == 0.25)
        // A sample that comes late is no news, and one of a LiDAR that is not required neither.
        watch.mark(0, at: at(0.5))
        watch.mark(7, at: at(9))
        watch.mark(-1, at: at(9))
        #expect(watch.worstAge(at: at(2)) == 0.25)
        #expect(LidarWatch(limits: [], beams: []).worstAge(at: at(2)) == 0)
    }

    @Test("one of two LiDARs that falls silent stops the robot, whatever the other one sees")
    func oneOfTwo() {
        var watch = LidarWatch(limits: [0.35, 0.35], beams: [0, 0])
        var supervisor = SafetySupervisor()
        var stopped: Double?
        for tick in 0..<2000 {
            let now = at(Double(tick) * 0.001)
            watch.mark(0, at: now)
            if tick < 1000 { watch.mark(1, at: now) }
            var flags = SafetyFlags()
            flags.lidarAge = watch.worstAge(at: now)
            let isBlind = supervisor.step(flags, at: now).causes == .staleLidar
            if isBlind, stopped == nil { stopped = now.seconds(since: .zero) }
        }
        #expect(stopped.map { abs($0 - 1.35) < 0.002 } ?? false)
    }

    @Test(
        "a revolution counts when a quarter of its samples came, and a fortieth of them saw something",
        arguments: [(100, 100, false), (200, 200, true), (700, 0, false), (700, 10, false), (700, 20, true)])
    func revolution(samples: Int, echoes: Int, counts: Bool) {
        var watch = LidarWatch(limits: [0.35], beams: [720])
        watch.take(0, startsRevolution: true, isEcho: false, at: at(1))
        for index in 1..<samples {
            watch.take(0, startsRevolution: false, isEcho: index <= echoes, at: at(1 + Double(index) * 1e-4))
        }
        watch.take(0, startsRevolution: true, isEcho: false, at: at(1.1))
        #expect((watch.worstAge(at: at(1.1)) == 0) == counts)
    }

    @Test("an excess counts from its first look, and a single look within the limit ends it")
    func persistence() {
        var excess = Persistence()
        #expect(excess.step(isBeyond: false, at: at(1)) == 0)
        #expect(excess.step(isBeyond: true, at: at(2)) == 0)
        #expect(excess.step(isBeyond: true, at: at(2.5)) == 0.5)
        #expect(excess.step(isBeyond: true, at: at(3)) == 1)
        #expect(excess.step(isBeyond: false, at: at(3.1)) == 0)
        #expect(excess.step(isBeyond: true, at: at(3.2)) == 0)
    }
}

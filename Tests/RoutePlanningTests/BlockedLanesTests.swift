import RobotModel
import RoutePlanning
import Testing

struct BlockedLanesTests {
    private let lane = LaneReference(level: "L1", from: 3, to: 4)

    private func at(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

    @Test("a blocked lane is closed for a minute, and tried again then")
    func decays() {
        var lanes = BlockedLanes()
        lanes.block(lane, at: at(10))
        #expect(lanes.closed(at: at(69)) == [lane] && lanes.closed(at: at(70)).isEmpty)
        #expect(lanes.nextRetry(after: at(20)) == at(70))
        #expect(lanes.nextRetry(after: at(70)) == nil)
    }

    @Test("found blocked again, it is closed for twice as long each time, up to half an hour")
    func again() {
        var lanes = BlockedLanes()
        var now = 0
        var lengths: [Int] = []
        for _ in 0..<7 {
            lanes.block(lane, at: at(now))
            let retry = lanes.nextRetry(after: at(now)) ?? at(now)
            lengths.append(Int((retry - at(now)).inSeconds))
            now += lengths[lengths.count - 1]
        }
        #expect(lengths == [60, 120, 240, 480, 960, 1800, 1800])
    }

    @Test("said twice of the same blockage, it is not closed for longer each time")
    func repeated() {
        var lanes = BlockedLanes()
        for second in 0..<30 { lanes.block(lane, at: at(second)) }
        #expect(lanes.nextRetry(after: at(30)) == at(89))
    }

    @Test("driven again, or left alone for long, it is a lane like any other")
    func forgotten() {
        var lanes = BlockedLanes()
        lanes.block(lane, at: at(0))
        lanes.clear(lane)
        #expect(lanes.closed(at: at(1)).isEmpty)
        lanes.block(lane, at: at(0))
        lanes.block(lane, at: at(300))
        #expect(lanes.nextRetry(after: at(300)) == at(360))
    }
}

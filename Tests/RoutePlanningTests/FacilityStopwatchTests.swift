import BuildingMap
import RobotModel
import RoutePlanning
import Testing

@Suite("Timing doors and lifts")
struct FacilityStopwatchTests {
    private var stopwatch = FacilityStopwatch()

    private func at(_ seconds: Double) -> Instant { .zero + .seconds(100 + seconds) }

    private mutating func lift(
        _ seconds: Double, _ session: FacilitySession, _ level: LevelID = "L1", to destination: LevelID = "L1",
        _ door: DoorMode, _ motion: LiftMotion = .stopped
    ) -> [FacilityStopwatch.Sample] {
        stopwatch.look(
            doors: [:],
            lifts: [
                "lift": LiftState(
                    currentLevel: level, destination: destination, door: door, motion: motion, mode: .agv,
                    session: session, reported: at(seconds))
            ], at: at(seconds))
    }

    private mutating func door(_ seconds: Double, _ session: FacilitySession, _ mode: DoorMode)
        -> [FacilityStopwatch.Sample]
    {
        stopwatch.look(doors: ["door": DoorState(mode: mode, session: session)], lifts: [:], at: at(seconds))
    }

    @Test("a door is timed from the first request until it is open for us")
    mutating func opening() {
        #expect(door(0, .requested(since: at(0)), .closed).isEmpty)
        #expect(door(2, .requested(since: at(2)), .moving).isEmpty)
        #expect(door(4, .granted(since: at(4)), .moving).isEmpty)
        #expect(door(5, .granted(since: at(4)), .open) == [.opening("door", seconds: 5)])
        #expect(door(6, .granted(since: at(4)), .open).isEmpty)
    }

    @Test("a door that does not open counts with the time that was lost on it")
    mutating func refused() {
        #expect(door(0, .requested(since: at(0)), .closed).isEmpty)
        #expect(door(15, .failed("did not open"), .closed) == [.opening("door", seconds: 15)])
    }

    @Test("a request that is refused at once says nothing of the time it takes, one that is given up after a wait does")
    mutating func refusedAtOnce() {
        #expect(door(0, .requested(since: at(0)), .offline).isEmpty)
        #expect(door(0.05, .failed("offline"), .offline).isEmpty)
        #expect(lift(0, .requested(since: at(0)), "L1", .closed).isEmpty)
        #expect(lift(0.05, .failed("fire mode"), "L1", .closed).isEmpty)
        // Nothing is left of it for the next request.
        #expect(lift(60, .requested(since: at(60)), "L1", .closed).isEmpty)
        #expect(lift(64.9, .failed("fire mode"), "L1", .closed).isEmpty)
        #expect(lift(70, .requested(since: at(70)), "L1", .closed).isEmpty)
        #expect(lift(75, .failed("the car does not come"), "L1", .closed) == [.waiting("lift", seconds: 5)])
    }

    @Test("a door taken up again after a restart is not timed")
    mutating func adopted() { #expect(door(0, .granted(since: at(0)), .open).isEmpty) }

    @Test("a lift is timed until its car stands open, and each ride from door to door")
    mutating func ride() {
        #expect(lift(0, .requested(since: at(0)), "L3", .closed).isEmpty)
        #expect(lift(10, .granted(since: at(10)), "L3", .closed, .down).isEmpty)
        #expect(lift(30, .granted(since: at(10)), "L1", .open) == [.waiting("lift", seconds: 30)])
        #expect(lift(45, .granted(since: at(10)), "L1", to: "L2", .moving).isEmpty)
        #expect(lift(50, .granted(since: at(10)), "L1", to: "L2", .closed, .up).isEmpty)
        #expect(
            lift(65, .granted(since: at(10)), "L2", to: "L2", .open) == [
                .ride("lift", from: "L1", to: "L2", seconds: 20)
            ])
        #expect(lift(70, .releasing(since: at(70)), "L2", to: "L2", .open).isEmpty)
    }

    @Test("a stop on the way for somebody else is part of the ride, and a session lost on it no wait")
    mutating func interrupted() {
        _ = lift(0, .granted(since: at(0)), "L1", .open)
        _ = lift(5, .granted(since: at(0)), "L1", to: "L3", .closed, .up)
        #expect(lift(15, .granted(since: at(0)), "L2", to: "L3", .open).isEmpty)
        #expect(lift(20, .requested(since: at(20)), "L2", to: "L3", .closed, .up).isEmpty)
        #expect(
            lift(40, .granted(since: at(21)), "L3", to: "L3", .open) == [
                .ride("lift", from: "L1", to: "L3", seconds: 35)
            ])
    }
}

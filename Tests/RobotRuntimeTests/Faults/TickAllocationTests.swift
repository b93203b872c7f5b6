import BoardFile
import CMallocCounter
import Control
import RobotModel
import RobotRuntime
import Synchronization
import Testing
import Twin

/// Calls of the malloc family in the ticks of a whole robot: every device of the board attached, scans coming in, wheels
/// and arm at work.
@Suite(
    "Allocations of the robot's tick",
    .enabled(if: doorstep_malloc_counter_works(), "malloc cannot be counted here"))
struct TickAllocationTests {
    @Test("10 000 ticks of driving call malloc not once")
    func driving() async throws {
        let rig = try Rig()
        try await rig.startLunch()
        let counter = TickCounter()
        rig.observer = counter.observer
        await rig.run(10)
        #expect(rig.truth.distance > 2)
        #expect(rig.status.place.localization == "tracking")
        #expect(rig.status.devices.allSatisfy { $0.phase == "running" })
        #expect(counter.ticks.load(ordering: .relaxed) == 10_000)
        #expect(counter.calls.load(ordering: .relaxed) == 0)
    }

    /// Board files whose tick is counted for a whole minute.
    static let boards = ["twin", "twin-full"]

    @Test(
        "a minute of a mission, 60 000 ticks with every device of the board, calls malloc not once", arguments: boards)
    func minute(board: String) async throws {
        let rig = try Rig(boardFile: board)
        try await rig.startLunch()
        let counter = TickCounter()
        rig.observer = counter.observer
        await rig.run(60)
        #expect(rig.truth.distance > 10)
        #expect(rig.status.devices.allSatisfy { $0.phase == "running" })
        #expect(counter.ticks.load(ordering: .relaxed) == 60_000)
        #expect(counter.calls.load(ordering: .relaxed) == 0)
        // Every task of the table has done its work.
        for task in rig.status.tick.tasks where task.every > 0 {
            #expect(task.runs >= 60_000 / task.every, "\(task.name)")
        }
    }

    @Test("10 000 ticks of work with the arm, an emergency stop among them, call malloc not once")
    func withTheArm() async throws {
        let rig = try Rig(adjustBoard: { $0.home = "kerb" })
        #expect(try await rig.reachForFlap())
        let before = rig.truth.joints
        let counter = TickCounter()
        rig.observer = counter.observer
        await rig.run(4)
        rig.twin.inject(.emergencyStop)
        await rig.run(1)
        rig.twin.clear(.emergencyStop)
        await rig.run(1)
        _ = await rig.robot.answer(.clear)
        await rig.run(4)
        #expect(zip(rig.truth.joints, before).contains { abs($0 - $1) > 0.3 })
        #expect(rig.isFree)
        #expect(counter.ticks.load(ordering: .relaxed) == 10_000)
        #expect(counter.calls.load(ordering: .relaxed) == 0)
    }

    @Test("the counter counts: a tick that makes an array is found out")
    func counts() async throws {
        let rig = try Rig()
        await rig.run(1)
        let counter = TickCounter(makesArrays: true)
        rig.observer = counter.observer
        await rig.run(0.1)
        // At least one malloc and one free a tick.
        #expect(counter.calls.load(ordering: .relaxed) >= 200)
    }
}

/// Counts the malloc family's calls in the ticks.
private final class TickCounter: Sendable {
    let ticks = Atomic<Int>(0)
    let calls = Atomic<Int>(0)
    private let makesArrays: Bool

    init(makesArrays: Bool = false) { self.makesArrays = makesArrays }

    var observer: TickObserver {
        TickObserver(
            before: { doorstep_malloc_count_begin() },
            after: { [self] in
                if makesArrays {
                    let values = (0..<50 + ticks.load(ordering: .relaxed) % 7).map { $0 * 2 }
                    if values.reduce(0, +) < 0 { print(values) }
                }
                calls.add(Int(doorstep_malloc_count_end()), ordering: .relaxed)
                ticks.add(1, ordering: .relaxed)
            })
    }
}

import BoardFile
import Control
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The emergency stop, from the level on its line to the frame on the wheels' port.
@Suite("The emergency stop")
struct EmergencyStopTests {
    /// Write 5 (emergency stop) to register 0x200E of unit 1 (ZLAC8015D manual, control word).
    private static let stop: [UInt8] = [0x01, 0x06, 0x20, 0x0E, 0x00, 0x05]

    @Test("is on the wheels' port within two ticks, whatever is under way there")
    func latency() async throws {
        var taps: [PortTap] = []
        let rig = try Rig(wrap: { ports in
            let tap = PortTap(ports, path: "/tmp/doorstep-twin/wheels")
            taps.append(tap)
            return tap
        })
        let tap = try #require(taps.first)
        #expect(await rig.run(10) { $0.isFree && $0.status.wheels.enabled })
        // The wheels' cycle has 20 phases of a millisecond.
        for phase in 0..<20 {
            await rig.run(0.001 * Double(phase % 2 == 0 ? 40 - phase : 21 + phase))
            let frames = FrameTimes(rig, tap)
            rig.twin.inject(.emergencyStop)
            await rig.run(0.05)
            // The level changes in the first millisecond from now.
            let edge = frames.start + .milliseconds(1)
            let index = try #require(frames.frames.firstIndex { $0.bytes.starts(with: Self.stop) })
            let handedOver = Int((frames.frames[index].time - edge).inSeconds * 1000 + 0.5)
            // No question is begun after the edge's tick.
            if index > 0 { #expect(frames.frames[index - 1].time <= edge, "phase \(phase)") }
            #expect(handedOver <= 2, "phase \(phase)")
            rig.twin.clear(.emergencyStop)
            await rig.run(0.7)
            _ = await rig.robot.answer(.clear)
            #expect(await rig.run(1) { $0.isFree && $0.status.wheels.enabled })
        }
    }

    @Test("stops a driving robot on the spot; released it stands until a person clears it, and starts without a jump")
    func whileDriving() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        let doing = rig.doing
        let watch = MotionWatch(rig)
        rig.twin.inject(.emergencyStop)
        await rig.run(1)
        #expect(watch.wheelsStoodAfter < 0.2)
        #expect(watch.rolled < 0.1)
        #expect(rig.status.safety.action == "torqueOff")
        #expect(!rig.status.wheels.enabled)
        #expect(rig.hasSaid("stopped: emergency stop pressed"))
        // A word while it is pressed counts for nothing.
        #expect(await rig.robot.answer(.clear).isDone)

        rig.twin.clear(.emergencyStop)
        let released = MotionWatch(rig)
        await rig.run(3)
        #expect(released.wheelsStoodAfter == 0)
        #expect(rig.status.safety.latched == ["emergency stop pressed"])
        #expect(rig.hasSaid("gone; waits for `clear` from a person"))

        let after = MotionWatch(rig)
        #expect(await rig.robot.answer(.clear).isDone)
        #expect(await rig.run(3) { $0.truth.twist.linear > 0.4 })
        #expect(rig.doing == doing)
        #expect(after.greatestSpeedStep < Smooth.speedStep)
        #expect(after.contacts == 0)
    }

    @Test("is not forgotten when the daemon is killed and started again: released or still pressed, it takes a person")
    func acrossRestart() async throws {
        for isReleasedFirst in [true, false] {
            let rig = try Rig()
            #expect(try await rig.driveOff())
            rig.twin.inject(.emergencyStop)
            await rig.run(1)
            if isReleasedFirst {
                rig.twin.clear(.emergencyStop)
                await rig.run(1)
            }
            try await rig.killAndRestart { $0.twin.clear(.emergencyStop) }
            let watch = MotionWatch(rig)
            await rig.run(12)
            #expect(watch.rolled < 0.01)
            #expect(rig.status.safety.action == "torqueOff")
            #expect(rig.status.safety.latched == ["emergency stop pressed"])
            #expect(await rig.robot.answer(.clear).isDone)
            #expect(await rig.run(20) { $0.truth.twist.linear > 0.4 }, "\(rig.doing) \(rig.said)")
            // The word is kept as well.
            try await rig.killAndRestart()
            #expect(await rig.run(20) { $0.truth.twist.linear > 0.4 }, "\(rig.doing) \(rig.said)")
        }
    }

    @Test("ends what a technician drives by hand: nothing moves when it is cleared")
    func whileDrivenByHand() async throws {
        let rig = try Rig()
        await rig.run(10) { $0.status.place.localization == "tracking" && $0.isFree }
        #expect(await rig.robot.answer(.service(.drive(metres: 0.4))).isDone)
        #expect(await rig.run(3) { $0.truth.twist.linear > 0.1 })
        rig.twin.inject(.emergencyStop)
        await rig.run(1)
        rig.twin.clear(.emergencyStop)
        await rig.run(1)
        let stopped = MotionWatch(rig)
        #expect(await rig.robot.answer(.clear).isDone)
        #expect(await rig.run(2) { $0.isFree })
        await rig.run(3)
        #expect(stopped.rolled < 0.002)
        #expect(rig.hasSaid("the stop has ended the drive"))
        // A new word is obeyed.
        #expect(await rig.robot.answer(.service(.drive(metres: 0.1))).isDone)
        #expect(await rig.run(3) { $0.truth.twist.linear > 0.05 })
    }

    @Test("holds a moving arm where it is; cleared it goes on its path without a jump")
    func whileTheArmMoves() async throws {
        let rig = try Rig(adjustBoard: { $0.home = "kerb" })
        #expect(try await rig.reachForFlap())
        let watch = MotionWatch(rig)
        rig.twin.inject(.emergencyStop)
        await rig.run(1)
        #expect(watch.armStoodAfter < 0.3)
        #expect(watch.armWay < 0.2)
        rig.twin.clear(.emergencyStop)
        let released = MotionWatch(rig)
        await rig.run(3)
        #expect(released.armStoodAfter == 0)
        let after = MotionWatch(rig)
        #expect(await rig.robot.answer(.clear).isDone)
        #expect(await rig.run(10) { $0.doing.contains("opening the flap") })
        #expect(after.greatestGoalStep <= Smooth.goalStep)
        #expect(after.contacts == 0)
    }
}

/// The frames that the robot hands to a tapped port, with their moments.
private final class FrameTimes {
    let start: Instant
    private(set) var frames: [(time: Instant, bytes: [UInt8])] = []

    init(_ rig: Rig, _ tap: PortTap) {
        start = rig.now
        _ = tap.take()
        rig.watch = { [self] rig in
            // The world moves before the devices are served: what is here now was written a millisecond ago.
            for bytes in tap.take() { frames.append((rig.now - .milliseconds(1), bytes)) }
        }
    }
}

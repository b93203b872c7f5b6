import BoardFile
import Control
import RobotModel
import Testing
import Twin

/// A line or a chip that fails, and what the supervisor calls it.
struct DeviceFailure: Sendable, CustomTestStringConvertible {
    var slot: SlotID
    var fault: Fault
    var codes: [RobotError.Code]

    /// Every trouble of a serial line.
    static func line(_ slot: SlotID) -> [DeviceFailure] {
        LineTrouble.allCases.map { trouble in
            let codes: [RobotError.Code] =
                switch trouble {
                case .silent: [.silent]
                case .garbage, .truncated: [.garbage, .silent]
                case .unplugged: [.noSuchDevice, .lost]
                }
            return DeviceFailure(slot: slot, fault: .line(slot, trouble), codes: codes)
        }
    }

    static let gpio = DeviceFailure(slot: "gpio", fault: .gpioUnplugged, codes: [.noSuchDevice, .lost])

    var testDescription: String { "\(fault)" }
}

/// Each device slot with each trouble that its line can have, at a moment that matters, through the whole daemon.
@Suite("A device that fails")
struct DeviceFaultTests {
    /// Seconds that a device may take to be back by itself once its trouble is gone: a handshake after a pause of a
    /// second, and the longest settling of a cause.
    private static let backTime = 2 + 0.5

    /// Looks at what the robot tells about a failed device: where, why, and what to do.
    private func expectNamed(_ failure: DeviceFailure, _ rig: Rig, since heard: Int) {
        let device = rig.device(failure.slot)
        #expect(device?.phase != "running")
        #expect(device?.fault.map { failure.codes.contains($0.code) } == true, "\(String(describing: device?.fault))")
        #expect(device?.fault?.hint?.isEmpty == false)
        #expect(
            rig.said[heard...].contains { $0.hasPrefix(failure.slot.rawValue) && $0.contains("hint: ") },
            "said \(rig.said[heard...])")
    }

    @Test(
        "while it drives: it stands within its stopping distance, names the device, and drives on by itself",
        arguments: DeviceFailure.line("lidar") + DeviceFailure.line("wheels") + [DeviceFailure.gpio])
    func whileDriving(_ failure: DeviceFailure) async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        let doing = rig.doing
        let heard = rig.said.count
        let watch = MotionWatch(rig)
        rig.twin.inject(failure.fault)
        await rig.run(3)
        // Noticed when the device counts as silent; then the fast stop from full speed, and the motors' own delay.
        let base = rig.board.base
        let noticed =
            switch failure.slot {
            case "lidar": rig.board.lidar.staleAfter.inSeconds
            case "wheels": rig.board.wheels.staleAfter.inSeconds
            default: 0.1
            }
        let braking = 2 * base.maxDeceleration
        #expect(watch.wheelsStoodAfter < noticed + base.maxSpeed / braking + 0.3)
        #expect(watch.rolled < base.maxSpeed * (noticed + 0.1) + base.maxSpeed * base.maxSpeed / (2 * braking))
        #expect(watch.contacts == 0)
        #expect(rig.status.safety.action == "protectiveStop")
        #expect(rig.status.safety.causes.count == 1, "\(rig.status.safety.causes)")
        expectNamed(failure, rig, since: heard)

        let after = MotionWatch(rig)
        rig.twin.clear(failure.fault)
        #expect(await rig.run(Self.backTime) { $0.isFree && $0.device(failure.slot)?.phase == "running" })
        #expect(await rig.run(4) { $0.truth.twist.linear > 0.4 })
        #expect(rig.doing == doing)
        #expect(rig.hasSaid("in service"))
        #expect(after.greatestSpeedStep < Smooth.speedStep)
        #expect(after.contacts == 0)
    }

    @Test(
        "while the arm moves: it holds still, names the bus, and goes on by itself where it was",
        arguments: DeviceFailure.line("joints"))
    func whileTheArmMoves(_ failure: DeviceFailure) async throws {
        let rig = try Rig(adjustBoard: { $0.home = "kerb" })
        #expect(try await rig.reachForFlap())
        let heard = rig.said.count
        let watch = MotionWatch(rig)
        rig.twin.inject(failure.fault)
        await rig.run(2.5)
        // A bus of which only the last servo is mute counts as lost after 0.3 s; then the arm's clock runs out.
        #expect(watch.armStoodAfter < 0.3 + 0.15 + 0.1)
        #expect(watch.armWay < 0.5)
        #expect(watch.rolled == 0)
        #expect(watch.contacts == 0)
        #expect(rig.status.safety.action == "hold")
        #expect(rig.status.safety.causes == ["no joint data"])
        #expect(rig.doing.contains("reaching for the flap"))
        expectNamed(failure, rig, since: heard)

        let after = MotionWatch(rig)
        rig.twin.clear(failure.fault)
        #expect(await rig.run(Self.backTime) { $0.isFree && $0.device("joints")?.phase == "running" })
        // Held where it was found: one cycle of the bus, and what the arm has moved since it may.
        #expect(after.armWay < 0.08)
        #expect(await rig.run(10) { $0.doing.contains("opening the flap") })
        #expect(after.greatestGoalStep <= Smooth.goalStep)
        #expect(after.contacts == 0)
    }

    @Test(
        "while it waits at a door: it goes on waiting before it, names the relay box, and passes when it is back",
        arguments: DeviceFailure.line("facilities"))
    func atADoor(_ failure: DeviceFailure) async throws {
        let rig = try Rig(.entrance)
        try await rig.startLunch()
        #expect(await rig.run(20) { $0.doing.contains("door entrance: waiting for it to open") })
        let heard = rig.said.count
        await rig.run(0.2)
        let watch = MotionWatch(rig)
        rig.twin.inject(failure.fault)
        await rig.run(4)
        // The door may have opened on what it heard before; nobody knows, so nobody drives.
        #expect(watch.rolled < 0.001)
        #expect(rig.doing.contains("waiting for it to open"))
        expectNamed(failure, rig, since: heard)

        let after = MotionWatch(rig)
        rig.twin.clear(failure.fault)
        #expect(await rig.run(Self.backTime) { $0.device("facilities")?.phase == "running" })
        #expect(await rig.run(15) { $0.progress(through: "entrance", heading: 180) > 0.5 })
        #expect(after.contacts == 0)
    }

    @Test(
        "at the box: its arm keeps away from a box that does not answer, and opens it when it is heard again",
        arguments: DeviceFailure.line("box_radio"))
    func atTheBox(_ failure: DeviceFailure) async throws {
        let rig = try Rig(adjustBoard: { $0.home = "kerb" })
        try await rig.startLunch()
        #expect(await rig.run(30) { $0.doing.contains("box 7: measuring where it is") })
        let heard = rig.said.count
        let watch = MotionWatch(rig)
        rig.twin.inject(failure.fault)
        await rig.run(4)
        #expect(watch.rolled == 0)
        // A box that hears and is not heard may have let go of its flap; the arm has not touched it.
        #expect(rig.truth.flapOpening < 0.1)
        #expect(!rig.doing.contains("reaching"))
        if case .line(_, .silent) = failure.fault {
            // Out of range and mute are the same to a radio: the mission's words say for what it waits.
            #expect(rig.device("box_radio")?.fault == nil)
            #expect(rig.doing.contains("unlocking it") || rig.doing.contains("reading its number"), "\(rig.doing)")
        } else {
            expectNamed(failure, rig, since: heard)
        }
        rig.twin.clear(failure.fault)
        #expect(await rig.run(Self.backTime) { $0.device("box_radio")?.phase == "running" })
        #expect(await rig.run(15) { $0.doing.contains("opening the flap") })
        #expect(rig.truth.contacts == 0)
    }

    @Test(
        "at the hand-over: noise opens nothing, silence is waited out, and the next PIN counts",
        arguments: DeviceFailure.line("keypad"))
    func atTheHandOver(_ failure: DeviceFailure) async throws {
        let scene = Scene("L3", 6.0, -8.5, facing: 90, home: "suite_301")
        let rig = try Rig(
            scene, carrying: Rig.mission(wait: 120),
            adjust: { scenario in
                scenario.people = [
                    .recipient(RecipientSetup(level: "L3", position: Point2D(6.0, -7.38), pin: "4711"))
                ]
            })
        #expect(await rig.run(15) { $0.doing.contains("waiting for the recipient") })
        let heard = rig.said.count
        rig.twin.inject(failure.fault)
        // The recipient types the PIN in vain.
        await rig.run(6)
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.meal == .inCompartment)
        #expect(!rig.hasSaid("wrong PIN"))
        #expect(rig.doing.contains("waiting for the recipient"))
        switch failure.fault {
        case .line(_, .silent), .line(_, .truncated):
            // A key is one byte: without it there is silence, and silence is how a keypad is.
            #expect(rig.device("keypad")?.fault == nil)
        default: expectNamed(failure, rig, since: heard)
        }
        rig.twin.clear(failure.fault)
        #expect(await rig.run(Self.backTime) { $0.device("keypad")?.phase == "running" })
        #expect(await rig.run(20) { $0.truth.meal == .delivered })
        #expect(await rig.run(10) { $0.hasSaid("enjoy your meal") })
    }
}

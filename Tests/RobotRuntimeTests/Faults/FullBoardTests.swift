import BoardFile
import Control
import Foundation
import RobotModel
import Testing
import Twin

/// Sensors that a board may do without, on the board with every slot filled: what the robot makes of each of them, and of
/// its silence.
@Suite("A board with every slot filled")
struct FullBoardTests {
    private func driving() async throws -> Rig {
        let rig = try Rig(boardFile: "twin-full")
        #expect(try await rig.driveOff())
        return rig
    }

    @Test(
        "stops for the silence of what it needs, and goes on by itself",
        arguments: [("lidar_rear", "no LiDAR data"), ("joint_encoders", "no joint data")] as [(SlotID, String)])
    func needed(slot: SlotID, cause: String) async throws {
        let rig = try await driving()
        rig.twin.inject(.line(slot, .silent))
        #expect(await rig.run(1) { $0.status.safety.causes.contains(cause) }, "\(rig.status.safety.causes)")
        #expect(!rig.isFree)
        let watch = MotionWatch(rig)
        await rig.run(2)
        #expect(watch.contacts == 0)
        #expect(rig.truth.twist.linear == 0)
        rig.twin.clear(.line(slot, .silent))
        #expect(await rig.run(4) { $0.isFree && $0.truth.twist.linear > 0.3 }, "\(rig.status.safety.causes)")
    }

    @Test("takes the drive's voltage while the battery's own line is silent, says so, and drives on")
    func silentBattery() async throws {
        let rig = try await driving()
        #expect(rig.status.battery.current != nil && rig.status.battery.temperature != nil)
        rig.twin.inject(.line("battery", .silent))
        #expect(await rig.run(7) { $0.status.battery.current == nil })
        #expect(rig.status.safety.causes.contains("no battery or inertial data"))
        #expect(rig.isFree && abs(rig.status.battery.voltage - 25) < 3)
        rig.twin.clear(.line("battery", .silent))
        #expect(await rig.run(3) { $0.status.battery.current != nil })
        #expect(await rig.run(3) { !$0.status.safety.causes.contains("no battery or inertial data") })
    }

    @Test("shows what the inertial unit feels, and drives on without it")
    func inertialUnit() async throws {
        let rig = try await driving()
        let felt = try #require(rig.status.inertial)
        #expect(abs(felt.acceleration[2] - 9.81) < 0.3, "\(felt.acceleration)")
        #expect((90_000...105_000).contains(felt.pressure))
        rig.twin.inject(.line("inertial", .silent))
        #expect(await rig.run(2) { $0.status.safety.causes.contains("no battery or inertial data") })
        #expect(rig.isFree)
    }

    @Test("stops when the chip with the wheels' encoders goes away")
    func wheelEncoders() async throws {
        let rig = try await driving()
        rig.twin.inject(.gpioUnplugged)
        #expect(await rig.run(1) { $0.status.safety.causes.contains("no wheel data") }, "\(rig.status.safety.causes)")
        #expect(rig.device("wheel_encoders")?.fault?.hint?.isEmpty == false)
        rig.twin.clear(.gpioUnplugged)
        #expect(await rig.run(3) { $0.device("wheel_encoders")?.phase == "running" })
        #expect(await rig.run(4) { $0.isFree && $0.truth.twist.linear > 0.3 }, "\(rig.status.safety.causes)")
    }

    @Test("is not put together with a calibration file of another model")
    func wrongCalibration() throws {
        let file = NSTemporaryDirectory() + "doorstep-calibration-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let rows = (1...32).map { "\($0),\(16 - $0),0" }
        try (["Channel,Elevation,Azimuth"] + rows).joined(separator: "\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: RobotError.self) {
            _ = try Rig(
                boardFile: "twin-full",
                adjustBoard: { board in
                    board.lidars[1].driver = .hesaiJT16
                    board.lidars[1].calibration = file
                })
        }
        #expect(error?.what.contains("32 channels") == true && error?.expected?.contains("16") == true, "\(error)")
    }
}

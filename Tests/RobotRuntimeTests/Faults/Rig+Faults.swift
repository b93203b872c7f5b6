import Control
import RobotModel
import Twin

extension Rig {
    /// Whether the supervisor lets the robot drive.
    var isFree: Bool { ["none", "warn", "slow"].contains(status.safety.action) }

    /// What the robot tells about a device.
    func device(_ slot: SlotID) -> DeviceSection? { status.devices.first { $0.slot == slot.rawValue } }

    /// Drives off from the charger with the sample mission until the robot is fast.
    func driveOff() async throws -> Bool {
        try await startLunch()
        return await run(10) { $0.truth.twist.linear > 0.6 }
    }

    /// From the kerb with the sample mission until the arm reaches for the box's flap. `home` has to be the kerb.
    func reachForFlap() async throws -> Bool {
        try await startLunch()
        return await run(30) { rig in
            rig.doing.contains("reaching for the flap") && rig.status.joints.contains { abs($0.velocity) > 0.3 }
        }
    }
}

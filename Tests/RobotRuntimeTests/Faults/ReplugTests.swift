import BoardFile
import Control
import RobotModel
import Testing
import Twin

/// A connector that is pulled and put back, on every serial line of the board with every slot filled.
@Suite("A connector that is pulled")
struct ReplugTests {
    static let slots: [SlotID] = [
        "lidar", "lidar_rear", "wheels", "joints", "joint_encoders", "battery", "inertial", "facilities", "box_radio",
        "keypad",
    ]

    @Test("is noticed within 0.2 s, and the device is back in service within 2 s of being plugged in", arguments: slots)
    func comesBack(slot: SlotID) async throws {
        let rig = try Rig(boardFile: "twin-full")
        #expect(await rig.run(15) { $0.status.devices.allSatisfy { $0.phase == "running" } }, "\(rig.status.devices)")
        rig.twin.inject(.line(slot, .unplugged))
        #expect(await rig.run(0.2) { $0.device(slot)?.phase != "running" })
        await rig.run(1)
        let fault = try #require(rig.device(slot)?.fault)
        #expect([.noSuchDevice, .lost].contains(fault.code) && fault.hint?.isEmpty == false, "\(fault)")
        rig.twin.clear(.line(slot, .unplugged))
        #expect(await rig.run(2) { $0.device(slot)?.phase == "running" }, "\(String(describing: rig.device(slot)))")
        #expect(rig.device(slot)?.reconnects ?? 0 > 0)
    }
}

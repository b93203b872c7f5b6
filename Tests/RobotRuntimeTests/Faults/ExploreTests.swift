import BoardFile
import Control
import Foundation
import RobotModel
import Testing
import Twin

struct ExploreTests {
    struct Case: Sendable { var slot: SlotID; var trouble: LineTrouble }
    static let cases: [Case] = ["lidar", "wheels", "joints", "facilities", "box_radio"].flatMap { slot in
        LineTrouble.allCases.map { Case(slot: SlotID(slot), trouble: $0) } }

    @Test(arguments: cases) func explore(c: Case) async throws {
        let t0 = Date()
        var rig: Rig
        switch c.slot {
        case "joints", "box_radio": rig = try Rig(adjustBoard: { $0.home = "kerb" })
        default: rig = try Rig()
        }
        try await rig.startLunch()
        var out = "== \(c.slot) \(c.trouble)\n"
        let met = await rig.run(60) { rig in
            switch c.slot {
            case "joints": rig.doing.contains("reaching for the flap") && rig.status.joints.contains { abs($0.velocity) > 0.3 }
            case "box_radio": rig.doing.contains("measuring")
            case "facilities": rig.doing.contains("waiting for it to open")
            default: rig.truth.twist.linear > 0.6
            }
        }
        out += "met \(met) at \(rig.seconds) v \(rig.truth.twist.linear) \(rig.doing)\n"
        let heard = rig.said.count
        let watch = MotionWatch(rig)
        rig.twin.inject(.line(c.slot, c.trouble))
        await rig.run(3)
        out += "during: wheels \(watch.wheelsStoodAfter) rolled \(watch.rolled) arm \(watch.armStoodAfter) way \(watch.armWay) contacts \(watch.contacts)\n"
        out += "safety \(rig.status.safety) fault \(rig.status.devices.first { $0.slot == c.slot.rawValue }!.phase) \(String(describing: rig.status.devices.first { $0.slot == c.slot.rawValue }!.fault))\n"
        let watch2 = MotionWatch(rig)
        let cleared = rig.seconds
        rig.twin.clear(.line(c.slot, c.trouble))
        let back = await rig.run(10) { $0.status.devices.first { $0.slot == c.slot.rawValue }!.phase == "running" && $0.status.safety.action != "hold" && $0.status.safety.action != "protectiveStop" }
        out += "back \(back) after \(rig.seconds - cleared) \(rig.doing)\n"
        let on = await rig.run(40) { rig in
            switch c.slot {
            case "joints": rig.doing.contains("opening the flap")
            case "box_radio": rig.doing.contains("reaching for the flap")
            case "facilities": rig.doing.contains("crossing")
            default: rig.truth.twist.linear > 0.4
            }
        }
        out += "on \(on) after \(rig.seconds - cleared) \(rig.doing) goalstep \(watch2.greatestGoalStep) speedstep \(watch2.greatestSpeedStep) contacts \(watch2.contacts)\n"
        for s in rig.said[heard...] { out += "   said: \(s)\n" }
        out += "wall \(Date().timeIntervalSince(t0)) robot \(rig.seconds)\n"
        print(out)
    }
}

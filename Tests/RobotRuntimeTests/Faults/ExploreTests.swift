import BoardFile
import BuildingMap
import CMallocCounter
import Control
import Foundation
import RobotModel
import RobotRuntime
import Synchronization
import Testing
import Twin

final class Count: Sendable { let total = Atomic<Int>(0); let ticks = Atomic<Int>(0); let bad = Atomic<Int>(0) }

struct ExploreTests {
    @Test func place() throws {
        let rig = try Rig()
        print(rig.building.place("suite_301")!, rig.building.place("kerb")!)
    }
    @Test(arguments: ["drive", "arm"]) func alloc(what: String) async throws {
        let rig = try Rig(adjustBoard: { if what == "arm" { $0.home = "kerb" } })
        try await rig.startLunch()
        await rig.run(what == "arm" ? 14 : 0.5)
        let count = Count()
        rig.observer = TickObserver(before: { doorstep_malloc_count_begin() }, after: {
            let n = Int(doorstep_malloc_count_end()); count.total.add(n, ordering: .relaxed); count.ticks.add(1, ordering: .relaxed); if n > 0 { count.bad.add(1, ordering: .relaxed) } })
        await rig.run(10)
        print("ALLOC \(what) \(count.total.load(ordering: .relaxed)) in \(count.ticks.load(ordering: .relaxed)) bad ticks \(count.bad.load(ordering: .relaxed)) \(rig.doing)")
    }
    enum What: String, CaseIterable, Sendable { case gpio, estopDrive, estopArm, bumper, wheelFault, servoDrive, servoArm, battery, stall }
    @Test(arguments: What.allCases) func explore(c: What) async throws {
        let t0 = Date()
        let arm = c == .estopArm || c == .servoArm
        let rig = try Rig(adjustBoard: { if arm { $0.home = "kerb" } })
        try await rig.startLunch()
        var out = "== \(c)\n"
        let met = await rig.run(60) { rig in
            arm ? rig.doing.contains("reaching for the flap") && rig.status.joints.contains { abs($0.velocity) > 0.3 } : rig.truth.twist.linear > 0.6
        }
        out += "met \(met) at \(rig.seconds) v \(rig.truth.twist.linear) \(rig.doing)\n"
        let heard = rig.said.count
        let watch = MotionWatch(rig)
        let fault: Fault? = switch c {
        case .gpio: .gpioUnplugged
        case .estopDrive, .estopArm: .emergencyStop
        case .bumper: .bumper
        case .wheelFault: .wheelFault
        case .servoDrive, .servoArm: .servoAlert(id: 3)
        case .battery: .batteryLow
        case .stall: nil
        }
        if let fault { rig.twin.inject(fault) } else { rig.robot.stallDeliberation(true) }
        await rig.run(3)
        out += "during: wheels \(watch.wheelsStoodAfter) rolled \(watch.rolled) arm \(watch.armStoodAfter) way \(watch.armWay) contacts \(watch.contacts)\n"
        out += "safety \(rig.status.safety)\n"
        for d in rig.status.devices where d.phase != "running" { out += "  \(d.slot) \(d.phase) \(d.fault.map { "\($0)" } ?? "-")\n" }
        var watch2 = MotionWatch(rig)
        let cleared = rig.seconds
        if let fault { rig.twin.clear(fault) } else { rig.robot.stallDeliberation(false) }
        await rig.run(3)
        out += "gone 3 s: \(rig.status.safety) wheels \(watch2.wheelsStoodAfter) arm \(watch2.armStoodAfter) \(rig.doing)\n"
        if rig.status.safety.action == "hold" || rig.status.safety.action == "torqueOff" {
            out += "clear: \(await rig.robot.answer(.clear))\n"
        }
        let again = rig.seconds
        watch2 = MotionWatch(rig)
        let on = await rig.run(40) { rig in
            arm ? rig.doing.contains("opening the flap") : rig.truth.twist.linear > 0.4
        }
        out += "on \(on) after \(rig.seconds - cleared) \(rig.seconds - again) \(rig.doing) goalstep \(watch2.greatestGoalStep) speedstep \(watch2.greatestSpeedStep) contacts \(watch2.contacts)\n"
        for s in rig.said[heard...] { out += "   said: \(s)\n" }
        out += "wall \(Date().timeIntervalSince(t0)) robot \(rig.seconds)\n"
        print(out)
    }
}

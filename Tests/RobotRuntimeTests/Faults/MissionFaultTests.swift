import BoardFile
import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// Missions that come in the wrong order, twice, with mistakes, without energy, and that are called off or held up.
@Suite("A mission", .serialized)
struct MissionFaultTests {
    private static let charger = Scene("L1", 9.0, -3.3, facing: -90, home: "charger")
    /// On L1 between the lobby and the lift, the meal on board for suite 301; the sender waits at the kerb, home.
    private static let lobby = Scene("L1", 9.0, -5.2, facing: -90, home: "kerb")
    private static let sender = PersonSetup.recipient(
        RecipientSetup(level: "L1", position: Point2D(2.7, -7.2), pin: "482913"))

    @Test("of a higher priority goes first; of one priority, the one that is promised earlier")
    func order() async throws {
        let rig = try Rig(Self.charger)
        _ = await rig.drop(mission: Rig.mission(id: "later", promised: "2026-11-21T13:00:00Z"), as: "1.yaml")
        _ = await rig.drop(mission: Rig.mission(id: "sooner", promised: "2026-11-21T12:40:00Z"), as: "2.yaml")
        _ = await rig.drop(
            mission: Rig.mission(id: "urgent", priority: 8, promised: "2026-11-21T14:00:00Z"), as: "3.yaml")
        let starts = await rig.run(10) { $0.status.mission?.state == "running" }
        #expect(starts)
        #expect(rig.status.mission?.id == "urgent")
        #expect(rig.status.queue.map(\.id) == ["sooner", "later"])
        #expect(rig.outbox("sooner")?["state"] as? String == "queued")
        _ = await rig.robot.answer(.cancel(mission: "urgent"))
        await rig.run(2) { $0.status.mission?.id == "sooner" && $0.status.mission?.state == "running" }
        #expect(rig.status.mission?.id == "sooner")
        #expect(rig.outbox("urgent")?["state"] as? String == "cancelled")
    }

    @Test("that comes twice is done once")
    func twice() async throws {
        let text = Rig.mission()
        let rig = try Rig(Scene("L3", 7.0, -8.5, facing: 180, home: "suite_301"), carrying: text) {
            $0.people = [.recipient(RecipientSetup(level: "L3", position: Point2D(6.0, -7.38), pin: "4711"))]
        }
        _ = await rig.drop(mission: text)
        await rig.run(2) { $0.hasSaid("mission lunch has been taken in before; it is running") }
        #expect(rig.hasSaid("mission lunch has been taken in before; it is running"))
        let isDone = await rig.run(60) { $0.outbox()?["state"] as? String == "completed" && $0.isDone }
        #expect(isDone, "\(rig.doing) \(rig.said)")
        _ = await rig.drop(mission: text)
        await rig.run(5)
        #expect(rig.hasSaid("mission lunch has been taken in before; it is completed"))
        #expect(rig.status.isIdle && rig.status.mission == nil)
        #expect(rig.said.count { $0.contains("enjoy your meal") } == 1)
        // Another mission must not take its name.
        _ = await rig.drop(mission: Rig.mission(priority: 9))
        await rig.run(2)
        #expect(rig.hasSaid("belongs to another mission (completed)"))
        #expect(rig.status.mission == nil)
    }

    @Test("with mistakes goes to quarantine; beside it lies what is wrong, where, what was expected and what to do")
    func badFile() async throws {
        let rig = try Rig(Self.charger)
        let text = """
            version: 1
            id: lunch
            collect: { place: kerp, box: 7, code: "482913", order: 20417 }
            deliver:
              place: suite_301
              pin: "4711"
              promised: "2026-11-21T12:30:00Z"
              no_show: { wait_s: 30, then: return_to_sender }

            """
        _ = await rig.drop(mission: text, as: "places.yaml")
        _ = await rig.drop(mission: text.replacingOccurrences(of: "box: 7", with: "bocks: 7"), as: "keys.yaml")
        _ = await rig.drop(mission: "version: 1\nid: [", as: "broken.yaml")
        await rig.run(3)
        let places = rig.file("missions/quarantine/places.yaml.error") ?? ""
        #expect(places.contains("places.yaml:3:19: 'kerp' is no place of the building 'riverside'"), "\(places)")
        #expect(places.contains("expected one of charger, kerb"))
        #expect(places.contains("hint: did you mean 'kerb'?"))
        #expect(rig.outbox()?["state"] as? String == "rejected")
        let keys = rig.file("missions/quarantine/keys.yaml.error") ?? ""
        #expect(keys.contains("keys.yaml:3:") && keys.contains("bocks") && keys.contains("hint: "), "\(keys)")
        let broken = rig.file("missions/quarantine/broken.yaml.error") ?? ""
        #expect(broken.contains("broken.yaml:"), "\(broken)")
        for name in ["places", "keys", "broken"] {
            #expect(rig.hasSaid("\(name).yaml is in quarantine"))
            #expect(rig.file("missions/inbox/\(name).yaml") == nil)
            #expect(rig.file("missions/quarantine/\(name).yaml") != nil)
        }
        #expect(rig.status.isIdle && rig.truth.distance == 0)
    }

    @Test("without the energy for it and the way home is not started; the robot says how much is missing")
    func noEnergy() async throws {
        let rig = try Rig(Self.charger, adjust: { $0.stateOfCharge = 0.16 })
        _ = await rig.drop(mission: Rig.mission())
        let says = await rig.run(10) { $0.hasSaid("Wh are left") }
        #expect(says, "\(rig.said)")
        await rig.run(3)
        #expect(rig.truth.distance == 0)
        #expect(rig.outbox()?["state"] as? String == "waiting_for_energy")
        #expect(rig.outbox()?["hint"] as? String == "charge the battery")
        #expect(rig.status.queue.map(\.id) == ["lunch"])
    }

    @Test("called off on the way with the meal on board goes back to the sender")
    func cancelled() async throws {
        let rig = try Rig(Self.lobby, carrying: Rig.mission()) { $0.people = [Self.sender] }
        await rig.run(20) { $0.truth.pose.y < -6.5 }
        #expect(rig.truth.twist.linear > 0.2)
        _ = await rig.robot.answer(.cancel(mission: "lunch"))
        let isCalledOff = await rig.run(5) { $0.outbox()?["state"] as? String == "cancelling" }
        #expect(isCalledOff)
        #expect(rig.hasSaid("mission lunch is called off"))
        let isOver = await rig.run(120) { $0.outbox()?["state"] as? String == "cancelled" && $0.isDone }
        #expect(isOver, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.meal == .delivered)
        #expect(rig.outbox()?["custody"] as? String == "sender")
        #expect(rig.truth.contacts == 0)
    }

    @Test("paused stands within a second and a half, keeps what it has, and goes on where it was when resumed")
    func paused() async throws {
        let rig = try Rig(Self.lobby, carrying: Rig.mission())
        await rig.run(20) { $0.truth.twist.linear > 0.6 }
        let before = rig.truth.distance
        _ = await rig.robot.answer(.pause)
        let stands = await rig.run(1.5) { $0.isStanding }
        #expect(stands)
        // v²/2a from 0.9 m/s at 0.7 m/s², and the way to the wheels.
        #expect(rig.truth.distance - before < 0.8)
        await rig.run(1)
        let place = rig.truth.pose.position
        #expect(rig.outbox()?["state"] as? String == "paused")
        await rig.run(5)
        #expect(rig.truth.pose.position.distance(to: place) < 0.005)
        _ = await rig.robot.answer(.resume)
        let goesOn = await rig.run(15) { $0.truth.pose.x > 9.5 }
        #expect(goesOn, "\(rig.doing) \(rig.said)")
        #expect(rig.outbox()?["state"] as? String == "running")
    }
}

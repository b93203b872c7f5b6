import Control
import RobotModel
import RobotRuntime
import Testing
import Twin

/// Doors that do not do as they are told. The robot is always on its way home through the door.
@Suite("A door", .serialized)
struct DoorFaultTests {
    /// A door to be passed, and the heading through it.
    struct Case: Sendable, CustomTestStringConvertible {
        var door: DoorID
        var scene: Scene
        var heading: Double

        var testDescription: String { door.rawValue }

        static let entrance = Case(door: "entrance", scene: .entrance, heading: 180)
        static let lobby = Case(door: "lobby_door", scene: .lobbyDoor, heading: 180)
    }

    @Test(
        "that does not open is asked again; the robot waits before it, says so, and passes when it works again",
        arguments: [Case.entrance, .lobby])
    func stuck(_ it: Case) async throws {
        let rig = try Rig(it.scene)
        rig.twin.inject(.doorStuck(it.door))
        let hasSaid = await rig.run(40) { $0.hasSaid("did not open within 15 s; trying again") }
        #expect(hasSaid, "\(rig.said)")
        #expect(rig.isStanding)
        // Clear of the door's line by half a hull and more.
        #expect(rig.progress(through: it.door, heading: it.heading) < -0.6)
        rig.twin.clear(.doorStuck(it.door))
        let isHome = await rig.run(40) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.contacts == 0)
    }

    @Test("behind a silent relay box is waited for; the robot says who is silent, and passes when it answers again")
    func silentRelay() async throws {
        let rig = try Rig(.entrance)
        await rig.run(10) { $0.doing.contains("entrance: waiting for it to open") }
        rig.twin.inject(.line("facilities", .silent))
        let hasSaid = await rig.run(40) { $0.hasSaid("door entrance: its controller has not answered for 15 s") }
        #expect(hasSaid, "\(rig.said)")
        #expect(rig.isStanding)
        #expect(rig.hasSaid("facilities: "))
        let device = rig.status.devices.first { $0.slot == "facilities" }
        #expect(device?.fault?.code == .silent)
        #expect(device?.fault?.hint != nil)
        rig.twin.clear(.line("facilities", .silent))
        let isHome = await rig.run(60) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.contacts == 0)
    }

    @Test(
        "that closes before or on the robot never touches it; the robot stops, asks again, and passes",
        arguments: [Case.entrance, .lobby], [-0.9, -0.5, 0.1])
    func closesEarly(_ it: Case, _ at: Double) async throws {
        let rig = try Rig(it.scene)
        let isThere = await rig.run(40) { rig in
            rig.doing.contains("crossing") && rig.progress(through: it.door, heading: it.heading) > at
        }
        #expect(isThere)
        let before = rig.truth.distance
        rig.twin.inject(.doorClosesEarly(it.door))
        if at < -0.8 {
            let stops = await rig.run(2.5) { $0.isStanding }
            #expect(stops)
            // A stop from 0.45 m/s with what the relay box's rounds take.
            #expect(rig.truth.distance - before < 0.45, "\(rig.truth.distance - before)")
            await rig.run(1) { $0.hasSaid("closes on me; asking again") }
            #expect(rig.hasSaid("closes on me; asking again"))
        }
        await rig.run(6)
        rig.twin.clear(.doorClosesEarly(it.door))
        let isHome = await rig.run(60) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
    }

    @Test(
        "with a person in it for a minute is waited for at a distance; the robot asks to be let pass, and passes after",
        arguments: [Case.entrance, .lobby])
    func person(_ it: Case) async throws {
        let rig = try Rig(it.scene) {
            $0.people = [.doorway(DoorwaySetup(door: it.door, seconds: 60, trigger: .robotWithin(3)))]
        }
        let asks = await rig.run(40) { $0.hasSaid("please clear the doorway") || $0.hasSaid("please let me pass") }
        #expect(asks, "\(rig.doing) \(rig.said)")
        let stands = await rig.run(2) { $0.isStanding }
        #expect(stands)
        // Clear of the door's line by half a hull and more: nobody in the doorway is hemmed in.
        #expect(rig.progress(through: it.door, heading: it.heading) < -0.6)
        let isHome = await rig.run(100) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.seconds > 60)
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
    }

    @Test(
        "with somebody in it who does not leave is reported and tried again, whatever way there is; nobody is pushed",
        arguments: [Case.entrance, .lobby])
    func neverLeaves(_ it: Case) async throws {
        let rig = try Rig(it.scene)
        rig.twin.inject(.personInDoorway(it.door))
        let reports = await rig.run(200) {
            $0.hasSaid("door \(it.door) is open, but not free") || $0.hasSaid("has stood in the way")
        }
        #expect(reports, "\(rig.doing) \(rig.said)")
        let triesAgain = await rig.run(30) { $0.hasSaid("trying the same once more") }
        #expect(triesAgain, "\(rig.doing) \(rig.said)")
        #expect(rig.isStanding)
        await rig.run(60)
        #expect(rig.progress(through: it.door, heading: it.heading) < -0.6)
        rig.twin.clear(.personInDoorway(it.door))
        let isHome = await rig.run(120) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.contacts == 0)
        #expect(rig.truth.nearestPerson >= 0.30)
    }
}

import Control
import Missions
import RobotModel
import RobotRuntime
import Testing
import Twin

/// SIGTERM at the moments that matter, and the start after it.
@Suite("An orderly stop", .serialized)
struct OrderlyStopTests {
    /// Lets the robot stop in order; whether it has, within what the daemon grants it.
    private func stop(_ rig: Rig) async -> Bool {
        await rig.robot.beginShutdown()
        let isOver = await rig.run(3.2) { $0.hasSaid("stopped: the wheels") }
        let hasStopped = await rig.robot.hasStopped
        return isOver && hasStopped
    }

    /// What the robot has said that begins with some words.
    private func announcement(_ rig: Rig, _ words: String) -> Announcement? {
        rig.status.announcements.last { $0.text.hasPrefix(words) }
    }

    @Test("while driving stands, holds the arm, says what is interrupted, seals the recording; a start goes on there")
    func driving() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        #expect(await stop(rig), "\(rig.said)")
        #expect(rig.isStanding)
        #expect(rig.hasSaid("stopping in mission lunch, to kerb: driving on L1; it goes on at the next start"))
        #expect(rig.hasSaid("stopped: the wheels stand; the arm is held"))
        let line = await rig.robot.statusLine
        #expect(line.hasPrefix("stopped: the wheels stand"))
        rig.robot.finish(at: rig.now)
        #expect(rig.files.contains { $0.hasSuffix(".mcap") } && !rig.files.contains { $0.hasSuffix(".part") })

        let before = rig.truth.distance
        try await rig.killAndRestart()
        let goesOn = await rig.run(15) { $0.truth.distance > before + 1 }
        #expect(goesOn, "\(rig.doing) \(rig.said)")
        let back = "back after a restart: I was on L1 near charger, on the way to kerb for mission lunch"
        #expect(rig.hasSaid(back + " (to kerb: driving on L1)"), "\(rig.said)")
    }

    @Test("before a door gives it back, waits until that is confirmed, and says so")
    func beforeADoor() async throws {
        let rig = try Rig(.lobbyDoor)
        await rig.run(30) { $0.doing.contains("lobby_door: waiting for it to open") }
        await rig.run(0.5)
        #expect(rig.status.doors.contains { $0.id == "lobby_door" && $0.session == "ours" })
        #expect(await stop(rig), "\(rig.said)")
        #expect(rig.hasSaid("stopping on the way home, to charger: door lobby_door: waiting for it to open"))
        #expect(rig.hasSaid("given back: door lobby_door"))
        #expect(rig.hasNoSessions && rig.isStanding)
    }

    @Test("in a door keeps it open, says so, and takes it up again at the next start")
    func inADoor() async throws {
        let rig = try Rig(.lobbyDoor)
        let isIn = await rig.run(40) { $0.progress(through: "lobby_door", heading: 180) > -0.15 }
        #expect(isIn, "\(rig.doing)")
        #expect(await stop(rig), "\(rig.said)")
        #expect(rig.hasSaid("kept, since I stand in it: door lobby_door"))
        #expect(announcement(rig, "I stand in door lobby_door")?.urgency == .warning)
        #expect(announcement(rig, "I stand in door lobby_door")?.hint != nil)
        #expect(rig.status.doors.contains { $0.id == "lobby_door" && $0.session == "ours" && $0.mode == "open" })
        try await rig.killAndRestart(after: 3)
        let isHome = await rig.run(60) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.hasSaid("back after a restart: I was on L1 near"))
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
    }

    @Test("in the lift keeps it, says so, and goes on in it at the next start")
    func inTheLift() async throws {
        let rig = try Rig(.lift)
        await rig.run(60) { $0.doing.contains("riding") }
        #expect(await stop(rig), "\(rig.said)")
        #expect(rig.isInCar && rig.isStanding)
        #expect(rig.hasSaid("stopping on the way home, to suite_302: lift lift_1: riding"))
        #expect(rig.hasSaid("kept, since I stand in it: lift lift_1"))
        #expect(rig.status.lifts.contains { $0.id == "lift_1" && $0.session == "ours" })
        try await rig.killAndRestart(after: 3)
        let isHome = await rig.run(120) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.hasSaid("I am in the lift") && rig.truth.level == "L3")
        #expect(rig.truth.contacts == 0)
    }

    @Test("with wheels that say nothing does not take their last word for a stand: it says so and what to do")
    func silentWheels() async throws {
        let rig = try Rig()
        await rig.run(10) { $0.isFree && $0.status.wheels.enabled }
        rig.twin.inject(.line("wheels", .silent))
        await rig.run(1)
        #expect(await stop(rig), "\(rig.said)")
        #expect(rig.hasSaid("stopped: the wheels have NOT confirmed that they stand"))
        let words = announcement(rig, "the wheels have not confirmed that they stand: their last word is")
        #expect(words?.urgency == .error)
        #expect(words?.hint?.contains("emergency stop") == true)
    }

    @Test("without an answer of the relay box says that the door has not confirmed; the next start gives it back again")
    func silentRelay() async throws {
        let rig = try Rig(.lobbyDoor)
        await rig.run(30) { $0.doing.contains("lobby_door: waiting for it to open") }
        await rig.run(0.5)
        rig.twin.inject(.line("facilities", .silent))
        await rig.run(0.5)
        #expect(await stop(rig), "\(rig.said)")
        #expect(rig.hasSaid("door lobby_door has not confirmed that it is given back"))
        #expect(rig.hasSaid("given back, but not confirmed: door lobby_door"))
    }

    @Test("that ended before a door had confirmed is made up for: a start with nothing to do gives the door back")
    func unconfirmed() async throws {
        let entrance = Facility.door("entrance")
        let rig = try Rig(journal: [.sessionOpening(entrance, number: 77), .sessionEnding(entrance)])
        await rig.run(5)
        #expect(rig.hasNoSessions)
        #expect(rig.status.doors.contains { $0.id == "entrance" && $0.mode == "closed" })
        #expect(rig.status.isIdle)
    }
}

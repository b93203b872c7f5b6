import DeviceProtocols
import Facilities
import RobotModel
import Testing

/// The link with a lift that answers as the test tells it to.
@Suite("A lift behind the RFA interface")
struct RFALiftLinkTests {
    private static let address = RFAAddress(building: "tower", bank: "a", elevator: "1", robot: "dory")

    private var now = Instant.zero + .seconds(100)
    private var link = RFALiftLink(
        address: Self.address, floors: ["L1": RFAFloor("1F"), "L3": RFAFloor("3F"), "L8": RFAFloor("8F_r")])
    private var reports: [LiftReport] = []
    /// Questions that have no answer yet.
    private var pending: [RFAAsked] = []

    private var clock: LinkClock {
        LinkClock(now: now, wall: WallTime(secondsSince1970: 1_795_262_400 + now.seconds(since: .zero)))
    }

    private mutating func tell(_ event: LinkEvent<LiftSession.Command>) throws -> [RFAAsked] {
        var output = LinkOutput<LiftReport>()
        link.handle(event, clock, &output)
        reports += output.reports
        #expect(output.complaint == nil)
        let asked = try output.messages.map { try #require(try RFAAsked($0, to: Self.address)) }
        pending += asked
        return asked
    }

    /// Lets time pass; what is asked meanwhile.
    private mutating func pass(_ seconds: Double) throws -> [RFAAsked] {
        var asked: [RFAAsked] = []
        for _ in 0..<Int(seconds * 5) {
            now += .milliseconds(200)
            asked += try tell(.time)
        }
        return asked
    }

    private mutating func answer(
        _ asked: RFAAsked, _ result: RFAResult, at floor: String? = nil, open: RFAFloor.Side? = nil
    ) throws -> [RFAAsked] {
        pending.removeAll { $0 == asked }
        let answer = RFAAnswer(
            asked.request.interface, result, requested: asked.milliseconds, floor: floor, open: open)
        return try tell(.broker(.message(answer.message(from: Self.address, at: asked.milliseconds + 20))))
    }

    private mutating func request(_ level: LevelID?, onward: LevelID? = nil, isInside: Bool = false) throws
        -> [RFAAsked]
    {
        try tell(.command(.request(level, onward: onward, holdDoor: true, isInside: isInside)))
    }

    /// Lets time pass, the lift answering everything well; what was answered, status questions left out.
    private mutating func live(
        _ seconds: Double, at floor: String = "1F", open: RFAFloor.Side? = nil
    ) throws -> [RFARequest] {
        var answered: [RFARequest] = []
        for _ in 0..<Int(seconds * 5) {
            now += .milliseconds(200)
            _ = try tell(.time)
            while let next = pending.first {
                if next.request != .elevatorStatus { answered.append(next.request) }
                _ = try answer(next, .success, at: floor, open: open)
            }
        }
        return answered
    }

    private func call(_ from: String?, _ to: String?) -> RFARequest {
        .callElevator(RFACall(origination: from.map { RFAFloor($0) }, destination: to.map { RFAFloor($0) }))
    }

    /// Registered and called to L1, with the car there and open.
    private mutating func callCar() throws {
        _ = try tell(.broker(.connected))
        _ = try request("L1", onward: "L3")
        #expect(
            try live(4, at: "1F", open: .front).prefix(3) == [.release, .registration(dryRun: false), call("1F", "3F")])
    }

    @Test("a ride is registered, called, entered, sent, left and released, in that order")
    mutating func ride() throws {
        try callCar()
        #expect(reports.last?.holder == .ours)
        _ = try request("L3", isInside: true)
        #expect(
            try live(3, at: "3F", open: .front).filter { $0 != .robotStatus(.keepDoorOpen) }
                == [.robotStatus(.hasEntered), call("1F", "3F")])
        _ = try live(3, at: "3F", open: .front)
        #expect(
            reports.last
                == LiftReport(
                    level: "L3", destination: "L3", motion: .stopped, door: .open, mode: .agv, holder: .ours))
        _ = try tell(.command(.release(isInside: false)))
        #expect(try live(3, at: "3F", open: .front) == [.robotStatus(.hasGotOff), .release])
        #expect(reports.last?.holder == FacilityHolder.none)
    }

    @Test("a registration of before is released first, and the lift left alone for a second")
    mutating func staleSession() throws {
        _ = try tell(.broker(.connected))
        let first = try request("L1")
        #expect(first.map(\.request) == [.release])
        #expect(try answer(first[0], .success).isEmpty)
        #expect(try pass(0.8).isEmpty)
        #expect(try pass(0.4).map(\.request) == [.registration(dryRun: false)])
    }

    @Test("a refused registration shows that another robot has the lift, and is asked for again after 30 s")
    mutating func taken() throws {
        _ = try tell(.broker(.connected))
        let release = try request("L1")
        _ = try answer(release[0], .success)
        let registration = try #require(try pass(1.2).first)
        #expect(try answer(registration, .fail).isEmpty)
        #expect(reports.last?.holder == .other("another robot"))
        #expect(try pass(29.6).isEmpty)
        #expect(try pass(0.6).map(\.request) == [.registration(dryRun: false)])
    }

    @Test("a request that was taken back while another robot has the lift never registers again")
    mutating func withdrawn() throws {
        _ = try tell(.broker(.connected))
        let release = try request("L1")
        _ = try answer(release[0], .success)
        let registration = try #require(try pass(1.2).first)
        _ = try answer(registration, .fail)
        #expect(try tell(.command(.withdraw(isInside: false))).isEmpty)
        #expect(try pass(600).isEmpty)
    }

    @Test("a registration that the building has queued counts as ours after a release, and is released when it comes")
    mutating func queued() throws {
        _ = try tell(.broker(.connected))
        let release = try request("L1")
        _ = try answer(release[0], .success)
        let registration = try #require(try pass(1.2).first)
        #expect(registration.request == .registration(dryRun: false))
        #expect(try tell(.command(.release(isInside: false))).isEmpty)
        #expect(try pass(60).isEmpty)
        #expect(reports.last?.holder == .ours)
        #expect(try answer(registration, .success).map(\.request).contains(.release))
        _ = try live(5)
        #expect(reports.last?.holder == FacilityHolder.none)
    }

    @Test("a registration under way when the broker goes may have been granted: it is released after its return")
    mutating func queuedAndLost() throws {
        _ = try tell(.broker(.connected))
        let release = try request("L1")
        _ = try answer(release[0], .success)
        #expect(try pass(1.2).map(\.request) == [.registration(dryRun: false)])
        _ = try tell(.broker(.disconnected))
        pending = []
        _ = try tell(.command(.release(isInside: false)))
        _ = try tell(.broker(.connected))
        _ = try pass(1.2)
        #expect(reports.last?.holder == .ours)
        #expect(try live(30).contains(.release))
        #expect(reports.last?.holder == FacilityHolder.none)
    }

    @Test("for two seconds after a call an open door is not believed")
    mutating func mask() throws {
        _ = try tell(.broker(.connected))
        _ = try request("L1")
        _ = try live(1.2)
        reports = []
        _ = try live(1.8, at: "1F", open: .front)
        #expect(reports.contains { $0.level == "L1" })
        #expect(!reports.contains { $0.door == .open })
        _ = try live(1.4, at: "1F", open: .front)
        #expect(reports.last?.door == .open)
    }

    @Test("a door that opens on the other side is not ours")
    mutating func sides() throws {
        _ = try tell(.broker(.connected))
        _ = try request("L8")
        _ = try live(6, at: "8F", open: .front)
        #expect(reports.last?.level == "L8")
        #expect(reports.last?.door == .closed)
        _ = try live(2, at: "8F", open: .rear)
        #expect(reports.last?.door == .open)
    }

    @Test("while the door stands open where the car was called to, it is kept open")
    mutating func keepsOpen() throws {
        try callCar()
        let asked = try live(20, at: "1F", open: .front)
        #expect(asked == [RFARequest](repeating: .robotStatus(.keepDoorOpen), count: 4))
    }

    @Test(
        "with the robot inside nothing brings the link to say that it got off: silence, refusals, emergency, a lost broker"
    )
    mutating func neverGotOffInside() throws {
        try callCar()
        var asked = try request("L3", isInside: true)
        for result in [RFAResult.fail, .error, .underEmergency] {
            for _ in 0..<40 {
                let waiting = try pass(5)
                asked += waiting
                for question in waiting { asked += try answer(question, result) }
            }
        }
        asked += try pass(600)
        _ = try tell(.broker(.disconnected))
        asked += try pass(60)
        asked += try tell(.broker(.connected))
        asked += try tell(.command(.release(isInside: true)))
        asked += try pass(600)
        #expect(asked.contains { $0.request == .registration(dryRun: false) })
        #expect(!asked.contains { $0.request == .robotStatus(.hasGotOff) || $0.request == .release })
    }

    @Test("an emergency shows as the lift's mode, and the ride goes on when it is over")
    mutating func emergency() throws {
        try callCar()
        _ = try request("L3", isInside: true)
        _ = try live(3, at: "2F")
        let poll = try #require(try pass(1.2).first)
        _ = try answer(poll, .underEmergency)
        #expect(reports.last?.mode == .emergency)
        #expect(try pass(9).isEmpty)
        let asked = try live(6, at: "2F")
        #expect(asked == [.registration(dryRun: false), .robotStatus(.hasEntered), call("2F", "3F")])
        #expect(reports.last?.mode == .agv)
    }

    @Test(
        "an emergency, or another robot's use, that met a mission given up shows no more when the pause is over",
        arguments: [RFAResult.underEmergency, .fail])
    mutating func refusalPasses(result: RFAResult) throws {
        _ = try tell(.broker(.connected))
        let release = try request("L1")
        _ = try answer(release[0], .success)
        let registration = try #require(try pass(1.2).first)
        _ = try answer(registration, result)
        let refused = try #require(reports.last)
        #expect(refused.mode == .emergency || refused.holder == .other("another robot"))
        _ = try tell(.command(.release(isInside: false)))
        _ = try pass(5)
        #expect(reports.last == refused)
        _ = try pass(115)
        #expect(reports.last?.mode == .unknown)
        #expect(reports.last?.holder == FacilityHolder.none)
        _ = try request("L1")
        _ = try live(4, at: "1F", open: .front)
        #expect(reports.last?.mode == .agv)
        #expect(reports.last?.holder == .ours)
    }

    @Test("after a restart in the car the lift is asked whether it still knows us, and nothing is released")
    mutating func adopted() throws {
        link.adopt()
        _ = try request(nil, isInside: true)
        let first = try tell(.broker(.connected))
        #expect(first.map(\.request) == [.elevatorStatus])
        _ = try answer(first[0], .success, at: "2F")
        #expect(reports.last?.holder == .ours)
        #expect(reports.last?.level == nil)
        _ = try request("L3", isInside: true)
        let asked = try live(3, at: "2F")
        #expect(asked == [.robotStatus(.hasEntered), call("2F", "3F")])
    }

    @Test("a session that was being given back before a restart is given back")
    mutating func adoptedEnding() throws {
        link.adopt()
        _ = try tell(.command(.release(isInside: false)))
        #expect(try tell(.broker(.connected)).map(\.request) == [.robotStatus(.hasGotOff)])
        #expect(reports.last?.holder == .ours)
        #expect(try live(20) == [.robotStatus(.hasGotOff), .release])
        #expect(reports.last?.holder == FacilityHolder.none)
    }

    @Test("a release without an answer is said until there is one, and the lift counts as ours until then")
    mutating func releaseUntilAnswered() throws {
        try callCar()
        _ = try tell(.command(.release(isInside: false)))
        let asked = try pass(300).filter { $0.request != .elevatorStatus }
        #expect(asked.filter { $0.request == .robotStatus(.cancelToEnter) }.count == 2)
        #expect(asked.filter { $0.request == .release }.count > 10)
        #expect(reports.last?.holder == .ours)
        #expect(try live(30).contains(.release))
        #expect(reports.last?.holder == FacilityHolder.none)
    }

    @Test("answers to older questions, retained ones and those for another robot are left aside")
    mutating func strangers() throws {
        _ = try tell(.broker(.connected))
        let release = try request("L1")
        let old = RFAAnswer(.release, .success, requested: release[0].milliseconds - 5000)
        _ = try tell(.broker(.message(old.message(from: Self.address, at: 0))))
        var retained = RFAAnswer(.release, .success, requested: release[0].milliseconds).message(
            from: Self.address, at: 0)
        retained.isRetained = true
        _ = try tell(.broker(.message(retained)))
        var other = Self.address
        other.robot = "dora"
        let theirs = RFAAnswer(.release, .success, requested: release[0].milliseconds)
        _ = try tell(.broker(.message(theirs.message(from: other, at: 0))))
        #expect(try pass(3).isEmpty)
        #expect(try answer(release[0], .success).isEmpty)
        #expect(try pass(1.2).map(\.request) == [.registration(dryRun: false)])
    }

    @Test("nothing is asked while the broker is away, and after its return the lift is asked whether it knows us")
    mutating func brokerGone() throws {
        try callCar()
        _ = try tell(.broker(.disconnected))
        #expect(try pass(30).isEmpty)
        #expect(try tell(.broker(.connected)).map(\.request) == [.elevatorStatus])
    }

    @Test("no two requests bear the same time, however fast they follow each other or the civil clock jumps back")
    mutating func stamps() throws {
        try callCar()
        var stamps: [Int64] = []
        for _ in 0..<50 { stamps += try pass(1).map(\.milliseconds) }
        now += .seconds(-3600)
        for _ in 0..<5 { stamps += try tell(.time).map(\.milliseconds) }
        #expect(Set(stamps).count == stamps.count)
        #expect(stamps == stamps.sorted())
    }
}

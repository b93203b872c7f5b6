import BuildingImport
import BuildingMap
import RobotModel
import StructuredText
import Testing

struct FacilityFileTests {
    static let good = """
        version: 1
        doors:
          entrance:
            opening_s: 3.5
            access:
              - {by: interface, takes_s: 0.5, success: 0.99}
              - {by: button, takes_s: 12, success: 0.8}
            hours:
              - {days: [mon, fri], from: "07:00", to: "22:00"}
              - {days: [sun], from: "22:00", to: "02:00"}
            robots: [porter_1]
        lifts:
          lift_1: {call_s: 8, call_by_hour_s: {8: 45}, door_s: 3, speed_m_s: 1.6, acceleration_m_s2: 0.8}
        """

    private let building = Building(
        name: "small", levels: [],
        doors: ["entrance": Door(id: "entrance", level: "L1", a: Point2D(0, 0), b: Point2D(1, 0))],
        lifts: ["lift_1": Lift(id: "lift_1", pose: Pose2D(), width: 1, depth: 1, doors: [:])])

    private func read(_ text: String) throws -> SiteFacilities {
        try FacilityFile.read(file: "facilities.yaml", text: text, for: building)
    }

    @Test("times, ways to ask, hours and rights are read")
    func good() throws {
        let facilities = try read(Self.good)
        let door = try #require(facilities.doors["entrance"])
        #expect(door.openingSeconds == 3.5 && door.robots == ["porter_1"])
        #expect(door.access.cheapest == FacilityAccess(.interface, seconds: 0.5, success: 0.99))
        #expect(abs(door.access[1].expectedSeconds - 15) < 1e-9)
        let lift = try #require(facilities.lifts["lift_1"])
        #expect(lift.callSeconds == 8 && lift.callSecondsByHour == [8: 45] && lift.doorSeconds == 3)
        #expect(lift.speed == 1.6 && lift.acceleration == 0.8 && lift.sessionSeconds == nil)
        #expect(lift.hours == .always && lift.robots == nil)
    }

    @Test("a door is waited for until it can be used, over midnight and over the week's end")
    func hours() throws {
        let hours = try #require(try read(Self.good).doors["entrance"]).hours
        #expect(hours.wait(at: LocalTime(weekday: 0, hour: 8)) == 0.0)
        #expect(hours.wait(at: LocalTime(weekday: 0, hour: 6, minute: 30)) == 1800.0)
        #expect(hours.wait(at: LocalTime(weekday: 0, hour: 23)) == 288_000.0)
        #expect(hours.wait(at: LocalTime(weekday: 6, hour: 23)) == 0.0)
        #expect(hours.wait(at: LocalTime(weekday: 0, hour: 1)) == 0.0)
        #expect(hours.wait(at: LocalTime(weekday: 0, hour: 3)) == 14_400.0)
    }

    @Test(
        "what is wrong is told with its line, and what was expected",
        arguments: [
            ("entrance:", "entrace:", 4, "the building has no door 'entrace'", "did you mean 'entrance'?"),
            ("success: 0.8", "success: 0", 7, "doors.entrance.access[1].success is 0", nil),
            ("by: button", "by: magic", 7, "doors.entrance.access[1].by is 'magic'", nil),
            ("by: button", "by: interface", 6, "a way is there twice", nil),
            ("{8: 45}", "{25: 45}", 13, "'25' is no hour", nil),
            ("\"07:00\"", "\"7 am\"", 9, "doors.entrance.hours[0].from is no time of day", nil),
            ("to: \"22:00\"", "to: \"07:00\"", 9, "it is open for no time", nil),
            ("opening_s", "opening", 4, "unknown key 'opening' in doors.entrance", "did you mean 'opening_s'?"),
            ("call_s: 8", "call_s: 9000", 13, "lifts.lift_1.call_s is 9000", nil),
            ("version: 1", "version: 2", 1, "version is 2", nil),
        ] as [(String, String, Int, String, String?)])
    func wrong(old: String, new: String, line: Int, what: String, hint: String?) throws {
        let text = Self.good.replacing(old, with: new)
        try #require(text != Self.good)
        let error = try #require(throws: FileProblems.self) { _ = try read(text) }.errors[0]
        #expect(error.what == what && error.location?.line == line, "\(error)")
        if let hint { #expect(error.hint?.contains(hint) == true, "\(error)") }
    }

    @Test("a site without the file knows nothing, and one with it is read from its folder")
    func folder() throws {
        try withFolder { folder in
            #expect(try readFacilities(ofSite: folder, for: building) == SiteFacilities())
            try write(Self.good, folder + "/facilities.yaml")
            #expect(try readFacilities(ofSite: folder, for: building).doors.count == 1)
        }
    }
}

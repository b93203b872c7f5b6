import BuildingMap
import RobotModel
import Testing

@Suite("What a site says of doors and lifts")
struct SiteFacilitiesTests {
    @Test("a robot that presses no buttons keeps the other ways, and what has none is nobody's")
    func interfacesAlone() {
        let button = FacilityAccess(.button, seconds: 12)
        let interface = FacilityAccess(.interface, seconds: 1)
        let site = SiteFacilities(
            doors: ["both": DoorFacts(access: [button, interface]), "unsaid": DoorFacts()],
            lifts: ["buttons": LiftFacts(access: [button])])
        let asked = site.asked(by: .interface)
        #expect(asked.doors["both"]?.access == [interface])
        #expect(asked.doors["both"]?.robots == nil)
        #expect(asked.doors["unsaid"] == DoorFacts())
        #expect(asked.lifts["buttons"]?.robots == [])
    }
}

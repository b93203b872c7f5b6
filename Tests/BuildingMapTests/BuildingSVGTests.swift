import BuildingMap
import RobotModel
import Testing

struct BuildingSVGTests {
    @Test("a picture shows walls, glass, door, places and the route's part on the level")
    func picture() throws {
        let drive = DriveStep(level: "L1", path: [Point2D(1, 1), Point2D(1.5, 1.25)], duration: .seconds(1))
        let elsewhere = DriveStep(level: "L2", path: [Point2D(9, 9), Point2D(8, 8)], duration: .seconds(1))
        let route = Route(steps: [.drive(drive), .drive(elsewhere)], length: 1, duration: .seconds(2))
        let svg = try #require(twoRooms().renderSVG("L1", route: route))
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("#4090ff"), "glass is blue")
        #expect(svg.contains(">between</text>") && svg.contains(">there</text>"))
        #expect(svg.contains("points=\"1.0,-1.0 1.5,-1.25\""), "y points up")
        #expect(!svg.contains("9.0,-9.0"))
    }

    @Test("names cannot break the picture, and an unknown level has none")
    func names() throws {
        var building = twoRooms()
        building.levels[0].places["here"]?.id = "a<b&c"
        #expect(try #require(building.renderSVG("L1")).contains(">a&lt;b&amp;c</text>"))
        #expect(building.renderSVG("L9") == nil)
    }
}

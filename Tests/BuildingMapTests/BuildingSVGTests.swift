import BuildingMap
import RobotModel
import Testing

struct BuildingSVGTests {
    private let route = Route(
        steps: [
            .drive(DriveStep(level: "L1", path: [Point2D(1, 1), Point2D(1.5, 1.25)], duration: .seconds(1))),
            .drive(DriveStep(level: "L2", path: [Point2D(9, 9), Point2D(8, 8)], duration: .seconds(1))),
        ], length: 1, duration: .seconds(2))

    /// Two rooms, and the same again above them, with a lift between.
    private func twoLevels() -> Building {
        var building = twoRooms()
        building.levels.append(Level(id: "L2", elevation: 3, walls: building.levels[0].walls))
        let posts = [LiftDoor(name: "d", a: Point2D(1, 1), b: Point2D(1.5, 1))]
        building.lifts["car"] = Lift(
            id: "car", pose: Pose2D(Point2D(1, 1.5), yaw: 0), width: 1, depth: 1, doors: ["L1": posts, "L2": posts])
        return building
    }

    @Test("a picture shows walls, glass, door, places and the route's part on the level")
    func picture() throws {
        let svg = try #require(twoRooms().renderSVG("L1", route: route, scale: 100))
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("#4090ff"), "glass is blue")
        #expect(svg.contains(">between</text>") && svg.contains(">there</text>"))
        // The level's upper left corner is at (32, 62): a quarter of a metre up is 25 pixels less.
        #expect(svg.contains("points=\"132.0,162.0 182.0,137.0\""), "y points up")
        #expect(svg.components(of: "stroke=\"#ff7a00\" stroke-width=\"4.0\"") == 2, "the route once, and its legend")
    }

    @Test("all levels stand side by side, and a ride goes from one to the other")
    func levels() throws {
        let pose = Pose2D(Point2D(1, 1.5), yaw: 0)
        let ride = LiftStep(
            lift: "car", from: "L1", to: "L2", hallPose: pose, cabinPose: pose, exitPose: pose, boardingPosts: [],
            exitPosts: [], duration: .seconds(9))
        let route = Route(steps: [.lift(ride)], length: 0, duration: .seconds(9))
        let svg = try #require(twoLevels().renderSVG(route: route, scale: 50))
        #expect(svg.contains(">L1   0.0 m</text>") && svg.contains(">L2   3.0 m</text>"))
        #expect(svg.contains(">car: L1 to L2</text>") && svg.contains("<path d=\"M 82.0,87.0 Q"))
        #expect(svg.components(of: "fill=\"#dff3e3\"") == 2, "the car on each level")
    }

    @Test("a lane for one direction has an arrow, one for both has none, a prescribed orientation is dashed")
    func lanes() throws {
        func picture(_ lanes: [Lane]) throws -> String {
            var building = twoRooms()
            building.levels[0].lanes = lanes
            return try #require(building.renderSVG("L1"))
        }
        let both = try picture([Lane(from: 0, to: 1), Lane(from: 1, to: 0)]).components(of: "<polygon")
        #expect(try picture([Lane(from: 0, to: 1)]).components(of: "<polygon") == both + 1)
        #expect(try picture([Lane(from: 0, to: 1, orientation: .backward)]).contains("stroke-dasharray"))
    }

    @Test("names cannot break the picture, and an unknown level has none")
    func names() throws {
        var building = twoRooms()
        building.levels[0].places["here"]?.id = "a<b&c"
        #expect(try #require(building.renderSVG("L1")).contains(">a&lt;b&amp;c</text>"))
        #expect(building.renderSVG("L9") == nil)
        #expect(building.renderSVG(levels: ["L1", "L9"]) == nil)
    }

    @Test("labels cover neither one another nor their marks")
    func labels() throws {
        var building = twoRooms()
        for number in 1...5 {
            let id = PlaceID("room_\(number)")
            building.levels[0].places[id] = Place(id: id, position: Point2D(1, 1 + Double(number) * 0.02), vertex: 0)
        }
        let svg = try #require(building.renderSVG("L1", scale: 200))
        let spots = svg.matches(of: /<text x="([\d.]+)" y="([\d.]+)" font-size="12.0"[^>]*>room_/).map {
            Point2D(Double($0.1)!, Double($0.2)!)
        }
        #expect(Set(spots).count == 5)
        for (index, spot) in spots.enumerated() {
            for other in spots[..<index] where other != spot {
                #expect(abs(spot.x - other.x) > 36 || abs(spot.y - other.y) > 9, "\(spot) and \(other)")
            }
        }
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}

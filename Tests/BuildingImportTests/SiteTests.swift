import BuildingImport
import BuildingMap
import RobotModel
import StructuredText
import Testing

struct SiteTests {
    @Test("the maps of riverside are those of its building file")
    func mapsAreFresh() throws {
        let building = try loadSite(folder: riverside)
        #expect(building.levels.map(\.id) == ["L1", "L2", "L3"])
        for level in building.levels {
            let map = try #require(level.occupancy)
            let drawn = building.rasterize(level)
            #expect(map.width == drawn.width && map.height == drawn.height)
            #expect(map.origin.distance(to: drawn.origin) < 1e-6)
            #expect(
                map.cells == drawn.cells, "make them anew: doorstep building occupancy BoardConfigs/sites/riverside")
        }
    }

    @Test("riverside has its places with headings, its doors, and a lift with a door on each level")
    func riversideIsComplete() throws {
        let building = try loadSite(folder: riverside)
        #expect(building.places.map(\.place.id) == ["charger", "kerb", "suite_201", "suite_301", "suite_302"])
        #expect(building.places.allSatisfy { $0.place.yaw != nil })
        #expect(building.place("charger")?.place.isCharger == true)
        let entrance = try #require(building.doors["entrance"])
        #expect(entrance.isGlass && entrance.kind == .doubleSliding && abs(entrance.width - 1.6) < 1e-6)
        #expect(building.doors["lobby_door"]?.isGlass == false)
        let lift = try #require(building.lifts["lift_1"])
        for level in building.levels {
            let door = try #require(lift.doors[level.id]?.first)
            #expect(abs(door.segment.length - 1.2) < 1e-6)
            let cabin = try #require(building.cabinVertex(of: "lift_1", on: level.id))
            // The same place on every level: the map frame is one.
            #expect(level.vertices[cabin].position.distance(to: lift.pose.position) < 1e-6)
        }
    }

    @Test("a robot of 0.66 × 0.52 m keeps 0.35 m of room along every lane of riverside")
    func lanesAreWide() throws {
        let building = try loadSite(folder: riverside)
        for level in building.levels {
            for lane in level.lanes {
                let segment = level.segment(of: lane)
                for step in 0...Int(segment.length / 0.05) {
                    let point = segment.point(at: Double(step) * 0.05 / segment.length)
                    // Doors and their posts are narrower by nature.
                    let openings =
                        building.doors(on: level.id).map(\.segment) + building.liftDoors(on: level.id).map(\.segment)
                    if openings.contains(where: { $0.distance(to: point) < 0.9 }) { continue }
                    let nearest = level.walls.map { $0.segment.distance(to: point) }.min() ?? 9
                    #expect(nearest > 0.26 + 0.35, "\(level.id) at \(point)")
                }
            }
        }
    }

    @Test("what the LiDAR sees from the lift's car differs from level to level")
    func levelsDiffer() throws {
        let building = try loadSite(folder: riverside)
        let car = try #require(building.lifts["lift_1"]).pose.position
        let views = building.levels.map { level in
            // Out of the open door, 41 bearings over 54°.
            (-20...20).map { step -> Double in
                let angle = -Double.pi / 2 + Double(step) * 0.0236
                let ray = Segment(car, car + Pose2D(yaw: angle).transform(Point2D(12, 0)))
                return level.walls.compactMap { ray.crossing($0.segment) }.min().map { $0 * 12 } ?? 12
            }
        }
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            let differing = zip(views[a], views[b]).count { abs($0 - $1) > 0.2 }
            #expect(differing > 20, "levels \(a + 1) and \(b + 1) look alike")
        }
    }

    @Test("a site without maps says which command makes them, and that one does")
    func makesMaps() throws {
        try withFolder { folder in
            try write(BuildingFileTests.good, folder + "/small.building.yaml")
            let error = #expect(throws: FileProblems.self) { _ = try loadSite(folder: folder) }
            #expect(error?.errors.first?.hint?.contains("doorstep building occupancy \(folder)") == true)
            let written = try writeOccupancyMaps(ofSite: folder + "/")
            #expect(written.count == 4)
            let building = try loadSite(folder: folder)
            #expect(building.levels.allSatisfy { $0.occupancy != nil })
        }
    }

    @Test("a map of another drawing is refused")
    func otherMap() throws {
        try withFolder { folder in
            try write(BuildingFileTests.good, folder + "/small.building.yaml")
            _ = try writeOccupancyMaps(ofSite: folder)
            let moved = BuildingFileTests.good.replacing("[90, 50, 0, end", with: "[900, 50, 0, end")
            try write(moved, folder + "/small.building.yaml")
            let error = #expect(throws: FileProblems.self) { _ = try loadSite(folder: folder) }
            #expect(error?.errors.first?.what.contains("not free") == true)
        }
    }

    @Test("a folder without a building file, or with two, is refused")
    func ambiguous() throws {
        try withFolder { folder in
            #expect(throws: FileProblems.self) { _ = try loadSite(folder: folder) }
            try write(BuildingFileTests.good, folder + "/a.building.yaml")
            try write(BuildingFileTests.good, folder + "/b.building.yaml")
            let error = #expect(throws: FileProblems.self) { _ = try loadSite(folder: folder) }
            #expect(error?.errors.first?.what.contains("2 building files") == true)
        }
    }
}

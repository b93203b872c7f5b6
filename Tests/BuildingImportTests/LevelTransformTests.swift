import BuildingImport
import BuildingMap
import RobotModel
import Testing

struct LevelTransformTests {
    /// A square room of 2 m, drawn on level B turned by a quarter, twice as fine and somewhere else.
    let text = """
        name: turned
        levels:
          A:
            elevation: 0
            fiducials: [[0, 0, one], [100, 0, two], [0, 100, three]]
            measurements: [[0, 1, {distance: [3, 2]}]]
            vertices: [[0, 0, 0, ""], [100, 0, 0, ""]]
          B:
            elevation: 3
            fiducials: [[50, 300, two], [50, 500, one], [250, 500, three]]
            vertices: [[50, 500, 0, ""], [250, 300, 0, end]]
            lanes: [[0, 1, {bidirectional: [4, true]}]]
        """

    @Test("a level that is drawn turned, finer and elsewhere comes to lie above the reference level")
    func turned() throws {
        let building = try BuildingFile(file: "turned.building.yaml", text: text).building()
        let level = try #require(building.level("B"))
        #expect(level.vertices[0].position.distance(to: Point2D(0, 0)) < 1e-9)
        #expect(level.vertices[1].position.distance(to: Point2D(2, -2)) < 1e-9)
        #expect(level.places["end"]?.vertex == 1)
    }

    @Test("a drawing in metres is taken as it is, y up, without measurement or fiducials")
    func metres() throws {
        let text = """
            name: metric
            coordinate_system: cartesian_meters
            levels:
              A:
                vertices: [[1.5, 2.5, 0, a], [1.5, 7, 0, b]]
                lanes: [[0, 1, {bidirectional: [4, false], speed_limit: [3, 0.4]}]]
            """
        let building = try BuildingFile(file: "metric.building.yaml", text: text).building()
        #expect(building.levels[0].vertices.map(\.position) == [Point2D(1.5, 2.5), Point2D(1.5, 7)])
        #expect(building.levels[0].lanes == [Lane(from: 0, to: 1, speedLimit: 0.4)])
    }
}

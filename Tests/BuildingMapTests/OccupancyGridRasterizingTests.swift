import BuildingMap
import RobotModel
import Testing

struct OccupancyGridRasterizingTests {
    let building = twoRooms()
    let grid: OccupancyGrid

    init() { grid = building.rasterize(building.levels[0]) }

    @Test("walls are occupied, rooms are free, and outside nothing is known")
    func rooms() {
        #expect(grid.cell(at: Point2D(1, 0)) == .occupied)
        #expect(grid.cell(at: Point2D(2, 0.25)) == .occupied)
        #expect(grid.cell(at: Point2D(1, 1)) == .free)
        #expect(grid.cell(at: Point2D(3.2, 0.3)) == .free)
        #expect(grid.cell(at: Point2D(-0.3, 1)) == .unknown)
        #expect(grid.cell(at: Point2D(100, 100)) == .unknown)
    }

    @Test("glass and door openings are unknown, also where the wall is drawn through the door")
    func openings() {
        #expect(grid.cell(at: Point2D(0, 1)) == .unknown)
        #expect(grid.cell(at: Point2D(2, 1)) == .unknown)
        #expect(grid.cell(at: Point2D(2, 0.5)) == .occupied, "the post is the wall's")
        #expect(grid.cell(at: Point2D(2, 1.5)) == .occupied, "the post is the wall's")
    }

    @Test("what no lane leads to stays unknown")
    func closet() {
        #expect(grid.cell(at: Point2D(3.75, 1.75)) == .unknown)
    }

    @Test("a wall at a multiple of the resolution lies in the middle of its cells")
    func centred() {
        let column = (2.0 - grid.origin.x) / grid.resolution
        #expect(abs(column - column.rounded(.down) - 0.5) < 1e-6)
        #expect(grid.cell(at: Point2D(1.976, 0.25)) == .occupied)
        #expect(grid.cell(at: Point2D(2.024, 0.25)) == .occupied)
        #expect(grid.cell(at: Point2D(1.974, 0.25)) == .free)
        #expect(grid.cell(at: Point2D(2.026, 0.25)) == .free)
    }

    @Test("a slanted wall is tight: nothing leaks through between its cells")
    func tight() {
        var level = building.levels[0]
        level.walls = [
            Wall(Point2D(0, 0), Point2D(4, 0.37)), Wall(Point2D(4, 0.37), Point2D(3.6, 2.9)),
            Wall(Point2D(3.6, 2.9), Point2D(-0.2, 2.2)), Wall(Point2D(-0.2, 2.2), Point2D(0, 0)),
        ]
        let grid = OccupancyGrid(rasterizing: level, margin: 1)
        #expect(grid.cell(at: Point2D(1, 1)) == .free)
        for x in 0..<grid.width {
            #expect(grid.cells[x] == .unknown)
            #expect(grid.cells[(grid.height - 1) * grid.width + x] == .unknown)
        }
    }

    @Test("an empty level makes a map without anything known")
    func empty() {
        let grid = OccupancyGrid(rasterizing: Level(id: "void", elevation: 0))
        #expect(grid.cells.allSatisfy { $0 == .unknown })
    }
}

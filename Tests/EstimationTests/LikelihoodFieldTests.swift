import BuildingMap
import Estimation
import RobotModel
import Testing

@Suite struct LikelihoodFieldTests {
    @Test("distances are exact: every cell against a search by hand")
    func exact() {
        var random = SeededRandom(seed: 5)
        let (width, height) = (37, 23)
        let cells = (0..<width * height).map { _ -> OccupancyGrid.Cell in
            let dice = Int.random(in: 0..<40, using: &random)
            return dice == 0 ? .occupied : dice == 1 ? .unknown : .free
        }
        let field = LikelihoodField(
            OccupancyGrid(width: width, height: height, resolution: 0.05, origin: Point2D(-1, 2), cells: cells))
        for row in 0..<height {
            for column in 0..<width {
                var nearest = LikelihoodField.reach
                for index in cells.indices where cells[index] == .occupied {
                    let dx = Double(index % width - column)
                    let dy = Double(index / width - row)
                    nearest = min(nearest, 0.05 * (dx * dx + dy * dy).squareRoot())
                }
                let found = field.distance(-1 + (Double(column) + 0.5) * 0.05, 2 + (Double(row) + 0.5) * 0.05)
                #expect(abs(found - nearest) < 1e-5)
            }
        }
    }

    private func wall(glass: Bool) -> LikelihoodField {
        var world = TestWorld()
        world.walls = [Wall(Point2D(1.02, 0), Point2D(1.02, 3), material: glass ? .glass : .solid)]
        return LikelihoodField(world.grid(from: Point2D(-1, -1), to: Point2D(3, 4)))
    }

    @Test("the slope points away from the wall on both sides and is one metre a metre")
    func slope() {
        let field = wall(glass: false)
        for x in [0.4, 0.77, 0.93] {
            let sample = field.sample(x, 1.5)
            #expect(abs(sample.distance - (1.025 - x)) < 1e-5)
            #expect(abs(sample.dx + 1) < 1e-4)
            #expect(abs(sample.dy) < 1e-4)
        }
        #expect(abs(field.sample(1.3, 1.5).dx - 1) < 1e-4)
    }

    @Test("glass neither pulls an end point nor stops a ray; a wall does both")
    func glass() {
        #expect(wall(glass: true).sample(0.9, 1.5).distance == LikelihoodField.reach)
        #expect(wall(glass: true).isUnknown(1.02, 1.5))
        #expect(!wall(glass: true).isBlocked(from: Point2D(0, 1.5), to: Point2D(2, 1.5), slack: 0.2))
        #expect(wall(glass: false).isBlocked(from: Point2D(0, 1.5), to: Point2D(2, 1.5), slack: 0.2))
        #expect(wall(glass: false).isBlocked(from: Point2D(0, 0.3), to: Point2D(2, 1.9), slack: 0.2))
        #expect(!wall(glass: false).isBlocked(from: Point2D(0, 1.5), to: Point2D(1.0, 1.5), slack: 0.2))
    }

    @Test("outside the map nothing is known and nothing pulls")
    func outside() {
        let sample = wall(glass: false).sample(50, 50)
        #expect(sample.distance == LikelihoodField.reach)
        #expect(sample.dx == 0 && sample.dy == 0)
        #expect(wall(glass: false).isUnknown(-5, 0))
    }
}

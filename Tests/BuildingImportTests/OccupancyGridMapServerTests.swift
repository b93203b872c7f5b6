import BuildingImport
import BuildingMap
import RobotModel
import StructuredText
import Testing

struct OccupancyGridMapServerTests {
    let grid = OccupancyGrid(
        width: 3, height: 2, resolution: 0.05, origin: Point2D(-1.025, 2.5),
        cells: [.free, .occupied, .unknown, .occupied, .free, .free])

    static let header = """
        image: map.pgm
        resolution: 0.05
        origin: [0.0, 0.0, 0.0]
        negate: 0
        occupied_thresh: 0.65
        free_thresh: 0.196

        """

    private func read(_ header: String, _ picture: [UInt8]) throws -> OccupancyGrid {
        var grid: OccupancyGrid?
        try withFolder { folder in
            try write(header, folder + "/map.yaml")
            try write(picture, folder + "/map.pgm")
            grid = try OccupancyGrid(mapServerFile: folder + "/map.yaml")
        }
        return try #require(grid)
    }

    @Test("what is written is read again")
    func roundTrip() throws {
        try withFolder { folder in
            try grid.write(mapServerStem: folder + "/level")
            let again = try OccupancyGrid(mapServerFile: folder + "/level.yaml")
            #expect(again.cells == grid.cells)
            #expect(again.width == 3 && again.height == 2)
            #expect(again.resolution == grid.resolution && again.origin == grid.origin)
        }
    }

    @Test("the picture's first row is the map's top one, and comments are passed over")
    func comments() throws {
        let picture = Array("P5\n# CREATOR: an editor\n2 # width\n2\n255\n".utf8) + [0, 254, 205, 100]
        let grid = try read(Self.header, picture)
        #expect(grid.cells == [.unknown, .unknown, .occupied, .free])
    }

    @Test("negated and raw maps are read in their own sense")
    func modes() throws {
        let picture = Array("P5 3 1 255\n".utf8) + [255, 0, 128]
        let negated = Self.header.replacing("negate: 0", with: "negate: 1")
        #expect(try read(negated, picture).cells == [.occupied, .free, .unknown])
        let raw = Self.header + "mode: raw\n"
        #expect(
            try read(raw, Array("P5 4 1 255\n".utf8) + [100, 0, 40, 255]).cells == [
                .occupied, .free, .unknown, .unknown,
            ])
    }

    @Test("pictures of numbers and of 16 bits are read, and their comments passed over")
    func otherPictures() throws {
        let text = Array("P2\n# by hand\n2 2\n100\n100 0 # a wall\n  50\n99\n".utf8)
        #expect(try read(Self.header, text).cells == [.unknown, .free, .free, .occupied])
        let wide = Array("P5 3 1 65535\n".utf8) + [0xFF, 0xFF, 0, 0xFF, 0x80, 0]
        #expect(try read(Self.header, wide).cells == [.free, .occupied, .unknown])
        // In percent, of 255 whatever the picture's maximum.
        let raw = Array("P5 3 1 65535\n".utf8) + [100, 100, 0, 0, 0xFF, 0xFF]
        #expect(try read(Self.header + "mode: raw\n", raw).cells == [.occupied, .free, .unknown])
    }

    @Test("negate may be a truth, and in raw maps it changes nothing")
    func negation() throws {
        let picture = Array("P5 2 1 255\n".utf8) + [255, 0]
        #expect(
            try read(Self.header.replacing("negate: 0", with: "negate: true"), picture).cells == [.occupied, .free])
        #expect(
            try read(Self.header.replacing("negate: 0", with: "negate: false"), picture).cells == [.free, .occupied])
        let raw = Self.header.replacing("negate: 0", with: "negate: 1") + "mode: raw\n"
        #expect(try read(raw, Array("P5 2 1 255\n".utf8) + [0, 100]).cells == [.free, .occupied])
    }

    @Test(
        "a broken picture is refused",
        arguments: [
            "P2 2 1 255\n0", "P2 2 1 255\n0 x", "P5 2 2 255\n\u{1}\u{2}\u{3}", "P5 2 1 65535\n123",
            "P5 2 1 65536\n1234",
            "P5 2", "P5 0 1 255\n", "", "P5 x", "P6 1 1 255\n123", "P5 1000000 1000000 255\n123",
        ])
    func broken(picture: String) {
        let error = #expect(throws: FileProblems.self) { _ = try read(Self.header, Array(picture.utf8)) }
        #expect(error?.errors.first?.location?.file.hasSuffix("map.pgm") == true)
    }

    @Test("a turned map is refused, and a missing picture told")
    func turned() throws {
        let turned = Self.header.replacing("0.0, 0.0, 0.0", with: "0.0, 0.0, 1.57")
        let error = #expect(throws: FileProblems.self) { _ = try read(turned, Array("P5 1 1 255\n\u{0}".utf8)) }
        #expect(error?.errors.first?.location?.line == 3)
        try withFolder { folder in
            try write(Self.header, folder + "/map.yaml")
            #expect(throws: FileProblems.self) { _ = try OccupancyGrid(mapServerFile: folder + "/map.yaml") }
        }
    }
}

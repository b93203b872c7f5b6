public import BuildingMap
import RobotModel
public import StructuredText

// `map_server`'s format (ROS): a YAML file with the figures and a PGM picture, white free, black occupied, grey unknown.
// Source: nav2_map_server, README.md and map_io.cpp.

extension OccupancyGrid {
    /// Reads `name.yaml` and the picture that it names (PGM, P5 or P2).
    ///
    /// Modes `trinary` and `scale` by the thresholds; between them is unknown, also in `scale`, where map_server gives a
    /// share: a robot plans through nothing that is half occupied. `raw` is in percent, above 100 unknown.
    /// Throws `FileProblems`: what is wrong with either file.
    public init(mapServerFile path: String) throws(FileProblems) {
        let header = try YAMLReader.read(path: path) { MapHeader($0) }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let picture = header.image.hasPrefix("/") ? header.image : folder + header.image
        let image = try GreyPicture(pgm: readBytes(picture), file: picture)
        var cells = [Cell](repeating: .unknown, count: image.width * image.height)
        for row in 0..<image.height {
            for column in 0..<image.width {
                let level = image.levels[(image.height - 1 - row) * image.width + column]
                cells[row * image.width + column] = header.cell(level, of: image.maximum)
            }
        }
        self.init(
            width: image.width, height: image.height, resolution: header.resolution, origin: header.origin,
            cells: cells)
    }

    /// Writes `<stem>.pgm` and `<stem>.yaml`; `stem` is a path without its ending.
    public func write(mapServerStem stem: String) throws(FileProblems) {
        let name = stem.split(separator: "/").last.map(String.init) ?? stem
        var picture = Array("P5\n\(width) \(height)\n255\n".utf8)
        for row in (0..<height).reversed() {
            for cell in cells[(row * width)..<((row + 1) * width)] {
                switch cell {
                case .free: picture.append(254)
                case .occupied: picture.append(0)
                case .unknown: picture.append(205)
                }
            }
        }
        try writeBytes(picture, to: stem + ".pgm")
        // Micrometres: what lies beyond is the rounding of binary fractions.
        func rounded(_ x: Double) -> Double { (x * 1e6).rounded() / 1e6 }
        let header = """
            image: \(name).pgm
            mode: trinary
            resolution: \(resolution)
            origin: [\(rounded(origin.x)), \(rounded(origin.y)), 0.0]
            negate: 0
            occupied_thresh: 0.65
            free_thresh: 0.196

            """
        try writeBytes(Array(header.utf8), to: stem + ".yaml")
    }
}

/// The YAML side of a map.
private struct MapHeader {
    let image: String
    let resolution: Double
    let origin: Point2D
    let mode: String
    let negate: Bool
    let occupied: Double
    let free: Double

    init(_ root: Field) {
        image = root.required("image").string()
        resolution = root.required("resolution").double(in: 0.001...10, unit: "metres")
        let field = root.required("origin")
        let numbers = field.doubles(count: 3)
        origin = Point2D(numbers[0], numbers[1])
        if numbers[2] != 0 {
            field.reject(
                "the map is turned by \(numbers[2]) rad", expected: "a yaw of 0",
                hint: "turn the picture itself; most tools ignore the yaw")
        }
        mode = root.optional("mode")?.choice(of: ["trinary", "scale", "raw"]) ?? "trinary"
        let negation = root.optional("negate")
        negate = ["true", "false"].contains(negation?.text) ? negation?.bool() ?? false : negation?.int(in: 0...1) == 1
        occupied = root.required("occupied_thresh").double(in: 0...1)
        let threshold = root.required("free_thresh")
        free = threshold.double(in: 0...1)
        if free > occupied { threshold.reject("free_thresh is above occupied_thresh", expected: "at most \(occupied)") }
    }

    func cell(_ level: UInt16, of maximum: Int) -> OccupancyGrid.Cell {
        let grey = Double(level) / Double(maximum)
        var share = negate ? grey : 1 - grey
        if mode == "raw" {
            let percent = (grey * 255).rounded()
            if percent > 100 { return .unknown }
            share = percent / 100
        }
        if share > occupied || (mode == "raw" && share == occupied) { return .occupied }
        return share < free || (mode == "raw" && share == free) ? .free : .unknown
    }
}

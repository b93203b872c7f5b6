import RobotModel

/// A drawing of dots, two by four in a character (Unicode's Braille patterns, U+2800): about square on a terminal.
struct Braille {
    let columns: Int
    let rows: Int
    private var dots: [UInt8]
    private var inks: [Ink]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        dots = Array(repeating: 0, count: columns * rows)
        inks = Array(repeating: .plain, count: columns * rows)
    }

    /// Sets a dot; x to the right, y downwards. A character shows the ink that covers the others.
    mutating func dot(_ x: Int, _ y: Int, _ ink: Ink) {
        guard x >= 0, y >= 0, x < columns * 2, y < rows * 4 else { return }
        let masks: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
        let cell = y / 4 * columns + x / 2
        dots[cell] |= masks[y % 4 * 2 + x % 2]
        if ink.rawValue > inks[cell].rawValue { inks[cell] = ink }
    }

    /// A straight line; with `gap` only every so many dots of it.
    mutating func line(_ a: Point2D, _ b: Point2D, _ ink: Ink, gap: Int = 1) {
        let steps = max(1, Int(max(abs(b.x - a.x), abs(b.y - a.y)).rounded(.up)))
        for step in stride(from: 0, through: steps, by: gap) {
            let point = a + (b - a) * (Double(step) / Double(steps))
            dot(Int(point.x.rounded(.down)), Int(point.y.rounded(.down)), ink)
        }
    }

    mutating func polygon(_ corners: [Point2D], _ ink: Ink) {
        for (index, corner) in corners.enumerated() { line(corner, corners[(index + 1) % corners.count], ink) }
    }

    /// Copies what is drawn into a frame.
    func draw(into frame: inout Frame, row: Int, column: Int) {
        for index in dots.indices where dots[index] != 0 {
            guard let scalar = Unicode.Scalar(0x2800 + UInt32(dots[index])) else { continue }
            frame.put(
                String(Character(scalar)), row: row + index / columns, column: column + index % columns,
                ink: inks[index])
        }
    }
}

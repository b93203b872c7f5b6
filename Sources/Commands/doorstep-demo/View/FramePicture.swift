/// A frame as a picture (SVG) that looks like it does on a terminal, whatever fonts there are: dots are drawn as dots.
struct FramePicture {
    private static let cell = (width: 8.4, height: 17.0)
    private static let margin = 12.0

    let frame: Frame

    var svg: String {
        let (cell, margin) = (Self.cell, Self.margin)
        let width = Double(frame.columns) * cell.width + 2 * margin
        let height = Double(frame.rows.count) * cell.height + 2 * margin
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
            font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">
            <rect width="100%" height="100%" rx="8" fill="#10151c"/>

            """
        for (row, cells) in frame.rows.enumerated() {
            let top = margin + Double(row) * cell.height
            for run in Frame.runs(cells) { text += element(run, top: top) }
        }
        return text + "</svg>\n"
    }

    private func element(_ run: (column: Int, text: String, ink: Ink), top: Double) -> String {
        let left = Self.margin + Double(run.column) * Self.cell.width
        let width = Double(run.text.count) * Self.cell.width
        var text = ""
        if run.ink == .title {
            text += "<rect x=\"\(number(left))\" y=\"\(number(top))\" width=\"\(number(width))\" "
            text += "height=\"\(number(Self.cell.height))\" fill=\"#d0d7de\"/>\n"
        }
        let dots = run.text.enumerated().map { braille($1, column: run.column + $0, top: top) }.joined()
        if !dots.isEmpty { text += "<path d=\"\(dots)\" fill=\"\(run.ink.webColour)\"/>\n" }
        // A stretch of words at a time: spaces between them are not squeezed, and dots are drawn already.
        for word in words(in: run.text) {
            let x = left + Double(word.offset) * Self.cell.width
            text += "<text x=\"\(number(x))\" y=\"\(number(top + 13))\" fill=\"\(run.ink.webColour)\" "
            text += "textLength=\"\(number(Double(word.text.count) * Self.cell.width))\">\(escaped(word.text))</text>\n"
        }
        return text
    }

    private func words(in text: String) -> [(offset: Int, text: String)] {
        var words: [(offset: Int, text: String)] = []
        var isInside = false
        for (offset, character) in text.enumerated() {
            defer { isInside = character != " " && !isBraille(character) }
            guard character != " ", !isBraille(character) else { continue }
            if isInside {
                words[words.count - 1].text.append(character)
            } else {
                words.append((offset, "\(character)"))
            }
        }
        return words
    }

    private func isBraille(_ character: Character) -> Bool {
        (0x2800...0x28FF).contains(character.unicodeScalars.first?.value ?? 0)
    }

    private func braille(_ character: Character, column: Int, top: Double) -> String {
        guard isBraille(character), let scalar = character.unicodeScalars.first else { return "" }
        let offsets: [(mask: UInt32, x: Double, y: Double)] = [
            (0x01, 0, 0), (0x08, 1, 0), (0x02, 0, 1), (0x10, 1, 1), (0x04, 0, 2), (0x20, 1, 2), (0x40, 0, 3),
            (0x80, 1, 3),
        ]
        let left = Self.margin + Double(column) * Self.cell.width
        return offsets.filter { scalar.value & $0.mask != 0 }.map { offset in
            "M\(number(left + offset.x * 4.2 + 0.8)) \(number(top + offset.y * 4.25 + 0.8))h2.6v2.6h-2.6z"
        }.joined()
    }

    private func escaped(_ text: String) -> String {
        text.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;"][$0] ?? String($0) }.joined()
    }

    private func number(_ x: Double) -> String {
        let tenths = (x * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}

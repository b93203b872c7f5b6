/// Bytes written as in a document: "A5 40 90 08".
func bytes(_ text: String) -> [UInt8] { text.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) } }

extension Array {
    /// Pieces of the lengths that `length` gives, so that a decoder sees every cut.
    func cut(_ length: () -> Int) -> [ArraySlice<Element>] {
        var rest = self[...]
        var pieces: [ArraySlice<Element>] = []
        while !rest.isEmpty {
            let piece = rest.prefix(Swift.max(1, length()))
            pieces.append(piece)
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}

/// "did you mean '…'?" for a word that is nearly one of the words, or nil.
public func suggestion(for word: String, among words: [String]) -> String? {
    nearest(to: word, among: words).map { "did you mean '\($0)'?" }
}

/// The word that the writer most likely meant: at most a third of its letters (but always one, and two from four
/// letters on) are wrong.
func nearest(to word: String, among words: [String]) -> String? {
    let ranked = words.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    let limit = max(word.count < 4 ? 1 : 2, word.count / 3)
    return best.distance <= limit ? best.word : nil
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment distance;
/// Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.2).
func editDistance(_ a: String, _ b: String) -> Int {
    // Names are short; a word longer than any name is far from all of them, and not worth a large table.
    let (first, second) = (Array(a.utf8.prefix(64)), Array(b.utf8.prefix(64)))
    var rows = [Array(0...second.count)]
    for i in 0..<first.count {
        var row = [i + 1]
        for j in 0..<second.count {
            var cost = rows[i][j] + (first[i] == second[j] ? 0 : 1)
            cost = min(cost, rows[i][j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                cost = min(cost, rows[i - 1][j - 1] + 1)
            }
            row.append(cost)
        }
        rows.append(row)
    }
    return rows[first.count][second.count]
}

/// "did you mean …?" with the words nearest to a misspelt one, or something else to say where none is near.
func suggestion(for word: String, among words: [String], otherwise: String) -> String {
    let limit = word.count < 3 ? 1 : max(2, word.count / 3)
    let ranked = words.map { candidate in
        (candidate, candidate.hasPrefix(word) ? 0 : distance(candidate, word, limit: limit))
    }
    guard let best = ranked.map(\.1).min(), best <= limit else { return otherwise }
    return "did you mean " + ranked.filter { $0.1 == best }.prefix(3).map(\.0).joined(separator: " or ") + "?"
}

/// Letters to insert, delete or replace to make one word of the other (Levenshtein); above `limit` for very long words.
private func distance(_ a: String, _ b: String, limit: Int) -> Int {
    let (first, second) = (Array(a.utf8), Array(b.utf8))
    guard abs(first.count - second.count) <= limit, second.count <= 40 else { return limit + 1 }
    var row = Array(0...second.count)
    for i in first.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in second.indices {
            let replaced = diagonal + (first[i] == second[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
        }
    }
    return row[second.count]
}

import Foundation

/// The demo's mission: the sample file, with a promised time that suits the demo's day.
enum MissionText {
    /// Minutes from the drop to the promised time: the way there takes about three and a half.
    private static let promise = 5.0

    /// The file's text with `promised` set to five minutes after `now`.
    static func read(_ path: String, now: Date) throws -> String {
        let promised = ISO8601DateFormatter().string(from: now.addingTimeInterval(promise * 60))
        return try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                guard let range = line.range(of: "promised: ") else { return String(line) }
                return line[..<range.upperBound] + promised
            }
            .joined(separator: "\n")
    }
}

import Foundation
import Realtime
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ProgramPagesTests {
    /// Kilobytes of files that are mapped and resident.
    private func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(Int(line.split(separator: " ")[1]))
    }

    @Test("the pages that the start has touched are given back, and the program runs on")
    func gives() throws {
        // Other tests of this process lock its memory, as a real-time thread does; here it has not been done yet.
        munlockall()
        let before = try resident()
        ProgramPages.release()
        let after = try resident()
        #expect(after < before * 3 / 4, "\(before) kB before, \(after) kB after")
        #expect(try JSONDecoder().decode([Int].self, from: Data("[1, 2]".utf8)) == [1, 2])
    }
}

import Testing

@Suite struct SourceTests {
    @Test("no source file is longer than 500 lines")
    func filesAreShort() throws {
        let lengths = try House.swiftFiles("Sources").map { path, text in
            (path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).count)
        }
        #expect(lengths.count > 100)
        for (path, lines) in lengths where lines > 400 { print("look hard at \(path): \(lines) lines") }
        for (path, lines) in lengths { #expect(lines <= 500, "\(path) has \(lines) lines") }
    }

    @Test("nothing is left for later", arguments: ["Sources", "Tests"])
    func nothingIsLeftOpen(folder: String) throws {
        // Written apart, so that this file does not find itself.
        let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
        for (path, text) in try House.swiftFiles(folder) {
            for mark in marks { #expect(!text.contains(mark), "\(path)") }
        }
    }

    @Test("a test file is named for what it tests")
    func testFilesHaveNames() throws {
        for (path, text) in try House.swiftFiles("Tests") where text.contains("    @Test") {
            #expect(path.hasSuffix("Tests.swift"), "\(path)")
        }
    }

    @Test(
        "tests see only what is public, so that they also run in release, but for rooms that are built to be looked into"
    )
    func testsArePublic() throws {
        let mark = "@" + "testable import "
        let package = try House.text("Package.swift")
        for (path, text) in try House.swiftFiles("Tests") {
            for line in text.split(separator: "\n") where line.hasPrefix(mark) {
                let room = String(line.dropFirst(mark.count))
                let entry = package.split(separator: "room(").first { $0.contains("\"\(room)\", in:") }
                #expect(entry?.contains("isTestedInside: true") ?? false, "\(path): \(room)")
            }
        }
    }
}

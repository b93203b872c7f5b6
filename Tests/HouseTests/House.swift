import Foundation

/// The repository as files: Package.swift's rooms, the README's map, the sources.
enum House {
    /// The repository's folder.
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)  // Tests/HouseTests/House.swift
        return parts.joined(separator: "/")
    }()

    /// A room as Package.swift has it.
    struct Room: Hashable {
        var name: String
        var wing: String
        /// Rooms of the house that it may import.
        var imports: Set<String>
    }

    /// The text of a file of the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// All Swift files below a folder of the repository, with their text.
    static func swiftFiles(_ folder: String) throws -> [(path: String, text: String)] {
        let start = "\(root)/\(folder)"
        // A checkout may hold its folders as links.
        let resolved = URL(filePath: start).resolvingSymlinksInPath().path
        let names = FileManager.default.enumerator(atPath: resolved)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map {
            ("\(folder)/\($0)", try String(contentsOfFile: "\(resolved)/\($0)", encoding: .utf8))
        }
    }

    /// The names in a folder of the repository that are folders themselves.
    static func folders(_ folder: String) throws -> [String] {
        let start = URL(filePath: "\(root)/\(folder)").resolvingSymlinksInPath().path
        return try FileManager.default.contentsOfDirectory(atPath: start).sorted().filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(start)/\(name)", isDirectory: &isFolder)
                && isFolder.boolValue && !name.hasPrefix(".")
        }
    }

    /// The modules that a source file imports.
    static func imports(of text: String) -> Set<String> {
        var modules: Set<String> = []
        for line in text.split(separator: "\n") {
            var words = line.split(separator: " ").map(String.init)
            if words.first?.hasPrefix("@") == true { words.removeFirst() }
            if let first = words.first, ["public", "package", "internal", "private", "fileprivate"].contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", words.count >= 2 else { continue }
            // `import struct Module.Type` imports from a module, too.
            let isKind = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"].contains(words[1])
            modules.insert(String(words[isKind ? words.count - 1 : 1].split(separator: ".")[0]))
        }
        return modules
    }
}

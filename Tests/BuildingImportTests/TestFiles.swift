import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The project's folder.
let projectFolder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

/// Real Open-RMF maps, beside the project; not part of it.
let realMaps = projectFolder + "/../shared/data/maps"
let haveRealMaps = FileManager.default.fileExists(atPath: realMaps + "/hotel.building.yaml")

/// The site of the demonstration.
let riverside = projectFolder + "/BoardConfigs/sites/riverside"

/// Runs with a folder of its own, which is removed afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/doorstep-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

func write(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }
func write(_ text: String, _ path: String) throws { try write(Array(text.utf8), path) }

public import BuildingMap
import RobotModel
public import StructuredText

/// A site's `facilities.yaml`: what its people know of doors and lifts that a map does not say. It may be left out, and so
/// may everything in it.
///
///     version: 1
///     doors:
///       entrance:
///         opening_s: 3.5            # from being told until it is open
///         access:                   # ways to ask; the one that takes the least time in the mean is taken
///           - {by: interface, takes_s: 0.5, success: 0.99}
///           - {by: button, takes_s: 12, success: 0.85}
///         hours:                    # when it can be used; at any time where this is left out
///           - {days: [mon, tue, wed, thu, fri], from: "07:00", to: "22:00"}
///         robots: [porter_1]        # who may use it; everyone where this is left out
///     lifts:
///       lift_1:
///         session_s: 1              # until its session is ours
///         call_s: 8                 # the mean wait for the car
///         call_by_hour_s: {8: 45, 12: 30}
///         door_s: 4                 # the car's door, once open or once shut
///         speed_m_s: 1.0
///         acceleration_m_s2: 0.8
///
/// A lift takes `access`, `hours` and `robots` as a door does. Names are those of the building.
public enum FacilityFile {
    /// The name of the file in a site's folder.
    public static let name = "facilities.yaml"

    /// Reads a text; `file` is the name that errors show.
    ///
    /// Throws `FileProblems`: a door or a lift that the building does not have, and all that is wrong with the content.
    public static func read(
        file: String, text: String, for building: Building
    ) throws(FileProblems) -> SiteFacilities {
        try YAMLReader.read(file: file, text: text) { root in read(root, for: building) }
    }

    private static func read(_ root: Field, for building: Building) -> SiteFacilities {
        root.required("version").int(in: 1...1)
        var facilities = SiteFacilities()
        for (key, field) in root.optional("doors")?.entries() ?? [] {
            know(key, field, "door", among: building.doors.keys.map(\.rawValue))
            facilities.doors[DoorID(key)] = DoorFacts(field)
        }
        for (key, field) in root.optional("lifts")?.entries() ?? [] {
            know(key, field, "lift", among: building.lifts.keys.map(\.rawValue))
            facilities.lifts[LiftID(key)] = LiftFacts(field)
        }
        return facilities
    }

    private static func know(_ name: String, _ field: Field, _ kind: String, among names: [String]) {
        guard !names.contains(name) else { return }
        field.reject(
            "the building has no \(kind) '\(name)'",
            expected: names.isEmpty ? "a building with \(kind)s" : "one of \(names.sorted().joined(separator: ", "))",
            hint: suggestion(for: name, among: names))
    }
}

/// Reads the facilities of a site's folder; nothing is known where it has no such file.
///
/// Throws `FileProblems`: all that is wrong with the file.
public func readFacilities(ofSite folder: String, for building: Building) throws(FileProblems) -> SiteFacilities {
    guard isFolder(folder), try listFolder(folder).contains(FacilityFile.name) else { return SiteFacilities() }
    let path = (folder.hasSuffix("/") ? folder : folder + "/") + FacilityFile.name
    let text = try readTextFile(path, limit: YAMLReader.maximumLength)
    return try FacilityFile.read(file: path, text: text, for: building)
}

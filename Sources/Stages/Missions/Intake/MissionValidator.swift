public import BuildingMap
public import RobotModel

/// Holds a mission file against the building it is for.
public struct MissionValidator: Sendable {
    private let building: Building

    public init(building: Building) { self.building = building }

    /// Everything that is wrong with the mission in this building; empty when it can be carried out.
    ///
    /// A promised time that has passed is not an error: the meal is late, not unwanted.
    public func problems(in file: MissionFile) -> [RobotError] {
        var problems: [RobotError] = []
        let known = building.levels.flatMap { $0.places.keys }.sorted()
        for (place, location) in file.places where building.place(place) == nil {
            problems.append(
                RobotError(
                    .invalidFile, "'\(place)' is no place of the building '\(building.name)'", at: location,
                    expected: "one of " + known.map(\.rawValue).joined(separator: ", "),
                    hint: nearest(to: place, among: known).map { "did you mean '\($0)'?" }))
        }
        if file.places.count >= 2, file.places[0].place == file.places[1].place {
            problems.append(
                RobotError(
                    .invalidFile, "the meal is collected and delivered at the same place '\(file.places[0].place)'",
                    at: file.places[1].location, expected: "two places"))
        }
        return problems
    }

    /// The known place that shares the longest beginning with a misspelt one, at least half of it.
    private func nearest(to place: PlaceID, among known: [PlaceID]) -> PlaceID? {
        let wanted = place.rawValue.lowercased()
        let scored = known.map { id in
            (id, zip(id.rawValue.lowercased(), wanted).prefix { $0 == $1 }.count)
        }
        guard let best = scored.max(by: { $0.1 < $1.1 }), best.1 * 2 >= wanted.count else { return nil }
        return best.0
    }
}

import BuildingMap
import RobotModel
import StructuredText

/// What Open-RMF's tools print or pass over in a building file, and its planner trips over later: found while reading.
struct BuildingFileCheck {
    let file: BuildingFile
    let sections: [LevelSection]

    func run(_ root: Field) {
        checkNames()
        checkDoorsOfLanes()
        checkLifts()
        checkCabins()
        // Only a file that is right so far makes a building.
        if root.isFileSound { checkPlaces() }
    }

    /// Only what lies on a lane of a graph can be driven to in it; the drawing's other vertices may be called as they
    /// like, and two graphs are two sets of names.
    private func checkNames() {
        for graph in file.graphs {
            var places = NameBook(kind: "place", scope: "building")
            for section in sections {
                for index in section.vertices(ofGraph: graph) {
                    places.note(section.drawing.vertices[index].name, at: section.vertexFields[index])
                }
            }
        }
        var doors = NameBook(kind: "door", scope: "building")
        for section in sections {
            for (door, field) in zip(section.drawing.doors, section.doorFields) {
                if door.name.isEmpty { field.reject("a door has no name", expected: "name: [1, …]") }
                doors.note(door.name, at: field)
            }
        }
    }

    private func checkDoorsOfLanes() {
        for section in sections where !section.drawing.vertices.isEmpty {
            for (lane, field) in zip(section.drawing.lanes, section.laneFields) {
                let crossed = section.drawing.doorsCrossed(by: lane)
                if let missed = missedDoor(lane, section.drawing) {
                    field.warn(
                        "the lane crosses door '\(missed)', which Open-RMF does not see in world coordinates",
                        expected: "a map in metres", hint: "the converted map has the door on this lane")
                }
                guard crossed.count > 1 else { continue }
                let names = crossed.map { "'\($0.name)'" }
                field.reject(
                    "the lane crosses \(crossed.count) doors: \(names.joined(separator: ", "))",
                    expected: "at most one door a lane",
                    hint: "put a vertex between the doors, and draw a lane to each side")
            }
        }
    }

    /// A door that a lane crosses in metres, in a map that is drawn in others than pixels or metres.
    private func missedDoor(_ lane: BuildingFile.EdgeDrawing, _ level: BuildingFile.LevelDrawing) -> String? {
        guard file.coordinateSystem == .wgs84 || file.coordinateSystem == .webMercator else { return nil }
        let points = level.vertices.map(\.position)
        return level.doors.first { door in
            BuildingFile.crosses(points[lane.start], points[lane.end], points[door.start], points[door.end])
        }?.name
    }

    /// A vertex with lanes inside a lift's car needs a door there, and all of a lift's stand above one another.
    private func checkLifts() {
        for graph in file.graphs {
            var stacks = LiftStacks()
            for section in sections {
                let level = section.drawing
                for index in section.vertices(ofGraph: graph) {
                    let point = level.vertices[index].position
                    guard let lift = file.lift(containing: point, on: level) else { continue }
                    let field = section.vertexFields[index]
                    stacks.add(point, of: lift.id, on: level.id, field)
                    guard !lift.levelDoors.contains(where: { $0.level == level.id }) else { continue }
                    field.reject(
                        "a lane leads into lift '\(lift.id)', which has no door on level \(level.id)",
                        expected: "level_doors of the lift to name \(level.id)",
                        hint: "add the level to the lift's level_doors, or move the vertex out of the car")
                }
            }
            stacks.check()
        }
    }
}

extension BuildingFileCheck {
    /// Traffic editor lets a vertex name its lift (`lift_cabin`); its generator goes by where the vertex lies.
    private func checkCabins() {
        for section in sections {
            let level = section.drawing
            let onLanes = Set(file.graphs.flatMap { section.vertices(ofGraph: $0) }).sorted()
            for index in onLanes {
                guard let name = level.vertices[index].word("lift_cabin") else { continue }
                let lift = file.lift(containing: level.vertices[index].position, on: level)
                guard lift?.id.rawValue != name else { continue }
                let isKnown = file.lifts.contains { $0.id.rawValue == name }
                section.vertexFields[index].warn(
                    "lift_cabin is '\(name)', "
                        + (isKnown
                            ? "but the vertex lies in \(lift.map { "lift '\($0.id)'" } ?? "no lift's car")"
                            : "which is no lift"),
                    expected: isKnown ? "a vertex inside the lift's car" : "the name of a lift",
                    hint: "move the vertex into the car: where it lies is what counts")
            }
        }
    }

    private func checkPlaces() {
        for graph in file.graphs {
            for place in unreachablePlaces(in: file.building(graph: graph)) {
                for section in sections where section.drawing.id == place.level {
                    for index in section.vertices(ofGraph: graph)
                    where section.drawing.vertices[index].name == place.place.rawValue {
                        section.vertexFields[index].warn(
                            "place '\(place.place)' of graph \(graph) \(place.why)", hint: UnreachablePlace.hint)
                    }
                }
            }
        }
    }
}

extension LevelSection {
    /// The vertices on lanes of a graph, in the order of the file; an edge of a level without vertices has been
    /// recorded, and its indices mean nothing.
    fileprivate func vertices(ofGraph graph: Int) -> [Int] {
        let lanes = drawing.lanes.filter { $0.graph == graph }
        return Set(lanes.flatMap { [$0.start, $0.end] }).filter(drawing.vertices.indices.contains).sorted()
    }
}

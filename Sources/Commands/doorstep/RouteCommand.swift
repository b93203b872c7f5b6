import ArgumentParser
import BuildingImport
import BuildingMap
import Foundation
import RobotModel
import RoutePlanning
import StructuredText

/// `doorstep route`
struct RouteCommand: ParsableCommand {
    /// Whose constants.
    enum Constants: String, CaseIterable, ExpressibleByArgument {
        case doorstep
        case openRMF = "open-rmf"
    }

    static let configuration = CommandConfiguration(
        commandName: "route", abstract: "Finds the fastest route between two places of a map, and prints it as JSON.",
        discussion: """
            Doors and lifts take what the site's facilities.yaml says of them; a single map file has none, and gives general \
            times. With --constants open-rmf everything is computed as Open-RMF's planner does. Waypoints carry \
            Open-RMF's numbers, counted through the levels of the graph.
            """)

    @Argument(help: "A site's folder, or a map file in any format that `doorstep building` reads.")
    var map: String

    @Option(help: "The graph's index in a building file.")
    var index = 0

    @Option(help: "The place where the route starts.")
    var from: String

    @Option(help: "The place where the route ends.")
    var to: String

    @Option(help: "The heading in which it starts, degrees counter-clockwise from east.")
    var heading = 0.0

    @Option(help: "Whose rules and times: doorstep or open-rmf.")
    var constants = Constants.doorstep

    @Option(help: "Top speed, m/s.") var speed: Double?
    @Option(help: "m/s².") var acceleration: Double?
    @Option(help: "rad/s.") var turnRate: Double?
    @Option(help: "rad/s².") var turnAcceleration: Double?

    @Option(help: "What the wall's clock shows, HH:MM on a Monday; opening hours count then.")
    var at: String?

    @Option(help: "The robot's name, for access rights; every right when left out.")
    var robot: String?

    @Option(name: .customLong("without-door"), help: "A door not to use; may be repeated.")
    var closedDoors: [String] = []

    @Option(name: .customLong("without-lift"), help: "A lift not to use; may be repeated.")
    var closedLifts: [String] = []

    func validate() throws {
        let figures = [speed, acceleration, turnRate, turnAcceleration].compactMap { $0 }
        guard figures.allSatisfy({ $0 > 0 && $0.isFinite }), heading.isFinite else {
            throw ValidationError("speed, acceleration, turn rate and turn acceleration must be above 0")
        }
        guard at == nil || clock != nil else { throw ValidationError("--at takes HH:MM, 00:00 to 23:59") }
    }

    func run() throws {
        try complaining {
            let building = try readMap(at: map, graph: index)
            let facilities = try readFacilities(ofSite: map, for: building)
            let planner = RoutePlanner(
                building: building, kinematics: kinematics, facilities: facilities, robot: robot,
                rules: constants == .openRMF ? .openRMF : .doorstep)
            let conditions = RouteConditions(clock: clock, closures: try closures(in: building))
            var workspace = RouteWorkspace()
            do {
                let trace = try planner.trace(
                    from: PlaceID(from), heading: heading * .pi / 180, to: PlaceID(to), under: conditions,
                    in: &workspace)
                try print(RouteReport(trace, in: building).json)
            } catch let error as RouteError {
                throw explained(error)
            }
        }
    }

    private var clock: LocalTime? {
        let parts = at?.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) } ?? []
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...23).contains(hour),
            (0...59).contains(minute)
        else { return nil }
        return LocalTime(hour: hour, minute: minute)
    }

    private var kinematics: RouteKinematics {
        var kinematics: RouteKinematics = constants == .openRMF ? .openRMF() : RouteKinematics()
        if let speed { kinematics.speed = speed }
        if let acceleration { kinematics.acceleration = acceleration }
        if let turnRate { kinematics.turnRate = turnRate }
        if let turnAcceleration { kinematics.turnAcceleration = turnAcceleration }
        return kinematics
    }

    private func closures(in building: Building) throws(RobotError) -> RouteClosures {
        for door in closedDoors where building.doors[DoorID(door)] == nil {
            throw unknown("door", door, among: building.doors.keys.map(\.rawValue))
        }
        for lift in closedLifts where building.lifts[LiftID(lift)] == nil {
            throw unknown("lift", lift, among: building.lifts.keys.map(\.rawValue))
        }
        return RouteClosures(doors: Set(closedDoors.map { DoorID($0) }), lifts: Set(closedLifts.map { LiftID($0) }))
    }

    private func unknown(_ kind: String, _ name: String, among names: [String]) -> RobotError {
        RobotError(
            .unavailable, "there is no \(kind) '\(name)'", expected: "one of \(names.sorted().joined(separator: ", "))",
            hint: suggestion(for: name, among: names))
    }

    /// A route's error, with what the writer may have meant.
    private func explained(_ error: RouteError) -> RobotError {
        guard case .unknownPlace(let place, let known) = error else { return error.robotError }
        var explained = error.robotError
        explained.hint = suggestion(for: place.rawValue, among: known.map(\.rawValue)) ?? explained.hint
        return explained
    }
}

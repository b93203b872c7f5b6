import BuildingMap
import Foundation
import RobotModel
import RoutePlanning

/// A route as `doorstep route` prints it: times in seconds from the start, lengths in metres.
struct RouteReport: Encodable {
    struct Waypoint: Encodable {
        /// Its number in Open-RMF's graph, counted through the levels in the order of the map's file.
        var index: Int
        var name: String
        var level: String
        var x: Double
        var y: Double
        var timeS: Double
    }

    struct Door: Encodable {
        var name: String
        var access: String
        /// From the waypoint before it to the one behind it.
        var fromS: Double
        var toS: Double
        /// What of that is the door's own time.
        var waitingS: Double
    }

    struct Lift: Encodable {
        var name: String
        var access: String
        var from: String
        var to: String
        /// From the waypoint before the car to that in it on the level of arrival.
        var fromS: Double
        var toS: Double
        var waitingS: Double
        var ridingS: Double
    }

    var durationS: Double
    var lengthM: Double
    var levels: [String]
    var waypoints: [Waypoint]
    var doors: [Door] = []
    var lifts: [Lift] = []

    init(_ trace: RouteTrace, in building: Building) {
        durationS = Self.rounded(trace.seconds)
        lengthM = Self.rounded(trace.length)
        levels = trace.levels.map(\.rawValue)
        var first: [LevelID: Int] = [:]
        var count = 0
        for id in building.levelOrder {
            first[id] = count
            count += building.level(id)?.vertices.count ?? 0
        }
        waypoints = trace.waypoints.map { waypoint in
            let vertex = waypoint.vertex
            return Waypoint(
                index: (first[vertex.level] ?? 0) + vertex.index,
                name: building.level(vertex.level)?.vertices[vertex.index].name ?? "", level: vertex.level.rawValue,
                x: Self.rounded(waypoint.position.x), y: Self.rounded(waypoint.position.y),
                timeS: Self.rounded(waypoint.seconds))
        }
        for passage in trace.passages { add(passage) }
    }

    private mutating func add(_ passage: RouteTrace.Passage) {
        let (from, to) = (Self.rounded(passage.from), Self.rounded(passage.to))
        let waiting = Self.rounded(passage.waiting)
        switch passage.kind {
        case .door(let door, let access):
            doors.append(
                Door(name: door.rawValue, access: access.rawValue, fromS: from, toS: to, waitingS: waiting))
        case .boarding(let lift, let access):
            lifts.append(
                Lift(
                    name: lift.rawValue, access: access.rawValue, from: "", to: "", fromS: from, toS: to,
                    waitingS: waiting, ridingS: 0))
        case .ride(let lift, let departure, let arrival):
            // A start in the car has no boarding; Open-RMF's rides are strung together.
            if lifts.last?.name != lift.rawValue {
                lifts.append(
                    Lift(
                        name: lift.rawValue, access: "", from: "", to: "", fromS: from, toS: to, waitingS: 0, ridingS: 0
                    ))
            }
            let last = lifts.count - 1
            if lifts[last].from.isEmpty { lifts[last].from = departure.rawValue }
            lifts[last].to = arrival.rawValue
            lifts[last].toS = to
            lifts[last].ridingS = Self.rounded(lifts[last].ridingS + to - from)
        }
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// To a tenth of a millimetre, and of a millisecond.
    private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}

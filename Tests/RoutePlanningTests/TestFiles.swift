import BuildingImport
import BuildingMap
import RobotModel
import RoutePlanning

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The project's folder.
let projectFolder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

/// Real Open-RMF maps, beside the project; not part of it.
let realMaps = projectFolder + "/../shared/data/maps"
let haveRealMaps = FileManager.default.fileExists(atPath: realMaps + "/routes")

/// The site of the demonstration.
func riverside() throws -> Building { try loadSite(folder: projectFolder + "/BoardConfigs/sites/riverside") }

extension RouteStep {
    var door: DoorStep? { if case .door(let step) = self { step } else { nil } }
    var lift: LiftStep? { if case .lift(let step) = self { step } else { nil } }
    var drive: DriveStep? { if case .drive(let step) = self { step } else { nil } }

    /// Where the step starts and where it ends.
    var ends: (start: Point2D, end: Point2D) {
        switch self {
        case .drive(let step): (step.path[0], step.path[step.path.count - 1])
        case .door(let step): (step.holdPose.position, step.clearPose.position)
        case .lift(let step): (step.hallPose.position, step.exitPose.position)
        }
    }

    var duration: Duration {
        switch self {
        case .drive(let step): step.duration
        case .door(let step): step.duration
        case .lift(let step): step.duration
        }
    }

    /// The step in a word: "drive L1", "door entrance", "lift lift_1 L1>L3".
    var word: String {
        switch self {
        case .drive(let step): "drive \(step.level)"
        case .door(let step): "door \(step.door)"
        case .lift(let step): "lift \(step.lift) \(step.from)>\(step.to)"
        }
    }
}

extension Route {
    /// The largest gap between the end of a step and the start of the next, metres.
    var largestGap: Double {
        zip(steps, steps.dropFirst()).map { $0.ends.end.distance(to: $1.ends.start) }.max() ?? 0
    }
}

import BuildingMap
import Control
import Estimation
import Facilities
import Foundation
import Logging
import Missions
import RobotModel
import RoutePlanning

// What doors and lifts have taken so far, under what conditions a way is looked for, and when the meal will be there.
extension Deliberation {
    /// The name under which the journal keeps it.
    private static let keepsake = "facility-times"

    /// What an earlier run has learned; nothing where it cannot be read: it is experience, not truth.
    static func experience(in journal: Journal) -> FacilityTimes {
        guard let bytes = try? journal.keepsake(keepsake) else { return FacilityTimes() }
        return (try? JSONDecoder().decode(FacilityTimes.self, from: Data(bytes))) ?? FacilityTimes()
    }

    /// Times what doors and lifts do, learns from it, and opens lanes that turn out to be free.
    func learn(_ report: TickReport) {
        let samples = stopwatch.look(doors: desk.doors, lifts: desk.lifts, at: now)
        for sample in samples { times.record(sample, planner: planner, at: wall, clock: localTime) }
        let hasDriven = timeDrive(report)
        if hasDriven || !samples.isEmpty { keepExperience() }
        guard !blockedLanes.isEmpty, isLocalized else { return }
        let here = localizer.pose(odometry: report.odometry).position
        for lane in blockedLanes.closed(at: now) where lane.level == localizer.level {
            guard let level = building.level(lane.level) else { continue }
            let middle = (level.vertices[lane.from].position + level.vertices[lane.to].position) * 0.5
            if middle.distance(to: here) < 0.3 { blockedLanes.clear(lane) }
        }
    }

    /// Times the drives of a route from their beginning to the next step; one during which the robot was stopped for its
    /// own safety says nothing of the way.
    private func timeDrive(_ report: TickReport) -> Bool {
        let step = executive.routeStep
        let isStopped = report.safety.isStanding || executive.isHalted
        if let timed = timedDrive, step == .drive(timed.step) {
            if isStopped { timedDrive?.wasStopped = true }
            return false
        }
        let ended = timedDrive
        timedDrive = nil
        if case .drive(let drive)? = step { timedDrive = TimedDrive(step: drive, since: now, wasStopped: isStopped) }
        // One that ends elsewhere than it leads was given up for another way.
        guard let ended, !ended.wasStopped, let end = ended.step.path.last, isLocalized,
            localizer.pose(odometry: report.odometry).position.distance(to: end) < 0.5
        else { return false }
        times.record(drive: ended.step, took: now - ended.since, at: wall, clock: localTime)
        return true
    }

    private func keepExperience() {
        guard let data = try? JSONEncoder().encode(times) else { return }
        let (journal, log) = (journal, log)
        let work: @Sendable () -> Void = {
            do throws(RobotError) {
                try journal.keep(Array(data), as: Self.keepsake)
            } catch {
                log.error("\(error)")
            }
        }
        if isStepped { work() } else { poseWriter.async(execute: work) }
    }

    /// What the clock on the building's wall shows.
    var localTime: LocalTime {
        let offset = TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: wall.secondsSince1970))
        return LocalTime(wall, utcOffset: Double(offset))
    }

    /// Under what conditions a way is looked for now: what doors and lifts say counts while it is fresh, unless the
    /// request insists on them.
    func conditions(for request: RouteRequest? = nil) -> RouteConditions {
        var closures = request.map { RouteClosures($0, building: building) } ?? .none
        let insisting = request?.insisting ?? []
        closures.lanes.formUnion(blockedLanes.closed(at: now))
        let news = Duration.seconds(2)
        for (id, door) in desk.doors where door.mode == .offline && now - door.reported <= news {
            if !insisting.contains(.door(id)) { closures.doors.insert(id) }
        }
        var conditions = RouteConditions(clock: localTime, closures: closures, times: times, wall: wall)
        for (id, lift) in desk.lifts where now - lift.reported <= news {
            conditions.lifts[id] = LiftOutlook(lift, isTaken: desk.isTaken(id))
            if insisting.contains(.lift(id)) { conditions.lifts[id]?.isOut = false }
        }
        return conditions
    }

    /// Adds to a status when the meal will be there, and says early when that is too late.
    func forecast(_ status: inout MissionStatus) {
        guard let mission = status.mission, mission == executive.mission?.id, let outlook = executive.outlook else {
            return
        }
        // What is not planned in steps is known to a fifth.
        let time =
            TimeEstimate(mean: outlook.present.inSeconds, spread: 0.2)
            + planner.forecast(of: outlook.steps, under: conditions()).time
            + TimeEstimate(mean: outlook.work.inSeconds, spread: 0.2)
        (status.eta, status.etaAtMost) = (time.p50, time.p90)
        guard let promised = status.promised else { return }
        let left = promised.secondsSince1970 - wall.secondsSince1970
        if case .say(let text, let urgency, let hint)? = lateness.look(
            mission, p50: time.p50, p90: time.p90, timeLeft: left, at: now)
        {
            announce(text, urgency, hint: hint)
        }
    }

    /// What has been learned, for people.
    var timeSections: [FacilityTimeSection] {
        let conditions = conditions()
        let hour = localTime.hour
        return times.quantities.compactMap { quantity in
            guard let estimate = planner.expected(quantity, under: conditions) else { return nil }
            let (facility, what) = quantity.words
            return FacilityTimeSection(
                facility: facility, what: what, p50: estimate.p50, p90: estimate.p90,
                samplesThisHour: times.weight(of: quantity, hour: hour, now: wall),
                samples: times.weight(of: quantity, now: wall))
        }.sorted { ($0.facility, $0.what) < ($1.facility, $1.what) }
    }
}

/// A drive of a route that is under way.
struct TimedDrive {
    var step: DriveStep
    var since: Instant
    var wasStopped: Bool
}

extension SafetyState {
    /// Stopped by the supervisor, for whatever reason but somebody in the way.
    fileprivate var isStanding: Bool { action >= .hold && !causes.subtracting(.protectiveField).isEmpty }
}

extension FacilityTimes.Quantity {
    /// What it is, for people.
    fileprivate var words: (facility: String, what: String) {
        switch self {
        case .opening(let door, let access): ("door \(door)", access == .interface ? "opening" : "opening by button")
        case .waiting(let lift, let access): ("lift \(lift)", access == .interface ? "waiting" : "waiting by button")
        case .riding(let lift): ("lift \(lift)", "riding")
        case .driving: ("wheels", "riding the lanes")
        }
    }
}

import BuildingMap
import Control
import Estimation
import Missions
import Realtime
import RobotModel

// A pose that is not known: the robot looks further afield by itself, and takes a technician's word for where to look.
extension Deliberation {
    /// How long the scans have to confirm what was found around a technician's pose.
    private static let confirmation = Duration.seconds(5)

    /// Called after every scan.
    func recoverPose(_ report: TickReport, at now: Instant) {
        if let outcome = localizer.takeSweepOutcome() { tell(outcome) }
        confirmClaim(at: now)
        let mayLook = !localizer.isSuspended && consideredLevels.isEmpty && Self.stands(report)
        guard poseRecovery.step(localizer.state, mayLook: mayLook, at: now), claim == nil else { return }
        announce("I have lost my place; looking around on \(localizer.level)", .warning)
        localizer.seek(localizer.ownGuesses, isTold: false)
    }

    /// Takes a technician's word for where to look.
    ///
    /// - Throws: `RobotError` with the reason why it is refused.
    func take(_ claim: PoseClaim) throws(RobotError) -> String {
        guard executive.takesPose else {
            throw RobotError(
                .busy, "a mission drives by the pose that I have", hint: "pause it first: `mission pause`")
        }
        guard Self.stands(channels.report.load()) else {
            throw RobotError(.busy, "the robot is moving", hint: "wait until it stands")
        }
        guard let scan, now - scan.end < .seconds(1) else {
            throw RobotError(
                .unavailable, "the LiDAR gives no scans to hold a pose against",
                hint: "`device lidar` says what is wrong with it")
        }
        let (words, guesses) = try guesses(claim)
        announce("technician: the robot is \(words)")
        localizer.resume()
        localizer.seek(guesses, isTold: true)
        poseRecovery.told()
        self.claim = (words, now)
        return "looking \(words); `pose` and `log` say what comes of it"
    }

    private func guesses(_ claim: PoseClaim) throws(RobotError) -> (words: String, guesses: [Localizer.Guess]) {
        switch claim {
        case .place(let name):
            guard let (place, level) = building.place(PlaceID(name)) else {
                throw RobotError(
                    .unavailable, "there is no place \(name) in \(building.name)",
                    expected: building.places.map(\.place.id.rawValue).sorted().joined(separator: ", "),
                    hint: PoseClaim.usage)
            }
            return ("at \(name) on \(level)", Localizer.guesses(around: place.position, on: level, metres: 1.0))
        case .near(let level, let pose):
            guard building.level(LevelID(level)) != nil else {
                throw RobotError(
                    .unavailable, "there is no level \(level) in \(building.name)",
                    expected: building.levels.map(\.id.rawValue).joined(separator: ", "), hint: PoseClaim.usage)
            }
            guard building.level(LevelID(level))?.occupancy != nil else {
                throw RobotError(
                    .unavailable, "level \(level) has no map to hold scans against",
                    hint: "make one: `doorstep building occupancy FOLDER`")
            }
            let guess = Localizer.Guess(
                level: LevelID(level), pose: pose, spread: Localizer.Spread(metres: 1.0, radians: 0.5))
            return ("near \(Self.text(pose, LevelID(level)))", [guess])
        }
    }

    /// What a sweep that has found nothing is worth saying; what it has found, further scans confirm first.
    private func tell(_ outcome: Localizer.SweepOutcome) {
        switch outcome {
        case .found: return
        case .nowhere(let best):
            guard let claim else { return }
            refuse(claim.words, "what I see does not fit there (\(Int(best * 100)) % of the beams)")
        case .ambiguous(let level, let pose, let otherLevel, let other):
            let both = "\(Self.text(pose, level)) and \(Self.text(other, otherLevel)) look alike"
            if let claim {
                refuse(claim.words, "\(both); say which: `pose set <level> <x> <y> <yaw°>`")
            } else {
                announce("I do not know where I am: \(both)", .error, hint: PoseClaim.usage)
            }
        }
    }

    private func confirmClaim(at now: Instant) {
        guard let claim, !localizer.isSweeping else { return }
        if case .tracking(let quality) = localizer.state {
            self.claim = nil
            let pose = localizer.pose(odometry: channels.report.load().odometry)
            announce(
                "pose confirmed: \(Self.text(pose, localizer.level)), \(Int(quality * 100)) % of the beams fit")
        } else if now - claim.since > Self.confirmation {
            refuse(claim.words, "further scans do not confirm it")
        }
    }

    private func refuse(_ words: String, _ why: String) {
        claim = nil
        announce("the robot is not \(words), or its view is blocked: \(why)", .warning)
    }

    private static func stands(_ report: TickReport) -> Bool {
        abs(report.twist.linear) < 0.01 && abs(report.twist.angular) < 0.02
    }

    private static func text(_ pose: Pose2D, _ level: LevelID) -> String {
        func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
        return "\(level) \(rounded(pose.x)) \(rounded(pose.y)) \(Int((pose.yaw * 180 / .pi).rounded()))°"
    }
}

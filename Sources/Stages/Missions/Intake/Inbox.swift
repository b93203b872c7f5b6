public import RobotModel
internal import StructuredText
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Takes mission files in: each is validated, made durable in the journal, and only then leaves the inbox.
///
/// Whoever drops a mission writes it elsewhere and renames it into the inbox, so a file that is seen there is whole.
/// Hidden files and parts are left alone; so is what does not end in `.yaml`, but that is said once. Blocks on the disk and on hashing PINs (tens of
/// milliseconds a file): call it from a thread or task of its own, twice a second or so, never twice at once.
public final class Inbox: Sendable {
    /// What became of one file.
    public enum Outcome: Hashable, Sendable {
        /// Taken in: durable in the journal, to be handed to the executive.
        case accepted(Mission)
        /// The same mission as one that has been taken in before; it is done once.
        case known(MissionID, MissionState)
        /// In quarantine, with the reasons beside it.
        case quarantined(file: String, errors: [RobotError])
        /// Left alone, since its name is no mission file's; said once for as long as it lies there.
        case ignored(file: String)
        /// The disk does not take it; the file stays in the inbox and is tried again.
        case stuck(file: String, RobotError)
    }

    private let folder: MissionFolder
    private let validator: MissionValidator
    private let journal: Journal
    /// What has been said to be left alone.
    private let ignored = Mutex<Set<String>>([])
    /// What was refused and cannot be moved away: another user's folder.
    private let immovable = Mutex<Set<String>>([])

    public init(folder: MissionFolder, validator: MissionValidator, journal: Journal) {
        self.folder = folder
        self.validator = validator
        self.journal = journal
    }

    /// Takes everything that waits in the inbox, in the order of the files' names.
    ///
    /// - Parameter wall: Now, as a label for the journal.
    public func scan(at wall: WallTime) -> [Outcome] {
        let names: [String]
        do {
            names = try WholeFile.names(in: folder.inbox)
        } catch {
            return [.stuck(file: folder.inbox, error)]
        }
        let isMission = { (name: String) in name.hasSuffix(".yaml") || name.hasSuffix(".yml") }
        let isPart = { (name: String) in name.hasPrefix(".") || name.hasSuffix(".part") || name.hasSuffix(".tmp") }
        let strangers = names.filter { !isPart($0) && !isMission($0) }
        let news = ignored.withLock { ignored in
            defer { ignored = Set(strangers) }
            return strangers.filter { !ignored.contains($0) }
        }
        let kept = immovable.withLock { immovable in
            immovable.formIntersection(names)
            return immovable
        }
        return names.filter { !isPart($0) && isMission($0) && !kept.contains($0) }.map { take($0, at: wall) }
            + news.map { .ignored(file: $0) }
    }

    private func take(_ name: String, at wall: WallTime) -> Outcome {
        let path = "\(folder.inbox)/\(name)"
        do {
            guard WholeFile.isPlain(path) else {
                let location = SourceLocation(file: name, line: 1, column: 1)
                return try quarantine(
                    path, name, [RobotError(.unreadableFile, "is no plain file", at: location, expected: "a file")])
            }
            let file: MissionFile
            switch read(path, name) {
            case .success(let mission): file = mission
            case .failure(let problems): return try quarantine(path, name, problems.errors)
            }
            if let known = try journal.mission(file.id) { return try meet(known, file, path, name) }
            let problems = validator.problems(in: file)
            guard problems.isEmpty else {
                try answerRejected(file, problems)
                return try quarantine(path, name, problems)
            }
            let mission = try file.mission()
            // From here on the mission is never lost: after a power cut the file is still there, and known.
            try journal.append(.accepted(mission), at: wall)
            try answerQueued(mission)
            try archive(mission, path)
            return .accepted(mission)
        } catch {
            return .stuck(file: name, error)
        }
    }

    private func read(_ path: String, _ name: String) -> Result<MissionFile, FileProblems> {
        do {
            let text = try readTextFile(path, limit: MissionFile.maximumLength, isForeign: true)
            return .success(try MissionFile.read(file: name, text: text))
        } catch {
            // As dispatch named it: where the robot keeps its files is nobody's business.
            let named = error.errors.map { problem in
                var problem = problem
                problem.location?.file = name
                return problem
            }
            return .failure(FileProblems(named))
        }
    }

    /// A mission whose id has been seen before.
    private func meet(
        _ known: (mission: Mission, state: MissionState), _ file: MissionFile, _ path: String, _ name: String
    ) throws(RobotError) -> Outcome {
        guard file.isSame(as: known.mission) else {
            return try quarantine(
                path, name,
                [
                    RobotError(
                        .invalidFile, "the id '\(file.id)' belongs to another mission (\(known.state.rawValue))",
                        at: file.idLocation,
                        expected: "an id of its own, or exactly the same mission",
                        hint: "give the mission a new id")
                ])
        }
        // Also the way on after a power cut between the journal and the archive.
        if access("\(folder.outbox)/\(file.id).status.json", F_OK) != 0 {
            try Outbox(folder: folder).write(
                MissionStatus(
                    mission: file.id, state: known.state, step: known.state.rawValue, place: file.place, level: "",
                    promised: file.promised))
        }
        try archive(known.mission, path)
        return .known(file.id, known.state)
    }

    private func quarantine(_ path: String, _ name: String, _ errors: [RobotError]) throws(RobotError) -> Outcome {
        let place: String
        if WholeFile.isPlain(path), var bytes = WholeFile.contents(path, limit: MissionFile.maximumLength) {
            // Without its secrets: it may lie there for long, and be sent about by whoever looks for the mistake.
            // Of a longer file its beginning stays; a number that the cut goes through could be half a PIN.
            if bytes.count == MissionFile.maximumLength {
                while let last = bytes.last, (0x30...0x39).contains(last) { bytes.removeLast() }
            }
            place = WholeFile.free(name, in: folder.quarantine)
            try WholeFile.write(MissionFile.withoutSecrets(bytes), to: place, durable: true)
            try WholeFile.remove(path)
        } else {
            do throws(RobotError) {
                place = try WholeFile.move(path, into: folder.quarantine, name: name)
            } catch {
                // Its reasons are told all the same, once.
                place = WholeFile.free(name, in: folder.quarantine)
                immovable.withLock { _ = $0.insert(name) }
            }
        }
        let text = errors.map(\.description).joined(separator: "\n") + "\n"
        try WholeFile.write(text, to: place + ".error", durable: false, for: .group)
        return .quarantined(file: name, errors: errors)
    }

    private func archive(_ mission: Mission, _ path: String) throws(RobotError) {
        try WholeFile.write(mission.redactedYAML, to: "\(folder.archive)/\(mission.id).yaml", durable: false)
        try WholeFile.remove(path)
    }

    private func answerQueued(_ mission: Mission) throws(RobotError) {
        try Outbox(folder: folder).write(
            MissionStatus(
                mission: mission.id, state: .queued, step: "queued", place: mission.deliver.place, level: "",
                promised: mission.deliver.promised))
    }

    private func answerRejected(_ file: MissionFile, _ problems: [RobotError]) throws(RobotError) {
        try Outbox(folder: folder).write(
            MissionStatus(
                mission: file.id, state: .rejected, step: "rejected", place: file.place, level: "",
                promised: file.promised, error: problems.first))
    }
}

extension Mission {
    /// The mission as a file, without its secrets: for the archive.
    var redactedYAML: String {
        let then =
            switch deliver.noShow.then {
            case .returnToSender: "then: return_to_sender"
            case .leave(let place): "then: leave_at, place: \(place)"
            }
        return """
            version: 1
            id: \(id)
            priority: \(priority)
            collect:
              place: \(collect.place)
              box: \(collect.box)
              code: "•••"
              order: \(collect.order)
            deliver:
              place: \(deliver.place)
              pin: "•••"
              promised: "\(deliver.promised.iso8601)"
              no_show: { wait_s: \(deliver.noShow.wait.components.seconds), \(then) }

            """
    }
}

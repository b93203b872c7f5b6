import Foundation
import Missions
import RobotModel
import Testing

/// A folder of its own for a test, gone afterwards.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "doorstep-missions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
    }

    func text(_ file: String) -> String {
        FileManager.default.contents(atPath: path + "/" + file).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func put(_ file: String, _ text: String) {
        let isWritten = FileManager.default.createFile(atPath: path + "/" + file, contents: Data(text.utf8))
        #expect(isWritten)
    }
}

@Suite("The journal")
struct JournalTests {
    private let wall = WallTime(secondsSince1970: 1_790_000_000)

    @Test("what was appended is there when the journal is opened again")
    func reopens() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        let progress = MissionProgress(
            mission: "m1", leg: .toDeliver, skill: "lift", state: "riding", step: .lift(Paper.lift()))
        do {
            let journal = try Journal(path: path)
            #expect(journal.recovered == RecoveredState())
            for entry: JournalEntry in [
                .accepted(Paper.mission("m1")), .accepted(Paper.mission("m2")), .accepted(Paper.mission("m3")),
                .state("m1", .running, nil), .state("m2", .completed, nil), .custody("m1", .robot),
                .sessionOpening(.door("glass"), number: 77), .sessionOpening(.lift("lift"), number: 78),
                .sessionEnding(.door("glass")), .sessionOpening(.door("plain"), number: 77),
                .sessionEnded(.door("plain")), .progress(progress), .pose(Pose2D(x: 1, y: 2, yaw: 0.5), "L2"),
                .pose(Pose2D(x: 3, y: 4, yaw: -0.5), "L3"),
            ] {
                try journal.append(entry, at: wall)
            }
        }
        let recovered = try Journal(path: path).recovered
        #expect(recovered.missions == [Paper.mission("m1"), Paper.mission("m3")])
        #expect(recovered.states == ["m1": .running, "m3": .queued])
        #expect(recovered.custody["m1"] == .robot)
        #expect(recovered.sessions == [.door("glass"): 77, .lift("lift"): 78])
        #expect(recovered.ending == [.door("glass")])
        #expect(recovered.progress == progress)
        #expect(recovered.lastPose == Pose2D(x: 3, y: 4, yaw: -0.5))
        #expect(recovered.lastLevel == "L3")
    }

    @Test("a mission that ends takes its step with it; a session asked for again is not ending any more")
    func ends() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        do {
            let journal = try Journal(path: path)
            try journal.append(.accepted(Paper.mission("m1")), at: wall)
            try journal.append(
                .progress(MissionProgress(mission: "m1", leg: .handOver, skill: "hand_over", state: "offering")),
                at: wall)
            try journal.append(.sessionOpening(.lift("lift"), number: 5), at: wall)
            try journal.append(.sessionEnding(.lift("lift")), at: wall)
            try journal.append(.sessionOpening(.lift("lift"), number: 6), at: wall)
            try journal.append(.state("m1", .completed, nil), at: wall)
        }
        let recovered = try Journal(path: path).recovered
        #expect(recovered.missions.isEmpty)
        #expect(recovered.progress == nil)
        #expect(recovered.sessions == [.lift("lift"): 6])
        #expect(recovered.ending.isEmpty)
    }

    @Test("that a mission has been called off outlives the states that come after it")
    func calledOff() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        do {
            let journal = try Journal(path: path)
            for id in ["m1", "m2"] as [MissionID] {
                try journal.append(.accepted(Paper.mission(id)), at: wall)
                try journal.append(.state(id, .running, nil), at: wall)
            }
            try journal.append(.state("m1", .cancelling, RobotError(.cancelled, "called off")), at: wall)
            try journal.append(.state("m1", .paused, nil), at: wall)
        }
        let recovered = try Journal(path: path).recovered
        #expect(recovered.states == ["m1": .paused, "m2": .running])
        #expect(recovered.cancelled == ["m1"])
    }

    @Test("copied away at any moment, as a power cut would leave it, it opens with all that was acknowledged")
    func powerCut() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        let journal = try Journal(path: path)
        for number in 0..<12 {
            try journal.append(.accepted(Paper.mission(MissionID("m\(number)"))), at: wall)
            for suffix in ["", "-wal", "-shm"] {
                let copy = folder.path + "/copy\(number).sqlite\(suffix)"
                try? FileManager.default.copyItem(atPath: path + suffix, toPath: copy)
            }
            let copy = try Journal(path: folder.path + "/copy\(number).sqlite")
            #expect(copy.recovered.missions.count == number + 1)
        }
    }

    @Test("a torn tail of the log is cut off, and what was committed before it stays")
    func tornTail() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        let journal = try Journal(path: path)
        for number in 0..<6 { try journal.append(.accepted(Paper.mission(MissionID("m\(number)"))), at: wall) }
        let log = FileManager.default.contents(atPath: path + "-wal") ?? Data()
        #expect(!log.isEmpty)
        var counts: Set<Int> = []
        for cut in Array(stride(from: 0, to: log.count, by: max(1, log.count / 25))) + [log.count] {
            let copy = folder.path + "/torn\(cut).sqlite"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            #expect(FileManager.default.createFile(atPath: copy + "-wal", contents: log.prefix(cut)))
            // Nothing at all may be left of a log that has no schema yet; a half mission never is.
            let missions = try Journal(path: copy).recovered.missions
            #expect(missions == (0..<missions.count).map { Paper.mission(MissionID("m\($0)")) })
            counts.insert(missions.count)
        }
        #expect(counts.contains(6))
        #expect(counts.count > 2)
    }

    @Test("a full disk is a storage error that says so, and nothing of the entry is kept")
    func full() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        let journal = try Journal(path: path, maximumBytes: 128 << 10)
        var accepted = 0
        let error = #expect(throws: RobotError.self) {
            for number in 0..<2000 {
                try journal.append(.accepted(Paper.mission(MissionID("m\(number)"))), at: wall)
                accepted += 1
            }
        }
        #expect(error?.code == .storage)
        #expect(error?.hint?.contains("full") ?? false)
        #expect(accepted > 0)
        #expect(try Journal(path: path).recovered.missions.count == accepted)
    }

    @Test("a folder that is not there is a storage error")
    func unusable() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: RobotError.self) { try Journal(path: folder.path + "/nowhere/journal.sqlite") }
        #expect(error?.code == .storage)
    }

    @Test(
        "a file that is no database is set aside, and the new journal says so: a robot that does not start helps nobody"
    )
    func damaged() throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "no database\n", count: 200)
        for name in ["journal.sqlite.damaged", "journal.sqlite.damaged.1"] {
            folder.put("journal.sqlite", text)
            let journal = try Journal(path: folder.path + "/journal.sqlite")
            #expect(journal.recovered.damage?.what.hasSuffix(name) ?? false)
            #expect(journal.recovered.damage?.hint?.contains("resume") ?? false)
            #expect(folder.text(name) == text)
            try journal.append(.accepted(Paper.mission()), at: wall)
            let again = try Journal(path: folder.path + "/journal.sqlite").recovered
            #expect(again.missions == [Paper.mission()])
            #expect(again.damage == journal.recovered.damage)
            try journal.append(.idle, at: wall)
            #expect(try Journal(path: folder.path + "/journal.sqlite").recovered.damage == nil)
        }
    }

    @Test("a pose that is none is left out, and said")
    func poseIsNone() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        try Journal(path: path).append(.pose(Pose2D(x: .nan, y: 1, yaw: 0), "L1"), at: wall)
        let recovered = try Journal(path: path).recovered
        #expect(recovered.lastPose == nil)
        #expect(recovered.notice?.contains("where I was") ?? false)
    }

    @Test("the history is words in order, and no secret is among them")
    func history() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal(path: folder.path + "/journal.sqlite")
        try journal.append(.accepted(Paper.mission()), at: wall)
        try journal.append(.boxUnlock("m1", box: 7), at: wall)
        try journal.append(.state("m1", .failed, RobotError(.noShow, "nobody came")), at: wall)
        let history = try journal.history()
        #expect(history.map(\.text) == ["m1 accepted", "m1 box code presented to box 7", "m1 failed nobody came"])
        #expect(!history.contains { $0.text.contains("482913") })
    }
}

import Foundation
import Missions
import RobotModel
import StructuredText
import Testing

@Suite("The inbox")
struct InboxTests {
    private let wall = WallTime(secondsSince1970: 1_790_000_000)

    private func open(_ folder: TemporaryFolder, maximumBytes: Int? = nil) throws -> (Inbox, Journal) {
        let missions = try MissionFolder(path: folder.path)
        let journal = try Journal(path: missions.journal, maximumBytes: maximumBytes)
        return (Inbox(folder: missions, validator: MissionValidator(building: .paper), journal: journal), journal)
    }

    @Test("a dropped mission is journalled, answered and archived without its secrets")
    func accepts() throws {
        let folder = try TemporaryFolder()
        let (inbox, journal) = try open(folder)
        folder.put("inbox/lunch.yaml", Sample.text)
        let outcomes = inbox.scan(at: wall)
        guard case .accepted(let mission) = outcomes.first, outcomes.count == 1 else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(mission.id == "lunch")
        #expect(mission.deliver.pin.matches(Secret("4711")))
        #expect(try journal.mission("lunch")?.state == .queued)
        #expect(folder.names("inbox").isEmpty)
        #expect(folder.names("archive") == ["lunch.yaml"])
        #expect(folder.text("outbox/lunch.status.json").contains("\"state\" : \"queued\""))
        for file in ["archive/lunch.yaml", "outbox/lunch.status.json"] {
            #expect(!folder.text(file).contains("4711"))
            #expect(!folder.text(file).contains("482913"))
        }
    }

    @Test("neither PIN nor digits of it stand anywhere in the journal's file")
    func journalHasNoPIN() throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        folder.put("inbox/lunch.yaml", Sample.text.replacing("4711", with: "90417352"))
        _ = inbox.scan(at: wall)
        for name in folder.names("").filter({ $0.hasPrefix("journal") }) {
            let bytes = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
            #expect(bytes.range(of: Data("90417352".utf8)) == nil)
        }
    }

    @Test("a mission that is over leaves no code of its box behind, and is still known when it comes again")
    func codeIsForgotten() throws {
        let folder = try TemporaryFolder()
        let (inbox, journal) = try open(folder)
        let text = Sample.text.replacing("482913", with: "715203864")
        folder.put("inbox/lunch.yaml", text)
        _ = inbox.scan(at: wall)
        func isInJournal() -> Bool {
            folder.names("").filter { $0.hasPrefix("journal") }.contains { name in
                let bytes = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
                return bytes.range(of: Data("715203864".utf8)) != nil
            }
        }
        // After a power cut the robot needs it to go on.
        #expect(isInJournal())
        try journal.append(.state("lunch", .completed, nil), at: wall)
        #expect(!isInJournal())
        folder.put("inbox/lunch.yaml", text)
        #expect(inbox.scan(at: wall) == [.known("lunch", .completed)])
    }

    @Test("hidden files and parts are left alone; so are other names, which is said once for as long as they lie there")
    func ignores() throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        for name in [".lunch.yaml", "lunch.yaml.part", "lunch.tmp", "lunch.json", "notes.txt"] {
            folder.put("inbox/" + name, Sample.text)
        }
        #expect(inbox.scan(at: wall) == [.ignored(file: "lunch.json"), .ignored(file: "notes.txt")])
        #expect(inbox.scan(at: wall).isEmpty)
        #expect(folder.names("inbox").count == 5)
        try FileManager.default.removeItem(atPath: folder.path + "/inbox/notes.txt")
        #expect(inbox.scan(at: wall).isEmpty)
        folder.put("inbox/notes.txt", "again")
        #expect(inbox.scan(at: wall) == [.ignored(file: "notes.txt")])
    }

    @Test(
        "what lies in quarantine shows neither PIN nor code, however the file is broken, and keeps its lines",
        arguments: [
            ("place: kerb", "place: moon"), ("pin: \"4711\"", "pni: \"4711\""),
            ("version: 1", "version: 2 # the PIN is 4711"),
            ("pin: \"4711\"", "'pin' : '4711"), ("pin: \"4711\"", "pin: |\n    4711"), ("version: 1", "version: ["),
            ("version: 1", "version: \u{FFFD}"), ("pin: \"4711\"", "pin: \"4711\"\n  pin: \"4711\""),
        ])
    func quarantineHasNoSecrets(_ old: String, _ new: String) throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        let text = Sample.text.replacing(old, with: new)
        #expect(text != Sample.text)
        // The replacement character stands for a byte that is no UTF-8.
        let bytes = text.split(separator: "\u{FFFD}", omittingEmptySubsequences: false).map { Array($0.utf8) }
        try Data(bytes.joined(separator: [0xFF])).write(to: URL(filePath: folder.path + "/inbox/bad.yaml"))
        guard case .quarantined = inbox.scan(at: wall).first else {
            Issue.record("not in quarantine")
            return
        }
        for name in ["bad.yaml", "bad.yaml.error"] {
            let path = folder.path + "/quarantine/" + name
            let kept = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            #expect(!kept.contains("4711") && !kept.contains("482913"), "\(kept)")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            // The reasons are for dispatch, too.
            #expect(mode == (name == "bad.yaml" ? 0o600 : 0o640))
            guard name == "bad.yaml" else { continue }
            #expect(kept.split(separator: "\n").count == text.split(separator: "\n").count)
            // What is no secret is left for whoever looks for the mistake.
            #expect(kept.contains("20417") && kept.contains("2026-"))
        }
        #expect(folder.names("inbox").isEmpty)
    }

    @Test(
        "of a file that is too long the beginning is kept, without its secrets and without half a PIN at the cut",
        arguments: [0, 1, 2, 3])
    func tooLong(_ digits: Int) throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        let length = MissionFile.maximumLength
        var text = Sample.text + "\npni: \"8362\"\n#"
        text += String(repeating: "-", count: length - text.utf8.count - digits) + "5938"
        folder.put("inbox/long.yaml", text + String(repeating: "\npin: \"4711\"", count: 20_000))
        guard case .quarantined = inbox.scan(at: wall).first else {
            Issue.record("not in quarantine")
            return
        }
        let kept = folder.text("quarantine/long.yaml")
        for secret in ["4711", "482913", "8362"] { #expect(!kept.contains(secret)) }
        #expect(kept.hasSuffix("-"))
        #expect(kept.contains("id: lunch"))
        #expect(folder.names("inbox").isEmpty)
    }

    @Test("an .error file names the mission file as dispatch dropped it, not by the robot's own folders")
    func namesTheFile() throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        folder.put("inbox/long.yaml", String(repeating: "# much\n", count: 20_000))
        folder.put("inbox/bad.yaml", "version: 2\n")
        _ = inbox.scan(at: wall)
        for name in ["long.yaml", "bad.yaml"] {
            let error = folder.text("quarantine/\(name).error")
            #expect(error.hasPrefix("\(name):1:"), "\(error)")
            #expect(!error.contains(folder.path))
        }
    }

    @Test("a bad file goes to quarantine, with every error beside it")
    func quarantines() throws {
        let folder = try TemporaryFolder()
        let (inbox, journal) = try open(folder)
        folder.put(
            "inbox/bad.yaml", Sample.text.replacing("box: 7", with: "box: seven").replacing("kerb", with: "moon"))
        guard case .quarantined(let name, let errors) = inbox.scan(at: wall).first else {
            Issue.record("not in quarantine")
            return
        }
        #expect(name == "bad.yaml")
        #expect(errors.count == 1)
        #expect(folder.names("quarantine") == ["bad.yaml", "bad.yaml.error"])
        #expect(folder.text("quarantine/bad.yaml.error").contains("bad.yaml:4:"))
        #expect(folder.names("inbox").isEmpty)
        #expect(try journal.mission("lunch") == nil)
        // A second one of that name does not replace the first.
        folder.put("inbox/bad.yaml", "nonsense: [")
        _ = inbox.scan(at: wall)
        #expect(folder.names("quarantine").count == 4)
    }

    @Test("a place that the building does not have is answered as rejected")
    func rejects() throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        folder.put("inbox/a.yaml", Sample.text.replacing("place: suite", with: "place: moon"))
        _ = inbox.scan(at: wall)
        #expect(folder.text("outbox/lunch.status.json").contains("rejected"))
    }

    @Test("the same mission twice is done once")
    func twice() throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        folder.put("inbox/a.yaml", Sample.text)
        _ = inbox.scan(at: wall)
        folder.put("inbox/b.yaml", "# a comment more\n" + Sample.text)
        #expect(inbox.scan(at: wall) == [.known("lunch", .queued)])
        #expect(folder.names("inbox").isEmpty)
        #expect(folder.names("quarantine").isEmpty)
    }

    @Test(
        "another mission under a known id is refused, be it only another PIN",
        arguments: [("4711", "4712"), ("box: 7", "box: 8"), ("priority: 7", "priority: 1")])
    func sameID(_ old: String, _ new: String) throws {
        let folder = try TemporaryFolder()
        let (inbox, journal) = try open(folder)
        folder.put("inbox/a.yaml", Sample.text)
        _ = inbox.scan(at: wall)
        folder.put("inbox/b.yaml", Sample.text.replacing(old, with: new))
        guard case .quarantined(_, let errors) = inbox.scan(at: wall).first else {
            Issue.record("not in quarantine")
            return
        }
        #expect(errors.first?.location?.line == 2)
        #expect(try journal.mission("lunch")?.mission.priority == 7)
        #expect(folder.text("outbox/lunch.status.json").contains("queued"))
    }

    @Test("a file left behind by a power cut after the journal entry is tidied away, not done twice")
    func powerCut() throws {
        let folder = try TemporaryFolder()
        let (_, journal) = try open(folder)
        let file = try MissionFile.read(file: "a.yaml", text: Sample.text)
        try journal.append(.accepted(try file.mission()), at: wall)
        folder.put("inbox/a.yaml", Sample.text)
        let missions = try MissionFolder(path: folder.path)
        let inbox = Inbox(folder: missions, validator: MissionValidator(building: .paper), journal: journal)
        #expect(inbox.scan(at: wall) == [.known("lunch", .queued)])
        #expect(folder.names("archive") == ["lunch.yaml"])
        #expect(folder.names("outbox") == ["lunch.status.json"])
    }

    @Test("with a full disk the file stays in the inbox")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let (inbox, journal) = try open(folder, maximumBytes: 64 << 10)
        for number in 0..<2000 {
            do { try journal.append(.accepted(Paper.mission(MissionID("x\(number)"))), at: wall) } catch { break }
        }
        folder.put("inbox/lunch.yaml", Sample.text)
        guard case .stuck(_, let error) = inbox.scan(at: wall).first else {
            Issue.record("taken in without a journal")
            return
        }
        #expect(error.code == .storage)
        #expect(folder.names("inbox") == ["lunch.yaml"])
    }

    @Test("a status file is replaced as a whole and leaves no parts behind")
    func statusFile() throws {
        let folder = try TemporaryFolder()
        let outbox = Outbox(folder: try MissionFolder(path: folder.path))
        for eta in [300.0, 20.4] {
            try outbox.write(
                MissionStatus(
                    mission: "lunch", state: .running, step: "to suite: driving on L3", place: "suite", level: "L3",
                    eta: eta, promised: wall, custody: .robot), at: wall)
        }
        #expect(folder.names("outbox") == ["lunch.status.json"])
        let text = folder.text("outbox/lunch.status.json")
        #expect(text.contains("\"eta_s\" : 20"))
        #expect(text.contains("\"updated\" : \"2026-09-21T"))
        try outbox.write(MissionStatus(level: "L1"), at: wall)
        #expect(folder.names("outbox").count == 1)
    }

    @Test("answers and the reasons of refusals are for the folder's group; what carries secrets is the owner's")
    func answersAreForDispatch() throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        folder.put("inbox/lunch.yaml", Sample.text)
        folder.put("inbox/wrong.yaml", "version: 1\n")
        _ = inbox.scan(at: wall)
        func mode(_ name: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")[.posixPermissions] as? Int
        }
        for name in ["outbox/lunch.status.json", "quarantine/wrong.yaml.error"] {
            #expect(try mode(name) == 0o640, "\(name)")
        }
        for name in ["archive/lunch.yaml", "quarantine/wrong.yaml"] { #expect(try mode(name) == 0o600, "\(name)") }
    }

    @Test("neither handing in nor reading follows a link, and a pipe holds up nobody")
    func followsNoLink() throws {
        let folder = try TemporaryFolder()
        let (inbox, _) = try open(folder)
        folder.put("precious", "untouched")
        let target = folder.path + "/precious"
        for place in ["inbox", "outbox", "archive", "quarantine"] {
            symlink(target, "\(folder.path)/\(place)/.lunch.yaml.part")
            symlink(target, "\(folder.path)/\(place)/.lunch.status.json.part")
        }
        try MissionFolder(path: folder.path).drop(name: "lunch.yaml", text: Sample.text)
        symlink(target, folder.path + "/inbox/link.yaml")
        mkfifo(folder.path + "/inbox/pipe.yaml", 0o666)
        let outcomes = inbox.scan(at: wall)
        #expect(outcomes.count == 3)
        #expect(outcomes.count { if case .accepted = $0 { true } else { false } } == 1)
        #expect(folder.text("precious") == "untouched")
        #expect(throws: FileProblems.self) { try readTextFile(target + "/x", limit: 100, isForeign: true) }
        for name in ["link.yaml", "pipe.yaml"] {
            #expect(folder.text("quarantine/\(name).error").contains("is no plain file"), "\(name)")
            #expect(throws: FileProblems.self) {
                try readTextFile(folder.path + "/quarantine/\(name)", limit: 100, isForeign: true)
            }
        }
    }
}

import Foundation
import Missions
import RobotModel
import StructuredText
import Testing

/// The project's folder, from this file's place in it.
let projectFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

enum Sample {
    static let text = """
        version: 1
        id: lunch
        priority: 7
        collect: { place: kerb, box: 7, code: "482913", order: 20417 }
        deliver:
          place: suite
          pin: "4711"
          promised: "2026-11-22T12:30:00Z"
          no_show: { wait_s: 120, then: return_to_sender }

        """

    static func problems(_ text: String) -> [RobotError] {
        do {
            _ = try MissionFile.read(file: "m.yaml", text: text)
            return []
        } catch {
            return error.errors
        }
    }
}

@Suite("A mission file")
struct MissionFileTests {
    @Test("the sample in the repository is read as it says")
    func sample() throws {
        let path = projectFolder + "/Missions/lunch-to-level-3.yaml"
        let file = try MissionFile.read(file: path, text: try readTextFile(path, limit: MissionFile.maximumLength))
        #expect(file.id == "lunch-to-level-3")
        #expect(file.collect.box == 7)
        #expect(file.collect.order == 20417)
        #expect(file.collect.code.revealed == 482_913)
        #expect(file.place == "suite_301")
        #expect(file.credential == .pin(Secret("4711")))
        #expect(file.promised.iso8601 == "2026-11-22T12:30:00Z")
        #expect(file.noShow == NoShow(wait: .seconds(300), then: .returnToSender))
    }

    @Test(
        "an empty mission file is refused with a place, not a crash",
        arguments: ["", "# nothing\n", "- 1\n", "{}\n", "\t"])
    func empty(_ text: String) {
        #expect(!Sample.problems(text).isEmpty)
    }

    @Test("everything that is wrong is said at once, each with its line")
    func collectsAll() {
        let text = Sample.text.replacing("priority: 7", with: "priority: 12")
            .replacing("box: 7", with: "box: seven").replacing("wait_s: 120", with: "wait_s: 2")
        let problems = Sample.problems(text)
        #expect(problems.count == 3)
        #expect(problems.map { $0.location?.line ?? 0 } == [3, 4, 9])
        #expect(problems.allSatisfy { $0.expected != nil })
    }

    @Test("a misspelt key is named, with the one that was meant")
    func misspelt() {
        let problems = Sample.problems(Sample.text.replacing("promised:", with: "promissed:"))
        #expect(problems.count == 1)
        #expect(problems[0].hint?.contains("promised") ?? false)
        #expect(problems[0].location?.line == 8)
    }

    @Test(
        "a bad PIN or code is refused without showing it",
        arguments: ["12", "123456789", "47a1", "４７１１", "", "[4711]"])
    func secrets(_ pin: String) {
        let value = pin.hasPrefix("[") ? pin : "\"\(pin)\""
        let problems = Sample.problems(Sample.text.replacing("\"4711\"", with: value))
        #expect(problems.count == 1)
        if pin.count > 2 { #expect(!problems[0].description.contains(pin)) }
        let code = Sample.problems(Sample.text.replacing("\"482913\"", with: "\"98765x\""))
        #expect(code.count == 1)
        #expect(!code[0].description.contains("98765x"))
    }

    @Test("a PIN, or its hash, but not both and not neither")
    func credential() {
        #expect(Sample.problems(Sample.text.replacing("  pin: \"4711\"\n", with: "")).count == 1)
        let hash = Paper.hash.text
        let both = Sample.text.replacing("pin: \"4711\"", with: "pin: \"4711\"\n  pin_hash: \(hash)")
        #expect(Sample.problems(both).count == 1)
        #expect(Sample.problems(Sample.text.replacing("pin: \"4711\"", with: "pin_hash: \(hash)")).isEmpty)
        let heavy = hash.replacing("m=8192", with: "m=1048576")
        #expect(Sample.problems(Sample.text.replacing("pin: \"4711\"", with: "pin_hash: \(heavy)")).count == 1)
    }

    @Test("a wrong time beside the PIN is explained in words that are whole, and without the PIN")
    func wrongTime() throws {
        let text = Sample.text.replacing("pin: \"4711\"", with: "pin: \"4711\" # promised below")
            .replacing(try Regex("promised: .*Z\"?"), with: "promised: noon # pin 4711")
        let problem = try #require(Sample.problems(text).first)
        #expect(problem.what.contains("noon"))
        #expect(problem.hint?.contains("offset") == true)
        #expect(!problem.description.contains("•") && !problem.description.contains("4711"), "\(problem)")
    }

    @Test("an id that could leave its folder is refused", arguments: ["../x", ".hidden", "a/b", "a b", "ü"])
    func ids(_ id: String) {
        #expect(Sample.problems(Sample.text.replacing("id: lunch", with: "id: \"\(id)\"")).count == 1)
    }

    @Test("leave_at needs a place, return_to_sender has none")
    func noShow() throws {
        let leave = Sample.text.replacing("then: return_to_sender", with: "then: leave_at, place: desk")
        let file = try MissionFile.read(file: "m.yaml", text: leave)
        #expect(file.noShow.then == .leave(at: "desk"))
        #expect(file.places.map(\.place) == ["kerb", "suite", "desk"])
        #expect(Sample.problems(leave.replacing(", place: desk", with: "")).count == 1)
        #expect(Sample.problems(leave.replacing("leave_at", with: "return_to_sender")).count == 1)
    }

    @Test("places that the building does not have are named with what it has")
    func places() throws {
        let validator = MissionValidator(building: .paper)
        #expect(validator.problems(in: try MissionFile.read(file: "m.yaml", text: Sample.text)).isEmpty)
        let text = Sample.text.replacing("place: suite", with: "place: suita")
        let problems = validator.problems(in: try MissionFile.read(file: "m.yaml", text: text))
        #expect(problems.count == 1)
        #expect(problems[0].location?.line == 6)
        #expect(problems[0].hint == "did you mean 'suite'?")
        let same = Sample.text.replacing("place: suite", with: "place: kerb")
        #expect(validator.problems(in: try MissionFile.read(file: "m.yaml", text: same)).count == 1)
    }

    @Test("random damage to a file never crashes the reader and never shows the PIN")
    func fuzz() {
        var random = SeededRandom(seed: 7)
        let letters = Array("abc:{}[]\"'#\n\t -0123&*!|>%@`é")
        for _ in 0..<1500 {
            var characters = Array(Sample.text)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<characters.count, using: &random)
                characters[place] = letters.randomElement(using: &random) ?? "x"
            }
            for problem in Sample.problems(String(characters)) {
                #expect(!problem.description.contains("482913") && !problem.description.contains("4711"))
            }
        }
    }
}

@Suite("Civil time")
struct WallTimeTests {
    @Test(
        "times are read as RFC 3339 says",
        arguments: [
            ("1970-01-01T00:00:00Z", 0.0), ("2026-11-22T12:30:00Z", 1_795_350_600),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2026-11-22T13:30:00+01:00", 1_795_350_600), ("2026-11-22 12:30:00.5z", 1_795_350_600.5),
        ])
    func reads(_ text: String, _ seconds: Double) {
        #expect(WallTime(iso8601: text)?.secondsSince1970 == seconds)
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", "noon", "2026-11-22", "2026-11-22T12:30", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-11-22T25:00:00Z", "2026-11-22T12:30:00", "2026-11-22T12:30:00Zx", "2026-11-22T12:30:00.Z",
        ])
    func refuses(_ text: String) {
        #expect(WallTime(iso8601: text) == nil)
    }

    @Test("written and read again, a time is the same")
    func roundTrip() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let time = WallTime(secondsSince1970: Double(Int.random(in: 0...4_000_000_000, using: &random)))
            #expect(WallTime(iso8601: time.iso8601) == time)
        }
    }
}

@Suite("A PIN's hash")
struct PINHashTests {
    @Test("the PIN matches its hash, another does not, and the hash says nothing about it")
    func matches() throws {
        let hash = try PINHash(hashing: Secret("4711"))
        #expect(hash.matches(Secret("4711")))
        #expect(!hash.matches(Secret("4712")))
        #expect(!hash.matches(Secret("")))
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=8192,t=3,p=1$"))
        #expect(!"\(hash)".contains(hash.text))
        #expect(PINHash(text: hash.text) == hash)
    }

    @Test("two hashes of one PIN differ")
    func salted() throws {
        #expect(try PINHash(hashing: Secret("4711")) != PINHash(hashing: Secret("4711")))
    }

    @Test(
        "a hash that is none, or too heavy for the board, is refused",
        arguments: [
            "", "4711", "$argon2i$v=19$m=8192,t=3,p=1$c29tZXNhbHQ$aGFzaA", "$argon2id$v=19$m=8192,t=3$a$b",
            "$argon2id$v=19$m=9000,t=3,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGg",
            "$argon2id$v=19$m=8192,t=99,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGg",
            "$argon2id$v=19$m=99999999999999999999,t=1,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGg",
        ])
    func refuses(_ text: String) {
        #expect(PINHash(text: text) == nil)
    }

    @Test("a secret shows nothing of itself")
    func secret() {
        let secret = Secret("4711")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("4711"))
    }
}

import Control
import Foundation
import MCAP
import RobotModel
import RobotRuntime
import Testing
import Twin

/// Where PINs and codes can be read that dispatch has given and people have typed.
@Suite("Secrets", .serialized)
struct SecrecyTests {
    /// Long enough not to stand in some figure by chance.
    private static let pin = "83140592"
    private static let wrongPIN = "94251603"
    private static let code = "715203864"

    /// Where some digits stand: in a file of a run's folder, in its recording, or in what the robot says of itself.
    private func places(of digits: String, in rig: Rig) throws -> [String] {
        var places: [String] = []
        for path in rig.files {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            if contains(bytes[...], digits) { places.append(path) }
            guard path.hasSuffix(".mcap") else { continue }
            _ = try MCAPReader(bytes) { channel, message in
                if contains(message.data, digits) { places.append("\(path) \(channel.topic)") }
            }
        }
        let status = try JSONEncoder().encode(rig.status)
        if contains([UInt8](status)[...], digits) { places.append("the status") }
        if rig.said.contains(where: { $0.contains(digits) }) { places.append("what was said") }
        return places
    }

    private func contains(_ bytes: ArraySlice<UInt8>, _ digits: String) -> Bool {
        Data(bytes).range(of: Data(digits.utf8)) != nil
    }

    @Test("of a delivery stand nowhere when it is over: not the PIN, not a wrong one that was typed, not the code")
    func delivery() async throws {
        let text = Rig.mission(code: Self.code, pin: Self.pin)
        let rig = try Rig(Scene("L3", 7.0, -8.5, facing: 180, home: "suite_301"), carrying: text) {
            var recipient = RecipientSetup(level: "L3", position: Point2D(6.0, -7.38), pin: Self.pin)
            recipient.wrongFirst = 1
            $0.people = [.recipient(recipient)]
        }
        let isDone = await rig.run(60) { $0.outbox()?["state"] as? String == "completed" && $0.isDone }
        #expect(isDone && rig.hasSaid("wrong PIN"), "\(rig.doing) \(rig.said)")
        // Once more as a file, as dispatch drops it.
        _ = await rig.drop(mission: text)
        await rig.run(2)
        #expect(rig.hasSaid("has been taken in before"))
        rig.robot.finish(at: rig.now)
        #expect(rig.files.contains { $0.hasSuffix(".mcap") } && rig.files.contains { $0.contains("/archive/") })
        for digits in [Self.pin, Self.wrongPIN, Self.code] {
            let places = try places(of: digits, in: rig)
            #expect(places.isEmpty, "\(places)")
        }
    }

    @Test("of a box that has just been opened stand in the journal alone, for a restart: the code, and never the PIN")
    func collection() async throws {
        let rig = try Rig(.forecourt) { $0.vehicle?.code = 715_203_864 }
        _ = await rig.drop(mission: Rig.mission(code: Self.code, pin: Self.pin))
        let isOpen = await rig.run(60) { !$0.twin.world.boxPlant.latched }
        #expect(isOpen, "\(rig.doing) \(rig.said)")
        rig.robot.finish(at: rig.now)
        let places = try places(of: Self.code, in: rig)
        #expect(places.allSatisfy { $0.contains("/journal.sqlite") } && !places.isEmpty, "\(places)")
        #expect(try self.places(of: Self.pin, in: rig).isEmpty)
    }
}

import RobotModel
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Routes lie in journals that a newer version reads.
struct RouteCodingTests {
    private let door = DoorStep(
        door: "entrance", level: "L1", holdPose: Pose2D(), clearPose: Pose2D(x: 2), posts: [], duration: .seconds(9),
        access: .button)

    @Test("a step of an older journal, which does not say how a door is asked, is read")
    func older() throws {
        let data = try JSONEncoder().encode(RouteStep.door(door))
        let text = String(decoding: data, as: UTF8.self)
        let older = text.replacing("\"access\":\"button\",", with: "").replacing(",\"access\":\"button\"", with: "")
        try #require(older != text && !older.contains("access"))
        var expected = door
        expected.access = nil
        #expect(try JSONDecoder().decode(RouteStep.self, from: Data(older.utf8)) == .door(expected))
        #expect(try JSONDecoder().decode(RouteStep.self, from: data) == .door(door))
    }
}

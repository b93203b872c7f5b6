import Foundation
import Reflow
import RobotModel
import Testing

@Suite("Record")
struct RecordTests {
    /// What a reader that is not ours makes of a segment: each topic's last message, binary ones decoded by the layout
    /// that the segment's schema gives.
    private func decode(_ file: String) throws -> [String: [String: Any]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", folder.appendingPathComponent("Peers/read_segment.py").path, file]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the Python reader refused the segment")
        return try #require(JSONSerialization.jsonObject(with: output) as? [String: [String: Any]])
    }

    private static let pythonHasMCAP: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import mcap, zstandard"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(
        "PyPI's mcap reads a segment, and the layouts in its schemas decode to the values that went in",
        .enabled(if: pythonHasMCAP, "python3 has no mcap"))
    func layouts() throws {
        let folder = TestFolder()
        let recorder = try Recorder(origin: origin, settings: .init(directory: folder.path, quota: 1 << 30))
        for topic in [Topic.battery, .pose, .tick, .doors, .lifts, .mission, .devices] {
            recorder.record(topic, ["x": 1.5], at: .ms(10))
        }
        recorder.count(3, droppedFor: "scan ring full")
        let end = record(recorder, seconds: 1)
        recorder.finish(at: end, wall: .noon)

        let name = try #require(folder.names(endingIn: ".mcap").first)
        let found = try decode("\(folder.path)/\(name)")
        #expect(Set(found.keys) == Set(Topic.allCases.map(\.rawValue)))

        let joints = try #require(found["/joints"])
        #expect(joints["n"] as? Int == 7)
        let positions = try #require(joints["position"] as? [Double])
        for (index, position) in positions.enumerated() {
            #expect(abs(position - (Double(index) * 0.25 + 0.99)) < 1e-6)
        }
        #expect(joints["velocity"] as? [Double] == [0, -1, -2, -3, -4, -5, -6])
        #expect(joints["answered"] as? Int == 0x7F)
        #expect(joints["alerts"] as? Int == 1)
        #expect(joints["torque_on"] as? Int == 0x3F)

        let wheels = try #require(found["/wheels"])
        #expect(wheels["left_position"] as? Double == 12.25)
        #expect(wheels["right_position"] as? Double == -3.5)
        #expect(wheels["left_velocity"] as? Double == 1.5)
        #expect(wheels["right_fault"] as? Int == 0x0102)
        #expect(wheels["enabled"] as? Int == 1)

        let setpoints = try #require(found["/setpoints"])
        #expect(setpoints["right_wheel"] as? Double == -1.25)
        #expect(setpoints["safety_action"] as? Int == Int(SafetyAction.slow.rawValue))
        #expect(setpoints["safety_causes"] as? Int == Int(SafetyCauses.warningField.rawValue))
        #expect((setpoints["joint_position"] as? [Double])?.count == 7)

        let inertial = try #require(found["/inertial"])
        #expect(inertial["acceleration"] as? [Double] == [0.5, -0.25, 9.75])
        #expect(inertial["angular_velocity"] as? [Double] == [0, 0, 1.5])
        #expect(inertial["pressure"] as? Double == 101_325)

        let scan = try #require(found["/scan"])
        #expect(scan["n"] as? Int == 720)
        #expect(scan["end"] as? Int == 900_000_000)
        #expect(scan["odometry_end"] as? [Double] == [1.5, -2, 0.25])
        let expected = LaserScan.sample(at: .ms(900), seed: 9)
        let ranges = try #require(scan["range"] as? [Int])
        #expect(Array(ranges.prefix(4)) == [1235, 0, 65535, 0])
        #expect((4..<720).allSatisfy { abs(Float(ranges[$0]) - expected.ranges[$0] * 1000) < 1 })
        let intensities = try #require(scan["intensity"] as? [Int])
        #expect((0..<720).allSatisfy { intensities[$0] == Int(expected.intensities[$0]) })

        #expect(found["/pose"]?["x"] as? Double == 1.5)
        #expect(found["/drops"]?["scan ring full"] as? Int == 3)
    }
}

import Foundation
import RobotModel
import Testing
import Twin

/// Whether ROBOTIS' SDK for Python is here.
private let hasPublicClient = PublicClient.hasModules("dynamixel_sdk, serial")

/// What the client printed.
private struct Seen: Decodable {
    struct Broadcast: Decodable {
        var ids: [Int]
        var result: Int
    }
    var ping: [String: [Int]]
    var broadcast: Broadcast
    var absent: Int
    var delay: [Int]
    var torque: [[Int]]
    var locked: [Int]
    var limit: [Int]
    var goals: [String: Int]
    var syncWrite: Int
    var syncRead: Int
    var positions: [String: Int]
    var fastSyncRead: Int?
    var fastPositions: [String: Int]?
    var single: [Int]
    var alert: [Int]
    var reboot: [Int]
    var rebooted: [Int]
    var torqueAfter: [Int]
    var bulkRead: Int
    var bulk: [String: Int]
    var fastBulkRead: Int?
    var fastBulk: [String: Int]?
    var bulkWrite: Int
    var bulkWritten: [String: Int]
    var indirect: [Int]
    var indirectRead: Int
    var indirectTorque: Int
    var indirectPosition: Int
}

@Suite("The twin's servo bus and the vendor's public client")
struct DynamixelPublicClientTests {
    @Test(
        "dynamixel-sdk pings, reads and writes one, many and mapped registers, and reboots, over a pseudo-terminal",
        .enabled(if: hasPublicClient, "python3 with dynamixel-sdk and pyserial is not installed"))
    func publicClient() throws {
        let served = try ServedBus(ids: [1, 2, 3, 4, 5, 6, 7], alertOn: 7) { DynamixelBus(servos: $0) }
        defer { served.stop() }
        let data = try PublicClient.run(
            "dynamixel_client.py", [served.path, "1000000"] + (1...7).map(String.init))
        let seen = try JSONDecoder().decode(Seen.self, from: data)

        // Model, communication result 0, error byte 0 (with the alert bit for servo 7).
        #expect((1...6).allSatisfy { seen.ping["\($0)"] == [1020, 0, 0] })
        #expect(seen.ping["7"] == [1020, 0, 0x80])
        #expect(seen.broadcast.ids == [1, 2, 3, 4, 5, 6, 7] && seen.broadcast.result == 0)
        #expect(seen.absent == -3001)  // COMM_RX_TIMEOUT
        #expect(seen.delay == [0, 0])
        #expect(seen.torque.dropLast().allSatisfy { $0 == [0, 0] })
        #expect(seen.torque.last == [0, 0x81])  // a servo in alert lets no torque on
        #expect(seen.locked == [0, 7])
        #expect(seen.limit == [0, 6])
        #expect(seen.syncWrite == 0 && seen.syncRead == 0)
        for id in 1...6 {
            #expect(seen.positions["\(id)"] == seen.goals["\(id)"])
        }
        #expect(seen.positions["7"] == 2048)
        if let fast = seen.fastSyncRead {
            #expect(fast == 0)
            #expect(seen.fastPositions == seen.positions)
        }
        #expect(seen.single == [1950, 0, 0])
        #expect(seen.alert == [0x04, 0, 0x80])
        #expect(seen.reboot.first == 0)
        // After its restart servo 7 is in alert no more, its torque is off and it lets torque on again.
        #expect(seen.rebooted == [1020, 0, 0] && seen.torqueAfter == [0, 0, 0])
        // Voltage of some, temperature of others, and the same as parts of one packet.
        #expect(seen.bulkRead == 0 && seen.bulk == ["1": 120, "2": 34, "3": 120])
        if let fast = seen.fastBulkRead {
            #expect(fast == 0)
            #expect(seen.fastBulk == seen.bulk)
        }
        #expect(seen.bulkWrite == 0 && seen.bulkWritten == ["1": 1, "2": 77])
        // Through an indirect map: torque enable and present position side by side.
        #expect(seen.indirect == [0, 0])
        #expect(seen.indirectRead == 0 && seen.indirectTorque == 1)
        #expect(seen.indirectPosition == seen.single.first)
    }
}

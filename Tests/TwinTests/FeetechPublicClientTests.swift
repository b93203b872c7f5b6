import Foundation
import RobotModel
import Testing
import Twin

/// Whether Feetech's SDK for Python is here.
private let hasPublicClient = PublicClient.hasModules("scservo_sdk, serial")

/// What the client printed.
private struct Seen: Decodable {
    var ping: [String: [Int]]
    var absent: Int
    var locked: [Int]
    var mode: [Int]
    var torque: [[Int]]
    var goals: [String: Int]
    var syncWrite: Int
    var syncRead: Int
    var positions: [String: Int]
    var voltages: [String: Int]
    var regWrite: [Int]
    var before: [Int]
    var after: [Int]
}

@Suite("The twin's Feetech bus and the maker's public client")
struct FeetechPublicClientTests {
    @Test(
        "feetech-servo-sdk pings, writes, sync writes and sync reads the bus over a pseudo-terminal",
        .enabled(if: hasPublicClient, "python3 with feetech-servo-sdk and pyserial is not installed"))
    func publicClient() throws {
        let served = try ServedBus(ids: [1, 2, 3, 4, 5], alertOn: 5) { FeetechBus(servos: $0) }
        defer { served.stop() }
        let data = try PublicClient.run("feetech_client.py", [served.path, "1000000"] + (1...5).map(String.init))
        let seen = try JSONDecoder().decode(Seen.self, from: data)

        // Model, communication result 0, error byte 0 (servo 5 is too hot).
        #expect((1...4).allSatisfy { seen.ping["\($0)"] == [777, 0, 0] })
        #expect(seen.ping["5"] == [777, 0, 4])
        #expect(seen.absent == -6)  // COMM_RX_TIMEOUT
        #expect(seen.locked == [0, 0] && seen.mode == [0, 0, 0])  // the lock keeps EEPROM closed
        #expect(seen.torque == [[0, 0], [0, 0], [0, 0], [0, 0], [0, 4]])
        #expect(seen.syncWrite == 0 && seen.syncRead == 0)
        for id in 1...4 { #expect(seen.positions["\(id)"] == seen.goals["\(id)"]) }
        #expect(seen.positions["5"] == 2048)  // it holds no torque
        #expect(seen.voltages.values.allSatisfy { $0 == 120 })
        #expect(seen.before == [1950, 0, 0] && seen.after == [2048, 0, 0])
    }
}

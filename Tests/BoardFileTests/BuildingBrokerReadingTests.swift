import BoardFile
import Foundation
import RobotModel
import StructuredText
import Testing

@Suite("The building's broker in a board file")
struct BuildingBrokerReadingTests {
    private static let twin = try? readTextFile(
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
            + "/BoardConfigs/twin.yaml", limit: 100_000)

    /// The twin's board with a part of its own for the broker, which begins in line 2.
    private func read(_ broker: String, folder: String = "/etc/doorstep/") throws -> Board {
        let text = try #require(Self.twin)
        return try Board.read(file: "board.yaml", text: "building_broker:\n\(broker)\n\(text)", folder: folder)
    }

    private func problems(_ broker: String) -> [RobotError] {
        do {
            _ = try read(broker)
            return []
        } catch {
            return (error as? FileProblems)?.errors ?? []
        }
    }

    @Test("every key is read; files are looked for beside the board file")
    func whole() throws {
        let board = try read(
            """
              host: broker.tower.example
              client_id: dory-7
              username: dory
              password_file: broker-password
              tls: { ca: building-ca.pem, certificate: dory.pem, key: /secret/dory.key }
              open_rmf_prefix: site/rmf
              doors:
                back_door: { link: rmf, name: back }
              lifts:
                lift_2: { link: rfa, building: tower, bank: a, elevator: "1", floors: { L1: 1F, L3: 3F_r } }
                lift_3: { link: rmf, name: Lift3, floors: { L1: L1, L3: Third } }
            """)
        let broker = try #require(board.buildingBroker)
        #expect(
            broker
                == BuildingBrokerSlot(
                    host: "broker.tower.example", port: 8883, clientID: "dory-7",
                    tls: BuildingBrokerSlot.TLS(
                        authorityFile: "/etc/doorstep/building-ca.pem", certificateFile: "/etc/doorstep/dory.pem",
                        keyFile: "/secret/dory.key"),
                    username: "dory", passwordFile: "/etc/doorstep/broker-password", rmfPrefix: "site/rmf",
                    doors: ["back_door": BrokerDoor(link: .rmf, name: "back")],
                    lifts: [
                        "lift_2": BrokerLift(
                            link: .rfa(building: "tower", bank: "a", elevator: "1", robot: "dory"),
                            floors: ["L1": "1F", "L3": "3F_r"]),
                        "lift_3": BrokerLift(link: .rmf(name: "Lift3"), floors: ["L1": "L1", "L3": "Third"]),
                    ]))
        #expect(board.locations["building_broker.lifts.lift_2.floors.L3"]?.line == 11)
    }

    @Test(
        "what is left out is the usual: no TLS on 1883, the robot's name as client; {} trusts the system's authorities")
    func defaults() throws {
        let plain = try #require(
            try read("  { host: 10.0.0.2, doors: { back_door: { link: rmf, name: back } } }").buildingBroker)
        #expect((plain.port, plain.clientID, plain.rmfPrefix) == (1883, "dory", "rmf"))
        #expect(plain.tls == nil)
        let trusting = try #require(
            try read("  { host: b, tls: {}, doors: { back_door: { link: rmf, name: back } } }").buildingBroker)
        #expect(trusting.port == 8883)
        #expect(trusting.tls == BuildingBrokerSlot.TLS())
    }

    @Test("a board without a relay box is read, and so is one without a broker")
    func withoutRelayBox() throws {
        let text = try #require(Self.twin)
        let start = try #require(text.range(of: "\nfacilities:"))
        let end = try #require(text.range(of: "\nbox_radio:"))
        let board = try Board.read(
            file: "board.yaml", text: String(text[..<start.lowerBound] + text[end.lowerBound...]))
        #expect(board.facilities == nil)
        #expect(board.buildingBroker == nil)
    }

    @Test(
        "what is wrong is told with its line and what to do",
        arguments: [
            ("  host: b", 2, "building_broker has neither doors nor lifts"),
            (
                "  host: b\n  password_file: p\n  doors: { back_door: { link: rmf, name: back } }", 3,
                "building_broker has a password_file without a username"
            ),
            (
                "  host: b\n  tls: { key: k }\n  doors: { back_door: { link: rmf, name: back } }", 3,
                "building_broker.tls has only one of certificate and key"
            ),
            (
                "  host: b\n  lifts:\n    lift_1: { link: rmf, name: l, floors: { L1: L1 } }", 4,
                "building_broker.lifts.lift_1 stands in facilities too"
            ),
            (
                "  host: b\n  lifts:\n    l: { link: rfa, building: a/b, bank: c, elevator: d, floors: { L1: 1F } }", 4,
                "building_broker.lifts.l.building is 'a/b'"
            ),
            (
                "  host: b\n  lifts:\n    l: { link: rmf, name: l, floors: { L1: A,\n      L2: A } }", 5,
                "floor name A stands at building_broker.lifts.l.floors.L1 already"
            ),
            (
                "  host: b\n  lifts:\n    l: { link: rfb, name: l, floors: { L1: A } }", 4,
                "building_broker.lifts.l.link is 'rfb'"
            ),
            ("  host: b\n  port: 70000\n  doors: { d: { link: rmf, name: d } }", 3, "building_broker.port is 70000"),
        ])
    func mistakes(broker: String, line: Int, what: String) throws {
        let found = problems(broker)
        let problem = try #require(found.first { $0.what == what }, "\(found)")
        #expect(problem.location?.line == line)
        #expect(problem.expected != nil)
    }

    @Test("a password that stands in the file itself is refused as an unknown key, and not repeated")
    func password() throws {
        let found = problems("  host: b\n  password: geheim-42\n  doors: { d: { link: rmf, name: d } }")
        #expect(found.contains { $0.what.contains("unknown key 'password'") })
        #expect(!found.contains { "\($0)".contains("geheim-42") })
    }
}

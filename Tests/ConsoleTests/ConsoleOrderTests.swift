import Console
import Control
import RobotModel
import Testing

@Suite struct ConsoleOrderTests {
    static let pages: [(line: String, shows: [String])] = [
        (
            "status",
            ["dory 0.1.0, up 12 min 34 s", "lunch-7 running", "1 of 2 in service; keypad connecting", "L1 near lobby"]
        ),
        ("pose", ["L1", "lobby", "x 3.20 m, y -1.10 m, yaw 90", "tracking", "97 % of the beams"]),
        ("devices", ["lidar", "RPLIDAR S2", "held by pid 412", "hint: end that program"]),
        ("device lidar", ["/dev/serial/by-id/usb-lidar", "1.2 MB in, 420 B out", "1 checksum, 0 resync, 2 timeout"]),
        ("device lidr", ["there is no device lidr", "did you mean lidar?"]),
        ("doors", ["entrance", "moving", "requested"]),
        ("lifts", ["lift_1", "L3", "ours"]),
        ("mission", ["lunch-7", "in 1 min 25 s", "in 5 min"]),
        ("mission show lunch-8", ["waiting, number 1", "room_301"]),
        ("mission show lunch-9", ["there is no mission lunch-9"]),
        ("mission list", ["lunch-7", "lunch-8", "waiting"]),
        ("joints", ["elbow_pitch", "0.500 rad", "0.040 m"]),
        ("wheels", ["left", "right", "power off"]),
        ("gpio", ["emergency stop", "released", "locked"]),
        ("estop", ["is released, and nothing waits"]),
        ("reflow", ["12.3 MB", "nothing", "connected"]),
    ]

    @Test("each page shows what its name says, in rows of less than 80 columns", arguments: pages)
    func shows(line: String, words: [String]) {
        var technician = Technician()
        let page = technician.order(line)
        for word in words { #expect(page.contains(word), "\(page)") }
        #expect(page.split(separator: "\n").allSatisfy { $0.count < Screen.columns })
        #expect(technician.asked == [.status])
        #expect(technician.screen.line == "dory>")
        #expect(technician.screen.strange.isEmpty)
    }

    @Test("the page of a pose that is not known says so, and what to type")
    func showsALostPose() {
        var technician = Technician()
        technician.answer = { _ in
            var status = RobotStatus.sample
            status.place.localization = "lost"
            status.place.trouble = RobotError(
                .notLocalized, "I do not know where I am", hint: "`unlock`, then `pose set charger`")
            return .status(status)
        }
        let page = technician.order("pose")
        #expect(page.contains("lost") && page.contains("I do not know where I am"))
        #expect(page.contains("hint: `unlock`, then `pose set charger`"))
    }

    static let orders: [(line: String, request: ControlRequest)] = [
        ("pose set charger", .setPose(.place("charger"))),
        ("pose set L3 4.5 -6 90", .setPose(.near(level: "L3", pose: Pose2D(x: 4.5, y: -6, yaw: .pi / 2)))),
        ("clear", .clear), ("mission pause", .pause), ("mission resume", .resume),
        ("mission cancel lunch-7", .cancel(mission: "lunch-7")),
        ("joint elbow_pitch -0.5", .service(.joint(name: "elbow_pitch", position: -0.5))),
        ("gripper 0.04", .service(.joint(name: "gripper", position: 0.04))),
        ("drive -0.25", .service(.drive(metres: -0.25))), ("turn 180", .service(.turn(radians: .pi))),
        ("door entrance open", .service(.door(id: "entrance", open: true))),
        ("door entrance release", .service(.door(id: "entrance", open: false))),
        ("compartment open", .service(.compartment(open: true))),
        ("compartment lock", .service(.compartment(open: false))), ("torque on", .service(.torque(on: true))),
        ("torque off", .service(.torque(on: false))), ("alerts clear", .service(.clearAlerts)),
    ]

    @Test("each order asks the daemon for what it says, once unlocked and not before", arguments: orders)
    func asks(line: String, request: ControlRequest) {
        var technician = Technician()
        technician.order(line)
        #expect(technician.asked.isEmpty)
        technician.unlock()
        technician.order("  " + line.split(separator: " ").joined(separator: "   ") + " ")
        #expect(technician.asked == [request])
        #expect(technician.log.contains("\(line)"))
    }

    @Test(
        "an order that is not used right asks nothing and says how it is written",
        arguments: [
            "pose set", "pose set L1 2", "pose set L1 2 3 north", "pose set L1 2 3 900", "pose at charger",
            "joint elbow_pitch", "joint elbow_pitch fast", "drive inf", "drive nan", "drive 1e9", "turn 400", "gripper",
            "door entrance", "door entrance shut", "compartment", "torque maybe", "alerts", "mission cancel",
            "mission go",
            "log 0", "log many", "watch me", "status now", "help one two", "device",
        ])
    func refusesMisuse(line: String) {
        var technician = Technician()
        technician.unlock()
        let said = technician.order(line)
        #expect(technician.asked.isEmpty)
        #expect(said.split(separator: "\n").count >= 2, "\(said)")
        #expect(technician.screen.line == "dory#")
    }

    @Test(
        "an unknown command is answered with the nearest ones",
        arguments: [("statu", "status"), ("STATUS", "status"), ("dor", "door"), ("misson", "mission"), ("tpo", "top")])
    func suggests(word: String, meant: String) {
        var technician = Technician()
        let said = technician.order(word)
        #expect(said.contains("unknown command \(word)"))
        #expect(said.contains("did you mean") && said.contains(meant), "\(said)")
    }

    @Test("a refusal is shown with what was expected and what to do, and logged")
    func showsRefusals() {
        var technician = Technician()
        technician.unlock()
        technician.answer = { _ in
            .refused(
                RobotError(.busy, "mission lunch-7 is under way", expected: "no mission", hint: "wait for its end"))
        }
        let said = technician.order("drive 0.1")
        #expect(said == "refused: mission lunch-7 is under way\n  expected: no mission\n  hint: wait for its end")
        #expect(technician.log.last == "drive 0.1: refused: mission lunch-7 is under way")
    }

    @Test("`help` names every command, and `help <command>` its use")
    func helps() {
        var technician = Technician()
        let list = technician.order("help")
        for word in [
            "help", "status", "top", "watch", "devices", "device", "doors", "lifts", "mission", "joints", "wheels",
            "gpio", "estop", "clear", "log", "reflow", "version", "unlock", "lock", "joint", "gripper", "drive", "turn",
            "door", "compartment", "torque", "alerts", "pose",
        ] {
            #expect(list.contains("\n  \(word)"), "\(word)")
            #expect(!technician.order("help \(word)").contains("unknown"))
        }
        #expect(list.split(separator: "\n").allSatisfy { $0.count < Screen.columns })
        #expect(technician.order("help stats").contains("did you mean status?"))
    }

    @Test("`log` shows what the robot said, long lines broken between words")
    func showsTheLog() {
        var technician = Technician()
        technician.answer = { _ in .lines(["[0:01] short", "[0:02] " + String(repeating: "word ", count: 40)]) }
        let log = technician.order("log 2")
        #expect(technician.asked == [.log(lines: 2)])
        #expect(log.contains("[0:01] short"))
        #expect(log.split(separator: "\n").count > 3)
        technician.answer = { _ in .lines([]) }
        #expect(technician.order("log").contains("nothing yet"))
    }

    @Test("Tab knows the commands, and the names of the last status")
    func completes() {
        var technician = Technician()
        for (typed, completed) in [
            ("sta\t", "status"), ("device li\t", "device lidar"), ("door e\t", "door entrance"),
            ("door entrance o\t", "door entrance open"), ("joint e\t", "joint elbow_pitch"),
            ("mission ca\t", "mission cancel"), ("mission cancel \t", "mission cancel lunch-"),
            ("pose set ch\t", "pose set charger"), ("pose set L\t", "pose set L1"),
            ("mission pause \t", "mission pause"), ("help ver\t", "help version"),
        ] {
            technician.type(typed)
            #expect(technician.screen.line == "dory> " + completed)
            technician.type("\u{15}")
        }
    }

    @Test("a name that carries escape sequences does not drive the terminal")
    func disarmsNames() {
        var technician = Technician()
        technician.answer = { _ in
            var status = RobotStatus.sample
            status.devices[0].identity = "\u{1B}[2J\u{1B}]0;title\u{07}evil\u{9B}1A"
            return .status(status)
        }
        let page = technician.order("devices")
        #expect(page.contains("?[2J?]0;title?evil?1A"))
        #expect(technician.screen.bells == 0)
    }
}

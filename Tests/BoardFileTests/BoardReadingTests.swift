import BoardFile
import RobotModel
import StructuredText
import Testing

/// The folder of the board files, from this file's place.
private let configurations =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/BoardConfigs"

private func twinText() throws -> String { try readTextFile("\(configurations)/twin.yaml", limit: 1 << 20) }

/// One mistake: what is changed in the twin's board, where the error must point, and what it must say.
private struct Mistake: CustomTestStringConvertible, Sendable {
    var name: String
    var change: String
    var to: String
    /// The error points at the beginning of this text in the changed file.
    var at: String
    var what: String
    var expected: String?
    var hint: String?
    var testDescription: String { name }
}

private let mistakes = [
    Mistake(
        name: "a misspelt key", change: "wheel_radius:", to: "wheel_raduis:", at: "wheel_raduis:",
        what: "unknown key 'wheel_raduis' in base", expected: "wheel_radius", hint: "did you mean 'wheel_radius'?"),
    Mistake(
        name: "a key of no section", change: "home: charger", to: "home: charger\nturbo: 1", at: "turbo: 1",
        what: "unknown key 'turbo'", expected: "one of version", hint: "remove it"),
    Mistake(
        name: "a missing key", change: "  max_turn_rate: 1.2\n", to: "", at: "wheel_radius: 0.085",
        what: "base has no 'max_turn_rate'", expected: "the key 'max_turn_rate'", hint: "add a line"),
    Mistake(
        name: "text for a number", change: "length: 0.66", to: "length: long", at: "long",
        what: "base.length is 'long'", expected: "a number from 0.1 to 3.0 metres"),
    Mistake(
        name: "a number out of range", change: "tick_rate: 1000", to: "tick_rate: 10", at: "10,",
        what: "control.tick_rate is 10", expected: "a whole number from 50 to 4000 ticks a second"),
    Mistake(
        name: "a task that the tick does not have", change: "cpu: 1 }", to: "cpu: 1, tasks: { lidra: { every: 2 } } }",
        at: "lidra", what: "unknown key 'lidra' in control.tasks", hint: "did you mean 'lidar'?"),
    Mistake(
        name: "a supervisor that is asked too seldom", change: "cpu: 1 }",
        to: "cpu: 1, tasks: { safety: { every: 11 } } }", at: "11 }",
        what: "control.tasks.safety.every is 11: at 1000 ticks a second that is more than 10 ms from run to run",
        expected: "1 to 10 ticks"),
    Mistake(
        name: "a task that never runs", change: "cpu: 1 }", to: "cpu: 1, tasks: { record: { every: 0 } } }",
        at: "0 }", what: "control.tasks.record.every is 0", expected: "a whole number from 1 to 10000 ticks"),
    Mistake(
        name: "a deadline beyond the tick", change: "tick_rate: 1000, priority: 80, cpu: 1 }",
        to: "tick_rate: 2000, tasks: { arm: { deadline_us: 501 } } }", at: "501",
        what: "control.tasks.arm.deadline_us is 501", expected: "a whole number from 1 to 500 microseconds"),
    Mistake(
        name: "a word that no task has", change: "cpu: 1 }", to: "cpu: 1, tasks: { arm: { rate: 100 } } }",
        at: "rate: 100 } }", what: "unknown key 'rate' in control.tasks.arm", expected: "every"),
    Mistake(
        name: "a fraction for a count", change: "beams: 720", to: "beams: 720.5", at: "720.5",
        what: "lidars.lidar.beams is '720.5'", expected: "a whole number from 90 to 4096"),
    Mistake(
        name: "a word that is not a driver", change: "driver: rplidar", to: "driver: rplider", at: "rplider",
        what: "lidars.lidar.driver is 'rplider'", expected: "one of", hint: "did you mean 'rplidar'?"),
    Mistake(
        name: "yes for true", change: "right_inverted: true", to: "right_inverted: yes", at: "yes",
        what: "wheels.right_inverted is 'yes'", expected: "true or false", hint: "write true"),
    Mistake(
        name: "a mapping for a list", change: "center: [-0.17, 0.0, 0.45]", to: "center: { x: 1 }", at: "{ x: 1 }",
        what: "compartment.center is a mapping", expected: "a list"),
    Mistake(
        name: "a value that is empty", change: "home: charger", to: "home:", at: "",
        what: "home is empty", expected: "text"),
    Mistake(
        name: "two numbers of three", change: "center: [-0.17, 0.0, 0.45]", to: "center: [-0.17, 0.45]",
        at: "[-0.17, 0.45]", what: "compartment.center has 2 elements", expected: "a list of 3 numbers"),
    Mistake(
        name: "limits interchanged", change: "lower: -2.0, upper: 2.0", to: "lower: 2.0, upper: -2.0", at: "-2.0, max",
        what: "joints.arm[1].upper is -2.0, not above lower", expected: "more than 2.0", hint: "interchanged"),
    Mistake(
        name: "a posture for another arm", change: "ready: [0.0, -1.5, 2.0, 0.0, 0.0, 0.0]",
        to: "ready: [0.0, -1.5]", at: "[0.0, -1.5]", what: "joints.postures.ready has 2 elements",
        expected: "a list of 6 numbers"),
    Mistake(
        name: "a posture outside the limits", change: "ready: [0.0, -1.5", to: "ready: [0.0, -2.5", at: "[0.0, -2.5",
        what: "posture 'ready' puts shoulder_pitch at -2.5", expected: "-2.0 to 2.0 radians"),
    Mistake(
        name: "two devices on one port", change: "/tmp/doorstep-twin/keypad", to: "/tmp/doorstep-twin/box-radio",
        at: "/tmp/doorstep-twin/box-radio, baud: 9600 }\n\ngpio", what: "keypad and box_radio share the port",
        expected: "a port for each device", hint: "by-id"),
    Mistake(
        name: "two servos with one id", change: "gripper: { id: 7", to: "gripper: { id: 3",
        at: "3, closed_width", what: "servo id 3 stands at joints.arm[2].id already",
        expected: "a servo id of its own", hint: "each servo has its own id"),
    Mistake(
        name: "two roles on one line", change: "twin/gpio\", line: 1", to: "twin/gpio\", line: 0",
        at: "0, active_low: true }\n  lid",
        what: "bumper and emergency_stop share socket:/tmp/doorstep-twin/gpio line 0",
        expected: "a line for each role"),
    Mistake(
        name: "a second LiDAR on the first one's port", change: "wheels:\n",
        to: """
              rear: { driver: rplidar, port: { path: /tmp/doorstep-twin/lidar, baud: 1000000 }, mount: { x: 0, y: 0, yaw: 0 },
                motor_rpm: 600, beams: 720, min_range: 0.1, max_range: 9, stale_after_ms: 350 }

            wheels:

            """,
        at: "/tmp/doorstep-twin/lidar, baud: 1000000 }, mount", what: "rear and lidar share the port",
        expected: "a port for each device", hint: "by-id"),
    Mistake(
        name: "an unknown role", change: "  bumper: {", to: "  bumpr: {", at: "bumpr",
        what: "unknown key 'bumpr' in gpio", hint: "did you mean 'bumper'?"),
    Mistake(
        name: "a device that is stale before it can answer", change: "stale_after_ms: 350", to: "stale_after_ms: 150",
        at: "150", what: "lidars.lidar.stale_after_ms is shorter than two cycles", expected: "at least 200 milliseconds"
    ),
    Mistake(
        name: "a discharge curve that falls", change: "[22.4, 0.1]", to: "[19.4, 0.1]", at: "[[20.0",
        what: "battery.curve does not rise", expected: "both rising"),
    Mistake(
        name: "a station without a scheme", change: "http://127.0.0.1:8620", to: "localhost:8620",
        at: "localhost:8620", what: "reflow.station is 'localhost:8620'", expected: "http://", hint: "record only"),
    Mistake(
        name: "no rate at all", change: "  rate: 50\n", to: "", at: "driver: zlac8015d", what: "wheels has no 'rate'",
        expected: "the key 'rate'"),
    Mistake(
        name: "the same key twice", change: "  length: 0.66\n", to: "  length: 0.66\n  length: 0.70\n",
        at: "length: 0.66", what: "duplicate key 'length'", expected: "every key once", hint: "remove"),
    Mistake(
        name: "a version of the future", change: "version: 1", to: "version: 2", at: "2\n", what: "version is 2",
        expected: "1"),
]

@Suite("Board files")
struct BoardReadingTests {
    @Test("the twin's board and the real board are read, and wire the same robot", arguments: ["twin", "dory-cm4"])
    func bothBoards(name: String) throws {
        let board = try Board.read(path: "\(configurations)/\(name).yaml")
        #expect(board.name == "dory")
        #expect(board.sitePath == "\(configurations)/sites/riverside")
        #expect(board.control.tickRate == 1000)
        #expect(board.lidar.staleAfter == .milliseconds(350))
        #expect(board.wheels.rightInverted && !board.wheels.leftInverted)
        #expect(board.joints.ids == [1, 2, 3, 4, 5, 6])
        #expect(board.joints.arm.joints[1].axis == Vector3(0, 1, 0))
        #expect(board.joints.arm.tool.origin == Vector3(0.1, 0, 0))
        #expect(board.joints.postures["stowed"] == [0, -1.9, 2.6, 0, -0.7, 0])
        #expect(board.compartment.lidEdge == Vector3(-0.04, 0, 0.46))
        #expect(board.facilities?.lifts["lift_1"]?.floors["L3"] == 3)
        #expect(Set(board.gpio.map(\.role)) == Set(GPIOSlot.Role.allCases))
        #expect(board.battery.curve.count == 6)
        #expect(board.reflow.quota >= 1_000_000_000)
    }

    @Test("the board with every slot filled has two LiDARs, twelve joints and every optional sensor")
    func fullBoard() throws {
        let board = try Board.read(path: "\(configurations)/twin-full.yaml")
        #expect(board.lidars.map(\.slot) == ["lidar", "lidar_rear"])
        #expect(board.lidars.map(\.driver) == [.rplidar, .ld06])
        #expect(board.lidar.slot == "lidar")
        #expect(board.joints.count == 12)
        #expect(board.joints.held.map(\.id) == [11, 12, 13, 14, 15] && board.joints.held[3].sign == -1)
        #expect(board.wheelEncoders?.right.inverted == true && board.wheelEncoders?.countsPerRevolution == 1024)
        #expect(board.jointEncoders?.encoders.map(\.joint) == [1, 2])
        #expect(board.jointEncoders?.encoders.map(\.address) == [84, 88])
        #expect(board.battery.monitor?.driver == .daly)
        #expect(board.inertial?.port.baudRate == 115_200)
    }

    @Test("the real board names its adapters by-id and its lines on a chip")
    func realBoard() throws {
        let board = try Board.read(path: "\(configurations)/dory-cm4.yaml")
        #expect(board.joints.port.path.hasPrefix("/dev/serial/by-id/"))
        #expect(board.facilities?.port.parity == .even)
        #expect(board.gpio.allSatisfy { $0.chip == "gpiochip0" })
        #expect(board.control.cpu == 3)
    }

    @Test("a watchdog of the board is optional, with a time-out of 10 s unless another is given")
    func hardwareWatchdog() throws {
        func watchdog(_ text: String) throws -> HardwareWatchdogSettings? {
            let board = try twinText().replacing(
                "control: { tick_rate: 1000, priority: 80, cpu: 1 }", with: "control: { \(text) }")
            return try Board.read(file: "twin.yaml", text: board, folder: "/robot/").control.hardwareWatchdog
        }
        #expect(try watchdog("") == nil)
        let plain = try watchdog("hardware_watchdog: { device: /dev/watchdog }")
        #expect(plain?.device == "/dev/watchdog" && plain?.timeout == .seconds(10))
        #expect(
            try watchdog("hardware_watchdog: { device: /dev/watchdog0, timeout_s: 30 }")?.timeout == .seconds(30))
        #expect(throws: (any Error).self) { try watchdog("hardware_watchdog: { device: /dev/watchdog, timeout_s: 1 }") }
        #expect(throws: (any Error).self) { try watchdog("hardware_watchdog: { timeout_s: 10 }") }
    }

    @Test("optional keys may be left out")
    func defaults() throws {
        let text = try twinText()
            .replacing("control: { tick_rate: 1000, priority: 80, cpu: 1 }", with: "control: {}")
            .replacing("  station: http://127.0.0.1:8620\n", with: "")
        let board = try Board.read(file: "twin.yaml", text: text, folder: "/robot/")
        #expect(board.control.tickRate == 1000)
        #expect(board.control.priority == 80)
        #expect(board.control.cpu == nil)
        #expect(board.reflow.station == nil)
        #expect(board.sitePath == "/robot/sites/riverside")
    }

    @Test("without a table every task of the tick has its usual divisor and deadline, at any tick rate")
    func usualTasks() throws {
        for (rate, battery, record) in [(1000, 100, 10), (50, 5, 1), (4000, 400, 40)] {
            let text = try twinText().replacing("tick_rate: 1000", with: "tick_rate: \(rate)")
                .replacing("  rate: 100\n", with: "  rate: 50\n")
            let tasks = try Board.read(file: "twin.yaml", text: text).control.tasks
            #expect(tasks.map(\.task) == ControlTask.allCases)
            for settings in tasks {
                let every = settings.task == .battery ? battery : settings.task == .record ? record : 1
                #expect(settings.every == every, "\(settings.task) at \(rate) Hz")
                #expect(settings.deadline > .zero)
                // More often than in every tick nothing runs.
                let shortest = max(settings.task.longestPeriod.inSeconds, 1 / Double(rate))
                #expect(Double(settings.every) / Double(rate) <= shortest)
            }
        }
    }

    @Test("the real board's table says of every task what is usual")
    func writtenTable() throws {
        let real = try Board.read(path: "\(configurations)/dory-cm4.yaml").control.tasks
        #expect(real == (try Board.read(file: "twin.yaml", text: try twinText())).control.tasks)
        let text = try readTextFile("\(configurations)/dory-cm4.yaml", limit: 1 << 20)
        for task in ControlTask.allCases { #expect(text.contains("    \(task.rawValue): { every: ")) }
    }

    @Test("the table of tasks changes what it names, and leaves the rest as it is")
    func taskTable() throws {
        let text = try twinText().replacing(
            "cpu: 1 }", with: "cpu: 1, tasks: { record: { every: 20 }, lidar: { deadline_us: 300, every: 2 } } }")
        let tasks = try Board.read(file: "twin.yaml", text: text).control.tasks
        let usual = try Board.read(file: "twin.yaml", text: try twinText()).control.tasks
        for (changed, usual) in zip(tasks, usual) {
            switch changed.task {
            case .record: #expect(changed.every == 20 && changed.deadline == usual.deadline)
            case .lidar: #expect(changed.every == 2 && changed.deadline == .microseconds(300))
            default: #expect(changed == usual)
            }
        }
    }

    @Test("a mistake is shown at its line and column, with what was expected and a hint", arguments: mistakes)
    fileprivate func mistake(_ mistake: Mistake) throws {
        let original = try twinText()
        let text = original.replacing(mistake.change, with: mistake.to, maxReplacements: 1)
        try #require(text != original, "the twin's board does not contain what the test changes")
        let problems = try #require(throws: FileProblems.self) { try Board.read(file: "b.yaml", text: text) }
        #expect(problems.errors.count == 1, "\(problems)")
        let error = try #require(problems.errors.first)
        #expect(error.code == .invalidFile)
        #expect(error.what.contains(mistake.what), "\(error)")
        if let expected = mistake.expected { #expect(error.expected?.contains(expected) == true, "\(error)") }
        if let hint = mistake.hint { #expect(error.hint?.contains(hint) == true, "\(error)") }
        if !mistake.at.isEmpty {
            let place = try #require(text.firstRange(of: mistake.at)?.lowerBound)
            let before = text[..<place].split(separator: "\n", omittingEmptySubsequences: false)
            let location = SourceLocation(
                file: "b.yaml", line: before.count, column: before.last!.unicodeScalars.count + 1)
            #expect(error.location == location)
        } else {
            #expect(error.location?.line == 5)
        }
    }

    @Test("every mistake of a file is told at once, in the order of its lines")
    func allAtOnce() throws {
        let text = try twinText()
            .replacing("beams: 720", with: "beams: many")
            .replacing("length: 0.66", with: "lenght: 0.66")
            .replacing("unit: 40", with: "unit: 400")
        let problems = try #require(throws: FileProblems.self) { try Board.read(file: "b.yaml", text: text) }
        #expect(
            problems.errors.map(\.what) == [
                "unknown key 'lenght' in base", "lidars.lidar.beams is 'many'", "box_radio.unit is 400",
            ])
    }

    @Test("a file that is not there says so")
    func missingFile() throws {
        let problems = try #require(throws: FileProblems.self) { try Board.read(path: "/nowhere/board.yaml") }
        #expect(problems.errors.first?.code == .unreadableFile)
        #expect(problems.description.contains("/nowhere/board.yaml"))
        #expect(problems.description.contains("No such file"))
    }
}

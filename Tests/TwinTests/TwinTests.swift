import BoardFile
import BuildingMap
import DeviceIO
import DeviceProtocols
import RobotModel
import Testing
import Twin

/// The twin from outside: bytes and levels only.
struct TwinTests {
    /// A twin in memory with the host's ends of its ports.
    private final class Bench {
        let board: Board
        let twin: Twin
        let ports = MemoryPorts()
        let gpio = MemoryGPIO()
        var now = Instant(nanoseconds: 5_000_000_000)

        init(seed: UInt64 = 1, faults: [ScheduledFault] = []) throws {
            board = try TestSite.board()
            var scenario = TestSite.plainScenario()
            scenario.seed = seed
            scenario.slip = 1
            scenario.laser = LaserNoise()
            twin = try Twin.inMemory(
                board: board, building: TestSite.building, scenario: scenario, ports: ports, gpio: gpio,
                faults: faults)
            twin.advance(to: now)
        }

        func open(_ settings: PortSettings) throws -> any SerialPort {
            try ports.open(SerialLine(path: settings.path, baudRate: settings.baudRate))
        }

        func run(_ milliseconds: Int, _ each: () throws -> Void) rethrows {
            for _ in 0..<milliseconds {
                now += .milliseconds(1)
                twin.advance(to: now)
                try each()
            }
        }

        func run(_ milliseconds: Int) { run(milliseconds) {} }

        /// What the host reads in some time after it has sent something.
        func exchange(_ port: any SerialPort, _ bytes: [UInt8], milliseconds: Int) throws -> [UInt8] {
            if !bytes.isEmpty { #expect(try port.write(bytes[...]) == bytes.count) }
            var answer: [UInt8] = []
            try run(milliseconds) { _ = try port.read(into: &answer, limit: 1 << 16) }
            return answer
        }
    }

    /// Starts the head, asks for a standard scan and drives a curve; all bytes that come back.
    private func session(seed: UInt64) throws -> (bytes: [UInt8], truth: Truth) {
        let bench = try Bench(seed: seed)
        let lidar = try bench.open(bench.board.lidar.port)
        let wheels = try bench.open(bench.board.wheels.port)
        var bytes = try bench.exchange(lidar, [0xA5, 0xA8, 0x02, 0x58, 0x02, 0x55], milliseconds: 1500)
        func write(_ address: UInt16, _ values: [UInt16]) throws -> [UInt8] {
            let unit = UInt8(bench.board.wheels.unit)
            let request = ModbusRequest.writeMultiple(address: address, values: values)
            return try bench.exchange(wheels, request.frame(unit: unit), milliseconds: 20)
        }
        bytes += try write(ZLAC8015DRegister.mode.rawValue, [3])
        bytes += try write(ZLAC8015DRegister.control.rawValue, [0x0008])
        bytes += try write(ZLAC8015DRegister.leftTarget.rawValue, [30, UInt16(bitPattern: -45)])
        bytes += try bench.exchange(lidar, [0xA5, 0x20], milliseconds: 1500)
        return (bytes, bench.twin.truth)
    }

    @Test("one seed gives one world, to the byte; another seed another one")
    func deterministic() throws {
        let first = try session(seed: 3)
        let second = try session(seed: 3)
        let other = try session(seed: 4)
        #expect(first.truth.distance > 0.1)
        #expect(first.bytes.count > 10_000)
        #expect(first.truth == second.truth)
        #expect(first.bytes == second.bytes)
        #expect(first.truth != other.truth)
        #expect(first.bytes != other.bytes)
    }

    @Test("how often the twin is called does not change the world")
    func chunks() throws {
        func pose(step: Int) throws -> Truth {
            let bench = try Bench(faults: [ScheduledFault(.doorStuck("entrance"), start: .seconds(1))])
            for _ in 0..<(3000 / step) {
                bench.now += .milliseconds(step)
                bench.twin.advance(to: bench.now)
            }
            return bench.twin.truth
        }
        #expect(try pose(step: 1) == pose(step: 50))
    }

    @Test("every slot of the board answers in its own protocol")
    func slots() throws {
        let bench = try Bench()
        // GET_INFO
        let lidar = try bench.open(bench.board.lidar.port)
        let info = try bench.exchange(lidar, [0xA5, 0x50], milliseconds: 20)
        #expect(info.starts(with: [0xA5, 0x5A, 0x14, 0x00, 0x00, 0x00, 0x04]))
        // PING to servo 1
        let joints = try bench.open(bench.board.joints.port)
        let ping = DynamixelPacket(id: 1, .ping).encoded
        #expect(try bench.exchange(joints, ping, milliseconds: 10).starts(with: [0xFF, 0xFF, 0xFD, 0x00, 0x01]))
        // The status of the relay box and of the box on the vehicle
        let slot = try #require(bench.board.facilities)
        let facilities = try bench.open(slot.port)
        let unit = UInt8(slot.unit)
        let report = try bench.exchange(facilities, RelayBoxMap.headerRequest.frame(unit: unit), milliseconds: 60)
        #expect(report.prefix(5) == [unit, 0x03, 8, 0x44, 0x52])
        let radio = try bench.open(bench.board.boxRadio.port)
        let boxUnit = UInt8(bench.board.boxRadio.unit)
        #expect(
            try bench.exchange(radio, BoxRadioMap.statusRequest.frame(unit: boxUnit), milliseconds: 100)
                .prefix(2) == [])
    }

    @Test("the box's radio is heard near the box only")
    func radioRange() throws {
        let board = try TestSite.board()
        for (x, isHeard) in [(-1.0, true), (3.0, false)] {
            var scenario = TestSite.plainScenario()
            scenario.start = RobotStart(level: "L1", pose: Pose2D(x: x, y: 0))
            let ports = MemoryPorts()
            let twin = try Twin.inMemory(
                board: board, building: TestSite.building, scenario: scenario, ports: ports, gpio: MemoryGPIO())
            twin.advance(to: .zero)
            twin.advance(to: Instant(nanoseconds: 20_000_000))
            let radio = try ports.open(
                SerialLine(path: board.boxRadio.port.path, baudRate: board.boxRadio.port.baudRate))
            _ = try radio.write(BoxRadioMap.statusRequest.frame(unit: UInt8(board.boxRadio.unit))[...])
            twin.advance(to: Instant(nanoseconds: 200_000_000))
            var answer: [UInt8] = []
            _ = try radio.read(into: &answer, limit: 100)
            #expect(answer.isEmpty != isHeard)
        }
    }

    @Test("switches appear on their lines with their polarity, and the lock's line opens the lid")
    func gpio() throws {
        let bench = try Bench()
        func line(_ role: GPIOSlot.Role, _ direction: GPIORequest.Direction) throws -> any GPIOLine {
            let slot = try #require(bench.board.gpio.first { $0.role == role })
            return try bench.gpio.open(
                GPIORequest(
                    role: role.rawValue, chip: slot.chip, line: slot.line, direction: direction,
                    activeLow: slot.activeLow))
        }
        let stop = try line(.emergencyStop, .input)
        let bumper = try line(.bumper, .input)
        let lid = try line(.lid, .input)
        let lock = try line(.lock, .output)
        bench.run(20)
        #expect(try !stop.level() && !bumper.level() && !lid.level())
        bench.twin.inject(.emergencyStop)
        bench.twin.inject(.bumper)
        bench.run(5)
        #expect(try stop.level() && bumper.level())
        bench.twin.clear(.emergencyStop)
        bench.twin.clear(.bumper)
        bench.run(5)
        #expect(try !stop.level() && !bumper.level())
        try lock.set(true)
        bench.run(700)
        #expect(try lid.level())
        #expect(bench.twin.truth.lidOpening == 1)
        bench.twin.inject(.gpioUnplugged)
        #expect(throws: PortError.self) { _ = try lid.level() }
        bench.twin.clear(.gpioUnplugged)
        #expect(try lid.level())
    }

    @Test("a line's faults come at their time and go again", arguments: LineTrouble.allCases)
    func lineFaults(trouble: LineTrouble) throws {
        let bench = try Bench(
            faults: [
                ScheduledFault(.line("joints", trouble), start: .milliseconds(100), duration: .milliseconds(400))
            ])
        let ping = DynamixelPacket(id: 1, .ping).encoded
        let port = try bench.open(bench.board.joints.port)
        let good = try bench.exchange(port, ping, milliseconds: 20)
        #expect(good.count == 14)
        bench.run(150)
        #expect(bench.twin.faults == [.line("joints", trouble)])
        switch trouble {
        case .silent: #expect(try bench.exchange(port, ping, milliseconds: 20).isEmpty)
        case .truncated:
            let short = try bench.exchange(port, ping, milliseconds: 20)
            #expect(short.count < good.count && good.starts(with: short))
        case .garbage:
            // One packet may come through whole; ten do not.
            var wrong = 0
            for _ in 0..<10 where try bench.exchange(port, ping, milliseconds: 20) != good { wrong += 1 }
            #expect(wrong > 5)
        case .unplugged:
            #expect(throws: PortError.self) { _ = try port.write(ping[...]) }
            #expect(throws: PortError.self) { _ = try bench.open(bench.board.joints.port) }
        }
        bench.run(500)
        #expect(bench.twin.faults.isEmpty)
        let again = trouble == .unplugged ? try bench.open(bench.board.joints.port) : port
        // After garbage the servos may still wait for the rest of a frame that never was.
        var answer: [UInt8] = []
        for _ in 0..<(trouble == .garbage ? 5 : 1) where answer != good {
            answer = try bench.exchange(again, ping, milliseconds: 20)
        }
        #expect(answer == good)
    }

    @Test("a servo's alert is seen on the bus and comes back while its cause lasts")
    func servoAlert() throws {
        let bench = try Bench()
        let port = try bench.open(bench.board.joints.port)
        let ping = DynamixelPacket(id: 3, .ping).encoded
        bench.twin.inject(.servoAlert(id: 3))
        let answer = try bench.exchange(port, ping, milliseconds: 20)
        // Bit 7 of the error byte.
        #expect(answer.count > 8 && answer[8] & 0x80 != 0)
        _ = try bench.exchange(port, DynamixelPacket(id: 3, .reboot).encoded, milliseconds: 1500)
        #expect(try bench.exchange(port, ping, milliseconds: 20)[8] & 0x80 != 0)
        bench.twin.clear(.servoAlert(id: 3))
        _ = try bench.exchange(port, DynamixelPacket(id: 3, .reboot).encoded, milliseconds: 1500)
        #expect(try bench.exchange(port, ping, milliseconds: 20)[8] & 0x80 == 0)
    }

    @Test("a missing meal, a refused code and an empty battery are worldly facts")
    func otherFaults() throws {
        let bench = try Bench()
        #expect(bench.twin.truth.meal == .inBox)
        bench.twin.inject(.mealMissing)
        #expect(bench.twin.truth.meal == .missing)
        bench.twin.clear(.mealMissing)
        #expect(bench.twin.truth.meal == .inBox)
        bench.twin.inject(.batteryLow)
        #expect(bench.twin.truth.stateOfCharge < 0.1)
    }

    @Test("a robot that is carried is elsewhere at once, and its wheels have not turned")
    func carried() throws {
        let bench = try Bench()
        bench.twin.inject(.carried(to: "L1", Pose2D(x: 3, y: 2, yaw: 1)))
        bench.run(50) {}
        #expect(bench.twin.truth.pose == Pose2D(x: 3, y: 2, yaw: 1))
        #expect(bench.twin.truth.distance == 0)
        #expect(bench.twin.world.wheels.leftPosition == 0)
        bench.twin.clear(.carried(to: "L1", Pose2D(x: 3, y: 2, yaw: 1)))
        #expect(bench.twin.truth.pose.x == 3)
    }

    @Test("a fault of something that there is not is refused with what there is")
    func unknownFault() {
        for fault in [
            Fault.doorStuck("back_door"), .carried(to: "L9", Pose2D()), .liftFire("lift_9"), .servoAlert(id: 99),
            // Behind the relay box, which says nothing as a whole.
            .liftSilent("lift_1"), .doorSilent("entrance"),
        ] {
            #expect(throws: RobotError.self) { _ = try Bench(faults: [ScheduledFault(fault)]) }
        }
    }

    @Test("the console's cable carries what is typed and what is said, no faster than its rate")
    func console() throws {
        let bench = try Bench()
        let robot = try bench.open(bench.board.console.port)
        var terminalPort = bench.board.console.port
        terminalPort.path = Twin.terminalPath(of: bench.board)
        let terminal = try bench.open(terminalPort)
        _ = try terminal.write(Array("status\r".utf8)[...])
        var typed: [UInt8] = []
        try bench.run(3) { _ = try robot.read(into: &typed, limit: 100) }
        #expect(typed == Array("status\r".utf8))
        let page = [UInt8](repeating: UInt8(ascii: "x"), count: 2304)
        _ = try robot.write(page[...])
        var shown: [UInt8] = []
        try bench.run(100) { _ = try terminal.read(into: &shown, limit: 4096) }
        // 115200 baud carry 1152 bytes in a tenth of a second.
        #expect(abs(shown.count - 1152) < 30)
        try bench.run(110) { _ = try terminal.read(into: &shown, limit: 4096) }
        #expect(shown == page)
    }

    @Test("the truth as JSON is one line and names the place")
    func json() throws {
        let line = try Bench().twin.truth.json
        #expect(line.hasPrefix("{\"t\":5.0,\"level\":\"L1\",\"x\":2.0,"))
        #expect(!line.contains("\n"))
        #expect(!line.contains("inf"))
    }
}

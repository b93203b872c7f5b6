import DeviceIO
import Devices
import RobotModel
import Testing
import Twin

@Suite("Relay box driver")
struct RelayBoxDriverTests {
    /// A box with two doors and one lift, on its line with its driver.
    final class Bench {
        let plant = FacilityPlant()
        let mailbox = RelayMailbox()
        let bench: ModbusBench

        init() {
            plant.doors = [DoorPlant(number: 1), DoorPlant(number: 2)]
            plant.lifts = [LiftPlant(number: 1)]
            let line = SerialLine(path: ModbusBench.path, baudRate: 19_200)
            bench = ModbusBench(
                driver: RelayBoxDriver(slot: "facilities", line: line, unit: 10, mailbox: mailbox),
                device: RelayBoxDevice(plant: plant, unit: 10), baudRate: 19_200)
        }
    }

    @Test("all doors and lifts are reported eight times a second")
    func reports() throws {
        let box = Bench()
        box.plant.doors[1].mode = .moving
        box.plant.lifts[0].floor = 3
        var stamps: Set<Instant> = []
        box.bench.run(milliseconds: 500)
        for _ in 0..<2000 {
            box.bench.run(milliseconds: 1)
            if let report = box.mailbox.report { stamps.insert(report.time) }
        }
        #expect((15...17).contains(stamps.count))
        let report = try #require(box.mailbox.report).value
        #expect(report.doors.map(\.mode) == [.closed, .moving])
        #expect(report.lifts.map(\.floor) == [3])
        #expect(box.bench.status.phase == .running)
        #expect(box.bench.status.identity == "relay box with 2 doors and 1 lifts")
    }

    @Test("a command reaches the box within 0.2 s and its session is reported")
    func commands() {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        box.mailbox.send(.door(number: 2, session: 71))
        box.mailbox.send(.lift(number: 1, session: 72, floor: 3, holdDoor: true))
        #expect(box.bench.run(upTo: 200) { box.plant.doors[1].session == 71 && box.plant.lifts[0].session == 72 })
        #expect(box.plant.lifts[0].destination == 3)
        #expect(box.plant.lifts[0].holdDoor)
        #expect(box.bench.run(upTo: 300) { box.mailbox.report?.value.doors[1].session == 71 })
        box.mailbox.send(.door(number: 2, session: 0))
        #expect(box.bench.run(upTo: 200) { box.plant.doors[1].session == 0 })
    }

    @Test("a later command to the same door replaces the one that has not left yet")
    func coalesces() {
        let box = Bench()
        box.mailbox.send(.door(number: 1, session: 5))
        box.mailbox.send(.door(number: 1, session: 6))
        box.bench.run(milliseconds: 500)
        #expect(box.plant.doors[0].session == 6)
    }

    @Test("a flood of commands does not keep the states from being read")
    func statesDoNotStarve() {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        var stamps: Set<Instant> = []
        for _ in 0..<2000 {
            box.mailbox.send(.door(number: 1, session: 5))
            box.mailbox.send(.door(number: 2, session: 5))
            box.bench.run(milliseconds: 1)
            if let report = box.mailbox.report { stamps.insert(report.time) }
        }
        #expect(stamps.count >= 14)
    }

    @Test("a session that is not refreshed for 10 s is dropped by the box, and a refreshed one is not")
    func lease() {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        box.mailbox.send(.door(number: 1, session: 5))
        for _ in 0..<3 {
            box.mailbox.send(.door(number: 2, session: 6))
            box.bench.run(milliseconds: 4000)
        }
        #expect(box.plant.doors[0].session == 0)
        #expect(box.plant.doors[1].session == 6)
    }

    @Test("a command is repeated until it is answered")
    func repeats() {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        box.bench.wire.fault = .silent
        box.mailbox.send(.door(number: 1, session: 5))
        box.bench.run(milliseconds: 100)
        box.plant.doors[0].session = 0
        box.bench.wire.fault = .none
        #expect(box.bench.run(upTo: 500) { box.plant.doors[0].session == 5 })
    }

    @Test("a door that the box does not have is named, and the rest goes on")
    func unknownDoor() throws {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        box.mailbox.send(.door(number: 9, session: 5))
        box.bench.run(milliseconds: 300)
        #expect(box.bench.status.phase == .degraded)
        let fault = try #require(box.bench.status.fault)
        #expect(fault.code == .refused)
        #expect(fault.hint != nil)
        let stamp = try #require(box.mailbox.report).time
        box.bench.run(milliseconds: 300)
        #expect(try #require(box.mailbox.report).time > stamp)
        box.bench.run(milliseconds: 11_000)
        #expect(box.bench.status.phase == .running)
    }

    @Test(
        "an outage is named for what it is and ends by itself",
        arguments: [
            (LineFault.silent, RobotError.Code.silent), (.garbage(probability: 0.3), .garbage), (.truncated, .garbage),
            (.unplugged, .noSuchDevice),
        ])
    func outage(fault: LineFault, code: RobotError.Code) throws {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        let stamp = try #require(box.mailbox.report).time
        box.bench.wire.fault = fault
        #expect(box.bench.run(upTo: 3000) { box.bench.status.fault?.code == code })
        #expect(box.bench.status.phase == .recovering)
        box.bench.wire.fault = .none
        #expect(box.bench.run(upTo: 2500) { box.bench.status.phase == .running })
        #expect(box.bench.run(upTo: 500) { box.mailbox.report.map { $0.time > stamp } ?? false })
    }

    @Test("another device on the line is named as the wrong one")
    func wrongDevice() throws {
        let mailbox = RelayMailbox()
        let line = SerialLine(path: ModbusBench.path, baudRate: 19_200)
        let other = BoxRadioDevice(plant: BoxPlant(), unit: 10)
        other.inRange = true
        let bench = ModbusBench(
            driver: RelayBoxDriver(slot: "facilities", line: line, unit: 10, mailbox: mailbox), device: other,
            baudRate: 19_200)
        bench.run(milliseconds: 500)
        #expect(try #require(bench.status.fault).code == .wrongDevice)
        #expect(mailbox.report == nil)
    }
}

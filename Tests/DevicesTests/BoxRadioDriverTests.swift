import DeviceIO
import Devices
import RobotModel
import Testing
import Twin

@Suite("Box radio driver")
struct BoxRadioDriverTests {
    /// A box in range, on its line with its driver.
    final class Bench {
        let plant = BoxPlant()
        let device: BoxRadioDevice
        let mailbox = BoxMailbox()
        let bench: ModbusBench

        init() {
            plant.order = 4711
            plant.code = 0x0012_3456
            device = BoxRadioDevice(plant: plant, unit: 40)
            device.inRange = true
            let line = SerialLine(path: ModbusBench.path, baudRate: 9600)
            bench = ModbusBench(
                driver: BoxRadioDriver(slot: "box_radio", line: line, unit: 40, mailbox: mailbox), device: device,
                baudRate: 9600)
        }
    }

    @Test("a box in range says which one it is and what is in it")
    func inRange() throws {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        let report = try #require(box.mailbox.report).value
        #expect(report.number == 7)
        #expect(report.order == 4711)
        #expect(report.access == .locked)
        #expect(report.latched)
        #expect(!report.flapOpen)
    }

    @Test("out of range is no fault, and a box that was left is forgotten")
    func outOfRange() {
        let box = Bench()
        box.device.inRange = false
        box.bench.run(milliseconds: 2000)
        #expect(box.mailbox.report == nil)
        #expect(box.bench.status.phase == .running)
        #expect(box.bench.status.fault == nil)
        box.device.inRange = true
        box.bench.run(milliseconds: 600)
        #expect(box.mailbox.report != nil)
        box.device.inRange = false
        box.bench.run(milliseconds: 2000)
        #expect(box.mailbox.report != nil, "a short loss is nothing")
        box.bench.run(milliseconds: 1500)
        #expect(box.mailbox.report == nil)
    }

    @Test("the right code opens the latch, a wrong one is denied, and locking waits for the flap")
    func codes() {
        let box = Bench()
        box.bench.run(milliseconds: 300)
        box.mailbox.send(.unlock(code: 1))
        #expect(box.bench.run(upTo: 1000) { box.mailbox.report?.value.access == .denied })
        #expect(box.plant.latched)
        box.mailbox.send(.unlock(code: 0x0012_3456))
        #expect(box.bench.run(upTo: 1000) { box.mailbox.report?.value.access == .granted })
        #expect(!box.plant.latched)
        box.plant.flapOpening = 0.8
        #expect(box.bench.run(upTo: 1000) { box.mailbox.report?.value.flapOpen == true })
        box.mailbox.send(.lock)
        #expect(box.bench.run(upTo: 1000) { box.mailbox.report?.value.access == .locked })
        #expect(box.mailbox.report?.value.latched == false)
        box.plant.flapOpening = 0
        #expect(box.bench.run(upTo: 1000) { box.mailbox.report?.value.latched == true })
    }

    @Test("a command is repeated over a short loss of the radio, and given up over a long one")
    func repeats() {
        let box = Bench()
        box.bench.run(milliseconds: 300)
        box.device.inRange = false
        box.mailbox.send(.unlock(code: 0x0012_3456))
        box.bench.run(milliseconds: 400)
        box.device.inRange = true
        #expect(box.bench.run(upTo: 1500) { box.plant.access == .granted })
        box.device.inRange = false
        box.mailbox.send(.lock)
        box.bench.run(milliseconds: 6000)
        box.device.inRange = true
        box.bench.run(milliseconds: 2000)
        #expect(
            box.plant.access == .granted, "a command that is minutes old must not act when the robot comes by again")
    }

    @Test("a modem that is unplugged is a fault, and it comes back")
    func unplugged() throws {
        let box = Bench()
        box.bench.run(milliseconds: 300)
        box.bench.wire.fault = .unplugged
        box.bench.run(milliseconds: 500)
        #expect(box.bench.status.phase == .recovering)
        #expect(try #require(box.bench.status.fault).code == .noSuchDevice)
        box.bench.run(milliseconds: 3000)
        #expect(box.mailbox.report == nil)
        box.bench.wire.fault = .none
        #expect(box.bench.run(upTo: 2000) { box.bench.status.phase == .running && box.mailbox.report != nil })
    }

    @Test("a line that only brings damaged answers is a fault with its reason, until one is whole again")
    func disturbed() throws {
        let box = Bench()
        box.bench.run(milliseconds: 500)
        box.bench.wire.fault = .truncated
        #expect(box.bench.run(upTo: 2000) { box.bench.status.phase == .degraded })
        let fault = try #require(box.bench.status.fault)
        #expect(fault.code == .garbage)
        #expect(fault.hint != nil)
        box.bench.wire.fault = .none
        #expect(box.bench.run(upTo: 1000) { box.bench.status.phase == .running && box.bench.status.fault == nil })
        // Left behind in the middle of it, the line is quiet again: out of range is no fault.
        box.bench.wire.fault = .truncated
        #expect(box.bench.run(upTo: 2000) { box.bench.status.phase == .degraded })
        box.bench.wire.fault = .none
        box.device.inRange = false
        #expect(box.bench.run(upTo: 2000) { box.bench.status.phase == .running })
    }

    @Test("codes appear in no status")
    func discretion() {
        let box = Bench()
        box.mailbox.send(.unlock(code: 0x0012_3456))
        for _ in 0..<1000 {
            box.bench.run(milliseconds: 1)
            let text = "\(box.bench.status)"
            #expect(!text.contains("1193046") && !text.contains("123456"))
        }
    }
}

@Suite("Keypad driver")
struct KeypadDriverTests {
    private func bench() -> (ModbusBench, KeypadPlant, KeypadMailbox) {
        let plant = KeypadPlant()
        let mailbox = KeypadMailbox()
        let bench = ModbusBench(
            driver: KeypadDriver(slot: "keypad", mailbox: mailbox), device: KeypadDevice(plant: plant), baudRate: 9600)
        return (bench, plant, mailbox)
    }

    @Test("keys arrive in order and once")
    func keys() {
        let (bench, plant, mailbox) = bench()
        bench.run(milliseconds: 10)
        var typed: [Character] = []
        for key in "4*0192#" {
            plant.pressed.append(key)
            bench.run(milliseconds: 150)
            typed += mailbox.take()
        }
        bench.run(milliseconds: 200)
        typed += mailbox.take()
        #expect(String(typed) == "4*0192#")
        #expect(mailbox.take() == [])
    }

    @Test("silence is the normal state of a keypad")
    func silence() {
        let (bench, _, _) = bench()
        bench.run(milliseconds: 60_000)
        #expect(bench.status.phase == .running)
        #expect(bench.status.fault == nil)
    }

    @Test("noise does not type, and is named")
    func noise() {
        let (bench, plant, mailbox) = bench()
        bench.run(milliseconds: 10)
        bench.wire.fault = .garbage(probability: 0.3)
        #expect(bench.run(upTo: 3000) { bench.status.fault?.code == .garbage })
        bench.run(milliseconds: 10_000)
        #expect(mailbox.take().count <= 1)
        bench.wire.fault = .none
        #expect(bench.run(upTo: 3000) { bench.status.phase == .running })
        plant.pressed = ["7"]
        bench.run(milliseconds: 200)
        #expect(mailbox.take() == ["7"])
    }
}

import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("ODrive driver")
struct ODriveDriverTests {
    /// A bench whose drive is in service and drives with 5 rad/s.
    private func driving(firmware: ODriveFirmware = ODriveFirmware(0, 5, 6)) -> ODriveBench {
        let wheels = ODriveBench(firmware: firmware)
        wheels.drive(5, 5)
        wheels.bench.run(milliseconds: 1500)
        return wheels
    }

    @Test("a drive is asked who it is, set up and in service within a second, without power")
    func startsUp() {
        let wheels = ODriveBench()
        #expect(wheels.bench.run(upTo: 1000) { wheels.isRunning && wheels.status.lastGood != nil })
        #expect(wheels.status.identity == "ODrive firmware 0.5.6")
        wheels.bench.run(milliseconds: 1000)
        #expect(!wheels.plant.enabled)
        #expect(!wheels.measured.enabled)
        #expect(wheels.device.heard.prefix(2) == ["v 0 0.000000", "v 1 0.000000"], "the first word is stop")
        #expect(!wheels.device.heard.contains { $0.hasPrefix("s") && $0 != "sc" }, "nothing is saved in the drive")
        #expect(wheels.isRunning, "its watchdog is fed while it stands idle")
    }

    @Test(
        "the wheels turn forward as asked, whatever way the motors are mounted",
        arguments: [ODriveFirmware(0, 5, 4), ODriveFirmware(0, 6, 9)])
    func follows(firmware: ODriveFirmware) {
        let wheels = ODriveBench(firmware: firmware)
        wheels.drive(6, 3)
        wheels.bench.run(milliseconds: 3000)
        #expect(wheels.measured.enabled)
        #expect(abs(wheels.measured.leftVelocity - 6) < 1e-3)
        #expect(abs(wheels.measured.rightVelocity - 3) < 1e-3)
        #expect(abs(wheels.measured.leftPosition - wheels.plant.leftPosition) < 0.25)
        #expect(abs(wheels.measured.rightPosition - wheels.plant.rightPosition) < 0.12)
        // Both are of one moment, though they were asked for one after the other.
        let ratio = wheels.measured.leftPosition - 2 * wheels.measured.rightPosition
        wheels.bench.run(milliseconds: 1000)
        #expect(abs(wheels.measured.leftPosition - 2 * wheels.measured.rightPosition - ratio) < 0.02)
    }

    @Test("states come at the slot's rate, stamped when the drive had the question")
    func rate() {
        let wheels = driving()
        var stamps: Set<Instant> = []
        for _ in 0..<1000 {
            wheels.bench.run(milliseconds: 1)
            stamps.insert(wheels.state.load().time)
            #expect(wheels.bench.now - wheels.state.load().time < .milliseconds(35))
        }
        #expect((49...51).contains(stamps.count))
        #expect(wheels.isRunning)
        #expect(wheels.status.counters.timeouts + wheels.status.counters.resyncs == 0)
    }

    @Test("withdrawn power puts zero speeds on the line at once, whatever is under way")
    func stopPreempts() {
        for offset in 0..<25 {
            let wheels = driving()
            wheels.bench.run(milliseconds: offset)
            wheels.wanted = WheelSetpoint()
            var ticks = 0
            while wheels.isTurning, ticks < 100 {
                wheels.bench.run(milliseconds: 1)
                ticks += 1
            }
            // At most a pair of speeds and a question before it (60 bytes), and the two lines themselves: 8 ms.
            #expect(ticks <= 9, "offset \(offset)")
        }
    }

    @Test("the motors lose their power once the wheels stand, and get it back when they are asked again")
    func releases() {
        let wheels = driving()
        wheels.wanted = WheelSetpoint()
        #expect(wheels.bench.run(upTo: 300) { !wheels.plant.enabled })
        wheels.drive(2, 2)
        #expect(wheels.bench.run(upTo: 500) { wheels.plant.enabled && wheels.plant.leftVelocity > 1.9 })
    }

    @Test("power comes at a measured standstill, and speeds grow from zero whatever the set-point says")
    func neverJumps() throws {
        let wheels = ODriveBench()
        wheels.push = 4
        wheels.drive(8, 8)
        wheels.bench.run(milliseconds: 2500)
        #expect(!wheels.plant.enabled, "somebody pushes the robot")
        #expect(wheels.bench.run(upTo: 2500) { wheels.status.phase == .degraded })
        let fault = try #require(wheels.status.fault)
        #expect(fault.code == .deadlinePassed)
        #expect(fault.what.contains("wheels turn without power (4.00"))
        wheels.push = 0
        wheels.wanted = WheelSetpoint()
        wheels.bench.run(milliseconds: 50)
        wheels.jump = 0
        wheels.drive(8, 8)
        #expect(wheels.bench.run(upTo: 1500) { wheels.plant.leftVelocity > 7.99 })
        // 30 rad/s² for a cycle of 20 ms, and for one that a lost millisecond made longer.
        #expect(wheels.jump < 0.7)
        #expect(wheels.isRunning)
    }

    @Test("a set-point that grows old drives at zero, and later lets go")
    func staleSetpoint() {
        let wheels = driving()
        wheels.wanted = nil
        wheels.bench.run(milliseconds: 90)
        #expect(wheels.plant.leftVelocity > 4)
        wheels.bench.run(milliseconds: 90)
        #expect(wheels.plant.leftVelocity == 0)
        #expect(wheels.plant.enabled)
        wheels.bench.run(milliseconds: 1200)
        #expect(!wheels.plant.enabled)
    }

    @Test("a robot that falls silent is stopped by the drive's own watchdog")
    func robotFallsSilent() {
        let wheels = driving()
        // The daemon is killed: nothing is said any more, nobody closes anything.
        var output: [UInt8] = []
        var now = wheels.bench.now
        for _ in 0..<250 {
            now += .milliseconds(1)
            wheels.device.advance(to: now, output: &output)
        }
        #expect(!wheels.plant.enabled)
    }

    @Test("after a crash the drive's expired watchdog is cleared without being asked, and the drive is taken")
    func restartAfterCrash() {
        let wheels = driving()
        wheels.device.raise(.axis, 0x800, axis: 0)
        wheels.device.raise(.axis, 0x800, axis: 1)
        let driver = ODriveDriver(
            ODriveDriver.Configuration(
                slot: "wheels", line: wheels.bench.line, rate: 50, leftInverted: false, rightInverted: true,
                batteryCurve: []),
            setpoint: wheels.setpoint, state: wheels.state, battery: wheels.battery)
        let bench = ModbusBench(driver: driver, device: wheels.device, baudRate: 115_200)
        #expect(bench.run(upTo: 2500) { bench.status.phase == .running })
    }

    @Test("the battery's charge is read from its voltage by the discharge curve")
    func battery() {
        let wheels = ODriveBench()
        wheels.plant.busVoltage = 25
        wheels.bench.run(milliseconds: 2500)
        #expect(wheels.battery.load().value == BatteryState(voltage: 25, stateOfCharge: 0.75))
    }

    @Test(
        "an error brakes both wheels, is said in words, and is cleared only when power is asked for anew",
        arguments: [(ODriveFirmware(0, 5, 6), ODriveErrors.Word.motor), (ODriveFirmware(0, 6, 9), .active)])
    func driveFault(firmware: ODriveFirmware, word: ODriveErrors.Word) throws {
        let wheels = driving(firmware: firmware)
        wheels.plant.leftFault = 0x0004
        #expect(wheels.bench.run(upTo: 300) { !wheels.isTurning })
        wheels.bench.run(milliseconds: 300)
        #expect(wheels.status.phase == .degraded)
        let fault = try #require(wheels.status.fault)
        #expect(fault.code == .hardwareAlert)
        #expect(fault.what.contains("left current limit exceeded"))
        #expect(fault.hint?.contains("blocked wheel") == true)
        #expect(wheels.measured.leftFault == 0x1000)
        #expect(!wheels.measured.enabled)
        wheels.bench.run(milliseconds: 2000)
        #expect(wheels.plant.leftFault == 0x0004, "nobody asked anew")
        wheels.wanted = WheelSetpoint()
        wheels.bench.run(milliseconds: 100)
        wheels.drive(3, 3)
        wheels.bench.run(milliseconds: 700)
        #expect(wheels.plant.leftFault == 0)
        #expect(wheels.isRunning)
        #expect(wheels.plant.leftVelocity > 2)
        #expect(wheels.measured.leftFault == 0)
    }

    @Test("a fault is cleared when a person asks for it, without giving the motors power")
    func clearsAlarm() {
        let wheels = driving()
        wheels.plant.rightFault = 0x0800
        wheels.bench.run(milliseconds: 300)
        wheels.wanted = WheelSetpoint()
        wheels.bench.run(milliseconds: 1000)
        #expect(wheels.status.fault?.what.contains("right encoder does not answer") == true)
        wheels.bench.pump.clearAlerts()
        wheels.bench.run(milliseconds: 500)
        #expect(wheels.plant.rightFault == 0)
        #expect(wheels.isRunning)
        #expect(!wheels.plant.enabled)
    }

    @Test("a drive that is not calibrated says so instead of arming")
    func notCalibrated() throws {
        let wheels = ODriveBench(isCalibrated: false)
        wheels.drive(1, 1)
        #expect(wheels.bench.run(upTo: 3000) { wheels.status.phase == .degraded })
        wheels.bench.run(milliseconds: 500)
        let fault = try #require(wheels.status.fault)
        #expect(fault.what.contains("state refused"))
        #expect(fault.hint?.contains("calibration") == true)
        #expect(!wheels.plant.enabled)
    }

    @Test("a disturbance that lets the watchdog expire is gone on from, from a standstill, without a person")
    func watchdogInTheMiddle() {
        let wheels = driving()
        wheels.device.raise(.axis, 0x800, axis: 1)
        #expect(wheels.bench.run(upTo: 300) { !wheels.isTurning })
        #expect(wheels.bench.run(upTo: 3000) { wheels.plant.leftVelocity > 4.9 && wheels.isRunning })
    }

    @Test("a silent drive is out of service within 0.4 s with the reason, told to stop, and back within a second")
    func silence() throws {
        let wheels = driving()
        wheels.bench.wire.fault = .silent
        wheels.bench.run(milliseconds: 400)
        #expect(wheels.status.phase == .recovering)
        #expect(try #require(wheels.status.fault).code == .silent)
        #expect(wheels.status.counters.timeouts >= 3)
        #expect(!wheels.isTurning, "a drive that still hears is told to stop")
        let stamp = wheels.state.load().time
        wheels.bench.run(milliseconds: 1000)
        #expect(wheels.state.load().time == stamp, "nothing is published that was not measured")
        wheels.bench.wire.fault = .none
        #expect(wheels.bench.run(upTo: 1500) { wheels.isRunning && wheels.measured.enabled })
        #expect(wheels.status.fault == nil)
    }

    @Test("garbage is told from silence", arguments: [LineFault.garbage(probability: 0.6), .truncated])
    func garbage(fault: LineFault) throws {
        let wheels = driving()
        wheels.bench.wire.fault = fault
        #expect(wheels.bench.run(upTo: 2500) { wheels.status.fault?.code == .garbage })
        #expect(wheels.status.phase == .recovering)
        wheels.bench.wire.fault = .none
        #expect(wheels.bench.run(upTo: 2000) { wheels.isRunning })
    }

    @Test("now and then a spoilt byte costs lines, not the service, and no wheel goes anywhere else")
    func lightNoise() {
        let wheels = driving()
        wheels.bench.wire.fault = .garbage(probability: 0.001)
        var running = 0
        for _ in 0..<5000 {
            wheels.bench.run(milliseconds: 1)
            if wheels.isRunning { running += 1 }
        }
        #expect(running > 4800)
        let counters = wheels.status.counters
        #expect(counters.timeouts + counters.resyncs + counters.checksumErrors > 0)
        #expect(abs(wheels.measured.leftPosition - wheels.plant.leftPosition) < 1)
    }

    @Test("a line that is set to another rate is named with the rate that works")
    func otherRate() throws {
        let wheels = ODriveBench(baudRate: 115_200)
        let driver = ODriveDriver(
            ODriveDriver.Configuration(
                slot: "wheels", line: SerialLine(path: ModbusBench.path, baudRate: 115_200), rate: 50,
                leftInverted: false, rightInverted: true, batteryCurve: []),
            setpoint: wheels.setpoint, state: wheels.state, battery: wheels.battery)
        let bench = ModbusBench(
            driver: driver, device: wheels.device, baudRate: 921_600, hostRate: 115_200)
        #expect(bench.run(upTo: 8000) { bench.status.fault?.what.contains("the rate looks like 921600") == true })
        #expect(try #require(bench.status.fault?.hint).contains("921600"))
    }

    @Test("an unplugged port is lost at once, and the wheels are back within 2 s of the replug")
    func unplugged() throws {
        let wheels = driving()
        wheels.bench.wire.fault = .unplugged
        wheels.bench.run(milliseconds: 50)
        #expect(wheels.status.phase == .recovering)
        #expect(try #require(wheels.status.fault).code == .lost)
        wheels.bench.run(milliseconds: 3000)
        #expect(try #require(wheels.status.fault).code == .noSuchDevice)
        #expect(!wheels.isTurning, "the drive's own watchdog stops the wheels")
        wheels.bench.wire.fault = .none
        #expect(wheels.bench.run(upTo: 2000) { wheels.isRunning && wheels.measured.enabled })
        #expect(wheels.status.counters.reconnects == 1)
    }

    @Test("a drive that was switched off and on is set up anew, and the odometry does not jump")
    func powerCycle() {
        let wheels = driving()
        wheels.bench.run(milliseconds: 5000)
        let before = wheels.measured
        #expect(before.leftPosition > 20)
        wheels.device.powerCycle(at: wheels.bench.now)
        var last = before
        var largest = 0.0
        for _ in 0..<4000 {
            wheels.bench.run(milliseconds: 1)
            let state = wheels.measured
            largest = max(largest, abs(state.leftPosition - last.leftPosition))
            largest = max(largest, abs(state.rightPosition - last.rightPosition))
            last = state
        }
        #expect(largest < 0.5)
        #expect(last.leftPosition > before.leftPosition, "it drives on")
        #expect(wheels.isRunning)
    }

    @Test("a firmware that counts otherwise, and a board with one axis, are named as the wrong device")
    func wrongDevice() throws {
        let old = ODriveBench(firmware: ODriveFirmware(0, 4, 12))
        old.bench.run(milliseconds: 700)
        let oldFault = try #require(old.status.fault)
        #expect(oldFault.code == .wrongDevice)
        #expect(oldFault.what.contains("firmware 0.4.12"))
        #expect(oldFault.hint?.contains("0.5.6") == true)
        let single = ODriveBench(firmware: ODriveFirmware(0, 6, 9), axisCount: 1)
        single.drive(3, 3)
        single.bench.run(milliseconds: 1500)
        #expect(single.status.phase == .recovering)
        #expect(try #require(single.status.fault).what.contains("no axis 1"))
        #expect(!single.plant.enabled)
    }

    @Test("another device that answers in its own language is garbage, not a drive")
    func otherDevice() throws {
        let wheels = ODriveBench()
        let driver = ODriveDriver(
            ODriveDriver.Configuration(
                slot: "wheels", line: wheels.bench.line, rate: 50, leftInverted: false, rightInverted: true,
                batteryCurve: []),
            setpoint: wheels.setpoint, state: wheels.state, battery: wheels.battery)
        let lidar = RPLIDARDevice(laser: BenchRoom(seed: 1))
        lidar.receive(RPLIDARRequest(.scan).encoded[...], at: wheels.bench.now)
        let bench = ModbusBench(driver: driver, device: lidar, baudRate: 115_200)
        #expect(bench.run(upTo: 3000) { bench.status.fault != nil })
        #expect([.garbage, .silent].contains(try #require(bench.status.fault).code))
        #expect(bench.status.phase == .recovering)
    }

    @Test("a line that is too slow for the rate starves neither wheel")
    func tooSlowIsFair() {
        let wheels = ODriveBench(baudRate: 19_200, rate: 50)
        wheels.drive(2, 2)
        #expect(
            wheels.bench.run(upTo: 6000) { wheels.isTurning && abs(wheels.measured.leftVelocity - 2) < 0.1 },
            "\(wheels.status)")
        #expect(wheels.status.fault?.what.contains("too slow") == true)
        #expect(wheels.bench.run(upTo: 500) { abs(wheels.measured.rightVelocity - 2) < 0.1 })
        wheels.drive(2, -3)
        #expect(wheels.bench.run(upTo: 1500) { abs(wheels.measured.rightVelocity + 3) < 0.1 })
    }

    @Test("a line that is too slow for the rate shows")
    func tooSlow() throws {
        let wheels = ODriveBench(baudRate: 19_200, rate: 100)
        wheels.bench.run(milliseconds: 6000)
        let fault = try #require(wheels.status.fault)
        #expect(fault.code == .deadlinePassed)
        #expect(fault.what.contains("too slow"))
    }
}

import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("Wheel drive driver")
struct ZLAC8015DDriverTests {
    /// A bench whose drive is in service and drives with 5 rad/s.
    private func driving() -> WheelBench {
        let wheels = WheelBench()
        wheels.drive(5, 5)
        wheels.bench.run(milliseconds: 1000)
        return wheels
    }

    @Test("a drive is checked, set up and in service within half a second, without power")
    func startsUp() {
        let wheels = WheelBench()
        #expect(wheels.bench.run(upTo: 500) { wheels.isRunning && wheels.status.lastGood != nil })
        #expect(wheels.status.identity == "ZLAC8015D unit 1")
        wheels.bench.run(milliseconds: 500)
        #expect(!wheels.plant.enabled)
        #expect(!wheels.measured.enabled)
    }

    @Test("the wheels turn forward as asked, whatever way the motors are mounted")
    func follows() {
        let wheels = WheelBench()
        wheels.drive(6, 3)
        wheels.bench.run(milliseconds: 3000)
        #expect(wheels.plant.enabled)
        #expect(wheels.measured.enabled)
        #expect(abs(wheels.measured.leftVelocity - 6) < 0.12)  // set-points are whole rpm: 0.105 rad/s
        #expect(abs(wheels.measured.rightVelocity - 3) < 0.12)
        #expect(abs(wheels.measured.leftPosition - wheels.plant.leftPosition) < 0.2)
        #expect(abs(wheels.measured.rightPosition - wheels.plant.rightPosition) < 0.2)
    }

    @Test("the mean speed is exact although the register counts whole rpm")
    func carriesWhatRoundingLeaves() {
        let wheels = WheelBench()
        wheels.drive(0.33, -1.27)
        wheels.bench.run(milliseconds: 1000)
        let start = (wheels.plant.leftPosition, wheels.plant.rightPosition)
        wheels.bench.run(milliseconds: 20_000)
        #expect(abs((wheels.plant.leftPosition - start.0) / 20 - 0.33) < 0.005)
        #expect(abs((wheels.plant.rightPosition - start.1) / 20 + 1.27) < 0.005)
    }

    @Test("states come at the slot's rate, stamped when the drive had the request")
    func rate() {
        let wheels = driving()
        var stamps: Set<Instant> = []
        var oldest = Duration.zero
        for _ in 0..<1000 {
            wheels.bench.run(milliseconds: 1)
            let stamp = wheels.state.load().time
            stamps.insert(stamp)
            oldest = max(oldest, wheels.bench.now - stamp)
        }
        #expect((49...51).contains(stamps.count))
        #expect(oldest < .milliseconds(35))
        #expect(wheels.isRunning)
    }

    @Test("withdrawn power is the next frame on the line: the motors brake within the one exchange under way")
    func stopPreempts() {
        // Whatever the line is busy with when the set-point changes, from every phase of the cycle.
        for offset in 0..<25 {
            let wheels = driving()
            wheels.bench.run(milliseconds: offset)
            wheels.wanted = WheelSetpoint()
            var ticks = 0
            while wheels.plant.targetLeft != 0 || wheels.plant.targetRight != 0, ticks < 100 {
                wheels.bench.run(milliseconds: 1)
                ticks += 1
            }
            // An exchange of 8 and 21 bytes at 115 200 bit/s with a turnaround of 1 ms, a silence, and the stop's 8
            // bytes: 2.6 + 1 + 1.75 + 0.7 ms, in steps of 1 ms on both sides.
            #expect(ticks <= 11, "offset \(offset)")
        }
    }

    @Test(
        "a drive that refuses a request in the middle of a drive is told to stop with the next frame, and asked anew later"
    )
    func refusesWhileDriving() {
        for offset in 0..<20 {
            let wheels = driving()
            wheels.bench.run(milliseconds: offset)
            wheels.device.refusesOnce = .deviceFailure
            #expect(wheels.bench.run(upTo: 45) { wheels.status.fault?.code == .refused })
            #expect(wheels.bench.run(upTo: 6) { wheels.plant.targetLeft == 0 && wheels.plant.targetRight == 0 })
            #expect(wheels.bench.run(upTo: 2000) { wheels.isRunning && wheels.measured.leftVelocity > 1 })
        }
    }

    @Test("the motors lose their power once the wheels stand, and get it back when they are asked again")
    func releases() {
        let wheels = driving()
        wheels.wanted = WheelSetpoint()
        #expect(wheels.bench.run(upTo: 300) { !wheels.plant.enabled })
        wheels.drive(2, 2)
        #expect(wheels.bench.run(upTo: 300) { wheels.plant.enabled && wheels.plant.leftVelocity > 1 })
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

    @Test("the battery's charge is read from its voltage by the discharge curve")
    func battery() {
        let wheels = WheelBench()
        wheels.plant.busVoltage = 25
        wheels.bench.run(milliseconds: 1500)
        #expect(wheels.battery.load().value == BatteryState(voltage: 25, stateOfCharge: 0.75))
        wheels.plant.busVoltage = 19
        wheels.bench.run(milliseconds: 1500)
        #expect(wheels.battery.load().value.stateOfCharge == 0)
    }

    @Test("a drive's fault brakes both wheels, is said in words, and is cleared only when power is asked for anew")
    func driveFault() throws {
        let wheels = driving()
        wheels.plant.leftFault = 0x0004
        wheels.bench.run(milliseconds: 100)
        #expect(wheels.status.phase == .degraded)
        let fault = try #require(wheels.status.fault)
        #expect(fault.code == .hardwareAlert)
        #expect(fault.what.contains("left over-current"))
        #expect(fault.hint != nil)
        #expect(wheels.measured.leftFault == 0x0004)
        #expect(!wheels.measured.enabled)
        wheels.bench.run(milliseconds: 2000)
        #expect(wheels.plant.leftFault == 0x0004, "nobody asked anew")
        #expect(wheels.plant.rightVelocity == 0)
        wheels.wanted = WheelSetpoint()
        wheels.bench.run(milliseconds: 100)
        wheels.drive(3, 3)
        wheels.bench.run(milliseconds: 300)
        #expect(wheels.plant.leftFault == 0)
        #expect(wheels.isRunning)
        #expect(wheels.plant.leftVelocity > 2)
    }

    @Test("a fault is cleared when a person asks for it, without giving the motors power")
    func clearsAlarm() {
        let wheels = driving()
        wheels.plant.leftFault = 0x0004
        wheels.bench.run(milliseconds: 100)
        wheels.wanted = WheelSetpoint()
        wheels.bench.run(milliseconds: 1000)
        #expect(wheels.plant.leftFault == 0x0004)
        wheels.bench.pump.clearAlerts()
        wheels.bench.run(milliseconds: 200)
        #expect(wheels.plant.leftFault == 0)
        #expect(wheels.measured.leftFault == 0)
        #expect(wheels.isRunning)
        #expect(!wheels.plant.enabled)
    }

    @Test("a silent drive is out of service within 0.3 s with the reason, and back within 0.5 s")
    func silence() throws {
        let wheels = driving()
        wheels.bench.wire.fault = .silent
        wheels.bench.run(milliseconds: 300)
        #expect(wheels.status.phase == .recovering)
        #expect(try #require(wheels.status.fault).code == .silent)
        #expect(wheels.status.counters.timeouts >= 3)
        #expect(wheels.plant.leftVelocity == 0, "a drive that still hears is told to stop")
        let stamp = wheels.state.load().time
        wheels.bench.run(milliseconds: 1000)
        #expect(wheels.state.load().time == stamp, "nothing is published that was not measured")
        wheels.bench.wire.fault = .none
        #expect(wheels.bench.run(upTo: 500) { wheels.isRunning && wheels.measured.enabled })
        #expect(wheels.status.fault == nil)
    }

    @Test("garbage is told from silence", arguments: [LineFault.garbage(probability: 0.6), .truncated])
    func garbage(fault: LineFault) throws {
        let wheels = driving()
        wheels.bench.wire.fault = fault
        #expect(wheels.bench.run(upTo: 2000) { wheels.status.fault?.code == .garbage })
        #expect(wheels.status.phase == .recovering)
        wheels.bench.wire.fault = .none
        #expect(wheels.bench.run(upTo: 1000) { wheels.isRunning })
    }

    @Test("now and then a spoilt byte costs frames, not the service")
    func lightNoise() {
        let wheels = driving()
        wheels.bench.wire.fault = .garbage(probability: 0.002)
        var running = 0
        for _ in 0..<5000 {
            wheels.bench.run(milliseconds: 1)
            if wheels.isRunning { running += 1 }
        }
        #expect(running > 4900)
        #expect(wheels.status.counters.timeouts + wheels.status.counters.resyncs > 0)
        #expect(abs(wheels.measured.leftPosition - wheels.plant.leftPosition) < 1)
    }

    @Test("an unplugged port is lost at once, tried again, and the wheels are back within 2 s of the replug")
    func unplugged() throws {
        let wheels = driving()
        wheels.bench.wire.fault = .unplugged
        wheels.bench.run(milliseconds: 50)
        #expect(wheels.status.phase == .recovering)
        #expect(try #require(wheels.status.fault).code == .lost)
        wheels.bench.run(milliseconds: 3000)
        #expect(try #require(wheels.status.fault).code == .noSuchDevice)
        #expect(wheels.plant.leftVelocity == 0, "the drive's own watchdog stops the wheels")
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
        for _ in 0..<3000 {
            wheels.bench.run(milliseconds: 1)
            let state = wheels.measured
            largest = max(largest, abs(state.leftPosition - last.leftPosition))
            largest = max(largest, abs(state.rightPosition - last.rightPosition))
            last = state
        }
        #expect(largest < 0.5)
        #expect(last.leftPosition > before.leftPosition, "it drives on")
        #expect(wheels.isRunning)
        #expect(last.enabled)
    }

    @Test("what the wheels rolled during a short outage is not lost")
    func shortOutageKeepsItsTravel() {
        let wheels = driving()
        wheels.bench.wire.fault = .silent
        wheels.bench.run(milliseconds: 60)
        wheels.bench.wire.fault = .none
        wheels.bench.run(milliseconds: 1000)
        #expect(abs(wheels.measured.leftPosition - wheels.plant.leftPosition) < 0.3)
    }

    @Test("another device on the line is named as the wrong one")
    func wrongDevice() throws {
        let wheels = WheelBench()
        let relay = RelayBoxDevice(plant: FacilityPlant(), unit: 1)
        let driver = ZLAC8015DDriver(
            ZLAC8015DDriver.Configuration(
                slot: "wheels", line: wheels.bench.line, unit: 1, rate: 50, leftInverted: false, rightInverted: true,
                countsPerRevolution: 16_384, batteryCurve: []),
            setpoint: wheels.setpoint, state: wheels.state, battery: wheels.battery)
        let bench = ModbusBench(driver: driver, device: relay, baudRate: 115_200)
        bench.run(milliseconds: 500)
        #expect(bench.status.phase == .recovering)
        let fault = try #require(bench.status.fault)
        #expect(fault.code == .wrongDevice)
        #expect(fault.expected == "a ZLAC8015D")
    }

    @Test("a line that is too slow for the rate shows")
    func tooSlow() throws {
        let wheels = WheelBench(baudRate: 9600, rate: 50, turnaround: .milliseconds(2))
        wheels.drive(2, 2)
        #expect(wheels.bench.run(upTo: 4000) { wheels.status.phase == .degraded })
        let fault = try #require(wheels.status.fault)
        #expect(fault.code == .deadlinePassed)
        #expect(fault.what.contains("too slow"))
        #expect(wheels.status.lastGood != nil, "slow is not out of service")
    }

    @Test("a line that is too slow for the rate starves nothing: set-points, measurements and the battery take turns")
    func tooSlowIsFair() throws {
        let wheels = WheelBench(baudRate: 9600, rate: 50, turnaround: .milliseconds(2))
        wheels.drive(2, 2)
        #expect(wheels.bench.run(upTo: 2000) { abs(wheels.measured.leftVelocity - 2) < 0.1 })
        wheels.drive(4, -3)
        #expect(wheels.bench.run(upTo: 300) { abs(wheels.measured.leftVelocity - 4) < 0.1 })
        #expect(abs(wheels.measured.rightVelocity + 3) < 0.1)
        // Asked for every second, and put off by a second at the most.
        wheels.plant.busVoltage = 21
        #expect(wheels.bench.run(upTo: 2500) { abs(wheels.battery.load().value.voltage - 21) < 0.1 })
    }

    @Test("a port that is not there is said at once, and taken when it appears")
    func portAppearsLater() throws {
        let wheels = WheelBench()
        wheels.bench.wire.fault = .unplugged
        wheels.bench.run(milliseconds: 500)
        #expect(wheels.status.phase == .connecting)
        #expect(try #require(wheels.status.fault).code == .noSuchDevice)
        wheels.bench.wire.fault = .none
        #expect(wheels.bench.run(upTo: 2000) { wheels.isRunning })
        #expect(wheels.status.counters.reconnects == 0, "the first opening is no reconnection")
    }
}

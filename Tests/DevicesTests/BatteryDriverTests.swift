import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("Battery driver against the twin's batteries")
struct BatteryDriverTests {
    private let plant = BatteryPlant()
    private let battery = LatestValue(Stamped(BatteryState(), at: .zero))

    private func device(_ kind: BatteryDriver.Kind) -> any TwinDevice {
        switch kind {
        case .daly: DalyDevice(plant: plant)
        case .jbd: JBDDevice(plant: plant)
        }
    }

    private func bench(
        _ kind: BatteryDriver.Kind, cells: Int? = 8, device other: (any TwinDevice)? = nil
    ) -> DriverBench<BatteryDriver> {
        DriverBench(
            BatteryDriver(.init(slot: "battery", kind: kind, cells: cells), battery: battery), other ?? device(kind))
    }

    private func run(_ bench: inout DriverBench<BatteryDriver>, _ seconds: Int) {
        bench.run(for: .seconds(seconds), step: .milliseconds(2))
    }

    @Test(
        "it asks who it is, then round and round, and publishes what the battery measures",
        arguments: BatteryDriver.Kind.allCases)
    func runs(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        run(&bench, 4)
        #expect(bench.phases == [.checking, .warmingUp, .running])
        #expect(bench.driver.status.fault == nil && bench.reopens.isEmpty)
        #expect(bench.driver.status.identity.contains("8 cells"))
        let state = battery.load()
        #expect(abs(state.value.voltage - 26.2) < 0.01 && abs(state.value.stateOfCharge - 0.72) < 0.001)
        #expect(abs((state.value.current ?? 0) + 1.8) < 0.01 && state.value.temperature == 24)
        #expect(state.value.isCharging == false && state.value.faults == 0)
        #expect(bench.now - state.time < .seconds(1.2))
        #expect(bench.driver.status.lastGood == state.time)
        // One round a second.
        let versions = battery.version
        run(&bench, 10)
        #expect((9...11).contains(battery.version - versions))
    }

    @Test("nothing is ever written to the battery", arguments: BatteryDriver.Kind.allCases)
    func readsOnly(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        run(&bench, 4)
        switch kind {
        case .daly:
            #expect(bench.sent.allSatisfy { (0x90...0x98).contains($0[2]) && $0[4..<12].allSatisfy { $0 == 0 } })
        case .jbd: #expect(bench.sent.allSatisfy { $0[1] == 0xA5 })
        }
    }

    @Test("at the dock it is charging, and the current is positive", arguments: BatteryDriver.Kind.allCases)
    func charging(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        run(&bench, 3)
        plant.current = 4
        plant.hasCharger = true
        run(&bench, 6)
        #expect(battery.load().value.isCharging == true && battery.load().value.current == 4)
        plant.current = -1.8
        plant.hasCharger = false
        run(&bench, 5)
        #expect(battery.load().value.isCharging == false)
    }

    @Test("braking feeds the battery for a moment and is no charger", arguments: BatteryDriver.Kind.allCases)
    func braking(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        run(&bench, 3)
        plant.current = 6
        run(&bench, 2)
        plant.current = -1.8
        run(&bench, 5)
        #expect(battery.load().value.isCharging == false)
    }

    @Test("a full battery at the dock, whose current has ended, is still on its charger")
    func full() {
        var bench = bench(.jbd)
        plant.current = 2
        run(&bench, 8)
        plant.current = 0
        run(&bench, 30)
        #expect(battery.load().value.isCharging == true)
    }

    @Test("a Daly firmware that counts the other way round is read with the right sign")
    func currentSense() {
        let device = DalyDevice(plant: plant)
        device.countsChargingPositive = true
        device.seesCharger = false
        var bench = bench(.daly, device: device)
        run(&bench, 3)
        #expect(abs((battery.load().value.current ?? 0) + 1.8) < 0.01)
        plant.current = 5
        run(&bench, 6)
        #expect(battery.load().value.current == 5 && battery.load().value.isCharging == true)
        plant.current = -0.2
        run(&bench, 2)
        #expect(abs((battery.load().value.current ?? 0) + 0.2) < 0.01)
    }

    @Test("protections are said in words with what to do, the state goes on, and health comes back")
    func dalyAlert() {
        let device = DalyDevice(plant: plant)
        var bench = bench(.daly, device: device)
        run(&bench, 3)
        device.faults = DalyFaults(bits: 1 << 1 | 1 << 11)
        run(&bench, 2)
        var status = bench.driver.status
        #expect(status.phase == .degraded && status.fault?.code == .hardwareAlert)
        #expect(status.fault?.what.contains("cell over-voltage, under-temperature while charging") == true)
        #expect(status.fault?.what.contains("cell 8 3.271 V, cell 1 3.279 V") == true)
        #expect(status.fault?.hint?.contains("charger off") == true)
        #expect(battery.load().value.faults != 0 && bench.now - battery.load().time < .seconds(1.2))
        device.faults = DalyFaults(bits: 1 << 6)
        run(&bench, 2)
        status = bench.driver.status
        #expect(status.fault?.what.contains("warns of pack under-voltage") == true && status.phase == .degraded)
        #expect(battery.load().value.faults == 0)
        device.faults = DalyFaults()
        run(&bench, 2)
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a JBD battery's protections are said in words, too")
    func jbdAlert() {
        let device = JBDDevice(plant: plant)
        var bench = bench(.jbd, device: device)
        run(&bench, 3)
        device.protections = JBDProtections(bits: 1 << 7 | 1 << 10)
        run(&bench, 2)
        let fault = bench.driver.status.fault
        #expect(bench.driver.status.phase == .degraded && fault?.code == .hardwareAlert)
        #expect(fault?.what.contains("under-temperature while discharging, short circuit") == true)
        #expect(battery.load().value.faults == 0x480)
    }

    @Test(
        "a silent line gives the port back with what to check, and recovers by itself",
        arguments: BatteryDriver.Kind.allCases)
    func silent(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        bench.isCut = true
        run(&bench, 4)
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.what.contains("says nothing") == true)
        #expect(bench.reopens.first?.hint?.contains("sleeps") == true)
        bench.isCut = false
        run(&bench, 6)
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("an echo without an answer is told from silence", arguments: BatteryDriver.Kind.allCases)
    func echo(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind, device: EchoDevice())
        run(&bench, 3)
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.what.contains("only the questions come back") == true)
    }

    @Test("an adapter that gives its own words back does not disturb", arguments: BatteryDriver.Kind.allCases)
    func echoAndAnswer(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind, device: EchoDevice(before: device(kind)))
        run(&bench, 4)
        #expect(bench.driver.status.phase == .running && bench.reopens.isEmpty)
    }

    @Test("rubbish is called garbage", arguments: BatteryDriver.Kind.allCases)
    func garbage(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        bench.distort = { $0.map { $0 &* 73 | 0x12 } }
        run(&bench, 4)
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("9600") == true)
        #expect(battery.version == 1)
    }

    @Test("answers whose end is missing are never believed", arguments: BatteryDriver.Kind.allCases)
    func truncated(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        run(&bench, 3)
        let before = battery.version
        bench.distort = { Array($0.dropLast(3)) }
        run(&bench, 6)
        #expect(bench.driver.status.phase != .running && battery.version - before <= 1)
        #expect(bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.fault?.hint?.contains("it has run at this rate") == true)
        bench.distort = { $0 }
        run(&bench, 6)
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test(
        "a plug pulled while it runs is noticed in two seconds, and back in four",
        arguments: BatteryDriver.Kind.allCases)
    func unplugged(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        run(&bench, 3)
        bench.isCut = true
        bench.run(for: .milliseconds(2200), step: .milliseconds(2))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        run(&bench, 3)
        #expect(!bench.reopens.isEmpty && bench.reopens.allSatisfy { $0.code == .silent })
        bench.isCut = false
        run(&bench, 4)
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(bench.driver.status.counters.reconnects > 0 && bench.driver.status.counters.timeouts >= 3)
    }

    @Test(
        "a frame lost or damaged now and then is asked for again and costs nothing",
        arguments: BatteryDriver.Kind.allCases)
    func noise(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind)
        run(&bench, 3)
        var random = SeededRandom(seed: 5)
        bench.distort = { bytes in
            bytes.map {
                Int.random(in: 0..<200, using: &random) == 0 ? $0 ^ UInt8.random(in: 1...255, using: &random) : $0
            }
        }
        var wrong = 0
        for _ in 0..<60 {
            run(&bench, 1)
            if abs(battery.load().value.voltage - 26.2) > 0.01 { wrong += 1 }
        }
        #expect(wrong == 0 && bench.reopens.isEmpty)
        #expect(bench.driver.status.counters.checksumErrors > 0 && bench.driver.status.counters.timeouts > 0)
    }

    @Test("another battery than the board file's is refused with both figures", arguments: BatteryDriver.Kind.allCases)
    func wrongBattery(_ kind: BatteryDriver.Kind) {
        var bench = bench(kind, cells: 13)
        run(&bench, 2)
        #expect(bench.reopens.first?.code == .wrongDevice)
        #expect(bench.reopens.first?.what.contains("8 cells") == true)
        #expect(bench.reopens.first?.expected == "13 cells")
        #expect(battery.version == 1)
    }

    @Test("a refusal is said as such")
    func refused() {
        let device = JBDDevice(plant: plant)
        device.refuses = true
        var bench = bench(.jbd, device: device)
        run(&bench, 2)
        #expect(bench.reopens.first?.code == .refused && bench.reopens.first?.what.contains("0x03") == true)
    }

    @Test(
        "an answer to an earlier process is thrown away, and a line that never rests is told",
        arguments: BatteryDriver.Kind.allCases)
    func stillTalking(_ kind: BatteryDriver.Kind) {
        let chatty = ChattyDevice(device(kind), until: Instant(nanoseconds: 5_500_000_000))
        var bench = bench(kind, device: chatty)
        run(&bench, 4)
        #expect(bench.driver.status.phase == .running && bench.reopens.isEmpty)
        var endless = self.bench(kind, device: ChattyDevice(device(kind), until: Instant(nanoseconds: .max)))
        run(&endless, 2)
        #expect(endless.reopens.first?.code == .garbage && endless.reopens.first?.what.contains("not quiet") == true)
    }
}

/// Gives back what it hears, with or without a device behind it.
private final class EchoDevice: TwinDevice {
    private var echo: [UInt8] = []
    private let inner: (any TwinDevice)?
    init(before inner: (any TwinDevice)? = nil) { self.inner = inner }
    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        echo += bytes
        inner?.receive(bytes, at: now)
    }
    func advance(to now: Instant, output: inout [UInt8]) {
        output += echo
        echo.removeAll()
        inner?.advance(to: now, output: &output)
    }
}

/// Says something every 20 ms up to a moment, unasked.
private final class ChattyDevice: TwinDevice {
    private let inner: any TwinDevice
    private let until: Instant
    private var next = Instant.zero
    init(_ inner: any TwinDevice, until: Instant) {
        self.inner = inner
        self.until = until
    }
    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) { inner.receive(bytes, at: now) }
    func advance(to now: Instant, output: inout [UInt8]) {
        if now < until, now >= next {
            output += [0xDD, 0x03, 0xA5, 0x01]
            next = now + .milliseconds(20)
        }
        inner.advance(to: now, output: &output)
    }
}

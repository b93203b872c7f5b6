import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// How soon the wheel drive's stop is on its line, whatever the line is busy with.
@Suite("The wheels' stop")
struct StopLatencyTests {
    /// A rate, and how long the drive takes to begin an answer.
    struct Line: Sendable, CustomTestStringConvertible {
        var baudRate: Int
        var turnaround: Duration
        var isHalfDuplex: Bool
        var testDescription: String { "\(baudRate) bit/s, \(turnaround), half-duplex \(isHalfDuplex)" }

        static let all = [9600, 19_200, 115_200, 500_000].flatMap { rate in
            [Duration.microseconds(300), .milliseconds(1), .microseconds(2300)].flatMap { turnaround in
                [false, true].map { Line(baudRate: rate, turnaround: turnaround, isHalfDuplex: $0) }
            }
        }
    }

    @Test(
        "is handed over at once from every phase of every exchange, and whole at the drive within the bound",
        arguments: Line.all)
    func everyPhase(_ line: Line) throws {
        var random = SeededRandom(seed: UInt64(line.baudRate) &+ (line.isHalfDuplex ? 1 : 0))
        let serial = SerialLine(path: ModbusBench.path, baudRate: line.baudRate)
        let bound = StopProbe.bound(
            line: serial, isHalfDuplex: line.isHalfDuplex, service: StopBench.step)
        let bench = StopBench(line)
        bench.run(for: .milliseconds(600))
        // Phases of the cycle, of the once-a-second questions and of the bytes on the line.
        for phase in 0..<25 {
            let wait = phase % 8 == 0 ? 0...9000 : 0...450
            bench.run(for: .microseconds(Int.random(in: wait, using: &random) * 100))
            // Up again after the stop before; a slow line takes its time, and there is no hurry here.
            for _ in 0..<40 where !bench.isOn { bench.run(for: .milliseconds(100)) }
            try #require(bench.isOn)
            let edge = bench.now + StopBench.step
            bench.stop()
            bench.run(for: StopBench.step)
            #expect(bench.handedOver == edge)
            // A drive that parts frames by silence knows of the frame a silence later.
            bench.run(for: bound + ModbusTiming.frameGap(baudRate: line.baudRate) + StopBench.step * 10)
            let last = try #require(bench.heard, "nothing heard within \(bound)")
            #expect(last - edge <= bound)
            bench.run(for: .milliseconds(150))
            #expect(!bench.plant.enabled, "the motors are released once the drive has confirmed the stop")
            bench.drive()
            bench.run(for: .milliseconds(250))
        }
    }

    @Test("does not wait for a drive that does not answer")
    func silentDrive() throws {
        let bench = StopBench(Line(baudRate: 115_200, turnaround: .milliseconds(1), isHalfDuplex: false))
        bench.run(for: .seconds(1))
        bench.wire.fault = .silent
        // A question is on its way within a cycle, and its answer does not come.
        bench.run(for: .milliseconds(22))
        bench.stop()
        bench.run(for: StopBench.step)
        #expect(bench.handedOver == bench.now)
        bench.run(for: .milliseconds(3))
        #expect(bench.heard != nil)
        #expect(bench.plant.targetLeft == 0)
    }

    @Test("is repeated through a spell of noise until the drive confirms it")
    func noise() throws {
        for seed in 0..<20 {
            let bench = StopBench(
                Line(baudRate: 115_200, turnaround: .milliseconds(1), isHalfDuplex: true), seed: UInt64(seed))
            bench.run(for: .milliseconds(1000 + seed))
            bench.wire.fault = .garbage(probability: 0.5)
            bench.stop()
            bench.run(for: .milliseconds(30))
            bench.wire.fault = .none
            bench.run(for: .milliseconds(300))
            #expect(bench.heard != nil && !bench.plant.enabled)
            bench.drive()
            bench.run(for: .seconds(1))
            #expect(bench.isOn)
        }
    }
}

/// The wheel drive's driver, served every tenth of a millisecond: a thread that is woken by bytes and by the tick.
final class StopBench {
    static let step = Duration.microseconds(100)

    let plant = WheelPlant()
    let wire: PacedLine
    private(set) var now = Instant.zero + .seconds(100)
    /// When the stop was handed to the port, and when its last byte was at the drive.
    private(set) var handedOver: Instant?
    private(set) var heard: Instant?
    private let setpoint = LatestValue(Stamped(WheelSetpoint(), at: .zero))
    private let state = LatestValue(Stamped(WheelState(), at: .zero))
    private let battery = LatestValue(Stamped(BatteryState(), at: .zero))
    private let port: any SerialPort
    private var driver: ZLAC8015DDriver
    private var wanted = WheelSetpoint(left: 5, right: 5, enabled: true)
    private let device: SilenceFraming?

    init(_ line: StopLatencyTests.Line, seed: UInt64 = 1) {
        let serial = SerialLine(path: ModbusBench.path, baudRate: line.baudRate)
        let drive = ZLAC8015DDevice(
            plant: plant, unit: 1, countsPerRevolution: 16_384, leftInverted: false, rightInverted: true)
        // The lenient drive finds the stop by its length; the strict one only where silence parts it.
        device = line.isHalfDuplex ? SilenceFraming(drive, baudRate: line.baudRate) : nil
        let ports = MemoryPorts()
        let ear = Ear(device ?? drive)
        wire = PacedLine(
            device: ear, line: serial, port: ports.deviceEnd(serial.path), turnaround: line.turnaround,
            random: SeededRandom(seed: seed), isHalfDuplex: line.isHalfDuplex)
        port = try! ports.open(serial)
        driver = ZLAC8015DDriver(
            ZLAC8015DDriver.Configuration(
                slot: "wheels", line: serial, unit: 1, rate: 50, leftInverted: false, rightInverted: true,
                countsPerRevolution: 16_384, batteryCurve: WheelBench.curve),
            setpoint: setpoint, state: state, battery: battery)
        give(.opened)
        let note: ([UInt8], Instant) -> Void = { [unowned self] frame, time in
            if handedOver != nil, heard == nil, frame == Self.stopFrame { heard = time }
        }
        if let device { device.heard = note } else { ear.heard = note }
    }

    static let stopFrame = ModbusRequest.write(address: 0x200E, value: 5).frame(unit: 1)

    var isOn: Bool { plant.enabled && plant.targetLeft > 4 }

    func stop() {
        wanted = WheelSetpoint()
        (handedOver, heard) = (nil, nil)
    }

    func drive() { wanted = WheelSetpoint(left: 5, right: 5, enabled: true) }

    func run(for duration: Duration) {
        let end = now + duration
        while now < end {
            now += Self.step
            setpoint.store(Stamped(wanted, at: now))
            wire.advance(to: now)
            plant.leftVelocity = plant.enabled ? plant.targetLeft : 0
            plant.rightVelocity = plant.enabled ? plant.targetRight : 0
            var bytes: [UInt8] = []
            if let count = try? port.read(into: &bytes, limit: 4096), count > 0 { give(.bytes(bytes[...])) }
            give(.time)
        }
    }

    private func give(_ event: DeviceEvent) {
        for action in driver.handle(event, at: now) {
            switch action {
            case .send(let bytes), .preempt(let bytes):
                if !wanted.enabled, handedOver == nil, bytes == Self.stopFrame { handedOver = now }
                _ = try? port.write(bytes[...])
            case .flush, .setDTR: break
            case .reopen(let error): Issue.record("\(error)")
            }
        }
    }
}

/// Hears every eight bytes in a row.
private final class Ear: TwinDevice {
    private let device: any TwinDevice
    private var recent: [UInt8] = []
    var heard: ([UInt8], Instant) -> Void = { _, _ in }

    init(_ device: any TwinDevice) { self.device = device }

    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        device.receive(bytes, at: now)
        for byte in bytes {
            recent = (recent + [byte]).suffix(8)
            heard(recent, now)
        }
    }

    func advance(to now: Instant, output: inout [UInt8]) { device.advance(to: now, output: &output) }
}

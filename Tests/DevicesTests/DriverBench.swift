import Devices
import RobotModel
import Twin

/// A driver and its device, wired by bytes on a line of 1 Mbaud, on a hand-driven clock.
struct DriverBench<Driver: DeviceDriver> {
    var driver: Driver
    let device: any TwinDevice
    var now = Instant(nanoseconds: 5_000_000_000)
    /// What the driver sent, request by request.
    var sent: [[UInt8]] = []
    /// What the driver made of the DTR line.
    var dtr: [Bool] = []
    /// Why the driver gave its port back.
    var reopens: [RobotError] = []
    var phases: [DevicePhase] = []
    /// How long the pump waits before it opens the port again.
    var backOff: Duration = .milliseconds(200)
    /// Nothing arrives in either direction.
    var isCut = false
    /// Every second request does not arrive at the device, as on a line with a bad contact.
    var isDeaf = false
    /// What the line makes of the device's bytes.
    var distort: ([UInt8]) -> [UInt8] = { $0 }
    private var openAt: Instant?
    private var toDevice = Line()
    private var toDriver = Line()

    /// One direction of the wire: a byte takes 10 µs.
    private struct Line {
        private var bytes: [(byte: UInt8, due: Instant)] = []
        private var free = Instant.zero

        mutating func send(_ new: [UInt8], at now: Instant) {
            free = max(free, now)
            for byte in new {
                free += .microseconds(10)
                bytes.append((byte, free))
            }
        }

        mutating func arrived(by now: Instant) -> [UInt8] {
            let count = bytes.prefix { $0.due <= now }.count
            defer { bytes.removeFirst(count) }
            return bytes.prefix(count).map(\.byte)
        }
    }

    init(_ driver: Driver, _ device: any TwinDevice) {
        self.driver = driver
        self.device = device
        openAt = now
    }

    /// Lets time pass, a quarter of a millisecond at a time.
    mutating func run(
        for duration: Duration, step: Duration = .microseconds(250), each: ((Instant) -> Void)? = nil
    ) {
        let end = now + duration
        while now < end {
            now += step
            each?(now)
            if let open = openAt, now >= open {
                openAt = nil
                give(.opened)
            }
            let heard = toDevice.arrived(by: now)
            if !heard.isEmpty { device.receive(heard[...], at: now) }
            var output: [UInt8] = []
            device.advance(to: now, output: &output)
            if !isCut { toDriver.send(distort(output), at: now) }
            let bytes = toDriver.arrived(by: now)
            if openAt == nil { give(bytes.isEmpty ? .time : .bytes(bytes[...])) }
            if phases.last != driver.status.phase { phases.append(driver.status.phase) }
        }
    }

    private mutating func give(_ event: DeviceEvent) {
        for action in driver.handle(event, at: now) {
            switch action {
            case .send(let bytes), .preempt(let bytes):
                sent.append(bytes)
                if !isCut, !isDeaf || sent.count % 2 == 0 { toDevice.send(bytes, at: now) }
            case .reopen(let error):
                reopens.append(error)
                openAt = now + backOff
            case .setDTR(let on): dtr.append(on)
            case .flush: break
            }
        }
    }
}

import Devices
import RobotModel
import Twin

/// A driver and a device that talks a lot, wired by bytes without delay in steps of a millisecond, on a hand-driven clock.
struct LoudBench<Driver: DeviceDriver> {
    var driver: Driver
    let device: any TwinDevice
    var now = Instant(nanoseconds: 5_000_000_000)
    /// What the driver sent, request by request.
    var sent: [[UInt8]] = []
    /// Why the driver gave its port back.
    var reopens: [RobotError] = []
    var phases: [DevicePhase] = []
    /// How long the pump waits before it opens the port again.
    var backOff: Duration = .milliseconds(200)
    /// What the line makes of the device's bytes.
    var distort: ([UInt8]) -> [UInt8] = { $0 }
    /// How much later what the device says in a step arrives.
    var lateness: Duration = .zero
    private var openAt: Instant?
    private var travelling: [(due: Instant, bytes: [UInt8])] = []

    init(_ driver: Driver, _ device: any TwinDevice) {
        self.driver = driver
        self.device = device
        openAt = now
    }

    mutating func run(for duration: Duration, step: Duration = .milliseconds(1)) {
        let end = now + duration
        while now < end {
            now += step
            if let open = openAt, now >= open {
                openAt = nil
                give(.opened)
            }
            var output: [UInt8] = []
            device.advance(to: now, output: &output)
            travelling.append((now + lateness, distort(output)))
            while let first = travelling.first, first.due <= now {
                travelling.removeFirst()
                if openAt == nil, !first.bytes.isEmpty { give(.bytes(first.bytes[...])) }
            }
            if openAt == nil { give(.time) }
            if phases.last != driver.status.phase { phases.append(driver.status.phase) }
        }
    }

    private mutating func give(_ event: DeviceEvent) {
        for action in driver.handle(event, at: now) {
            switch action {
            case .send(let bytes), .preempt(let bytes):
                sent.append(bytes)
                device.receive(bytes[...], at: now)
            case .reopen(let error):
                reopens.append(error)
                openAt = now + backOff
            case .setDTR, .flush: break
            }
        }
    }
}

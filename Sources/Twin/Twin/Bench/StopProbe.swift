package import BoardFile
package import DeviceIO
import DeviceProtocols
package import RobotModel
import Synchronization

/// Measures an emergency stop of a whole robot: from the edge on its GPIO line to the stop frame's last byte at the drive.
///
/// The robot opens its ports and lines here. Only the wheel drive is there, on a paced line: its motors have power as long
/// as nothing asks for a stop, although without LiDAR and arm the robot stands. Time is passed in; nothing sleeps. Used by
/// one thread at a time.
package final class StopProbe: @unchecked Sendable {
    /// What is known of one stop.
    package struct Figures: Sendable {
        /// The edge on the GPIO line.
        package var edge: Instant
        /// The robot handed the stop frame to its port.
        package var handedOver: Instant?
        /// The last byte of a stop frame that arrived whole.
        package var lastByte: Instant?
        /// Frames handed over between the tick after the edge and the stop frame.
        package var framesBefore = 0
    }

    /// How finely the line's time is looked at while a stop is measured.
    package static let resolution = Duration.microseconds(20)

    package let gpio = MemoryGPIO()
    package let plant = WheelPlant()
    package private(set) var figures: Figures?

    private let ports = MemoryPorts()
    private let board: Board
    /// The wheels' line.
    package let line: SerialLine
    private let wire: PacedLine
    private let device: ListeningDevice
    private var now = Instant.zero
    private var pendingEdge: Instant?
    private let emergencyStop: GPIOSlot?

    /// - Parameters:
    ///   - turnaround: How long the drive takes to begin an answer.
    ///   - isHalfDuplex: The line is a pair of wires for both directions, and the drive parts frames by silence alone.
    package init(board: Board, turnaround: Duration, isHalfDuplex: Bool, seed: UInt64) {
        self.board = board
        let port = board.wheels.port
        let drive = ZLAC8015DDevice(
            plant: plant, unit: UInt8(clamping: board.wheels.unit),
            countsPerRevolution: board.wheels.countsPerRevolution, leftInverted: board.wheels.leftInverted,
            rightInverted: board.wheels.rightInverted)
        device = ListeningDevice(drive, strictAt: isHalfDuplex ? port.baudRate : nil)
        line = SerialLine(path: port.path, baudRate: port.baudRate)
        wire = PacedLine(
            device: device, line: line,
            port: ports.deviceEnd(port.path), turnaround: turnaround, random: SeededRandom(seed: seed),
            isHalfDuplex: isHalfDuplex)
        emergencyStop = board.gpio.first { $0.role == .emergencyStop }
        for slot in board.gpio where slot.role != .lock { gpio.setPhysical(line: slot.line, slot.activeLow) }
        let stop = stopFrame
        device.heard = { [unowned self] frame, time in
            guard figures != nil, frame == stop, figures?.lastByte == nil else { return }
            figures?.lastByte = time
        }
    }

    /// The frame that stops the drive.
    package var stopFrame: [UInt8] {
        ModbusRequest.write(
            address: ZLAC8015DRegister.control.rawValue, value: ZLAC8015DCommand.emergencyStop.rawValue
        ).frame(unit: UInt8(clamping: board.wheels.unit))
    }

    /// How long the stop frame's last byte may take from the moment at which the port has it.
    ///
    /// Of a line with two directions: what is left of the request that is leaving, the longest being the one that writes
    /// two set-points, and the stop frame. On a pair of wires a first copy may be lost: behind that request without a
    /// silence, or in the answer that has begun, the longest being the feedback's, whose end it may draw out by its own
    /// length. Then come a silence, the next service of the driver, and the copy that counts.
    ///
    /// - Parameter service: From one service of the driver to the next.
    package static func bound(line: SerialLine, isHalfDuplex: Bool, service: Duration) -> Duration {
        let request = ModbusRequest.writeMultiple(address: 0, values: [0, 0]).frame(unit: 1).count
        let answer = ZLAC8015DFeedback.request.answerLength
        let stop = 8
        guard isHalfDuplex else { return line.byteTime * (request + stop) + resolution }
        let busy = max(request, answer) + stop
        return line.byteTime * (busy + stop) + ModbusTiming.frameGap(baudRate: line.baudRate) + service * 2
    }

    /// Presses the emergency stop at a moment that is still to come.
    package func press(at edge: Instant) {
        pendingEdge = edge
        figures = Figures(edge: edge)
    }

    /// Lets the button spring out.
    package func release() {
        if let emergencyStop { gpio.setPhysical(line: emergencyStop.line, emergencyStop.activeLow, at: now) }
        figures = nil
    }

    /// Lets time pass for line, drive and motors.
    package func advance(to moment: Instant) {
        if let edge = pendingEdge, edge <= moment, let emergencyStop {
            gpio.setPhysical(line: emergencyStop.line, !emergencyStop.activeLow, at: edge)
            pendingEdge = nil
        }
        let isFine = figures != nil && figures?.lastByte == nil
        while now < moment {
            now = isFine ? min(moment, now + Self.resolution) : moment
            wire.advance(to: now)
        }
        plant.leftVelocity = plant.enabled ? plant.targetLeft : 0
        plant.rightVelocity = plant.enabled ? plant.targetRight : 0
    }

    fileprivate func note(_ bytes: ArraySlice<UInt8>) {
        guard let edge = figures?.edge, figures?.handedOver == nil, now >= edge else { return }
        if bytes.elementsEqual(stopFrame) {
            figures?.handedOver = now
        } else {
            figures?.framesBefore += 1
        }
    }
}

extension StopProbe: SerialPortOpening {
    package func open(_ line: SerialLine) throws(PortError) -> any SerialPort {
        guard line.path == board.wheels.port.path else {
            throw PortError(.noSuchDevice, port: line.path, cause: "only the wheels are here")
        }
        return NotingPort(try ports.open(line)) { [unowned self] in note($0) }
    }
}

/// A port that shows what is written to it.
private final class NotingPort: SerialPort {
    private let port: any SerialPort
    private let note: @Sendable (ArraySlice<UInt8>) -> Void

    init(_ port: any SerialPort, note: @escaping @Sendable (ArraySlice<UInt8>) -> Void) {
        self.port = port
        self.note = note
    }

    var pollDescriptor: Int32? { port.pollDescriptor }
    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try port.read(into: &buffer, limit: limit)
    }
    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        note(bytes)
        return try port.write(bytes)
    }
    func setDTR(_ on: Bool) throws(PortError) { try port.setDTR(on) }
    func flush() throws(PortError) { try port.flush() }
    func close() { port.close() }
}

/// A device and who listens to what it hears: whole frames, and the arrival of their last bytes.
private final class ListeningDevice: TwinDevice {
    private let device: any TwinDevice
    private let strict: SilenceFraming?
    private var recent: [UInt8] = []
    var heard: ([UInt8], Instant) -> Void = { _, _ in } {
        didSet { strict?.heard = heard }
    }

    init(_ device: any TwinDevice, strictAt baudRate: Int?) {
        strict = baudRate.map { SilenceFraming(device, baudRate: $0) }
        self.device = strict ?? device
    }

    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        device.receive(bytes, at: now)
        guard strict == nil else { return }
        // The last eight bytes are looked at after each: the length of the frame that is waited for.
        for byte in bytes {
            recent.append(byte)
            if recent.count > 8 { recent.removeFirst() }
            if recent.count == 8 { heard(recent, now) }
        }
    }

    func advance(to now: Instant, output: inout [UInt8]) { device.advance(to: now, output: &output) }
}

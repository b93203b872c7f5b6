import DeviceProtocols
package import RobotModel

/// A Modbus unit that parts frames by silence alone, as the standard has it: whatever stands between two silences of 3.5
/// characters is one frame, and is dropped whole when its checksum is wrong.
///
/// The emulated devices find frames by their lengths, too, and so forgive a master who sends two of them without a
/// pause. This one does not, and it hears nothing while it speaks where the line is half-duplex (`PacedLine`).
package final class SilenceFraming: TwinDevice {
    private let device: any TwinDevice
    private let gap: Duration
    private var buffer: [UInt8] = []
    private var lastByte = Instant.zero
    /// Called with each whole frame and the arrival of its last byte.
    package var heard: ([UInt8], Instant) -> Void = { _, _ in }

    /// A stricter ear for a device, on a line of some rate.
    package init(_ device: any TwinDevice, baudRate: Int) {
        self.device = device
        gap = ModbusTiming.frameGap(baudRate: baudRate)
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        endFrame(at: now)
        guard !bytes.isEmpty else { return }
        buffer += bytes
        lastByte = now
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        endFrame(at: now)
        device.advance(to: now, output: &output)
    }

    private func endFrame(at now: Instant) {
        guard !buffer.isEmpty, now - lastByte >= gap else { return }
        // Over a frame with its checksum the checksum is zero.
        if buffer.count >= 4, ModbusCRC.checksum(buffer) == 0 {
            heard(buffer, lastByte)
            device.receive(buffer[...], at: now)
        }
        buffer.removeAll()
    }
}

package import RobotModel

/// One emulated device: bytes of its protocol on one side, a plant of the twin's world on the other.
///
/// A device never hands values to the robot; it speaks bytes. Pacing and faults of the line are the line's business
/// (`PacedLine`), not the device's.
package protocol TwinDevice: AnyObject {
    /// Takes bytes that have arrived over the line.
    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant)

    /// Lets time pass and appends the bytes that the device starts to send by `now`.
    func advance(to now: Instant, output: inout [UInt8])
}

/// A device that talks in datagrams; the line keeps them apart.
package protocol DatagramDevice: TwinDevice {
    /// Bytes of each datagram that it sends.
    var datagramSize: Int { get }
}

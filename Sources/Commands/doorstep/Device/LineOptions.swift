import ArgumentParser
import DeviceIO
import DeviceProtocols
import Devices
import Foundation
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A device's line, as arguments: the port, the protocol, the rate.
struct LineOptions: ParsableArguments {
    @Argument(help: "The port: /dev/serial/by-id/…, a pseudo-terminal, or udp:PORT.")
    var port: String

    @OptionGroup var protocolOption: ProtocolOption

    @Option(help: "Bits a second; the protocol's usual rate when left out.")
    var rate: Int?

    /// The line that these describe.
    func line(_ card: ProtocolCard) -> SerialLine {
        var line = SerialLine(path: port, baudRate: rate ?? card.rates.first ?? 1)
        if case .serial(_, let parity) = card.transport {
            line.parity = SerialLine.Parity(rawValue: parity.rawValue) ?? .none
        }
        return line
    }

    /// Opens the line; what is wrong with it is said as the daemon says it.
    func open(_ card: ProtocolCard) throws(RobotError) -> any SerialPort {
        let line = line(card)
        do throws(PortError) {
            return try SystemSerialPorts().open(line)
        } catch {
            throw RobotError(error, slot: SlotID(card.name), line: line)
        }
    }
}

/// Waits until a port has something to read or the time is over.
func waitForInput(_ port: (any SerialPort)?, milliseconds: Int32) { waitForInput(port?.pollDescriptor, milliseconds) }

/// Waits until a descriptor has something to read or the time is over; nil waits for the time.
func waitForInput(_ descriptor: Int32?, _ milliseconds: Int32) {
    var request = pollfd(fd: descriptor ?? -1, events: Int16(POLLIN), revents: 0)
    _ = poll(&request, descriptor == nil ? 0 : 1, milliseconds)
    // A line that is gone is ready at once, for ever.
    if Int32(request.revents) & POLLHUP != 0 { _ = poll(nil, 0, min(milliseconds, 20)) }
}

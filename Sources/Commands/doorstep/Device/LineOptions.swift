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

    func validate() throws { try rate.map(Self.check) }

    /// Refuses a rate that is none.
    static func check(rate: Int) throws {
        guard (50...20_000_000).contains(rate) else {
            throw ValidationError("--rate must be between 50 and 20000000 bit/s, and is \(rate)")
        }
    }

    /// Refuses a time that is none.
    static func check(seconds: Double?) throws {
        guard let seconds else { return }
        guard seconds > 0, seconds <= 1_000_000 else {
            throw ValidationError("--seconds must be above 0, and at most 1000000")
        }
    }

    /// What to say when nothing that is known came over a network.
    static func nothingOnNetwork(_ port: String, bytes: Int) -> RobotError {
        bytes == 0
            ? RobotError(
                .silent, "\(port): not a single packet",
                hint: "does the device send to this machine's address and to this port? is the cable in, its light on?")
            : RobotError(
                .garbage, "\(port): \(bytes) bytes, but no packet of a protocol that is known",
                hint: "is it another device's port? keep the bytes with `doorstep device record` for a closer look")
    }

    /// What a loss means for a tool, which ends with it.
    func ending(_ loss: RobotError, kept: String? = nil) -> RobotError {
        var loss = loss
        guard loss.code == .lost else { return loss }
        loss.hint =
            "check the plug and the device's power, then start again"
            + (kept.map { "; what came before is in \($0)" } ?? "")
        return loss
    }

    /// What to say when not one frame was read.
    func nothingRead(_ card: ProtocolCard, bytes: Int) -> RobotError {
        if SerialLine.isNetwork(port) { return Self.nothingOnNetwork(port, bytes: bytes) }
        let line = line(card)
        let probe = "`doorstep device probe \(port)` finds out what speaks, and at which rate"
        if bytes == 0 {
            return RobotError(
                .silent, "\(port): not a single byte at \(line.baudRate) bit/s",
                hint: "is the device powered? are TX and RX swapped? \(probe)")
        }
        return RobotError(
            .garbage, "\(port): \(bytes) bytes at \(line.baudRate) bit/s, but no frame of \(card.name) among them",
            hint: "is the rate or the protocol another one? \(probe)")
    }

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

/// A command of SCIP 2.0 (C-42-03320B, section 8). On the line it ends with LF, CR or both.
public enum HokuyoCommand: Hashable, Sendable {
    /// VV: vendor, product, firmware, protocol, serial number.
    case version
    /// PP: steps, ranges and speed of the model.
    case parameters
    /// II: what it does at the moment, and how it feels.
    case state
    /// BM, QT: the laser goes on; it goes off and measuring ends.
    case laserOn
    case quit
    /// RS: everything as after power-on, but for the line's rate. RB: the whole device starts anew; sent twice.
    case reset
    case reboot
    /// TM0, TM1, TM2: the clock can be asked, is asked, cannot be asked any more.
    case clockOn
    case clock
    case clockOff
    /// SS: the line's rate from the next command on, bit/s.
    case rate(Int)
    /// SCIP2.0: a device that starts in SCIP 1.1 speaks 2.0 from now on.
    case scip2
    case measure(HokuyoMeasurement)

    /// The characters without the line's end: what the device repeats as its echo.
    public var characters: [UInt8] {
        switch self {
        case .version: Array("VV".utf8)
        case .parameters: Array("PP".utf8)
        case .state: Array("II".utf8)
        case .laserOn: Array("BM".utf8)
        case .quit: Array("QT".utf8)
        case .reset: Array("RS".utf8)
        case .reboot: Array("RB".utf8)
        case .clockOn: Array("TM0".utf8)
        case .clock: Array("TM1".utf8)
        case .clockOff: Array("TM2".utf8)
        case .rate(let rate): Array("SS".utf8) + HokuyoNumber.decimal(rate, width: 6)
        case .scip2: Array("SCIP2.0".utf8)
        case .measure(let measurement): measurement.characters
        }
    }

    /// The command as it goes on the line.
    public var encoded: [UInt8] { characters + [0x0A] }

    /// Reads a command without its end and without the string that a host may hang on behind a semicolon.
    public init?(_ line: ArraySlice<UInt8>) {
        if let measurement = HokuyoMeasurement(line) {
            self = .measure(measurement)
        } else if let plain = Self.plain.first(where: { $0.characters.elementsEqual(line) }) {
            self = plain
        } else if line.count == 8, line.starts(with: [0x53, 0x53]), let rate = HokuyoNumber.decimal(line.dropFirst(2)) {
            self = .rate(rate)
        } else {
            return nil
        }
    }

    /// Finds the command at the end of a line that may begin with bytes which belong to nothing; `start` is how many.
    static func find(endOf line: ArraySlice<UInt8>) -> (command: HokuyoCommand, start: Int)? {
        suffix(of: line) ?? line.lastIndex(of: 0x3B).flatMap { suffix(of: line[..<$0]) }
    }

    private static func suffix(of line: ArraySlice<UInt8>) -> (command: HokuyoCommand, start: Int)? {
        for length in [15, 12, 8, 7, 3, 2] where line.count >= length {
            if let command = HokuyoCommand(line.suffix(length)) { return (command, line.count - length) }
        }
        return nil
    }

    private static let plain: [HokuyoCommand] = [
        .version, .parameters, .state, .laserOn, .quit, .reset, .reboot, .clockOn, .clock, .clockOff, .scip2,
    ]
}

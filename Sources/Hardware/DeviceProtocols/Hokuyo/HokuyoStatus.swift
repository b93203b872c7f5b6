/// The two characters with which a Hokuyo answers a command or begins a scan.
public struct HokuyoStatus: Hashable, Sendable, CustomStringConvertible {
    public var first: UInt8
    public var second: UInt8

    public init(_ first: UInt8, _ second: UInt8) {
        self.first = first
        self.second = second
    }

    /// Two characters of ASCII.
    public init(_ text: StaticString) {
        let bytes = Array("\(text)".utf8)
        self.init(bytes.first ?? 0x30, bytes.dropFirst().first ?? 0x30)
    }

    /// The command was done.
    public static let ok = HokuyoStatus("00")
    /// A scan's data follow.
    public static let data = HokuyoStatus("99")

    public var description: String { String(decoding: [first, second], as: UTF8.self) }

    /// The status as a number, where it is one.
    public var number: Int? { HokuyoNumber.decimal([first, second]) }

    /// Status, sum and the line's end.
    public var encoded: [UInt8] { [first, second, HokuyoNumber.sum([first, second]), 0x0A] }

    /// What a status says to a command, in words (C-42-03320B, sections 8 and 9).
    public func meaning(of command: HokuyoCommand) -> String {
        if let general = Self.general[description] { return general }
        switch (command, number) {
        case (.measure, 1?): return "the starting step is no number"
        case (.measure, 2?): return "the end step is no number"
        case (.measure, 3?): return "the cluster count is no number"
        case (.measure, 4?): return "the end step is out of range"
        case (.measure, 5?): return "the end step is smaller than the starting step"
        case (.measure, 6?): return "the scan interval is no number"
        case (.measure, 7?): return "the number of scans is no number"
        case (.measure, 10?): return "the laser is off"
        case (.measure, (21...49)?): return "measuring stopped while the sensor verifies an error"
        case (.measure, (50...97)?): return "hardware trouble: laser, motor or such"
        case (.measure, 98?): return "measuring goes on: the laser works again"
        case (.laserOn, 1?): return "the laser does not work"
        case (.laserOn, 2?): return "the laser is on already"
        case (.clockOn, 2?), (.clock, 2?), (.clockOff, 2?): return "the clock can be asked already"
        case (.clockOn, 3?), (.clock, 3?), (.clockOff, 3?): return "the clock cannot be asked already"
        case (.clockOn, 4?), (.clock, 4?), (.clockOff, 4?): return "the clock was asked without TM0"
        case (.rate, 1?): return "the rate is no number"
        case (.rate, 2?): return "the rate is none of the sensor's"
        case (.rate, 3?): return "the sensor runs at this rate already"
        case (.rate, 4?): return "this model's rate cannot be set"
        default: return "status \(self)"
        }
    }

    private static let general = [
        "0A": "the sensor could not make its reply", "0B": "buffer full, or the command is being done already",
        "0C": "parameters are missing", "0D": "the sensor does not know the command",
        "0E": "the sensor does not know the command", "0F": "parameters are missing",
        "0G": "the string is longer than 16 letters", "0H": "the string has letters that are not allowed",
        "0I": "the sensor waits for new firmware",
    ]
}

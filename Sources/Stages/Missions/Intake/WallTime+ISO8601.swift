public import RobotModel

extension WallTime {
    /// Reads RFC 3339's profile of ISO 8601: `2026-11-22T12:30:00Z`, fractions and offsets (`+01:00`) included.
    ///
    /// Nil when it is anything else, or no day of the calendar.
    public init?(iso8601 text: String) {
        var rest = Substring(text)
        func number(_ digits: Int, in range: ClosedRange<Int>) -> Int? {
            guard rest.utf8.count >= digits else { return nil }
            let part = rest.prefix(digits)
            guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int(part), range.contains(value)
            else { return nil }
            rest = rest.dropFirst(digits)
            return value
        }
        func skip(_ characters: String) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4, in: 1970...9999), skip("-"), let month = number(2, in: 1...12), skip("-"),
            let day = number(2, in: 1...31), skip("Tt "), let hour = number(2, in: 0...23), skip(":"),
            let minute = number(2, in: 0...59), skip(":"), let second = number(2, in: 0...60)
        else { return nil }
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        var fraction = 0.0
        if skip(".") {
            let digits = rest.prefix { $0 >= "0" && $0 <= "9" }
            guard !digits.isEmpty, digits.count <= 9, let value = Double("0." + digits) else { return nil }
            fraction = value
            rest = rest.dropFirst(digits.count)
        }
        var offset = 0
        if !skip("Zz") {
            let sign = rest.first == "-" ? -1 : 1
            guard skip("+-"), let hours = number(2, in: 0...23), skip(":"), let minutes = number(2, in: 0...59)
            else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard rest.isEmpty else { return nil }
        // Days since 1970-01-01 by counting leap days up to the year.
        let before = year - 1
        let days =
            (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
            + lengths.prefix(month - 1).reduce(0, +) + day - 1
        self.init(
            secondsSince1970: Double(days * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction)
    }
}

extension WallTime {
    /// The time as RFC 3339 has it, in UTC and whole seconds: `2026-11-22T12:30:00Z`.
    public var iso8601: String {
        let total = Int(secondsSince1970.rounded(.down))
        let (days, rest) = (Self.floor(total, 86_400), total - Self.floor(total, 86_400) * 86_400)
        // Days to a date of the Gregorian calendar, in years that begin in March so that leap days come last.
        let shifted = days + 719_468
        let era = Self.floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        func padded(_ value: Int, _ digits: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(calendarMonth, 2))-\(padded(day, 2))T"
            + "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
    }

    private static func floor(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : (a - b + 1) / b }
}

/// Numbers and sums as SCIP 2.0 writes them: six bits a character, each plus 0x30, the most significant first.
///
/// 1234 in two characters is "CB", 5432 in three "1Dh", 16 000 000 in four "m2@0" (C-42-03320B, section 6).
public enum HokuyoNumber {
    /// The characters of the low `6 * width` bits of a number.
    public static func encoded(_ number: UInt32, width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(number >> UInt32(6 * $0) & 0x3F) + 0x30 }
    }

    /// The number that characters stand for; nil where one of them is none of a number's (0x30...0x6F).
    public static func decoded(_ characters: ArraySlice<UInt8>) -> UInt32? {
        var number: UInt32 = 0
        for character in characters {
            guard character >= 0x30, character < 0x70 else { return nil }
            number = number << 6 | UInt32(character - 0x30)
        }
        return number
    }

    /// The sum character of a line: the low six bits of the sum of its bytes, plus 0x30. "00" has "P", "99" has "b".
    public static func sum(_ bytes: ArraySlice<UInt8>) -> UInt8 { bytes.reduce(0, &+) & 0x3F + 0x30 }

    /// The digits of a decimal number with leading zeros, as a command's parameters have them.
    static func decimal(_ number: Int, width: Int) -> [UInt8] {
        var rest = max(0, number)
        var digits = [UInt8](repeating: 0x30, count: width)
        for index in digits.indices.reversed() {
            digits[index] += UInt8(rest % 10)
            rest /= 10
        }
        return digits
    }

    /// The number that decimal digits stand for; nil where one is no digit.
    static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number
    }
}

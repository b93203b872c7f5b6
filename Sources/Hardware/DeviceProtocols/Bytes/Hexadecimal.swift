/// Bytes as people write them: two digits each, lower case, nothing between.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            for digit in [byte >> 4, byte & 15] { text.append(Self.digits[Int(digit)]) }
        }
        return text
    }

    private static let digits = Array("0123456789abcdef")
}

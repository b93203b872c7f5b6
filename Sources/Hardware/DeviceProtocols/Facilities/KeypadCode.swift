/// The keypad's line: one ASCII byte a key, sent when it is pressed (9600 8N1); the keypad takes no commands.
public enum KeypadCode {
    /// The key of a byte, '0'...'9', '*' or '#'; nil for any other byte.
    public static func key(_ byte: UInt8) -> Character? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "#"):
            Character(Unicode.Scalar(byte))
        default: nil
        }
    }

    /// The byte of a key; nil for a character that is not on the keypad.
    public static func byte(_ key: Character) -> UInt8? {
        guard let byte = key.asciiValue, Self.key(byte) != nil else { return nil }
        return byte
    }
}

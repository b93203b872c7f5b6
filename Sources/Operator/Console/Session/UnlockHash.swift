internal import CSodium

/// The hash of a console's unlock code, as it stands in the board file (Argon2id in libsodium's text form).
public struct UnlockHash: Sendable {
    private let text: String

    /// Nil when the text is no Argon2id hash: such a console cannot be unlocked.
    public init?(text: String) {
        guard text.hasPrefix("$argon2id$"), text.utf8.count < Int(crypto_pwhash_STRBYTES),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.text = text
    }

    /// Whether the code is the one that was hashed. Takes tens of milliseconds, right or wrong.
    func matches(_ code: String) -> Bool {
        guard sodium_init() >= 0 else { return false }
        return unsafe crypto_pwhash_str_verify(text, code, UInt64(code.utf8.count)) == 0
    }
}

extension UnlockHash: CustomStringConvertible, CustomReflectable {
    public var description: String { "argon2id •••" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

internal import CSodium
public import RobotModel

/// An Argon2id hash of a recipient's PIN, in libsodium's text form (`$argon2id$v=19$m=…,t=…,p=1$…`).
///
/// A four-digit PIN is weak whatever hashes it; the hash keeps it out of journals, backups and logs, and the keypad's
/// lock-out keeps strangers from guessing. Memory stays at 8 MiB so that a small board copes beside its work (about
/// 20 to 50 ms for a check).
public struct PINHash: Hashable, Sendable, Codable {
    /// Argon2's cost, chosen for a board with 1 GiB: 8 MiB and three passes.
    static let memory = 8 << 20
    static let passes: UInt64 = 3

    /// The hash as text.
    public let text: String

    /// Takes a hash that dispatch has made.
    ///
    /// Nil when it is not Argon2id, or costs more than 8 MiB or ten passes: such a file could stall the robot.
    public init?(text: String) {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty, fields[1] == "argon2id", fields[2] == "v=19", text.utf8.count < 128,
            fields[4].utf8.count >= 11, fields[5].utf8.count >= 22
        else { return nil }
        var costs: [Substring: Int] = [:]
        for cost in fields[3].split(separator: ",") {
            let parts = cost.split(separator: "=")
            guard parts.count == 2, let value = Int(parts[1]) else { return nil }
            costs[parts[0]] = value
        }
        guard let memory = costs["m"], let passes = costs["t"], costs["p"] == 1, costs.count == 3,
            memory >= 8, memory * 1024 <= Self.memory, (1...10).contains(passes)
        else { return nil }
        self.text = text
    }

    /// Hashes a PIN with a fresh salt from the system's random source.
    ///
    /// Takes tens of milliseconds: never on the deliberation's thread. Throws `storage` when memory is short.
    public init(hashing pin: Secret<String>) throws(RobotError) {
        guard sodium_init() >= 0 else {
            throw RobotError(.internalError, "libsodium has no random source", hint: "is /dev/urandom there?")
        }
        var out = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let digits = pin.revealed
        let status = unsafe crypto_pwhash_str_alg(
            &out, digits, UInt64(digits.utf8.count), Self.passes, Self.memory, crypto_pwhash_ALG_ARGON2ID13)
        guard status == 0 else {
            throw RobotError(.unavailable, "no 8 MiB of memory to hash a PIN", hint: "free memory on the board")
        }
        text = String(decoding: out.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether these digits are the PIN. Takes as long as hashing, right or wrong.
    public func matches(_ pin: Secret<String>) -> Bool {
        guard sodium_init() >= 0 else { return false }
        let digits = pin.revealed
        return unsafe crypto_pwhash_str_verify(text, digits, UInt64(digits.utf8.count)) == 0
    }
}

extension PINHash: CustomStringConvertible, CustomReflectable {
    public var description: String { "argon2id •••" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

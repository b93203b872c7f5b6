import CSodium

/// SHA-256 (FIPS 180-4), taken piece by piece (libsodium's).
public struct SHA256: Sendable {
    private var state = crypto_hash_sha256_state()

    public init() { crypto_hash_sha256_init(&state) }

    /// Takes more bytes.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBufferPointer { _ = crypto_hash_sha256_update(&state, $0.baseAddress, UInt64($0.count)) }
    }

    /// The digest of what has been taken so far, in lower-case hexadecimal. More may be taken afterwards.
    public func hexadecimal() -> String {
        var copy = state
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_hash_sha256_final(&copy, &digest)
        return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// The digest of some bytes, in lower-case hexadecimal.
    public static func hexadecimal(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(bytes[...])
        return hash.hexadecimal()
    }
}

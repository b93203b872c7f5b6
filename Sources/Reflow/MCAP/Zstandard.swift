import CZstd

/// Compression of chunks.
enum Zstandard {
    /// Level 1: on the robot's binary streams higher levels gain less than 10 % for three times the time.
    static let level: Int32 = 1

    /// The bytes as one zstd frame; nil when the library refuses (out of memory).
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let bound = ZSTD_compressBound(bytes.count)
        var written = 0
        let out = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            written = ZSTD_compress(buffer.baseAddress, bound, bytes, bytes.count, level)
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        return ZSTD_isError(written) == 0 ? out : nil
    }

    /// The content of a frame that must decompress to exactly `size` bytes.
    static func decompress(_ bytes: ArraySlice<UInt8>, size: Int) throws(MCAPError) -> [UInt8] {
        var written = 0
        let out = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            written = bytes.withUnsafeBufferPointer {
                ZSTD_decompress(buffer.baseAddress, size, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        guard ZSTD_isError(written) == 0, out.count == size else {
            throw MCAPError(.compression, "a chunk does not decompress to \(size) bytes")
        }
        return out
    }
}

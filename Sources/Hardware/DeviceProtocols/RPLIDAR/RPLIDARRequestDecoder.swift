/// Finds requests in the bytes that a host sends; the device's side of the line.
///
/// Slides byte by byte until a known command with a good checksum stands, so noise before or inside a request costs that
/// request and nothing after it.
public struct RPLIDARRequestDecoder: Sendable {
    /// Requests whose checksum was wrong.
    public private(set) var checksumErrors = 0
    /// Bytes that belonged to no request.
    public private(set) var skippedBytes = 0
    private var pending = PendingBytes()

    public init() {}

    /// Takes bytes in order and calls `body` for each whole request.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (RPLIDARRequest) -> Void) {
        pending.append(bytes)
        while pending.count >= 2 {
            let command = RPLIDARRequest.Command(rawValue: pending[1])
            guard pending[0] == 0xA5, RPLIDARRequest.Command.all.contains(command) else {
                skip()
                continue
            }
            guard command.hasPayload else {
                pending.drop(2)
                body(RPLIDARRequest(command))
                continue
            }
            guard pending.count >= 3 else { break }
            let size = Int(pending[2])
            guard pending.count >= size + 4 else { break }
            let checksum = (0..<size + 3).reduce(UInt8(0)) { $0 ^ pending[$1] }
            guard checksum == pending[size + 3] else {
                checksumErrors += 1
                skip()
                continue
            }
            let payload = pending.bytes(3..<size + 3)
            pending.drop(size + 4)
            body(RPLIDARRequest(command, payload: payload))
        }
        pending.compact()
    }

    private mutating func skip() {
        skippedBytes += 1
        pending.drop(1)
    }
}

/// What a host asks a YDLIDAR: `A5 command`, never with a payload.
///
/// Source: YDLidar-SDK, core/common/ydlidar_protocol.h; YDLIDAR X4 and G4 development manuals. GET_HEALTH is 0x91 in the
/// manuals and 0x92 in the SDK.
public enum YDLIDARRequest: UInt8, Hashable, Sendable, CaseIterable {
    case forceStop = 0x00
    case addTenth = 0x09
    case subtractTenth = 0x0A
    case addHertz = 0x0B
    case subtractHertz = 0x0C
    case getFrequency = 0x0D
    case scan = 0x60
    case forceScan = 0x61
    case stop = 0x65
    case reset = 0x80
    case getInfo = 0x90
    case getHealthOfManual = 0x91
    case getHealth = 0x92
    case nextSampleRate = 0xD0
    case getSampleRate = 0xD1

    /// The bytes on the line.
    public var encoded: [UInt8] { [0xA5, rawValue] }
}

/// Finds requests in the bytes that a host sends; the device's side of the line.
public struct YDLIDARRequestDecoder: Sendable {
    /// Bytes that belonged to no request.
    public private(set) var skippedBytes = 0
    private var hasStart = false

    public init() {}

    /// Takes bytes in order and calls `body` for each request.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (YDLIDARRequest) -> Void) {
        for byte in bytes {
            if hasStart, let request = YDLIDARRequest(rawValue: byte) {
                hasStart = false
                body(request)
            } else if byte == 0xA5 {
                skippedBytes += hasStart ? 1 : 0
                hasStart = true
            } else {
                skippedBytes += hasStart ? 2 : 1
                hasStart = false
            }
        }
    }
}

/// What a packet of the XT series says, as values: for who sends one.
public struct HesaiXTContent: Hashable, Sendable {
    public var layout: HesaiXTLayout
    /// Millimetres of one count of a distance; 4 in every model so far.
    public var unitMillimeters: UInt8 = 4
    public var returnMode = HesaiReturnMode.strongest
    public var isShuttingDown = false
    public var rpm: UInt16
    public var time: HesaiTime
    /// Left out where the layout has none.
    public var sequence: UInt32
    /// One azimuth a block, hundredths of a degree.
    public var azimuths: [UInt16]
    /// Block by block, channel by channel.
    public var units: [HesaiXTPacket.Unit]

    public init(
        layout: HesaiXTLayout, rpm: UInt16, time: HesaiTime, sequence: UInt32, azimuths: [UInt16],
        units: [HesaiXTPacket.Unit]
    ) {
        self.layout = layout
        self.rpm = rpm
        self.time = time
        self.sequence = sequence
        self.azimuths = azimuths
        self.units = units
    }

    public init(_ packet: HesaiXTPacket) {
        self.init(
            layout: packet.layout, rpm: UInt16(packet.rpm), time: packet.time, sequence: packet.sequence ?? 0,
            azimuths: (0..<packet.layout.blocks).map { packet.azimuth(ofBlock: $0) }, units: [])
        unitMillimeters = UInt8((packet.unit * 1000).rounded())
        returnMode = packet.returnMode
        isShuttingDown = packet.isShuttingDown
        packet.forEach { _, _, _, unit in units.append(unit) }
    }

    /// The bytes of the datagram.
    public var encoded: [UInt8] {
        let isDual = returnMode.hasTwoReturns
        var bytes: [UInt8] = [0xEE, 0xFF, 6, 1, 0, 0, UInt8(layout.lasers), UInt8(layout.blocks)]
        bytes += [isDual ? 1 : 0, unitMillimeters, isDual ? 2 : 1, layout.hasSequence ? 1 : 0]
        bytes.reserveCapacity(layout.size)
        for block in 0..<layout.blocks {
            bytes.append(UInt8(truncatingIfNeeded: azimuths[block]))
            bytes.append(UInt8(azimuths[block] >> 8))
            for index in block * layout.lasers..<(block + 1) * layout.lasers {
                let unit = units[index]
                bytes.append(UInt8(truncatingIfNeeded: unit.distance))
                bytes.append(UInt8(unit.distance >> 8))
                bytes.append(unit.reflectivity)
                bytes.append(unit.confidence)
            }
        }
        bytes += [UInt8](repeating: 0, count: 9) + [isShuttingDown ? 1 : 0, returnMode.rawValue]
        bytes += LittleEndian.bytes(rpm) + time.encoded + [0x42]
        if layout.hasSequence { bytes += LittleEndian.bytes(sequence) }
        return bytes
    }
}

/// The silences of a Modbus RTU line.
public enum ModbusTiming {
    /// The silence between two frames (t3.5): 3.5 characters of 11 bits, and a fixed 1.75 ms above 19 200 bit/s.
    ///
    /// Source: MODBUS over Serial Line V1.02, section 2.5.1.1.
    public static func frameGap(baudRate: Int) -> Duration {
        guard baudRate <= 19_200 else { return .microseconds(1750) }
        // 3.5 × 11 = 38.5 bits.
        return .nanoseconds(38_500_000_000 / Int64(max(1, baudRate)))
    }
}

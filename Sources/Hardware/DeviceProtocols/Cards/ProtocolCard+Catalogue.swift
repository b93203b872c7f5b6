extension ProtocolCard {
    /// Every protocol of the house, in the order in which a probe tries them: those that talk by themselves first, then
    /// those whose answers are guarded best.
    public static let all: [ProtocolCard] =
        [
            rplidar
        ] + rplidarFormats
}

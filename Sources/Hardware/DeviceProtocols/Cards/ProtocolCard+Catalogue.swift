extension ProtocolCard {
    /// Every protocol of the house, in the order in which a probe tries them: those that talk by themselves first, then
    /// those whose answers are guarded best.
    public static let all: [ProtocolCard] =
        [
            ld06,
            witmotion,
            rplidar,
            ydlidar,
            hokuyo,
            hesaiXT,
            hesaiJT16,
            jbd,
            daly,
            odrive,
            dynamixel,
            feetech,
            zlac8015d,
            relayBox,
            boxRadio,
            amt21,
        ] + rplidarFormats
}

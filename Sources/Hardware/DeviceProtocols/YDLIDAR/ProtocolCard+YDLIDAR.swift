extension ProtocolCard {
    /// YDLIDAR. Models with two channels are told to be silent and asked who they are; those with one talk by themselves.
    public static let ydlidar = ProtocolCard(
        name: "ydlidar", title: "YDLIDAR X, G, S, F, T and TG series", kind: .lidar,
        transport: .serial(rates: [128_000, 115_200, 230_400, 512_000, 153_600]),
        questions: [YDLIDARRequest.stop.encoded, YDLIDARRequest.getInfo.encoded],
        // The answer to the question tells the model, and with it how samples are read.
        starts: [YDLIDARRequest.stop.encoded, YDLIDARRequest.getInfo.encoded, YDLIDARRequest.scan.encoded],
        farewell: YDLIDARRequest.stop.encoded, questionPause: .milliseconds(100), enoughFrames: 1,
        decoder: { YDLIDARStreamDecoder() }, pointDecoder: { YDLIDARPointDecoder() })
}

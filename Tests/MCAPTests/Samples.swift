import MCAP

/// A file with two topics and `count` messages on the first, a chunk every 50.
func sampleFile(count: Int, finished: Bool = true) -> [UInt8] {
    var writer = MCAPWriter(library: "doorstep tests")
    let schema = writer.addSchema(name: "sample", encoding: "jsonschema", data: Array("{}".utf8))
    let joints = writer.addChannel(topic: "/joints", schema: schema, encoding: "json")
    let scans = writer.addChannel(topic: "/scan", schema: 0, encoding: "bytes", metadata: ["frame": "laser"])
    for index in 0..<count {
        let time = UInt64(1000 + index * 10)
        writer.addMessage(channel: joints, logTime: time, publishTime: time, data: Array("{\"n\":\(index)}".utf8))
        if index % 10 == 0 {
            let scan = [UInt8](repeating: UInt8(index & 0xFF), count: 300)
            writer.addMessage(channel: scans, logTime: time, publishTime: time, data: scan)
        }
        if index % 50 == 49 { writer.closeChunk() }
    }
    writer.addMetadata(name: "robot", ["name": "dory"])
    if finished { writer.finish() }
    return writer.takeBytes()
}

import Foundation
import MCAP
import RobotModel

/// What a recording holds, in words.
struct RecordingSummary {
    private struct Topic {
        var name: String
        var schema: String
        var messages = 0
        var bytes = 0
        var first = UInt64.max
        var last = UInt64.min
    }

    let isSound: Bool
    let text: String

    /// Reads a file from its first byte to its last.
    init(file: String) throws(RobotError) {
        let bytes = try readAll(file)
        var topics: [String: Topic] = [:]
        let reader: MCAPReader
        do throws(MCAPError) {
            reader = try MCAPReader(bytes) { channel, message in
                var topic = topics[channel.topic] ?? Topic(name: channel.topic, schema: channel.schemaName)
                topic.messages += 1
                topic.bytes += message.data.count
                topic.first = min(topic.first, message.logTime)
                topic.last = max(topic.last, message.logTime)
                topics[channel.topic] = topic
            }
        } catch {
            throw Self.complaint(error, file: file)
        }
        isSound = reader.isComplete && reader.damage == nil
        let seconds = Self.seconds(topics.values.map(\.first).min(), topics.values.map(\.last).max())
        let plain = topics.values.map(\.bytes).reduce(0, +)
        var lines = [
            "\(file): \(isSound ? "whole" : "TORN"), \(Self.fixed(seconds, 1)) s, \(reader.messageCount) messages in "
                + "\(reader.chunkCount) chunks, \(Self.size(bytes.count)) for \(Self.size(plain)) of messages"
        ]
        if let damage = reader.damage {
            lines.append("  sound up to byte \(reader.soundBytes): \(damage.detail)")
            lines.append("  hint: doorstep recording recover \(file)")
        }
        for (name, values) in reader.metadata.sorted(by: { $0.key < $1.key }) {
            let pairs = values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            lines.append("  \(name): \(pairs.joined(separator: ", "))")
        }
        lines += Self.table(topics.values.sorted { $0.name < $1.name })
        text = lines.joined(separator: "\n") + "\n"
    }

    /// What is wrong with a file that is no MCAP at all.
    static func complaint(_ error: MCAPError, file: String) -> RobotError {
        RobotError(
            .unreadableFile, "\(file): \(error.detail)", expected: "an MCAP recording",
            hint: "is this the right file?")
    }

    private static func table(_ topics: [Topic]) -> [String] {
        let width = (topics.map(\.name.count).max() ?? 0) + 2
        return topics.map { topic in
            let seconds = seconds(topic.first, topic.last)
            let rate = seconds > 0 ? fixed(Double(topic.messages - 1) / seconds, 1) + " Hz" : "-"
            return "  " + topic.name.padding(toLength: width, withPad: " ", startingAt: 0)
                + [("\(topic.messages)", 9), (rate, 12), (size(topic.bytes), 11)].map { text, width in
                    String(repeating: " ", count: max(1, width - text.count)) + text
                }.joined() + "  \(topic.schema)"
        }
    }

    private static func seconds(_ first: UInt64?, _ last: UInt64?) -> Double {
        guard let first, let last, last > first else { return 0 }
        return Double(last - first) * 1e-9
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 1_000_000 ? "\(fixed(Double(bytes) / 1e3, 1)) kB" : "\(fixed(Double(bytes) / 1e6, 1)) MB"
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}

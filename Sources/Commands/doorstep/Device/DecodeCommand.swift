import ArgumentParser
import DeviceProtocols
import Foundation
import RobotModel

/// `doorstep device decode`
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Turns the raw bytes of a line into JSON lines.",
        discussion: """
            One line for each revolution, sample or answer, and the counters as the last one. The dump may begin anywhere,
            with the handshake in front or without it. A recording of `doorstep device record` is understood, too: its
            incoming bytes are decoded.
            """)

    @OptionGroup var protocolOption: ProtocolOption

    @Argument(help: "The file; - for standard input.")
    var file: String

    func run() throws {
        try complaining {
            var decoder = try protocolOption.card.decoder()
            let lines = RecordLines()
            var failure: (any Error)?
            func emit(_ record: any DecodedRecord) {
                do { try lines.print(record) } catch { failure = failure ?? error }
            }
            var total = 0
            try eachChunk { bytes in
                total += bytes.count
                decoder.decode(bytes, emit)
            }
            decoder.finish(emit)
            if let failure { throw RecordLines.complaint(failure) }
            do { try lines.print(decoder.counters, bytes: total) } catch { throw RecordLines.complaint(error) }
        }
    }

    /// The bytes of the file, piece by piece; of a recording, what came in.
    private func eachChunk(_ body: (ArraySlice<UInt8>) -> Void) throws {
        let handle: FileHandle
        if file == "-" {
            handle = .standardInput
        } else if let opened = FileHandle(forReadingAtPath: file) {
            handle = opened
        } else {
            throw RobotError(
                .unreadableFile, "\(file) cannot be read", hint: "look whether it is there and may be read")
        }
        func read(_ count: Int) throws(RobotError) -> [UInt8] {
            do { return [UInt8](try handle.read(upToCount: count) ?? Data()) } catch {
                throw RobotError(
                    .unreadableFile, "\(file) cannot be read: \(error.localizedDescription)",
                    hint: "name a file; a folder has no bytes")
            }
        }
        let pieceSize = 1 << 16
        var piece = try read(pieceSize)
        if LineRecording.isOne(piece) {
            let rest = try read(1 << 31)
            let recording = try LineRecording(piece + rest, file: file)
            for doubt in recording.doubts(as: try protocolOption.card, file: file) {
                FileHandle.standardError.write(Data("note: \(doubt)\n".utf8))
            }
            for entry in recording.entries where entry.isIncoming {
                body(entry.bytes[...])
            }
            return
        }
        while !piece.isEmpty {
            body(piece[...])
            piece = try read(pieceSize)
        }
    }
}

import Foundation
import Realtime
import Reflow
import RobotModel
import ServiceLifecycle

/// Drains the recorder every 100 ms on a thread of its own, and seals the recording at the end. A disk that takes its
/// time holds up nobody but this thread.
struct RecorderService: Service {
    let recorder: Recorder
    let uploader: Uploader?

    func run() async throws {
        uploader?.start()
        let recorder = recorder
        let isDone = Flag()
        let finished = AsyncStream<Void>.makeStream()
        let thread = Thread {
            while !isDone.isRaised {
                recorder.step(at: TickClock().now, wall: WallTime(secondsSince1970: Date().timeIntervalSince1970))
                Thread.sleep(forTimeInterval: 0.1)
            }
            recorder.finish(at: TickClock().now, wall: WallTime(secondsSince1970: Date().timeIntervalSince1970))
            finished.continuation.finish()
        }
        thread.name = "recorder"
        thread.stackSize = 1 << 20
        thread.start()
        try? await gracefulShutdown()
        isDone.raise()
        for await _ in finished.stream {}
        uploader?.stop()
    }
}

import Foundation
import Realtime
import Reflow
import RobotModel
import ServiceLifecycle

/// Drains the recorder every 100 ms on a thread of its own, and seals the recording at the end. A disk that takes its
/// time holds up nobody but this thread.
struct RecorderService: Service {
    /// How long a station that is there may take for what was sealed last; the rest waits for the next start.
    private static let farewell = Duration.milliseconds(1500)

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
        let deadline = ContinuousClock.now + Self.farewell
        while uploader?.uplink == "connected", recorder.statistics.segmentsWaiting > 0, ContinuousClock.now < deadline {
            // A cancelled task does not wait any more.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { break }
        }
        uploader?.stop()
    }
}

import Missions
import RobotModel
import Testing

@Suite("Late deliveries")
struct LatenessWatchTests {
    private var watch = LatenessWatch()

    private mutating func look(_ seconds: Double, p50: Double, left: Double) -> String? {
        guard
            case .say(let text, _, _)? = watch.look(
                "m1", p50: p50, p90: p50 * 1.3, timeLeft: left, at: .zero + .seconds(seconds))
        else { return nil }
        return text
    }

    @Test("are announced before they are late, once")
    mutating func once() {
        #expect(look(0, p50: 700, left: 600) == nil)
        #expect(look(3, p50: 697, left: 597) == nil)
        let text = look(6, p50: 694, left: 594)
        #expect(text?.contains("will be late") ?? false)
        #expect(text?.contains("12 min") ?? false)
        #expect(look(30, p50: 670, left: 570) == nil)
    }

    @Test("are announced again when they become much later, and taken back when there is time enough")
    mutating func again() {
        _ = look(0, p50: 700, left: 600)
        #expect(look(6, p50: 694, left: 594) != nil)
        #expect(look(60, p50: 1000, left: 540)?.contains("will be late") ?? false)
        #expect(look(70, p50: 520, left: 530) == nil)
        #expect(look(80, p50: 300, left: 520)?.contains("on time after all") ?? false)
        #expect(look(81, p50: 300, left: 519) == nil)
    }

    @Test("a moment's forecast is no news")
    mutating func moment() {
        #expect(look(0, p50: 700, left: 600) == nil)
        #expect(look(4, p50: 500, left: 596) == nil)
        #expect(look(8, p50: 700, left: 592) == nil)
        #expect(look(12, p50: 700, left: 588) == nil)
    }

    @Test("a promise of days ago is not believed")
    mutating func unsetClock() {
        for second in 0..<20 { #expect(look(Double(second), p50: 100, left: -200_000) == nil) }
    }
}
